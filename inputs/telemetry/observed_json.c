/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/observed_json.h"

#include "inputs/telemetry/stamp.h"
#include "reports/text/json_writer.h"
#include <math.h>

enum { MOST_SHOWN_WINDOWS = 2048 };

static void write_time(struct json_writer *writer, const char *key, int64_t ns)
{
    char text[STAMP_TEXT];
    stamp_format(ns, text);
    writer_named_string(writer, key, ns < 0 ? NULL : text);
}

static const char *path_of(const struct observed *observed, size_t file)
{
    return observed->files[file].path;
}

static void write_file(struct json_writer *writer, const struct observed *observed, size_t number)
{
    const struct observed_file *file = &observed->files[number];
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "file", file->path);
    writer_named_string(writer, "format", file->format);
    writer_named_string(writer, "told_by", file->sign);
    if (file->packing[0])
        writer_named_string(writer, "packing", file->packing);
    writer_named_string(writer, "sha256", file->sha256);
    writer_named_integer(writer, "bytes", file->bytes);
    writer_named_integer(writer, "lines", file->lines);
    writer_named_integer(writer, "rows", file->rows);
    if (file->first_ns <= file->last_ns) {
        write_time(writer, "first", file->first_ns);
        write_time(writer, "last", file->last_ns);
    }
    writer_key(writer, "dropped");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < observed->drop_count; i++) {
        const struct observed_drop *drop = &observed->drops[i];
        if (drop->file != number)
            continue;
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "reason", drop->reason);
        writer_named_integer(writer, "rows", drop->rows);
        writer_named_integer(writer, "first_line", drop->first_line);
        writer_close(writer);
    }
    writer_close(writer);
    writer_close(writer);
}

/* ---- arrivals -------------------------------------------------------------------------------- */

static void write_scale(struct json_writer *writer, const struct observed_scale *scale)
{
    double windows = (double)scale->windows;
    writer_open_object(writer, EMIT_LINE);
    writer_named_number(writer, "window_s", (double)scale->window_ns / 1e9);
    writer_named_integer(writer, "windows", scale->windows);
    writer_named_number(writer, "dispersion", scale->dispersion);
    /* Of Poisson arrivals: I (n - 1) has a chi-squared law. */
    writer_named_number(writer, "poisson_error", windows > 1 ? sqrt(2 / (windows - 1)) : NAN);
    if (scale->late > 0)
        writer_named_integer(writer, "too_late", scale->late);
    writer_close(writer);
}

static void write_arrivals(struct json_writer *writer, const struct observed *observed,
                           const struct observed_arrivals *arrivals)
{
    double seconds = (double)(arrivals->last_ns - arrivals->first_ns) / 1e9;
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "of", arrivals->resource);
    writer_named_string(writer, "file", path_of(observed, arrivals->file));
    writer_named_string(writer, "stamps",
                        arrivals->stamps_are_ends ? "end minus response" : "start");
    writer_named_integer(writer, "count", arrivals->count);
    writer_named_integer(writer, "failed", arrivals->failed);
    if (arrivals->count > 0) {
        write_time(writer, "first", arrivals->first_ns);
        write_time(writer, "last", arrivals->last_ns);
    }
    writer_named_number(writer, "rate_per_s",
                        seconds > 0 && arrivals->count > 1 ? (double)(arrivals->count - 1) / seconds
                                                           : NAN);
    writer_named_number(writer, "resolution_s", (double)arrivals->resolution_ns / 1e9);
    writer_key(writer, "dispersion");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < OBSERVED_SCALES; i++)
        write_scale(writer, &arrivals->scales[i]);
    writer_close(writer);
    writer_named_number(writer, "window_s", (double)arrivals->window_ns / 1e9);
    writer_key(writer, "by_window");
    writer_open_array(writer, EMIT_LINE);
    for (size_t i = 0; i < arrivals->window_count; i++)
        writer_integer(writer, arrivals->counts[i]);
    writer_close(writer);
    writer_close(writer);
}

/* ---- figures --------------------------------------------------------------------------------- */

static void write_quantiles(struct json_writer *writer, const struct observed_figure *figure)
{
    static const struct {
        const char *key;
        double q;
    } quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}};
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        writer_named_number(writer, quantiles[i].key, observed_quantile(figure, quantiles[i].q));
}

static void write_histogram(struct json_writer *writer, const struct observed_figure *figure)
{
    writer_key(writer, "histogram");
    writer_open_array(writer, EMIT_LINE);
    for (uint32_t o = 0; o < OBSERVED_OCTAVES; o++)
        for (uint32_t s = 0; figure->octaves[o] && s < 1u << HISTOGRAM_SUB_BITS; s++) {
            if (figure->octaves[o][s] == 0)
                continue;
            writer_open_array(writer, EMIT_LINE);
            writer_number(writer, (double)histogram_start((o << HISTOGRAM_SUB_BITS) + s) / 1e9);
            writer_integer(writer, figure->octaves[o][s]);
            writer_close(writer);
        }
    writer_close(writer);
}

