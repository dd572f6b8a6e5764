/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/findings.h"
#include "models/program/profile_part.h"
#include "models/spec/pool_nesting.h"
#include "reports/document/load_lines.h"
#include "reports/document/metric_tables.h"
#include "reports/document/sparkline.h"
#include "reports/result/undecided.h"
#include "reports/text/digits.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { MAX_TITLE_LENGTH = 160, MAX_DESCRIPTION_LENGTH = 600 };

enum tone findings_tone(enum verdict verdict)
{
    static const enum tone tones[] = {[VERDICT_PASS] = TONE_GOOD,
                                      [VERDICT_FAIL] = TONE_BAD,
                                      [VERDICT_UNDECIDED] = TONE_UNSURE,
                                      [VERDICT_NONE] = TONE_PLAIN};
    return tones[verdict];
}

const char *findings_word(enum verdict verdict)
{
    static const char *const words[] = {[VERDICT_PASS] = "PASS",
                                        [VERDICT_FAIL] = "FAIL",
                                        [VERDICT_UNDECIDED] = "UNDECIDED",
                                        [VERDICT_NONE] = "NO VERDICT"};
    return words[verdict];
}

/* The names of the setting's criteria that ended so, with commas between. */
static const char *names_of(const struct document *document, const struct result_setting *setting,
                            enum verdict verdict, size_t *count)
{
    const char *names = "";
    *count = 0;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        if (setting->criteria[i].verdict != verdict)
            continue;
        const char *name = document_name(document, setting->criteria[i].name);
        names = arena_printf(document->arena, "%s%s%s", names, *count > 0 ? ", " : "", name);
        ++*count;
    }
    return names;
}

static const char *explain_verdict(const struct document *document,
                                   const struct result_setting *setting)
{
    const char *name = document_name(document, setting->name);
    size_t total = setting->criterion_count, count;
    if (setting->verdict == VERDICT_PASS && total > 1)
        return arena_printf(document->arena, "%s: %zu of %zu criteria hold", name, total, total);
    const char *names = names_of(document, setting, setting->verdict, &count);
    bool is_one = count == 1;
    const char *verb = setting->verdict == VERDICT_PASS ? "holds"
                       : setting->verdict == VERDICT_FAIL
                           ? (is_one ? "fails" : "fail")
                           : (is_one ? "is undecided" : "are undecided");
    if (total == 1)
        return arena_printf(document->arena, "%s: its one criterion %s: %s", name, verb, names);
    return arena_printf(document->arena, "%s: %zu of %zu criteria %s: %s", name, count, total, verb,
                        names);
}

void findings_add_verdict(struct document *document, enum verdict verdict, const char *text)
{
    document_add_statement(document, findings_tone(verdict), findings_word(verdict), text);
}

void findings_add_setting_verdict(struct document *document, const struct result_setting *setting)
{
    findings_add_verdict(document, setting->verdict, explain_verdict(document, setting));
}

static void add_verdicts(struct document *document, const struct result *result)
{
    size_t judged = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        judged += result->settings[i].verdict != VERDICT_NONE;
    if (judged == 0)
        document_add_statement(document, TONE_PLAIN, findings_word(VERDICT_NONE),
                               "no criterion applies to what was run");
    else if (judged > 1)
        document_add_statement(document, findings_tone(result->verdict),
                               findings_word(result->verdict), "over all settings judged");
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        if (setting->verdict != VERDICT_NONE)
            findings_add_setting_verdict(document, setting);
    }
}

void findings_add_failed_checks(struct document *document, const struct result_setting *setting)
{
    for (size_t i = 0; i < setting->check_count; i++) {
        const struct model_check *check = &setting->checks[i];
        if (check->holds)
            continue;
        struct arena *arena = document->arena;
        if (check->words) {
            document_add_statement(document, TONE_BAD, "NO STEADY STATE",
                                   arena_printf(arena, "%s: %s",
                                                document_name(document, setting->name),
                                                check->words));
            continue;
        }
        const char *text = arena_printf(
            arena, "%s: %s: simulated %s, expected %s, tolerance %s; do not rely on these results",
            document_name(document, setting->name), document_name(document, check->name),
            number_text_plain(check->simulated, arena), number_text_plain(check->expected, arena),
            number_text_plain(check->tolerance, arena));
        document_add_statement(document, TONE_BAD, "SELF-CHECK FAILED", text);
    }
}

