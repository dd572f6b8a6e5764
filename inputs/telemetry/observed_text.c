/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/observed_text.h"

#include "inputs/json/quantity.h"
#include "inputs/telemetry/operational_laws.h"
#include "inputs/telemetry/stamp.h"
#include <math.h>
#include <string.h>

enum { MOST_FIGURES = 120, NAME = 64, NUMBER = 40 };

static void write_files(const struct observed *observed, FILE *stream)
{
    for (size_t i = 0; i < observed->file_count; i++) {
        const struct observed_file *file = &observed->files[i];
        char first[STAMP_TEXT], last[STAMP_TEXT];
        fprintf(stream, "%s\n  taken for %s (%s)%s%s, %llu rows taken\n", file->path, file->format,
                file->sign, file->packing[0] ? ", " : "", file->packing,
                (unsigned long long)file->rows);
        if (file->first_ns >= 0 && file->first_ns <= file->last_ns) {
            stamp_format(file->first_ns, first);
            stamp_format(file->last_ns, last);
            fprintf(stream, "  from %s to %s\n", first, last);
        }
        for (size_t d = 0; d < observed->drop_count; d++)
            if (observed->drops[d].file == i)
                fprintf(stream, "  left out %llu: %s\n",
                        (unsigned long long)observed->drops[d].rows, observed->drops[d].reason);
    }
}

static void write_arrivals(const struct observed *observed, FILE *stream)
{
    for (size_t i = 0; i < observed->arrival_count; i++) {
        const struct observed_arrivals *arrivals = observed->arrivals[i];
        fprintf(stream, "%s%s of %s: %llu", i == 0 ? "\nArrivals\n  " : "  ", arrivals->resource,
                observed->files[arrivals->file].path, (unsigned long long)arrivals->count);
        double rate = operational_laws_rate(arrivals);
        if (rate > 0)
            fprintf(stream, ", %.4g/s", rate);
        if (arrivals->failed > 0)
            fprintf(stream, ", %llu failed", (unsigned long long)arrivals->failed);
        fputs("\n    dispersion (Poisson: 1)", stream);
        for (size_t s = 0; s < OBSERVED_SCALES; s++) {
            const struct observed_scale *scale = &arrivals->scales[s];
            char text[QUANTITY_TEXT];
            quantity_format_duration((double)scale->window_ns / 1e9, text);
            if (isnan(scale->dispersion))
                continue;
            fprintf(stream, "%s %.3g +- %.2g in %s", s > 0 ? "," : "", scale->dispersion,
                    sqrt(2 / ((double)scale->windows - 1)), text);
        }
        fputc('\n', stream);
    }
}

static void show_value(double value, const char *unit, char text[NUMBER])
{
    char shown[QUANTITY_TEXT];
    if (isnan(value)) {
        snprintf(text, NUMBER, "-");
    } else if (strcmp(unit, "s") == 0 && value > 1e-9) {
        quantity_format_duration(value, shown);
        snprintf(text, NUMBER, "%s", shown);
    } else {
        snprintf(text, NUMBER, "%.4g%s", value, strcmp(unit, "1/s") == 0 ? "/s" : "");
    }
}

static bool is_shown(const struct observed_figure *figure)
{
    return figure->form == OBSERVED_TOTAL ? !isnan(figure->value) : !isnan(figure->mean);
}

static void write_figure(const struct observed_figure *figure, FILE *stream)
{
    char name[NAME], mean[NUMBER], error[NUMBER], p95[NUMBER];
    snprintf(name, sizeof name, "%s%s%s", figure->resource, figure->class[0] ? "." : "",
             figure->class);
    show_value(figure->form == OBSERVED_TOTAL ? figure->value : figure->mean, figure->unit, mean);
    show_value(figure->standard_error, figure->unit, error);
    show_value(figure->form == OBSERVED_VALUES ? observed_quantile(figure, 0.95) : NAN,
               figure->unit, p95);
    fprintf(stream, "  %-8s  %-28s %10s %10s %10s %10llu  %s%s\n",
            observed_kind_names[figure->kind], name, mean, error, p95,
            (unsigned long long)figure->count, figure->metric,
            figure->is_biased ? " (biased)" : "");
}

static void write_figures(const struct observed *observed, FILE *stream)
{
    size_t shown = 0, all = 0;
    for (size_t i = 0; i < observed->figure_count; i++)
        all += is_shown(observed->figures[i]);
    fprintf(stream, "\nFigures\n  %-8s  %-28s %10s %10s %10s %10s  %s\n", "kind", "of", "mean",
            "error", "p95", "count", "by");
    for (size_t i = 0; i < observed->figure_count && shown < MOST_FIGURES; i++)
        if (is_shown(observed->figures[i])) {
            write_figure(observed->figures[i], stream);
            shown++;
        }
    if (all > shown)
        fprintf(stream, "  and %zu more in observed.json\n", all - shown);
}

static void write_settings(const struct observed *observed, FILE *stream)
{
    for (size_t i = 0; i < observed->setting_count; i++)
        fprintf(stream, "%s%s = %s\n", i == 0 ? "\nSettings\n  " : "  ", observed->settings[i].path,
                observed->settings[i].text);
}

static void write_findings(const struct observed *observed, bool is_contradiction,
                           const char *heading, FILE *stream)
{
    bool has_begun = false;
    for (size_t i = 0; i < observed->finding_count; i++) {
        if (observed->findings[i].is_contradiction != is_contradiction)
            continue;
        fprintf(stream, "%s%s%s  - %s\n", has_begun ? "" : "\n", has_begun ? "" : heading,
                has_begun ? "" : "\n", observed->findings[i].text);
        has_begun = true;
    }
}

static void write_draft(const struct draft *draft, FILE *stream)
{
    fputs("\nThe draft\n", stream);
    for (size_t i = 0; i < draft->note_count; i++)
        fprintf(stream, "  - %s: %s%s%s%s\n", draft->notes[i].key, draft->notes[i].note,
                draft->notes[i].source[0] ? " [" : "", draft->notes[i].source,
                draft->notes[i].source[0] ? "]" : "");
    fputs("\nNot knowable from these files\n", stream);
    for (size_t i = 0; i < draft->unknown_count; i++)
        fprintf(stream, "  - %s\n", draft->unknown[i]);
}

void observed_text_write(const struct observed *observed, const struct draft *draft,
                         const char *why_not, FILE *stream)
{
    write_files(observed, stream);
    write_arrivals(observed, stream);
    write_figures(observed, stream);
    write_settings(observed, stream);
    write_findings(observed, true, "Contradictions", stream);
    write_findings(observed, false, "Findings", stream);
    if (draft)
        write_draft(draft, stream);
    else
        fprintf(stream, "\nNo scenario can be drafted: %s\n", why_not);
}
