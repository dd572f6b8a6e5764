#include "inputs/telemetry/observed_json.h"

#include "inputs/telemetry/stamp.h"
#include "reports/text/json_writer.h"
#include <math.h>

enum { MOST_SHOWN_WINDOWS = 2048 };

static void write_time(struct emit *emit, const char *key, int64_t ns)
{
    char text[STAMP_TEXT];
    stamp_format(ns, text);
    emit_named_string(emit, key, ns < 0 ? NULL : text);
}

static const char *path_of(const struct observed *observed, size_t file)
{
    return observed->files[file].path;
}

static void write_file(struct emit *emit, const struct observed *observed, size_t number)
{
    const struct observed_file *file = &observed->files[number];
    emit_open_object(emit, EMIT_LINES);
    emit_named_string(emit, "file", file->path);
    emit_named_string(emit, "format", file->format);
    emit_named_string(emit, "told_by", file->sign);
    if (file->packing[0])
        emit_named_string(emit, "packing", file->packing);
    emit_named_string(emit, "sha256", file->sha256);
    emit_named_integer(emit, "bytes", file->bytes);
    emit_named_integer(emit, "lines", file->lines);
    emit_named_integer(emit, "rows", file->rows);
    if (file->first_ns <= file->last_ns) {
        write_time(emit, "first", file->first_ns);
        write_time(emit, "last", file->last_ns);
    }
    emit_key(emit, "dropped");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < observed->drop_count; i++) {
        const struct observed_drop *drop = &observed->drops[i];
        if (drop->file != number)
            continue;
        emit_open_object(emit, EMIT_LINE);
        emit_named_string(emit, "reason", drop->reason);
        emit_named_integer(emit, "rows", drop->rows);
        emit_named_integer(emit, "first_line", drop->first_line);
        emit_close(emit);
    }
    emit_close(emit);
    emit_close(emit);
}

/* ---- arrivals -------------------------------------------------------------------------------- */

static void write_scale(struct emit *emit, const struct observed_scale *scale)
{
    double windows = (double)scale->windows;
    emit_open_object(emit, EMIT_LINE);
    emit_named_number(emit, "window_s", (double)scale->window_ns / 1e9);
    emit_named_integer(emit, "windows", scale->windows);
    emit_named_number(emit, "dispersion", scale->dispersion);
    /* Of Poisson arrivals: I (n - 1) has a chi-squared law. */
    emit_named_number(emit, "poisson_error", windows > 1 ? sqrt(2 / (windows - 1)) : NAN);
    if (scale->late > 0)
        emit_named_integer(emit, "too_late", scale->late);
    emit_close(emit);
}

static void write_arrivals(struct emit *emit, const struct observed *observed,
                           const struct observed_arrivals *arrivals)
{
    double seconds = (double)(arrivals->last_ns - arrivals->first_ns) / 1e9;
    emit_open_object(emit, EMIT_LINES);
    emit_named_string(emit, "of", arrivals->resource);
    emit_named_string(emit, "file", path_of(observed, arrivals->file));
    emit_named_string(emit, "stamps", arrivals->stamps_are_ends ? "end minus response" : "start");
    emit_named_integer(emit, "count", arrivals->count);
    emit_named_integer(emit, "failed", arrivals->failed);
    if (arrivals->count > 0) {
        write_time(emit, "first", arrivals->first_ns);
        write_time(emit, "last", arrivals->last_ns);
    }
    emit_named_number(emit, "rate_per_s",
                      seconds > 0 && arrivals->count > 1 ? (double)(arrivals->count - 1) / seconds
                                                         : NAN);
    emit_named_number(emit, "resolution_s", (double)arrivals->resolution_ns / 1e9);
    emit_key(emit, "dispersion");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < OBSERVED_SCALES; i++)
        write_scale(emit, &arrivals->scales[i]);
    emit_close(emit);
    emit_named_number(emit, "window_s", (double)arrivals->window_ns / 1e9);
    emit_key(emit, "by_window");
    emit_open_array(emit, EMIT_LINE);
    for (size_t i = 0; i < arrivals->window_count; i++)
        emit_integer(emit, arrivals->counts[i]);
    emit_close(emit);
    emit_close(emit);
}

/* ---- figures --------------------------------------------------------------------------------- */

static void write_quantiles(struct emit *emit, const struct observed_figure *figure)
{
    static const struct {
        const char *key;
        double q;
    } quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}};
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++)
        emit_named_number(emit, quantiles[i].key, observed_quantile(figure, quantiles[i].q));
}

static void write_histogram(struct emit *emit, const struct observed_figure *figure)
{
    emit_key(emit, "histogram");
    emit_open_array(emit, EMIT_LINE);
    for (uint32_t o = 0; o < OBSERVED_OCTAVES; o++)
        for (uint32_t s = 0; figure->octaves[o] && s < 1u << HISTOGRAM_SUB_BITS; s++) {
            if (figure->octaves[o][s] == 0)
                continue;
            emit_open_array(emit, EMIT_LINE);
            emit_number(emit, (double)histogram_start((o << HISTOGRAM_SUB_BITS) + s) / 1e9);
            emit_integer(emit, figure->octaves[o][s]);
            emit_close(emit);
        }
    emit_close(emit);
}

