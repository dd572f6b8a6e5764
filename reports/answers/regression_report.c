/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/regression_report.h"
#include "reports/answers/baseline_answer.h"
#include "reports/answers/regression_guard.h"
#include "reports/text/number_text.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { HASH_SHOWN = 12, MAX_ROWS = 20 };

/* One thing that was compared. */
struct finding {
    const char *setting, *name, *unit; /* unit NULL: of a criterion, or of something gone */
    enum regression_outcome outcome;
    const struct estimate *then, *now; /* NULL: not there */
    struct regression found;
    const char *message;
};

struct review {
    const struct regression_request *request;
    struct arena *arena;
    struct finding *findings;
    size_t count;
    size_t counts[REGRESSION_OUTCOMES];
    size_t identical;
    bool is_same_digest; /* every figure of both is the same */
};

static void add(struct review *review, const struct finding *finding)
{
    review->findings[review->count++] = *finding;
    review->counts[finding->outcome]++;
    review->identical += finding->found.is_identical;
}

static const struct regression_setting *setting_then(const struct regression_baseline *baseline,
                                                     const char *name)
{
    for (size_t i = 0; i < baseline->setting_count; i++)
        if (strcmp(baseline->settings[i].name, name) == 0)
            return &baseline->settings[i];
    return NULL;
}

static const struct result_setting *setting_now(const struct result *result, const char *name)
{
    for (size_t i = 0; i < result->setting_count; i++)
        if (strcmp(result->settings[i].name, name) == 0)
            return &result->settings[i];
    return NULL;
}

/* The number of the metric of that name, or count; mostly it is where the other run has it. */
static size_t metric_now(const struct result_setting *setting, const char *name, size_t hint)
{
    if (hint < setting->metric_count && strcmp(setting->metrics[hint].name, name) == 0)
        return hint;
    size_t i = 0;
    while (i < setting->metric_count && strcmp(setting->metrics[i].name, name) != 0)
        i++;
    return i;
}

/* ---- judging ----------------------------------------------------------------------------- */

static double tolerance_for(const struct regression_request *request, const char *metric,
                            bool *is_named)
{
    double share = REGRESSION_TOLERANCE;
    *is_named = false;
    for (size_t i = 0; i < request->tolerance_count; i++) {
        const struct regression_tolerance *tolerance = &request->tolerances[i];
        if (tolerance->metric && strcmp(tolerance->metric, metric) == 0) {
            share = tolerance->share;
            *is_named = true;
        } else if (!tolerance->metric && !*is_named) {
            share = tolerance->share;
        }
    }
    return share;
}

static const char *describe(const struct finding *finding, struct arena *arena)
{
    return arena_printf(arena, "was %s, is %s, difference %s, allowed %s",
                        number_text_estimate(finding->then, finding->unit, true, arena),
                        number_text_estimate(finding->now, finding->unit, true, arena),
                        number_text_paired(&finding->found.difference, finding->unit, true, arena),
                        number_text_difference(finding->found.allowed, finding->unit, arena));
}

static void add_gone(struct review *review, const struct result_setting *now,
                     const struct regression_setting *then, struct finding finding)
{
    const char *renamed = regression_find_renamed(now, then, finding.name, review->arena);
    finding.outcome = renamed ? REGRESSION_UNSURE : REGRESSION_WORSE;
    finding.message =
        renamed ? arena_printf(review->arena,
                               "the step is gone and %s is new: if it was renamed, save the "
                               "reference again",
                               renamed)
                : "the reference has this metric, the run has not";
    add(review, &finding);
}

/* Whether the check looks at the metric, which is number m now (or gone). */
static bool is_guarded(const struct review *review, const struct result_setting *now,
                       const char *name, size_t m)
{
    bool is_named;
    double limit;
    tolerance_for(review->request, name, &is_named);
    if (review->request->has_all || is_named || regression_find_limit(now, name, &limit))
        return true;
    if (m == now->metric_count)
        return regression_was_key(name, review->arena);
    return now->metrics[m].identity->is_shown && regression_has_direction(now->metrics[m].identity);
}