void findings_add_part(struct document *document, const char *setting, const char *warning)
{
    if (strstr(warning, PROFILE_PART_WORDS))
        document_add_statement(
            document, TONE_UNSURE, "PART OF A PROFILE",
            arena_printf(document->arena, "%s: %s", document_name(document, setting), warning));
}

void findings_add_deadlock(struct document *document, const char *setting, const char *warning)
{
    if (strstr(warning, POOL_NESTING_WORDS))
        document_add_statement(
            document, TONE_BAD, "CAN DEADLOCK",
            arena_printf(document->arena, "%s: %s", document_name(document, setting), warning));
}

/* Whether its offered load says already that a queue grows. */
static bool is_overloaded(const struct result_setting *setting)
{
    for (size_t i = 0; i < setting->load_count; i++)
        if (setting->loads[i].is_too_much)
            return true;
    return false;
}

/* What a reader must know before believing a number. */
void findings_add_reservations(struct document *document, const struct result *result)
{
    if (result->is_interrupted)
        document_add_statement(document, TONE_UNSURE, "INTERRUPTED",
                               "these are the results of the replications that were finished");
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct result_setting *setting = &result->settings[i];
        findings_add_failed_checks(document, setting);
        for (size_t k = 0; k < setting->warning_count; k++) {
            findings_add_deadlock(document, setting->name, setting->warnings[k]);
            findings_add_part(document, setting->name, setting->warnings[k]);
        }
        if (setting->is_unstable && !is_overloaded(setting)) {
            const char *text = arena_printf(document->arena,
                                            "%s: there is no steady state; its values are for this "
                                            "finite run",
                                            document_name(document, setting->name));
            document_add_statement(document, TONE_UNSURE, "UNSTABLE", text);
        }
    }
    size_t replications = result->settings[0].replications;
    if (replications < 2)
        document_add_statement(document, TONE_UNSURE, "NO INTERVALS",
                               arena_printf(document->arena, "%s: nothing can be decided",
                                            document_count(document, replications, "replication")));
}

const char *findings_expectation(const struct result_criterion *criterion, struct arena *arena)
{
    if (!criterion->no_worse_than)
        return criterion->expect;
    if (criterion->allowed == 0.0)
        return arena_printf(arena, "%s, no worse than %s", criterion->expect,
                            criterion->no_worse_than);
    return arena_printf(arena, "%s, no worse than %s by %s", criterion->expect,
                        criterion->no_worse_than,
                        number_text_quantity(criterion->allowed, "1", arena));
}

/* "3.1 half widths": how far the limit is from the estimate, in units of the doubt. */
static const char *distance_text(const struct result_criterion *criterion, struct arena *arena)
{
    const struct estimate *estimate = &criterion->estimate;
    double reach = criterion->limit >= estimate->estimate ? estimate->high - estimate->estimate
                                                          : estimate->estimate - estimate->low;
    double distance = fabs(criterion->limit - estimate->estimate);
    if (estimate->is_unresolved)
        return "unresolved: decides nothing";
    if (estimate->is_upper_bound)
        return "no event seen: exact bound";
    if (!estimate->has_interval)
        return "no interval";
    if (!criterion->has_limit || !isfinite(distance))
        return "-";
    if (!(reach > 0.0))
        return "the same in every replication";
    return arena_printf(arena, "%s half widths", digits_number(distance / reach, arena));
}

