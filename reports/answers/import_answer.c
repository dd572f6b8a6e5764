/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/import_answer.h"
#include "reports/text/number_text.h"
#include <math.h>

/* ---- tables for machines --------------------------------------------------------------------- */

static void add_plain_figures(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column columns[] = {{"kind", NULL, false},   {"of", NULL, false},
                                                  {"metric", NULL, false}, {"unit", NULL, false},
                                                  {"mean", NULL, true},    {"error", NULL, true},
                                                  {"p95", NULL, true},     {"count", NULL, true},
                                                  {"file", NULL, false},   {"method", NULL, false}};
    struct table *table = answer_add_table(answer, "figures", columns, 10);
    for (size_t i = 0; i < found->figure_count; i++) {
        const struct import_figure *figure = &found->figures[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(figure->kind);
        row[1] = table_text(figure->of);
        row[2] = table_text(figure->metric);
        row[3] = table_text(figure->unit);
        row[4] = table_number(figure->mean);
        row[5] = table_number(figure->error);
        row[6] = table_number(figure->p95);
        row[7] = table_number((double)figure->count);
        row[8] = table_text(figure->file);
        row[9] = table_text(figure->method);
    }
}

static void add_plain_arrivals(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column of_rates[] = {{"source", NULL, false},
                                                   {"start_s", NULL, true},
                                                   {"end_s", NULL, true},
                                                   {"rate", NULL, true}};
    static const struct table_column of_scales[] = {{"source", NULL, false},
                                                    {"window_s", NULL, true},
                                                    {"index", NULL, true},
                                                    {"error", NULL, true}};
    static const struct table_column of_draft[] = {{"at_s", NULL, true}, {"rate", NULL, true}};
    struct table *rates = answer_add_table(answer, "rates", of_rates, 4);
    struct table *scales = answer_add_table(answer, "dispersion", of_scales, 4);
    struct table *drafted = answer_add_table(answer, "drafted_rate", of_draft, 2);
    for (size_t i = 0; i < found->rate_count; i++) {
        struct table_cell *row = table_add_row(rates);
        row[0] = table_text(found->rates[i].source);
        row[1] = table_number(found->rates[i].start_s);
        row[2] = table_number(found->rates[i].end_s);
        row[3] = table_number(found->rates[i].per_s);
    }
    for (size_t i = 0; i < found->dispersion_count; i++) {
        struct table_cell *row = table_add_row(scales);
        row[0] = table_text(found->dispersions[i].source);
        row[1] = table_number(found->dispersions[i].window_s);
        row[2] = table_number(found->dispersions[i].index);
        row[3] = table_number(found->dispersions[i].error);
    }
    for (size_t i = 0; i < found->drafted_count; i++) {
        struct table_cell *row = table_add_row(drafted);
        row[0] = table_number(found->drafted[i].at_s);
        row[1] = table_number(found->drafted[i].per_s);
    }
}

static void add_plain_quantiles(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column columns[] = {{"class", NULL, false},
                                                  {"probability", NULL, true},
                                                  {"observed", NULL, true},
                                                  {"fitted", NULL, true}};
    struct table *table = answer_add_table(answer, "quantiles", columns, 4);
    for (size_t i = 0; i < found->quantile_count; i++) {
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(found->quantiles[i].class);
        row[1] = table_number(found->quantiles[i].probability);
        row[2] = table_number(found->quantiles[i].observed_s);
        row[3] = table_number(found->quantiles[i].fitted_s);
    }
}

static void add_plain_texts(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column of_findings[] = {{"kind", NULL, false}, {"text", NULL, false}};
    static const struct table_column of_notes[] = {
        {"key", NULL, false}, {"note", NULL, false}, {"source", NULL, false}};
    struct table *findings = answer_add_table(answer, "findings", of_findings, 2);
    struct table *notes = answer_add_table(answer, "draft", of_notes, 3);
    for (size_t i = 0; i < found->finding_count; i++) {
        struct table_cell *row = table_add_row(findings);
        row[0] = table_text(found->findings[i].is_contradiction ? "contradiction" : "note");
        row[1] = table_text(found->findings[i].text);
    }
    for (size_t i = 0; i < found->unknown_count; i++) {
        struct table_cell *row = table_add_row(findings);
        row[0] = table_text("unknown");
        row[1] = table_text(found->unknown[i]);
    }
    for (size_t i = 0; i < found->note_count; i++) {
        struct table_cell *row = table_add_row(notes);
        row[0] = table_text(found->notes[i].key);
        row[1] = table_text(found->notes[i].text);
        row[2] = table_text(found->notes[i].source);
    }
}

/* ---- the document ---------------------------------------------------------------------------- */

static void add_files(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column columns[] = {{"file", NULL, false},
                                                  {"taken for", NULL, false},
                                                  {"by", NULL, false},
                                                  {"rows", NULL, true},
                                                  {"left out", NULL, true}};
    struct table *table = table_make(columns, 5, answer->arena);
    for (size_t i = 0; i < found->file_count; i++) {
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(found->files[i].path);
        row[1] = table_text(found->files[i].format);
        row[2] = table_text(found->files[i].sign);
        row[3] = table_number((double)found->files[i].rows);
        row[4] = table_number((double)found->files[i].dropped);
    }
    document_add(answer->document, BLOCK_HEADING, "Files");
    document_add_table(answer->document, table);
}

static void add_findings(struct answer *answer, const struct import_findings *found,
                         bool is_contradiction, const char *heading)
{
    bool has_begun = false;
    for (size_t i = 0; i < found->finding_count; i++) {
        if (found->findings[i].is_contradiction != is_contradiction)
            continue;
        if (!has_begun)
            document_add(answer->document, BLOCK_HEADING, heading);
        has_begun = true;
        document_add(answer->document, BLOCK_ITEM, found->findings[i].text);
    }
}

static const char *quantity(double value, const char *unit, struct arena *arena)
{
    return isnan(value) ? "-" : number_text_quantity(value, unit, arena);
}

static void add_figures(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column columns[] = {
        {"kind", NULL, false}, {"of", NULL, false},   {"mean", NULL, true}, {"error", NULL, true},
        {"p95", NULL, true},   {"count", NULL, true}, {"by", NULL, false}};
    struct arena *arena = answer->arena;
    struct table *table = table_make(columns, 7, arena);
    for (size_t i = 0; i < found->figure_count; i++) {
        const struct import_figure *figure = &found->figures[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(figure->kind);
        row[1] = table_text(figure->of);
        row[2] = table_text(quantity(figure->mean, figure->unit, arena));
        row[3] = table_text(quantity(figure->error, figure->unit, arena));
        row[4] = table_text(quantity(figure->p95, figure->unit, arena));
        row[5] = table_number((double)figure->count);
        row[6] = table_text(figure->metric);
    }
    document_add(answer->document, BLOCK_HEADING, "Figures");
    document_add_cited_table(answer->document, table, "figure", 2);
}

static void add_dispersions(struct answer *answer, const struct import_findings *found)
{
    static const struct table_column columns[] = {{"arrivals of", NULL, false},
                                                  {"in windows of", NULL, true},
                                                  {"variance over mean", NULL, true}};
    struct arena *arena = answer->arena;
    struct table *table = table_make(columns, 3, arena);
    for (size_t i = 0; i < found->dispersion_count; i++) {
        const struct import_dispersion *scale = &found->dispersions[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(scale->source);
        row[1] = table_text(number_text_quantity(scale->window_s, "s", arena));
        row[2] = table_text(arena_printf(arena, "%.3g ± %.2g", scale->index, scale->error));
    }
    if (found->dispersion_count == 0)
        return;
    document_add(answer->document, BLOCK_HEADING, "Dispersion of the arrivals");
    document_add(answer->document, BLOCK_PARAGRAPH, "1: at random (Poisson).");
    document_add_table(answer->document, table);
}

/* How each figure of the draft came about is among the assumptions. */
static void add_unknown(struct answer *answer, const struct import_findings *found)
{
    if (found->unknown_count > 0)
        document_add(answer->document, BLOCK_HEADING, "Not knowable from these files");
    for (size_t i = 0; i < found->unknown_count; i++)
        document_add(answer->document, BLOCK_ITEM, found->unknown[i]);
}

static void add_settings(struct answer *answer, const struct import_findings *found)
{
    if (found->setting_count > 0)
        document_add(answer->document, BLOCK_HEADING, "Settings");
    for (size_t i = 0; i < found->setting_count; i++)
        document_add(answer->document, BLOCK_ITEM,
                     arena_printf(answer->arena, "%s = %s", found->settings[i].path,
                                  found->settings[i].text));
}

static void add_statement(struct answer *answer, const struct import_findings *found,
                          size_t contradictions)
{
    struct arena *arena = answer->arena;
    if (contradictions > 0)
        document_add_statement(answer->document, TONE_BAD, "FAIL",
                               arena_printf(arena, "the files contradict each other in %zu %s",
                                            contradictions,
                                            contradictions > 1 ? "points" : "point"));
    else if (found->process)
        document_add_statement(answer->document, TONE_GOOD, "DRAFTED",
                               arena_printf(arena,
                                            "%s requests a second, %s; nothing in the files "
                                            "contradicts the rest",
                                            number_text_quantity(found->rate_per_s, "", arena),
                                            found->process));
    if (!found->process)
        document_add_statement(answer->document, TONE_UNSURE, "NO DRAFT", found->why_not);
}

void import_answer_add(struct answer *answer, const struct import_findings *found)
{
    size_t contradictions = 0;
    for (size_t i = 0; i < found->finding_count; i++)
        contradictions += found->findings[i].is_contradiction;
    answer_add_number(answer, "files", (double)found->file_count, "");
    answer_add_number(answer, "contradictions", (double)contradictions, "");
    answer_add_number(answer, "rate", found->rate_per_s, "1/s");
    answer_add_text(answer, "arrivals", found->process ? found->process : "");
    add_plain_figures(answer, found);
    add_plain_arrivals(answer, found);
    add_plain_quantiles(answer, found);
    add_plain_texts(answer, found);
    answer->verdict = contradictions > 0 ? VERDICT_FAIL : VERDICT_NONE;
    add_statement(answer, found, contradictions);
    add_findings(answer, found, true, "Contradictions");
    add_unknown(answer, found);
    add_findings(answer, found, false, "Findings");
    add_settings(answer, found);
    add_dispersions(answer, found);
    add_figures(answer, found);
    add_files(answer, found);
}