/* An unsure metric that nobody watches decides nothing: tails that move by chance would otherwise
 * leave every check undecided. */
static enum regression_outcome weigh(const struct finding *finding,
                                     const struct metric_identity *identity, bool is_watched)
{
    bool is_unsure = finding->found.outcome == REGRESSION_UNSURE;
    if (!is_watched && (!regression_has_direction(identity) || (is_unsure && !identity->is_shown)))
        return REGRESSION_SAME;
    return finding->found.outcome;
}

static void compare_metric(struct review *review, const struct result_setting *now,
                           const struct regression_setting *setting, size_t hint,
                           size_t comparisons)
{
    const struct regression_request *request = review->request;
    const struct regression_metric *then = &setting->metrics[hint];
    struct finding finding = {.setting = now->name,
                              .name = then->name,
                              .unit = then->unit,
                              .then = &then->sample.estimate};
    size_t m = metric_now(now, then->name, hint);
    if (!is_guarded(review, now, then->name, m))
        return;
    if (m == now->metric_count) {
        add_gone(review, now, setting, finding);
        return;
    }
    bool is_named;
    struct regression_sample sample = {now->metrics[m].estimate,
                                       now->values ? now->values + m : NULL, now->started,
                                       now->value_stride};
    struct regression_rule rule = {.confidence = REGRESSION_CONFIDENCE,
                                   .comparisons = comparisons,
                                   .tolerance = tolerance_for(request, then->name, &is_named),
                                   .larger_is_better = now->metrics[m].larger_is_better,
                                   .is_paired = request->baseline->seed == request->result->seed};
    bool is_judged = regression_find_limit(now, then->name, &rule.limit);
    rule.floor = is_named ? 0 : regression_floor(then->unit);
    finding.now = &now->metrics[m].estimate;
    finding.found = regression_judge(&then->sample, &sample, &rule);
    if (review->is_same_digest) {
        finding.found.outcome = REGRESSION_SAME;
        finding.found.is_identical = true;
    }
    finding.outcome = weigh(&finding, now->metrics[m].identity, is_named || is_judged);
    finding.message = describe(&finding, review->arena);
    add(review, &finding);
}

static enum regression_outcome compare_verdicts(enum verdict then, enum verdict now)
{
    if (then == now || then == VERDICT_NONE)
        return REGRESSION_SAME;
    if (now == VERDICT_PASS)
        return REGRESSION_BETTER;
    if (now == VERDICT_FAIL)
        return REGRESSION_WORSE;
    return then == VERDICT_PASS ? REGRESSION_UNSURE : REGRESSION_SAME;
}

static const char *verdict_text(enum verdict verdict)
{
    const char *name = verdict_name(verdict);
    return name ? name : "not judged";
}

static void compare_criterion(struct review *review, const struct result_setting *now,
                              const struct regression_criterion *then)
{
    size_t i = 0;
    while (i < now->criterion_count && strcmp(now->criteria[i].name, then->name) != 0)
        i++;
    bool is_gone = i == now->criterion_count;
    struct finding finding = {
        .setting = now->name,
        .name = arena_printf(review->arena, "criterion: %s", then->name),
        .outcome =
            is_gone ? REGRESSION_WORSE : compare_verdicts(then->verdict, now->criteria[i].verdict),
        .message = is_gone
                       ? "the baseline has this criterion, the run has not"
                       : arena_printf(review->arena, "was %s, is %s", verdict_text(then->verdict),
                                      verdict_text(now->criteria[i].verdict))};
    add(review, &finding);
}

static bool was_judged(const struct regression_setting *then, const char *criterion)
{
    for (size_t i = 0; then && i < then->criterion_count; i++)
        if (strcmp(then->criteria[i].name, criterion) == 0)
            return true;
    return false;
}

