/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/output.h"
#include "reports/text/json_writer.h"
#include "reports/writers/report.h"

bool report_run_facts(const struct run_facts *facts, const char *version, const char *digest,
                      FILE *out, struct error *err)
{
    struct json_writer writer = writer_begin(writer_to_stream, out);
    writer_open_object(&writer, EMIT_LINES);
    writer_key(&writer, "capsim_run");
    writer_integer(&writer, 1);
    writer_key(&writer, "version");
    writer_string(&writer, version);
    writer_key(&writer, "digest");
    writer_string(&writer, digest);
    writer_key(&writer, "started");
    writer_string(&writer, facts->started);
    writer_key(&writer, "elapsed_s");
    writer_number(&writer, facts->elapsed_s);
    writer_key(&writer, "host");
    writer_string(&writer, facts->host);
    writer_key(&writer, "threads");
    writer_integer(&writer, facts->threads);
    writer_close(&writer);
    writer_end(&writer);
    return output_flush(out, err);
}