static void write_buckets(struct emit *emit, const struct observed_figure *figure)
{
    emit_key(emit, "buckets");
    emit_open_array(emit, EMIT_LINE);
    for (size_t i = 0; i < figure->bucket_count; i++) {
        emit_open_array(emit, EMIT_LINE);
        emit_number(emit, figure->bucket_tops[i]);
        emit_integer(emit, figure->bucket_counts[i]);
        emit_close(emit);
    }
    emit_close(emit);
}

static void write_spread(struct emit *emit, const struct observed_figure *figure)
{
    emit_named_integer(emit, "count", figure->count);
    emit_named_number(emit, "mean", figure->mean);
    emit_named_number(emit, "standard_error", figure->standard_error);
    if (figure->form == OBSERVED_VALUES || figure->form == OBSERVED_MOMENTS)
        emit_named_number(emit, "sd", figure->sd);
    if (figure->form == OBSERVED_VALUES || figure->form == OBSERVED_LEVELS) {
        emit_named_number(emit, "least", figure->least);
        emit_named_number(emit, "largest", figure->largest);
    }
    if (figure->form == OBSERVED_VALUES)
        write_quantiles(emit, figure);
}

static void write_limits(struct emit *emit, const struct observed_figure *figure)
{
    if (figure->resolution_ns > 0)
        emit_named_number(emit, "resolution_s", (double)figure->resolution_ns / 1e9);
    if (figure->truncated_below_ns > 0)
        emit_named_number(emit, "truncated_below_s", (double)figure->truncated_below_ns / 1e9);
    if (figure->sampled_share < 1)
        emit_named_number(emit, "sampled_share", figure->sampled_share);
    if (figure->is_biased) {
        emit_key(emit, "biased");
        emit_bool(emit, true);
    }
}

static bool is_empty(const struct observed_figure *figure)
{
    return figure->form == OBSERVED_TOTAL ? isnan(figure->value)
                                          : figure->count == 0 && isnan(figure->mean);
}

static void write_figure(struct emit *emit, const struct observed *observed,
                         const struct observed_figure *figure)
{
    if (is_empty(figure))
        return;
    emit_open_object(emit, EMIT_LINES);
    emit_named_string(emit, "of", figure->resource);
    emit_named_string(emit, "metric", figure->metric);
    emit_named_string(emit, "kind", observed_kind_names[figure->kind]);
    if (figure->class[0])
        emit_named_string(emit, "class", figure->class);
    emit_named_string(emit, "file", path_of(observed, figure->file));
    emit_named_string(emit, "form", observed_form_names[figure->form]);
    emit_named_string(emit, "method", figure->method);
    emit_named_string(emit, "unit", figure->unit);
    if (figure->form == OBSERVED_TOTAL)
        emit_named_number(emit, "value", figure->value);
    else
        write_spread(emit, figure);
    write_limits(emit, figure);
    if (figure->form == OBSERVED_VALUES)
        write_histogram(emit, figure);
    if (figure->form == OBSERVED_BUCKETS)
        write_buckets(emit, figure);
    emit_close(emit);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_settings(struct emit *emit, const struct observed *observed)
{
    emit_key(emit, "settings");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < observed->setting_count; i++) {
        const struct observed_setting *setting = &observed->settings[i];
        emit_open_object(emit, EMIT_LINE);
        emit_named_string(emit, "path", setting->path);
        emit_named_number(emit, "value", setting->value);
        emit_named_string(emit, "unit", setting->unit);
        emit_named_string(emit, "text", setting->text);
        emit_named_string(emit, "file", path_of(observed, setting->file));
        emit_close(emit);
    }
    emit_close(emit);
}

static void write_findings(struct emit *emit, const struct observed *observed)
{
    emit_key(emit, "findings");
    emit_open_array(emit, EMIT_LINES);
    for (size_t i = 0; i < observed->finding_count; i++) {
        emit_open_object(emit, EMIT_LINE);
        emit_named_string(emit, "kind",
                          observed->findings[i].is_contradiction ? "contradiction" : "note");
        emit_named_string(emit, "text", observed->findings[i].text);
        emit_close(emit);
    }
    emit_close(emit);
}

void observed_json_write(const struct observed *observed, FILE *stream)
{
    struct emit emit = emit_begin(emit_to_stream, stream);
    emit_open_object(&emit, EMIT_LINES);
    emit_named_integer(&emit, "capsim_observed", 1);
    emit_key(&emit, "files");
    emit_open_array(&emit, EMIT_LINES);
    for (size_t i = 0; i < observed->file_count; i++)
        write_file(&emit, observed, i);
    emit_close(&emit);
    emit_key(&emit, "arrivals");
    emit_open_array(&emit, EMIT_LINES);
    for (size_t i = 0; i < observed->arrival_count; i++)
        write_arrivals(&emit, observed, observed->arrivals[i]);
    emit_close(&emit);
    emit_key(&emit, "figures");
    emit_open_array(&emit, EMIT_LINES);
    for (size_t i = 0; i < observed->figure_count; i++)
        write_figure(&emit, observed, observed->figures[i]);
    emit_close(&emit);
    write_settings(&emit, observed);
    write_findings(&emit, observed);
    emit_close(&emit);
    emit_end(&emit);
}