static void write_buckets(struct json_writer *writer, const struct observed_figure *figure)
{
    writer_key(writer, "buckets");
    writer_open_array(writer, EMIT_LINE);
    for (size_t i = 0; i < figure->bucket_count; i++) {
        writer_open_array(writer, EMIT_LINE);
        writer_number(writer, figure->bucket_tops[i]);
        writer_integer(writer, figure->bucket_counts[i]);
        writer_close(writer);
    }
    writer_close(writer);
}

static void write_spread(struct json_writer *writer, const struct observed_figure *figure)
{
    writer_named_integer(writer, "count", figure->count);
    writer_named_number(writer, "mean", figure->mean);
    writer_named_number(writer, "standard_error", figure->standard_error);
    if (figure->form == OBSERVED_VALUES || figure->form == OBSERVED_MOMENTS)
        writer_named_number(writer, "sd", figure->sd);
    if (figure->form == OBSERVED_VALUES || figure->form == OBSERVED_LEVELS) {
        writer_named_number(writer, "least", figure->least);
        writer_named_number(writer, "largest", figure->largest);
    }
    if (figure->form == OBSERVED_VALUES)
        write_quantiles(writer, figure);
}

static void write_limits(struct json_writer *writer, const struct observed_figure *figure)
{
    if (figure->resolution_ns > 0)
        writer_named_number(writer, "resolution_s", (double)figure->resolution_ns / 1e9);
    if (figure->truncated_below_ns > 0)
        writer_named_number(writer, "truncated_below_s", (double)figure->truncated_below_ns / 1e9);
    if (figure->sampled_share < 1)
        writer_named_number(writer, "sampled_share", figure->sampled_share);
    if (figure->is_biased) {
        writer_key(writer, "biased");
        writer_bool(writer, true);
    }
}

static bool is_empty(const struct observed_figure *figure)
{
    return figure->form == OBSERVED_TOTAL ? isnan(figure->value)
                                          : figure->count == 0 && isnan(figure->mean);
}

static void write_figure(struct json_writer *writer, const struct observed *observed,
                         const struct observed_figure *figure)
{
    if (is_empty(figure))
        return;
    writer_open_object(writer, EMIT_LINES);
    writer_named_string(writer, "of", figure->resource);
    writer_named_string(writer, "metric", figure->metric);
    writer_named_string(writer, "kind", observed_kind_names[figure->kind]);
    if (figure->class[0])
        writer_named_string(writer, "class", figure->class);
    writer_named_string(writer, "file", path_of(observed, figure->file));
    writer_named_string(writer, "form", observed_form_names[figure->form]);
    writer_named_string(writer, "method", figure->method);
    writer_named_string(writer, "unit", figure->unit);
    if (figure->form == OBSERVED_TOTAL)
        writer_named_number(writer, "value", figure->value);
    else
        write_spread(writer, figure);
    write_limits(writer, figure);
    if (figure->form == OBSERVED_VALUES)
        write_histogram(writer, figure);
    if (figure->form == OBSERVED_BUCKETS)
        write_buckets(writer, figure);
    writer_close(writer);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_settings(struct json_writer *writer, const struct observed *observed)
{
    writer_key(writer, "settings");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < observed->setting_count; i++) {
        const struct observed_setting *setting = &observed->settings[i];
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "path", setting->path);
        writer_named_number(writer, "value", setting->value);
        writer_named_string(writer, "unit", setting->unit);
        writer_named_string(writer, "text", setting->text);
        writer_named_string(writer, "file", path_of(observed, setting->file));
        writer_close(writer);
    }
    writer_close(writer);
}

static void write_findings(struct json_writer *writer, const struct observed *observed)
{
    writer_key(writer, "findings");
    writer_open_array(writer, EMIT_LINES);
    for (size_t i = 0; i < observed->finding_count; i++) {
        writer_open_object(writer, EMIT_LINE);
        writer_named_string(writer, "kind",
                            observed->findings[i].is_contradiction ? "contradiction" : "note");
        writer_named_string(writer, "text", observed->findings[i].text);
        writer_close(writer);
    }
    writer_close(writer);
}

void observed_json_write(const struct observed *observed, FILE *stream)
{
    struct json_writer writer = writer_begin(writer_to_stream, stream);
    writer_open_object(&writer, EMIT_LINES);
    writer_named_integer(&writer, "capsim_observed", 1);
    writer_key(&writer, "files");
    writer_open_array(&writer, EMIT_LINES);
    for (size_t i = 0; i < observed->file_count; i++)
        write_file(&writer, observed, i);
    writer_close(&writer);
    writer_key(&writer, "arrivals");
    writer_open_array(&writer, EMIT_LINES);
    for (size_t i = 0; i < observed->arrival_count; i++)
        write_arrivals(&writer, observed, observed->arrivals[i]);
    writer_close(&writer);
    writer_key(&writer, "figures");
    writer_open_array(&writer, EMIT_LINES);
    for (size_t i = 0; i < observed->figure_count; i++)
        write_figure(&writer, observed, observed->figures[i]);
    writer_close(&writer);
    write_settings(&writer, observed);
    write_findings(&writer, observed);
    writer_close(&writer);
    writer_end(&writer);
}