/* What is new since the reference has nothing to be held against but its limit. */
static void add_new_criteria(struct review *review, const struct result_setting *now,
                             const struct regression_setting *then)
{
    for (size_t i = 0; i < now->criterion_count; i++) {
        const struct result_criterion *criterion = &now->criteria[i];
        if (was_judged(then, criterion->name))
            continue;
        struct finding finding = {
            .setting = now->name,
            .name = arena_printf(review->arena, "criterion: %s", criterion->name),
            .outcome = compare_verdicts(VERDICT_PASS, criterion->verdict),
            .message =
                arena_printf(review->arena, "is new, and is %s", verdict_text(criterion->verdict))};
        add(review, &finding);
    }
}

static void compare_setting(struct review *review, const struct regression_setting *then)
{
    const struct result_setting *now = setting_now(review->request->result, then->name);
    if (!now) {
        add(review, &(struct finding){.setting = then->name,
                                      .name = "the setting itself",
                                      .outcome = REGRESSION_WORSE,
                                      .message = "the baseline has it, the run has not"});
        return;
    }
    for (size_t i = 0; i < then->criterion_count; i++)
        compare_criterion(review, now, &then->criteria[i]);
    add_new_criteria(review, now, then);
    size_t guarded = 0;
    for (size_t i = 0; i < then->metric_count; i++)
        guarded += is_guarded(review, now, then->metrics[i].name,
                              metric_now(now, then->metrics[i].name, i));
    for (size_t i = 0; i < then->metric_count; i++)
        compare_metric(review, now, then, i, guarded);
}

static void compare_all(struct review *review)
{
    const struct regression_baseline *baseline = review->request->baseline;
    size_t most = 0;
    for (size_t i = 0; i < baseline->setting_count; i++)
        most += 1 + baseline->settings[i].metric_count + baseline->settings[i].criterion_count;
    const struct result *now = review->request->result;
    for (size_t i = 0; i < now->setting_count; i++)
        most += now->settings[i].criterion_count;
    review->findings = arena_array(review->arena, most, sizeof *review->findings);
    for (size_t i = 0; i < baseline->setting_count; i++)
        compare_setting(review, &baseline->settings[i]);
    for (size_t i = 0; i < now->setting_count; i++)
        if (!setting_then(baseline, now->settings[i].name))
            add_new_criteria(review, &now->settings[i], NULL);
}

static enum verdict verdict_for(enum regression_outcome outcome, bool is_strict)
{
    switch (outcome) {
    case REGRESSION_WORSE:
        return VERDICT_FAIL;
    case REGRESSION_BETTER:
        return is_strict ? VERDICT_FAIL : VERDICT_PASS;
    case REGRESSION_UNSURE:
        return VERDICT_UNDECIDED;
    case REGRESSION_SAME:
    case REGRESSION_OUTCOMES:
        break;
    }
    return VERDICT_PASS;
}

/* ---- what may have caused it ------------------------------------------------------------- */

static void add_cause(struct document *document, size_t *causes, const char *text)
{
    document_add(document, BLOCK_ITEM, text);
    ++*causes;
}

static void add_input_causes(struct document *document, const struct regression_request *request,
                             size_t *causes)
{
    const struct regression_baseline *then = request->baseline;
    const struct result *now = request->result;
    struct arena *arena = document->arena;
    if (then->input_count > 0 && strcmp(then->inputs[0].sha256, now->inputs[0].sha256) != 0)
        add_cause(document, causes,
                  arena_printf(arena, "the scenario: sha256 %.*s -> %.*s", HASH_SHOWN,
                               then->inputs[0].sha256, HASH_SHOWN, now->inputs[0].sha256));
    for (size_t i = 0; i < request->change_count; i++)
        add_cause(document, causes, request->changes[i]);
    for (size_t i = 1; i < now->input_count; i++)
        for (size_t k = 1; k < then->input_count; k++)
            if (strcmp(then->inputs[k].file, now->inputs[i].file) == 0 &&
                strcmp(then->inputs[k].sha256, now->inputs[i].sha256) != 0)
                add_cause(document, causes,
                          arena_printf(arena, "the file %s: sha256 %.*s -> %.*s",
                                       now->inputs[i].file, HASH_SHOWN, then->inputs[k].sha256,
                                       HASH_SHOWN, now->inputs[i].sha256));
}