/* has_distance: with a column that says how far the limit is in units of the doubt. */
static const struct table *criteria_table(const struct document *document,
                                          const struct result_setting *setting, bool has_distance)
{
    static const struct table_column columns[] = {
        {"criterion", NULL, false}, {"verdict", NULL, false}, {"expected", NULL, false},
        {"measured", NULL, true},   {"margin", NULL, true},   {"distance to limit", NULL, false}};
    struct arena *arena = document->arena;
    size_t count = sizeof columns / sizeof columns[0] - (has_distance ? 0 : 1);
    struct table *table = table_make(columns, count, arena);
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct result_criterion *criterion = &setting->criteria[i];
        struct table_cell *row = table_add_row(table);
        row[1] = table_toned(findings_word(criterion->verdict), findings_tone(criterion->verdict));
        row[0] = table_text(document_name(document, criterion->name));
        row[2] = table_text(findings_expectation(criterion, arena));
        row[3] = table_text(number_text_estimate(&criterion->estimate, criterion->unit,
                                                 !setting->is_unstable, arena));
        row[4] = table_text(number_text_difference(criterion->margin, criterion->unit, arena));
        if (has_distance)
            row[5] = table_text(distance_text(criterion, arena));
    }
    return table;
}

/* "p95 response: proposed - 1.05 x baseline = -12.1 ± 0.4 ms" */
static void add_comparison(struct document *document, const struct result_setting *setting,
                           const struct result_criterion *criterion)
{
    struct arena *arena = document->arena;
    double factor = 1.0 + criterion->allowed;
    const char *times =
        factor == 1.0 ? "" : arena_printf(arena, "%s x ", number_text_plain(factor, arena));
    const char *text = arena_printf(
        arena, "%s: %s - %s%s = %s", document_name(document, criterion->name),
        document_name(document, setting->name), times,
        document_name(document, criterion->no_worse_than),
        number_text_paired(&criterion->difference, criterion->unit, !setting->is_unstable, arena));
    document_add(document, BLOCK_ITEM, text);
}

/* "sustained: a run holds with more than 95 % (in 10 of 10 it did, on average 19.6 %)" */
static const char *say_runs(const struct document *document,
                            const struct result_criterion *criterion)
{
    struct arena *arena = document->arena;
    size_t runs = criterion->held + criterion->failed;
    const char *name = document_name(document, criterion->name);
    const char *wanted = number_text_quantity(criterion->probability, "1", arena);
    double low, high;
    estimate_binomial((double)criterion->held, (double)runs, 0.95, &low, &high);
    if (criterion->verdict == VERDICT_PASS)
        return arena_printf(arena,
                            "%s: a run of this length holds with more than %s; %zu of %zu "
                            "did",
                            name, wanted, criterion->held, runs);
    return arena_printf(arena, "%s: %zu of %zu runs hold: %s (%s), %s wanted", name,
                        criterion->held, runs,
                        number_text_quantity((double)criterion->held / (double)runs, "1", arena),
                        number_text_range(low, high, "1", arena), wanted);
}

/* What stands below the table: what was compared, runs that were counted, what is undecided. */
static void add_criteria_notes(struct document *document, const struct result_setting *setting)
{
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct result_criterion *criterion = &setting->criteria[i];
        if (criterion->no_worse_than)
            add_comparison(document, setting, criterion);
        if (criterion->held + criterion->failed > 0)
            document_add(document, BLOCK_ITEM, say_runs(document, criterion));
        if (criterion->verdict == VERDICT_UNDECIDED)
            document_add(document, BLOCK_ITEM,
                         arena_printf(document->arena, "%s is undecided: %s",
                                      document_name(document, criterion->name),
                                      undecided_advice(criterion, document->arena)));
    }
}

void findings_add_criteria_of(struct document *document, const struct result_setting *setting,
                              bool has_distance)
{
    document_add_cited_table(
        document, criteria_table(document, setting, has_distance),
        arena_printf(document->arena, "criterion-%s", document_name(document, setting->name)), 1);
    add_criteria_notes(document, setting);
}

static void add_criteria(struct document *document, const struct result_setting *setting)
{
    if (setting->criterion_count == 0)
        return;
    document_add(
        document, BLOCK_HEADING,
        arena_printf(document->arena, "Criteria for %s", document_name(document, setting->name)));
    findings_add_criteria_of(document, setting, false);
}

static void add_overrides(struct document *document, const struct result_setting *setting)
{
    if (setting->override_count == 0)
        return;
    const char *text = arena_printf(document->arena, "%s:", document_name(document, setting->name));
    for (size_t i = 0; i < setting->override_count; i++)
        text = arena_printf(document->arena, "%s%s %s = %s", text, i > 0 ? "," : "",
                            document_name(document, setting->overrides[i].path),
                            document_name(document, setting->overrides[i].value));
    document_add(document, BLOCK_ITEM, text);
}

