/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/basis.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { MAX_KEY_LENGTH = 60, MAX_VALUE_LENGTH = 120, MAX_JSON_LENGTH = 48, HASH_SHOWN = 16 };

/* A piece of the scenario's JSON, such as all steps of a request, is better read there. */
static bool is_long_json(const char *value)
{
    return (value[0] == '{' || value[0] == '[') && layout_width(value) > MAX_JSON_LENGTH;
}

/* "key = value: note (source: ...)" */
static void add_given(struct document *document, const struct assumption *assumption)
{
    struct arena *arena = document->arena;
    const char *text = layout_shorten(assumption->key, MAX_KEY_LENGTH, arena);
    if (assumption->value && !(assumption->note && is_long_json(assumption->value)))
        text = arena_printf(arena, "%s = %s", text,
                            layout_shorten(assumption->value, MAX_VALUE_LENGTH, arena));
    if (assumption->note)
        text = arena_printf(arena, "%s: %s", text, assumption->note);
    if (assumption->source)
        text = arena_printf(arena, "%s (source: %s)", text, assumption->source);
    if (assumption->source)
        document_add(document, BLOCK_ITEM, text);
    else
        document_add_marked_item(document, TONE_UNSURE, "NO SOURCE", text);
}

const struct table *basis_default_table(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"key", NULL, false}, {"value", NULL, false}, {"note", NULL, false}};
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < result->assumption_count; i++) {
        const struct assumption *assumption = &result->assumptions[i];
        if (!assumption->is_default)
            continue;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(layout_shorten(assumption->key, MAX_KEY_LENGTH, arena));
        if (assumption->value)
            row[1] = table_text(layout_shorten(assumption->value, MAX_VALUE_LENGTH, arena));
        if (assumption->note && strcmp(assumption->note, "default") != 0)
            row[2] = table_text(assumption->note);
    }
    table_drop_empty_columns(table);
    return table;
}

static void add_assumptions(struct document *document, const struct result *result)
{
    const struct table *defaults = basis_default_table(result, document->arena);
    document_add(document, BLOCK_HEADING, "Assumptions");
    for (size_t i = 0; i < result->assumption_count; i++)
        if (!result->assumptions[i].is_default)
            add_given(document, &result->assumptions[i]);
    if (defaults->row_count == result->assumption_count)
        document_add(document, BLOCK_PARAGRAPH, "The scenario names no sources for its figures.");
    if (defaults->row_count > 0) {
        document_add(document, BLOCK_HEADING, "Defaults taken");
        document_add_table(document, defaults);
    }
}

static bool has_warning(const struct result_setting *setting, const char *warning)
{
    for (size_t i = 0; i < setting->warning_count; i++)
        if (strcmp(setting->warnings[i], warning) == 0)
            return true;
    return false;
}

/* The settings from number `first` on that have the warning; NULL when an earlier one has it. */
static const char *settings_with(const struct document *document, const struct result *result,
                                 size_t first, const char *warning)
{
    const char *names = document_name(document, result->settings[first].name);
    for (size_t i = 0; i < result->setting_count; i++) {
        if (i == first || !has_warning(&result->settings[i], warning))
            continue;
        if (i < first)
            return NULL;
        names = arena_printf(document->arena, "%s, %s", names,
                             document_name(document, result->settings[i].name));
    }
    return names;
}

void basis_add_warnings(struct document *document, const struct result *result)
{
    bool has_heading = false;
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].warning_count; k++) {
            const char *warning = result->settings[i].warnings[k];
            const char *names = settings_with(document, result, i, warning);
            if (!names)
                continue;
            if (!has_heading)
                document_add(document, BLOCK_HEADING, "Warnings");
            has_heading = true;
            document_add(document, BLOCK_ITEM,
                         arena_printf(document->arena, "%s: %s", names, warning));
        }
}

double basis_strain(const struct model_check *check)
{
    double deviation = fabs(check->simulated - check->expected);
    return deviation > 0.0 ? deviation / check->tolerance : 0.0;
}

struct basis_checks basis_summarize_checks(const struct result *result)
{
    struct basis_checks summary = {0};
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        for (size_t k = 0; k < setting->check_count; k++) {
            const struct model_check *check = &setting->checks[k];
            summary.count++;
            summary.failed += !check->holds;
            summary.broken += !check->holds && !check->words;
            if (!summary.worst || basis_strain(check) > basis_strain(summary.worst)) {
                summary.worst = check;
                summary.worst_setting = setting->name;
            }
        }
    }
    return summary;
}