/* "{"resources.db_pool.max":200}", as the reader of the baseline shows it. */
static const char *overrides_text(const struct result_setting *setting, struct arena *arena)
{
    const char *text = "{";
    for (size_t i = 0; i < setting->override_count; i++)
        text = arena_printf(arena, "%s%s\"%s\":%s", text, i > 0 ? "," : "",
                            setting->overrides[i].path, setting->overrides[i].value);
    return arena_printf(arena, "%s}", text);
}

static void add_setting_causes(struct document *document, const struct regression_request *request,
                               size_t *causes)
{
    struct arena *arena = document->arena;
    for (size_t i = 0; i < request->result->setting_count; i++) {
        const struct result_setting *now = &request->result->settings[i];
        const struct regression_setting *then = setting_then(request->baseline, now->name);
        if (!then)
            continue;
        const char *overrides = overrides_text(now, arena);
        if (strcmp(overrides, then->overrides) != 0)
            add_cause(document, causes,
                      arena_printf(arena, "overrides of %s: %s -> %s",
                                   document_name(document, now->name), then->overrides, overrides));
        if (then->replications != now->replications)
            add_cause(document, causes,
                      arena_printf(arena, "replications of %s: %zu -> %zu",
                                   document_name(document, now->name), then->replications,
                                   now->replications));
    }
}

static void add_causes(struct document *document, const struct regression_request *request,
                       bool has_changed)
{
    const struct regression_baseline *then = request->baseline;
    const struct result *now = request->result;
    struct arena *arena = document->arena;
    size_t causes = 0;
    document_add(document, BLOCK_HEADING, "What differs from the baseline's run");
    if (strcmp(then->version, now->version) != 0)
        add_cause(document, &causes,
                  arena_printf(arena, "capsim: %s -> %s", then->version, now->version));
    add_input_causes(document, request, &causes);
    add_setting_causes(document, request, &causes);
    if (then->seed != now->seed)
        add_cause(document, &causes,
                  arena_printf(arena,
                               "the seed: %" PRIu64 " -> %" PRIu64
                               "; differences are not paired, so small changes do not show",
                               then->seed, now->seed));
    if (causes == 0)
        document_add(document, BLOCK_PARAGRAPH,
                     has_changed ? "Nothing: inputs, settings, version and seed are the same, yet "
                                   "the results are not. The builds differ, or a machine errs."
                                 : "Nothing: the same inputs, settings, version and seed.");
}

/* ---- saying it --------------------------------------------------------------------------- */

static enum tone tone_for(enum regression_outcome outcome)
{
    static const enum tone tones[REGRESSION_OUTCOMES] = {TONE_PLAIN, TONE_GOOD, TONE_BAD,
                                                         TONE_UNSURE};
    return tones[outcome];
}

/* What is worse comes first, then what is unsure, then what is better; of these what has moved
 * most against what is allowed. */
static double rank_of(const struct finding *finding)
{
    static const double ranks[REGRESSION_OUTCOMES] = {
        [REGRESSION_WORSE] = 3, [REGRESSION_UNSURE] = 2, [REGRESSION_BETTER] = 1};
    double moved = fabs(finding->found.difference.estimate), allowed = finding->found.allowed;
    if (!finding->unit || !finding->now)
        return ranks[finding->outcome] + 1;
    return ranks[finding->outcome] + (isfinite(moved) && moved > 0 ? moved / (moved + allowed) : 0);
}

/* The findings of one setting that are not the same as before, the gravest first. */
static const struct finding **list_changes(const struct review *review, size_t first, size_t end,
                                           size_t *count)
{
    const struct finding **changes = arena_array(review->arena, end - first, sizeof *changes);
    *count = 0;
    for (size_t i = first; i < end; i++)
        if (review->findings[i].outcome != REGRESSION_SAME)
            changes[(*count)++] = &review->findings[i];
    /* By insertion: ties keep their order, which qsort does not promise. */
    for (size_t i = 1; i < *count; i++)
        for (size_t k = i; k > 0 && rank_of(changes[k - 1]) < rank_of(changes[k]); k--) {
            const struct finding *moved = changes[k];
            changes[k] = changes[k - 1];
            changes[k - 1] = moved;
        }
    return changes;
}