static bool has_unresolved(const struct result *result)
{
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].metric_count; k++) {
            const struct result_metric *metric = &result->settings[i].metrics[k];
            if (metric->estimate.is_unresolved && metric->identity->is_shown)
                return true;
        }
    return false;
}

void findings_add_measuring(struct document *document, const struct result *result)
{
    struct arena *arena = document->arena;
    document_add(
        document, BLOCK_PARAGRAPH,
        arena_printf(arena,
                     "Estimate ± half width of the %s confidence interval, over %s of "
                     "%s%s each%s.",
                     number_text_quantity(result->confidence, "1", arena),
                     document_count(document, result->settings[0].replications, "replication"),
                     result->ends_early ? "at most " : "",
                     number_text_quantity(result->duration_s, "s", arena),
                     result->ends_early ? ", until the load test ends" : ""));
    for (size_t i = 0; i < result->setting_count; i++)
        add_overrides(document, &result->settings[i]);
}

void findings_add_unresolved(struct document *document, const struct result *result)
{
    if (has_unresolved(result))
        document_add(document, BLOCK_PARAGRAPH,
                     "* too few independent observations lie beyond this quantile to trust its "
                     "interval; a limit is judged by the share that is beyond it");
}

static void add_settings(struct document *document, const struct result *result)
{
    document_add(document, BLOCK_HEADING,
                 result->setting_count > 1 ? "Settings side by side" : "Measured");
    findings_add_measuring(document, result);
    document_add_cited_table(document, metric_tables_settings(result, document->arena), "metric",
                             1);
    findings_add_unresolved(document, result);
}

void findings_add_one_run(struct document *document, const struct result *result)
{
    struct arena *arena = document->arena;
    if (result->setting_count == 0 || result->settings[0].one_runs == 0)
        return;
    document_add(document, BLOCK_HEADING, "One real run");
    document_add(
        document, BLOCK_PARAGRAPH,
        arena_printf(arena,
                     "Where one measurement of %s will be, with %s: what %s of this length showed, "
                     "each with customers of its own and with values drawn for the uncertain "
                     "inputs.",
                     number_text_quantity(result->duration_s, "s", arena),
                     number_text_quantity(result->confidence, "1", arena),
                     document_count(document, result->settings[0].one_runs, "run")));
    document_add_cited_table(document, metric_tables_one_run(result, arena), "one-run", 1);
}

static void add_differences(struct document *document, const struct result *result)
{
    const struct table *table = metric_tables_differences(result, document->arena);
    if (table->row_count == 0)
        return;
    document_add(document, BLOCK_HEADING, "Differences from baseline");
    document_add(document, BLOCK_PARAGRAPH,
                 "Paired: every setting served the same requests. pp: percentage points.");
    document_add_cited_table(document, table, "difference", 1);
}

void findings_add_verdicts(struct document *document, const struct result *result)
{
    const char *title = result->title ? result->title : result->scenario_name;
    document_add(document, BLOCK_TITLE, layout_shorten(title, MAX_TITLE_LENGTH, document->arena));
    add_verdicts(document, result);
    load_lines_add(document, result);
    findings_add_reservations(document, result);
    if (result->description)
        document_add(document, BLOCK_PARAGRAPH,
                     layout_shorten(result->description, MAX_DESCRIPTION_LENGTH, document->arena));
}

void findings_add_criteria(struct document *document, const struct result *result)
{
    for (size_t i = 0; i < result->setting_count; i++)
        add_criteria(document, &result->settings[i]);
}

void findings_add_measured(struct document *document, const struct result *result)
{
    add_settings(document, result);
    findings_add_one_run(document, result);
    add_differences(document, result);
}

void findings_add(struct document *document, const struct result *result)
{
    findings_add_verdicts(document, result);
    findings_add_criteria(document, result);
    findings_add_measured(document, result);
    sparkline_add_series(document, result);
}
