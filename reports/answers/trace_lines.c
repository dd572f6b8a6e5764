/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/trace_lines.h"
#include "reports/files/output.h"
#include "reports/text/json_writer.h"
#include <inttypes.h>
#include <string.h>

enum { TIME_SIZE = 40 };

static const char *name_time(int64_t time_ns, char text[TIME_SIZE])
{
    const int64_t second = 1000000000;
    snprintf(text, TIME_SIZE, "%" PRId64 ".%09" PRId64, time_ns / second, time_ns % second);
    return text;
}

static const char *name_phase(const struct trace_row *row)
{
    return row->phase == PHASE_FREE ? NULL : request_phase_name(row->phase);
}

void trace_lines_begin(const struct trace_lines *lines)
{
    if (lines->format == TRACE_CSV)
        fputs("time_s,request,event,station,phase,queue,by,why\n", lines->out);
    else if (lines->format == TRACE_TEXT)
        fprintf(lines->out, "%16s  %-16s %s\n", "time [s]", "request", "event");
}

/* ---- text --------------------------------------------------------------------------------- */

static void write_text(const struct trace_row *row, FILE *out)
{
    char time[TIME_SIZE];
    fprintf(out, "%16s  %-16s %s", name_time(row->time_ns, time), row->request, row->what);
    if (row->station)
        fprintf(out, " %s", row->station);
    if (row->by)
        fprintf(out, ", by %s", row->by);
    if (row->why)
        fprintf(out, ": %s", row->why);
    if (row->queue >= 0)
        fprintf(out, " (%" PRId64 " there)", row->queue);
    fputc('\n', out);
}

/* ---- CSV (RFC 4180) ----------------------------------------------------------------------- */

static void write_cell(const char *text, FILE *out)
{
    bool is_quoted = text && strpbrk(text, ",\"\r\n");
    if (is_quoted)
        fputc('"', out);
    for (; text && *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (is_quoted)
        fputc('"', out);
}

static void write_csv(const struct trace_row *row, FILE *out)
{
    char time[TIME_SIZE], queue[TIME_SIZE] = "";
    if (row->queue >= 0)
        snprintf(queue, sizeof queue, "%" PRId64, row->queue);
    const char *const cells[] = {name_time(row->time_ns, time),
                                 row->request,
                                 row->what,
                                 row->station,
                                 name_phase(row),
                                 queue,
                                 row->by,
                                 row->why};
    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        if (c > 0)
            fputc(',', out);
        write_cell(cells[c], out);
    }
    fputc('\n', out);
}

/* ---- JSON lines --------------------------------------------------------------------------- */

static void write_json(const struct trace_row *row, FILE *out)
{
    char time[TIME_SIZE];
    struct json_writer writer = writer_begin(writer_to_stream, out);
    writer_open_object(&writer, EMIT_LINE);
    writer_key(&writer, "time_s");
    writer_raw(&writer, name_time(row->time_ns, time));
    writer_named_string(&writer, "request", row->request);
    writer_named_string(&writer, "event", row->what);
    writer_named_string(&writer, "station", row->station);
    writer_named_string(&writer, "phase", name_phase(row));
    writer_key(&writer, "queue");
    if (row->queue >= 0)
        writer_integer(&writer, (uint64_t)row->queue);
    else
        writer_raw(&writer, "null");
    writer_named_string(&writer, "by", row->by);
    writer_named_string(&writer, "why", row->why);
    writer_close(&writer);
    writer_end(&writer);
}

bool trace_lines_write(void *context, const struct trace_row *row, struct error *err)
{
    const struct trace_lines *lines = context;
    switch (lines->format) {
    case TRACE_TEXT:
        write_text(row, lines->out);
        break;
    case TRACE_CSV:
        write_csv(row, lines->out);
        break;
    case TRACE_JSON:
        write_json(row, lines->out);
        break;
    }
    return !ferror(lines->out) || output_flush(lines->out, err);
}

bool trace_lines_end(const struct trace_lines *lines, const struct trace_query *query,
                     const struct trace_found *found, struct error *err)
{
    const char *nothing = query->mode == TRACE_REQUEST         ? "There is no such request.\n"
                          : query->mode == TRACE_FIRST_FAILURE ? "No request fails.\n"
                                                               : "Nothing happens.\n";
    if (lines->format == TRACE_TEXT && found->rows == 0)
        fputs(nothing, lines->out);
    return output_flush(lines->out, err);
}
