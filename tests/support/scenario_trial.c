/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/scenario_trial.h"
#include "inputs/scenario/scenario.h"
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/studies/plan.h"
#include "reports/writers/report.h"
#include "tests/support/exact_laws.h"
#include "tests/support/system_check.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The two sides of a law are sums of the same times in another order. */
static const double ROUNDING = 1e-12;

/* A trial under way. */
struct trying {
    struct arena *arena;
    struct scenario_trial *trial;
    const struct scenario_set *set;
    struct plan plan;
    bool runs_dry;
    const char *failure; /* the first */
};

static bool fail(struct trying *trying, const char *where, const char *what)
{
    if (!trying->failure)
        trying->failure = arena_printf(trying->arena, "%s: %s", where, what);
    return false;
}

/* ---- one replication ---- */

static void count_requests(struct trying *trying, const struct replication_state *system)
{
    for (size_t c = 0; c < system->model->program->class_count; c++) {
        const uint64_t *counts = system->classes[c].counts;
        trying->trial->requests += counts[GROUP_ARRIVED];
        trying->trial->failures += system->classes[c].response_failed->count;
    }
}

static bool try_replication(struct trying *trying, const char *name, const struct model *model)
{
    struct error err = {0};
    struct replication_state *system = replication_create(model, 0, trying->arena, &err);
    bool is_run = replication_run_until(system, model->spec->run.duration_ns) || system->is_over;
    if (!is_run || err.status != STATUS_OK)
        return fail(trying, name, err.message);
    count_requests(trying, system);
    const char *excess = system_check_capacity(system, trying->arena);
    if (excess)
        return fail(trying, name, excess);
    const char *left = trying->runs_dry ? system_check_dry(system, trying->arena) : NULL;
    return !left || fail(trying, name, arena_printf(trying->arena, "not dry: %s", left));
}

static bool try_laws(struct trying *trying, const char *name, const struct model *model)
{
    struct error err = {0};
    size_t columns = model->metrics.column_count;
    struct observation observation = {
        .value = arena_array(trying->arena, columns, sizeof(double)),
        .weight = arena_array(trying->arena, columns, sizeof(double)),
        .counts = arena_array(trying->arena, model_histogram_count(model), sizeof(uint32_t *))};
    if (!model_replicate(model, 1, trying->arena, &observation, &err))
        return fail(trying, name, err.message);
    const char *broken = exact_laws_find_broken(model, &observation, ROUNDING, trying->arena);
    return !broken || fail(trying, name, broken);
}

/* ---- a study ---- */

static const struct result *study(struct trying *trying, unsigned threads)
{
    static const char *const command[] = {"capsim", "run", "random.json"};
    struct error err = {0};
    struct study_outcome *outcome = arena_alloc(trying->arena, sizeof *outcome);
    struct plan *plan = &trying->plan;
    bool is_stopped = false;
    plan->options.workers = (struct replications_options){.threads = threads};
    if (plan_find_warmup(plan, &plan->options.workers, trying->arena, &is_stopped, &err) &&
        study_run(plan->settings, plan->count, &plan->options, trying->arena, outcome, &err))
        return result_make(plan, outcome, command, 3, trying->arena);
    fail(trying, "study", err.message);
    return NULL;
}

static char *json_of(struct trying *trying, const struct result *result)
{
    char *text = NULL;
    size_t size = 0;
    struct error err = {0};
    FILE *out = open_memstream(&text, &size);
    if (!out || !report_json(result, out, &err))
        fail(trying, "report", err.message);
    if (out)
        fclose(out);
    return text;
}

/* Nothing, exactly; or nothing was observed. One observation has no interval: its bounds are
 * infinite. */
static bool is_no_difference(const struct estimate *e)
{
    bool has_bounds = isfinite(e->low) && isfinite(e->high);
    return isnan(e->estimate) ||
           (e->estimate == 0 && (!has_bounds || (e->low == 0 && e->high == 0)));
}

/* The setting "same" overrides a value by itself. */
static void try_differences(struct trying *trying, const struct result *result)
{
    for (size_t d = 0; d < result->difference_count; d++) {
        const struct result_difference *difference = &result->differences[d];
        if (strcmp(difference->to, "same") == 0 && !is_no_difference(&difference->estimate))
            fail(trying, "a setting with the same values differs", difference->metric);
    }
}

