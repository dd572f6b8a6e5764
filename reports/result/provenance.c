/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/provenance.h"
#include "reports/result/report_json.h"
#include <string.h>

static void hash_bytes(void *context, const char *bytes, size_t size)
{
    sha256_update(context, size, (const uint8_t *)bytes);
}

void provenance_hash_findings(void (*emit_keys)(struct json_writer *writer, const void *findings),
                              const void *findings, char hex[SHA256_HEX_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    struct json_writer writer = writer_begin(hash_bytes, &hash);
    writer_open_object(&writer, EMIT_LINES);
    emit_keys(&writer, findings);
    writer_close(&writer);
    writer_end(&writer);
    sha256_finish_hex(&hash, hex);
}

static void writer_result(struct json_writer *writer, const void *result)
{
    report_json_findings(writer, result);
}

void provenance_digest(const struct result *result, char hex[SHA256_HEX_SIZE])
{
    provenance_hash_findings(writer_result, result, hex);
}

static bool is_taken(const char *name, const char *const *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i], name) == 0)
            return true;
    return false;
}

const char *provenance_copy_name(const char *scenario, const char *const *files, size_t count,
                                 struct arena *arena)
{
    const char *slash = strrchr(scenario, '/'), *name = "scenario.json";
    if (strcmp(scenario, "-") != 0)
        return slash ? slash + 1 : scenario;
    for (size_t n = 2; is_taken(name, files, count); n++)
        name = arena_printf(arena, "scenario-%zu.json", n);
    return name;
}