const struct table *basis_check_table(struct document *document, const struct result *result)
{
    static const struct table_column columns[] = {
        {"setting", NULL, false}, {"check", NULL, false},    {"simulated", NULL, true},
        {"expected", NULL, true}, {"tolerance", NULL, true}, {"", NULL, false}};
    struct arena *arena = document->arena;
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        for (size_t k = 0; k < setting->check_count; k++) {
            const struct model_check *check = &setting->checks[k];
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(document_name(document, setting->name));
            row[1] = table_text(check->name);
            row[2] = table_text(number_text_plain(check->simulated, arena));
            row[3] = table_text(number_text_plain(check->expected, arena));
            row[4] = table_text(number_text_plain(check->tolerance, arena));
            row[5] =
                check->holds ? table_toned("holds", TONE_GOOD) : table_toned("FAILED", TONE_BAD);
        }
    }
    return table;
}

void basis_add_checks(struct document *document, const struct result *result)
{
    struct basis_checks summary = basis_summarize_checks(result);
    if (summary.count == 0)
        return;
    struct arena *arena = document->arena;
    document_add(document, BLOCK_HEADING, "Self-checks");
    if (summary.broken > 0)
        document_add_statement(document, TONE_BAD, "SELF-CHECK FAILED",
                               arena_printf(arena, "%zu of %zu: do not rely on these results",
                                            summary.broken, summary.count));
    else if (summary.failed > 0)
        document_add_statement(document, TONE_BAD, "NO STEADY STATE",
                               arena_printf(arena,
                                            "%zu of %zu: overloaded, still growing or at a "
                                            "standstill; the laws hold",
                                            summary.failed, summary.count));
    else
        document_add(document, BLOCK_PARAGRAPH,
                     arena_printf(arena,
                                  "All %zu hold; nearest to its tolerance: %s (%s), at %s of it.",
                                  summary.count, summary.worst->name,
                                  document_name(document, summary.worst_setting),
                                  number_text_quantity(basis_strain(summary.worst), "1", arena)));
    document_add_cited_table(document, basis_check_table(document, result), "check", 2);
}

static void add_warmups(struct document *document, const struct result *result)
{
    struct arena *arena = document->arena;
    const char *text = "warm-up, not measured:";
    for (size_t i = 0; i < result->setting_count; i++)
        text = arena_printf(arena, "%s%s %s %s", text, i > 0 ? "," : "",
                            number_text_quantity(result->settings[i].warmup_s, "s", arena),
                            document_name(document, result->settings[i].name));
    document_add(document, BLOCK_ITEM, text);
}

static void add_inputs(struct document *document, const struct result *result)
{
    for (size_t i = 0; i < result->input_count; i++)
        document_add(document, BLOCK_ITEM,
                     arena_printf(document->arena, "input %s: sha256 %.*s", result->inputs[i].file,
                                  HASH_SHOWN, result->inputs[i].sha256));
}

static void add_precision(struct document *document, const struct result *result)
{
    struct arena *arena = document->arena;
    const char *text =
        arena_printf(arena, "%s of %s%s; %s confidence",
                     document_count(document, result->settings[0].replications, "replication"),
                     number_text_quantity(result->duration_s, "s", arena),
                     result->ends_early ? " at most, until the load test ends" : "",
                     number_text_quantity(result->confidence, "1", arena));
    if (result->looks_planned > 1)
        text = arena_printf(arena,
                            "%s, which holds jointly over the %zu planned looks at the data "
                            "(%zu made)",
                            text, result->looks_planned, result->looks_made);
    document_add(document, BLOCK_ITEM, text);
}

void basis_add_origin(struct document *document, const struct result *result)
{
    struct arena *arena = document->arena;
    document_add(document, BLOCK_ITEM,
                 arena_printf(arena, "capsim %s, scenario %s, seed %" PRIu64, result->version,
                              document_name(document, result->scenario_name), result->seed));
    if (result->setting_count > 0) {
        add_precision(document, result);
        add_warmups(document, result);
    }
    add_inputs(document, result);
    document_add(document, BLOCK_ITEM,
                 arena_printf(arena, "digest of the results: %.*s", HASH_SHOWN, result->digest));
    document_add(document, BLOCK_PARAGRAPH, "The same command gives the same results:");
    document_add_command(document, result->command, result->command_count);
}

void basis_add_provenance(struct document *document, const struct result *result)
{
    document_add(document, BLOCK_HEADING, "Provenance");
    basis_add_origin(document, result);
}

void basis_add(struct document *document, const struct result *result)
{
    add_assumptions(document, result);
    basis_add_warnings(document, result);
    basis_add_checks(document, result);
    basis_add_provenance(document, result);
}

void basis_add_basis(struct document *document, const struct result *result)
{
    add_assumptions(document, result);
    basis_add_provenance(document, result);
}