static void fill_change(struct table_cell *row, const struct finding *finding,
                        struct document *document)
{
    struct arena *arena = document->arena;
    row[0] = table_text(document_name(document, finding->name));
    row[1] = table_toned(regression_name(finding->outcome), tone_for(finding->outcome));
    if (!finding->unit || !finding->now) {
        row[2] = table_text(finding->message);
        return;
    }
    row[2] = table_text(number_text_estimate(finding->then, finding->unit, true, arena));
    row[3] = table_text(number_text_estimate(finding->now, finding->unit, true, arena));
    row[4] = table_text(number_text_paired(&finding->found.difference, finding->unit, true, arena));
}

static void add_changes(struct document *document, const struct review *review, size_t first,
                        size_t end)
{
    static const struct table_column columns[] = {{"metric", NULL, false},
                                                  {"is", NULL, false},
                                                  {"then", NULL, true},
                                                  {"now", NULL, true},
                                                  {"difference", NULL, true}};
    size_t count;
    const struct finding **changes = list_changes(review, first, end, &count);
    if (count == 0)
        return;
    struct table *table = table_make(columns, 5, document->arena);
    for (size_t i = 0; i < count && i < MAX_ROWS; i++)
        fill_change(table_add_row(table), changes[i], document);
    document_add(document, BLOCK_HEADING,
                 arena_printf(document->arena, "What has changed in %s",
                              document_name(document, review->findings[first].setting)));
    document_add_table(document, table);
    if (count > MAX_ROWS)
        document_add(document, BLOCK_PARAGRAPH,
                     arena_printf(document->arena, "And %zu more; --format csv lists all.",
                                  count - MAX_ROWS));
}

static void add_change_tables(struct document *document, const struct review *review)
{
    for (size_t i = 0, end; i < review->count; i = end) {
        for (end = i; end < review->count &&
                      strcmp(review->findings[end].setting, review->findings[i].setting) == 0;
             end++)
            ;
        add_changes(document, review, i, end);
    }
}

static void add_statement(struct document *document, const struct review *review,
                          enum verdict verdict)
{
    static const char *const words[] = {
        [VERDICT_PASS] = "PASS", [VERDICT_FAIL] = "FAIL", [VERDICT_UNDECIDED] = "UNDECIDED"};
    static const enum tone tones[] = {
        [VERDICT_PASS] = TONE_GOOD, [VERDICT_FAIL] = TONE_BAD, [VERDICT_UNDECIDED] = TONE_UNSURE};
    const size_t *counts = review->counts;
    document_add_statement(
        document, tones[verdict], words[verdict],
        arena_printf(
            document->arena, "of %zu figures %zu are worse, %zu better, %zu unsure, %zu the same%s",
            review->count, counts[REGRESSION_WORSE], counts[REGRESSION_BETTER],
            counts[REGRESSION_UNSURE], counts[REGRESSION_SAME],
            counts[REGRESSION_SAME] == review->count && review->identical > 0 ? ", to the bit"
                                                                              : ""));
}

static void fill_table(struct answer *answer, const struct review *review)
{
    static const struct table_column columns[] = {
        {"setting", NULL, false}, {"metric", NULL, false},  {"outcome", NULL, false},
        {"then", NULL, true},     {"now", NULL, true},      {"difference", NULL, true},
        {"low", NULL, true},      {"high", NULL, true},     {"allowed", NULL, true},
        {"unit", NULL, false},    {"pairing", NULL, false}, {"message", NULL, false}};
    struct table *table =
        answer_add_table(answer, "changes", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < review->count; i++) {
        const struct finding *finding = &review->findings[i];
        const struct estimate *difference = &finding->found.difference;
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(finding->setting);
        row[1] = table_text(finding->name);
        row[2] = table_text(regression_name(finding->outcome));
        row[3] = table_number(finding->then ? finding->then->estimate : NAN);
        row[4] = table_number(finding->now ? finding->now->estimate : NAN);
        row[5] = table_number(finding->now ? difference->estimate : NAN);
        row[6] = table_number(finding->now ? difference->low : NAN);
        row[7] = table_number(finding->now ? difference->high : NAN);
        row[8] = table_number(finding->now ? finding->found.allowed : NAN);
        row[9] = table_text(finding->unit ? finding->unit : "");
        row[10] = table_text(!finding->now              ? ""
                             : finding->found.is_paired ? "paired"
                                                        : "independent");
        row[11] = table_text(finding->message);
    }
}