static void try_estimates(struct trying *trying, const char *setting, const struct column *columns,
                          const struct result_setting *found)
{
    for (size_t m = 0; m < found->metric_count; m++) {
        const struct estimate *e = &found->metrics[m].estimate;
        const struct column *column = &columns[m];
        if (isnan(e->estimate))
            continue;
        if (e->estimate < 0 || !isfinite(e->estimate))
            fail(trying, setting,
                 arena_printf(trying->arena, "%s is %g", column->name, e->estimate));
        if (e->low > e->estimate || e->high < e->estimate)
            fail(trying, setting,
                 arena_printf(trying->arena, "%s is outside of its interval", column->name));
        if (column->is_share && e->estimate > 1)
            fail(trying, setting, arena_printf(trying->arena, "%s is above 1", column->name));
        bool is_next = m > 0 && column->kind == COLUMN_QUANTILE &&
                       columns[m - 1].kind == COLUMN_QUANTILE &&
                       columns[m - 1].histogram == column->histogram;
        if (is_next && found->metrics[m - 1].estimate.estimate > e->estimate)
            fail(trying, setting,
                 arena_printf(trying->arena, "%s is above %s", columns[m - 1].name, column->name));
    }
}

static void try_study(struct trying *trying)
{
    const struct result *one = study(trying, 1);
    const struct result *four = trying->failure ? NULL : study(trying, 4);
    if (!one || !four)
        return;
    char *left = json_of(trying, one), *right = json_of(trying, four);
    if (strcmp(left, right) != 0)
        fail(trying, "report", "1 thread and 4 threads differ");
    free(left);
    free(right);
    try_differences(trying, one);
    for (size_t i = 0; i < one->setting_count; i++)
        try_estimates(trying, one->settings[i].name, trying->plan.settings[i].columns,
                      &one->settings[i]);
}

/* Two models of one setting. */
static bool try_itself(struct trying *trying)
{
    struct error err = {0};
    struct plan other;
    struct study_outcome outcome;
    if (!plan_make(trying->set, trying->arena, &other, &err))
        return fail(trying, "second plan", err.message);
    struct study_setting pair[] = {trying->plan.settings[0], other.settings[0]};
    pair[0].criterion_count = pair[1].criterion_count = 0;
    model_set_warmup(other.models[0], trying->plan.models[0]->warmup_ns);
    if (!study_run(pair, 2, &trying->plan.options, trying->arena, &outcome, &err))
        return fail(trying, "comparison", err.message);
    for (size_t c = 0; c < pair[0].column_count; c++) {
        double ratio;
        struct estimate e = study_difference(pair, &outcome, 0, (int)c, 1, (int)c, &ratio);
        if (!is_no_difference(&e))
            return fail(trying, "compared with itself it differs",
                        arena_printf(trying->arena, "%s: %g, %g to %g", pair[0].columns[c].name,
                                     e.estimate, e.low, e.high));
    }
    return true;
}

/* ---- all of it ---- */

static void try_all(struct trying *trying)
{
    for (size_t i = 0; i < trying->plan.count && !trying->failure; i++) {
        const char *name = trying->set->settings[i].name;
        struct model *model = trying->plan.models[i];
        if (!try_replication(trying, name, model))
            return;
        model_set_warmup(model, trying->set->settings[i].scenario.run.warmup_ns);
        try_laws(trying, name, model);
    }
    if (!trying->failure && !trying->runs_dry)
        try_study(trying);
    if (!trying->failure && !trying->runs_dry)
        try_itself(trying);
}

const char *scenario_trial_run(const struct random_scenario *scenario, const char *path,
                               struct arena *arena, struct scenario_trial *trial)
{
    char text[1200];
    struct error err = {0};
    struct scenario_set set = {0};
    struct trying trying = {
        .arena = arena, .trial = trial, .set = &set, .runs_dry = scenario->runs_dry};
    const struct scenario_request request = {
        .file = path, .text = scenario->text, .text_length = strlen(scenario->text)};
    *trial = (struct scenario_trial){0};
    if (scenario_read(&request, arena, &set, &err) && plan_make(&set, arena, &trying.plan, &err)) {
        try_all(&trying);
    } else {
        error_format(&err, text, sizeof text);
        fail(&trying, "refused", text);
    }
    scenario_close(&set);
    return trying.failure;
}
