/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/report_tables.h"
#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct table_cell text_or_nothing(const char *text)
{
    return table_text(text ? text : "");
}

static struct table_cell yes_or_no(bool claim)
{
    return table_text(claim ? "yes" : "no");
}

const struct table *report_tables_criteria(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"setting", NULL, false}, {"criterion", NULL, false}, {"expect", NULL, false},
        {"verdict", NULL, false}, {"estimate", NULL, true},   {"low", NULL, true},
        {"high", NULL, true},     {"unit", NULL, false},      {"margin", NULL, true},
        {"limit", NULL, true}};
    struct table *table = table_make(columns, COUNT(columns), arena);
    for (size_t s = 0; s < result->setting_count; s++)
        for (size_t i = 0; i < result->settings[s].criterion_count; i++) {
            const struct result_criterion *criterion = &result->settings[s].criteria[i];
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(result->settings[s].name);
            row[1] = table_text(criterion->name);
            row[2] = table_text(criterion->expect);
            row[3] = text_or_nothing(verdict_name(criterion->verdict));
            row[4] = table_number(criterion->estimate.estimate);
            row[5] = table_number(criterion->estimate.low);
            row[6] = table_number(criterion->estimate.high);
            row[7] = table_text(criterion->unit);
            row[8] = table_number(criterion->margin);
            row[9] = table_number(criterion->has_limit ? criterion->limit : NAN);
        }
    return table;
}

const struct table *report_tables_differences(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"from", NULL, false},    {"to", NULL, false},          {"metric", NULL, false},
        {"estimate", NULL, true}, {"low", NULL, true},          {"high", NULL, true},
        {"unit", NULL, false},    {"replications", NULL, true}, {"standard_error", NULL, true}};
    struct table *table = table_make(columns, COUNT(columns), arena);
    for (size_t i = 0; i < result->difference_count; i++) {
        const struct result_difference *difference = &result->differences[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(difference->from);
        row[1] = table_text(difference->to);
        row[2] = table_text(difference->metric);
        row[3] = table_number(difference->estimate.estimate);
        row[4] = table_number(difference->estimate.low);
        row[5] = table_number(difference->estimate.high);
        row[6] = table_text(difference->unit);
        row[7] = table_number((double)difference->estimate.replications);
        row[8] = table_number(difference->estimate.standard_error);
    }
    return table;
}

const struct table *report_tables_assumptions(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {{"key", NULL, false},
                                                  {"value", NULL, false},
                                                  {"note", NULL, false},
                                                  {"source", NULL, false},
                                                  {"default", NULL, false}};
    struct table *table = table_make(columns, COUNT(columns), arena);
    for (size_t i = 0; i < result->assumption_count; i++) {
        const struct assumption *assumption = &result->assumptions[i];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(assumption->key);
        row[1] = text_or_nothing(assumption->value);
        row[2] = text_or_nothing(assumption->note);
        row[3] = text_or_nothing(assumption->source);
        row[4] = yes_or_no(assumption->is_default);
    }
    return table;
}

const struct table *report_tables_checks(const struct result *result, struct arena *arena)
{
    static const struct table_column columns[] = {
        {"setting", NULL, false}, {"check", NULL, false},    {"simulated", NULL, true},
        {"expected", NULL, true}, {"tolerance", NULL, true}, {"holds", NULL, false}};
    struct table *table = table_make(columns, COUNT(columns), arena);
    for (size_t s = 0; s < result->setting_count; s++)
        for (size_t i = 0; i < result->settings[s].check_count; i++) {
            const struct model_check *check = &result->settings[s].checks[i];
            struct table_cell *row = table_add_row(table);
            row[0] = table_text(result->settings[s].name);
            row[1] = table_text(check->name);
            row[2] = table_number(check->simulated);
            row[3] = table_number(check->expected);
            row[4] = table_number(check->tolerance);
            row[5] = yes_or_no(check->holds);
        }
    return table;
}
