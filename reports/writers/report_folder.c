/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/folder.h"
#include "reports/files/output.h"
#include "reports/result/series.h"
#include "reports/text/json_writer.h"
#include "reports/writers/report.h"
#include "reports/writers/report_tables.h"

enum { TEXT_WIDTH = 100 };

struct contents {
    const struct result *result;
    const struct page_extras *extras;
    const struct run_facts *facts;
};

static bool write_json(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    return report_json(contents->result, out, err);
}

static bool write_text(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    const struct report_style style = {.has_colour = false, .width = TEXT_WIDTH};
    return report_text(contents->result, &style, out, err);
}

static bool write_html(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    return report_html(contents->result, contents->extras, out, err);
}

static bool write_markdown(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    return report_markdown(contents->result, out, err);
}

static bool write_csv(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    return report_csv(contents->result, out, err);
}

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

static bool write_run(const void *context, FILE *out, struct error *err)
{
    const struct contents *contents = context;
    return report_run_facts(contents->facts, contents->result->version, contents->result->digest,
                            out, err);
}

/* One table of the result, made when it is written. */
struct table_file {
    const struct result *result;
    const struct table *(*make)(const struct result *, struct arena *);
};

static bool write_table(const void *context, FILE *out, struct error *err)
{
    const struct table_file *file = context;
    struct arena *arena = arena_open();
    bool is_written = table_csv(file->make(file->result, arena), out, err);
    arena_close(arena);
    return is_written;
}

bool report_folder(const struct result *result, const struct page_extras *extras,
                   const struct run_facts *facts, const char *folder, struct error *err)
{
    const struct contents contents = {result, extras, facts};
    const struct table_file criteria = {result, report_tables_criteria};
    const struct table_file differences = {result, report_tables_differences};
    const struct table_file assumptions = {result, report_tables_assumptions};
    const struct table_file checks = {result, report_tables_checks};
    const struct table_file series = {result, series_table};
    const struct folder_file files[] = {{"report.json", write_json, &contents},
                                        {"report.txt", write_text, &contents},
                                        {"report.md", write_markdown, &contents},
                                        {"report.html", write_html, &contents},
                                        {"metrics.csv", write_csv, &contents},
                                        {"criteria.csv", write_table, &criteria},
                                        {"differences.csv", write_table, &differences},
                                        {"assumptions.csv", write_table, &assumptions},
                                        {"checks.csv", write_table, &checks},
                                        {"run.json", write_run, &contents},
                                        {"series.csv", write_table, &series}};
    size_t count = sizeof files / sizeof files[0];
    return folder_write(files, series_exist(result) ? count : count - 1, folder, err);
}
