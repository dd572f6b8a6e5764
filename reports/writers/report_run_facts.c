/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/output.h"
#include "reports/text/json_writer.h"
#include "reports/writers/report.h"
#include <inttypes.h>

/* The hash of the events of each replication, by setting: equal ones had the same events. */
static void write_hashes(struct json_writer *writer, const struct result *result)
{
    writer_key(writer, "events");
    writer_open_object(writer, EMIT_LINES);
    for (size_t s = 0; s < result->setting_count; s++) {
        const struct result_setting *setting = &result->settings[s];
        writer_key(writer, setting->name);
        writer_open_array(writer, EMIT_LINE);
        for (size_t r = 0; setting->event_hashes && r < setting->started; r++) {
            char text[32];
            snprintf(text, sizeof text, "%016" PRIx64, setting->event_hashes[r]);
            writer_string(writer, setting->event_hashes[r] ? text : NULL);
        }
        writer_close(writer);
    }
    writer_close(writer);
}

/* Those of a fixture, or of a subcommand that keeps no replications, have none. */
static bool has_hashes(const struct result *result)
{
    for (size_t s = 0; s < result->setting_count; s++)
        if (result->settings[s].event_hashes)
            return true;
    return false;
}

bool report_run_facts(const struct run_facts *facts, const struct result *result, FILE *out,
                      struct error *err)
{
    struct json_writer writer = writer_begin(writer_to_stream, out);
    writer_open_object(&writer, EMIT_LINES);
    writer_key(&writer, "capsim_run");
    writer_integer(&writer, 1);
    writer_key(&writer, "version");
    writer_string(&writer, result->version);
    writer_key(&writer, "digest");
    writer_string(&writer, result->digest);
    writer_key(&writer, "started");
    writer_string(&writer, facts->started);
    writer_key(&writer, "elapsed_s");
    writer_number(&writer, facts->elapsed_s);
    writer_key(&writer, "host");
    writer_string(&writer, facts->host);
    writer_key(&writer, "threads");
    writer_integer(&writer, facts->threads);
    if (facts->ranks > 0) {
        writer_key(&writer, "ranks");
        writer_integer(&writer, facts->ranks);
    }
    if (facts->kept + facts->computed > 0) {
        writer_key(&writer, "points_kept");
        writer_integer(&writer, facts->kept);
        writer_key(&writer, "points_computed");
        writer_integer(&writer, facts->computed);
    }
    if (has_hashes(result))
        write_hashes(&writer, result);
    writer_close(&writer);
    writer_end(&writer);
    return output_flush(out, err);
}