static const struct junit_case *list_cases(const struct review *review, bool is_strict)
{
    struct junit_case *cases = arena_array(review->arena, review->count, sizeof *cases);
    for (size_t i = 0; i < review->count; i++) {
        const struct finding *finding = &review->findings[i];
        cases[i] = (struct junit_case){.suite = finding->setting,
                                       .name = finding->name,
                                       .verdict = verdict_for(finding->outcome, is_strict),
                                       .message = finding->message};
    }
    return cases;
}

void regression_report(const struct regression_request *request, struct answer *answer)
{
    bool is_same_digest = strcmp(request->baseline->digest, request->result->digest) == 0;
    struct review review = {
        .request = request, .arena = answer->arena, .is_same_digest = is_same_digest};
    compare_all(&review);
    answer->verdict = VERDICT_PASS;
    for (size_t i = 0; i < review.count; i++)
        answer->verdict = verdict_and(answer->verdict,
                                      verdict_for(review.findings[i].outcome, request->is_strict));
    for (size_t i = 0; i < REGRESSION_OUTCOMES; i++)
        answer_add_number(answer, regression_name((enum regression_outcome)i),
                          (double)review.counts[i], "");
    answer_add_text(answer, "baseline_digest", request->baseline->digest);
    answer_add_text(answer, "run_digest", request->result->digest);
    fill_table(answer, &review);
    add_statement(answer->document, &review, answer->verdict);
    add_change_tables(answer->document, &review);
    add_causes(answer->document, request, !is_same_digest);
    baseline_answer_add_approvals(answer, request->baseline);
    answer->is_brief = true;
    answer->is_interrupted = request->result->is_interrupted;
    answer->cases = list_cases(&review, request->is_strict);
    answer->case_count = review.count;
}

const char *const *regression_report_changes(const struct regression_request *request,
                                             struct arena *arena, size_t *count)
{
    struct review review = {.request = request, .arena = arena};
    compare_all(&review);
    const char **changes = arena_array(arena, review.count, sizeof *changes);
    *count = 0;
    for (size_t i = 0; i < review.count; i++) {
        const struct finding *finding = &review.findings[i];
        const char *what = finding->message ? finding->message : "";
        if (finding->unit && finding->then && finding->now)
            what = arena_printf(arena, "%s -> %s",
                                number_text_quantity(finding->then->estimate, finding->unit, arena),
                                number_text_quantity(finding->now->estimate, finding->unit, arena));
        if (finding->outcome != REGRESSION_SAME)
            changes[(*count)++] =
                arena_printf(arena, "%s: %s %s%s%s", finding->setting, finding->name,
                             regression_name(finding->outcome), what[0] ? ", " : "", what);
    }
    return changes;
}

static bool knows(const struct regression_request *request, const char *metric)
{
    for (size_t i = 0; i < request->result->setting_count; i++) {
        const struct result_setting *setting = &request->result->settings[i];
        if (metric_now(setting, metric, 0) < setting->metric_count)
            return true;
    }
    for (size_t i = 0; i < request->baseline->setting_count; i++)
        for (size_t k = 0; k < request->baseline->settings[i].metric_count; k++)
            if (strcmp(request->baseline->settings[i].metrics[k].name, metric) == 0)
                return true;
    return false;
}

bool regression_report_check(const struct regression_request *request, struct error *err)
{
    for (size_t i = 0; i < request->tolerance_count; i++) {
        const char *metric = request->tolerances[i].metric;
        if (metric && !knows(request, metric))
            return error_set(err, STATUS_USAGE,
                             "--tolerance: neither the run nor the baseline has a metric \"%s\"",
                             metric);
    }
    return true;
}
