#include "reports/result/provenance.h"
#include "reports/result/report_json.h"
#include <nettle/base16.h>
#include <nettle/sha2.h>

static void finish(struct sha256_ctx *hash, char hex[PROVENANCE_HEX_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof digest, digest);
    base16_encode_update(hex, sizeof digest, digest);
    hex[PROVENANCE_HEX_SIZE - 1] = '\0';
}

void provenance_hash(const void *bytes, size_t size, char hex[PROVENANCE_HEX_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, size, bytes);
    finish(&hash, hex);
}

static void hash_bytes(void *context, const char *bytes, size_t size)
{
    sha256_update(context, size, (const uint8_t *)bytes);
}

void provenance_hash_findings(void (*emit_keys)(struct emit *emit, const void *findings),
                              const void *findings, char hex[PROVENANCE_HEX_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    struct emit emit = emit_begin(hash_bytes, &hash);
    emit_open_object(&emit, EMIT_LINES);
    emit_keys(&emit, findings);
    emit_close(&emit);
    emit_end(&emit);
    finish(&hash, hex);
}

static void emit_result(struct emit *emit, const void *result)
{
    report_json_findings(emit, result);
}

void provenance_digest(const struct result *result, char hex[PROVENANCE_HEX_SIZE])
{
    provenance_hash_findings(emit_result, result, hex);
}
