/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand sensitivity. */
#include "inputs/cli/progress.h"
#include "inputs/json/wording.h"
#include "inputs/program/main.h"
#include "inputs/scenario/uncertain.h"
#include "reports/answers/sensitivity_answer.h"
#include "reports/files/folder.h"
#include <math.h>

/* So many draws are one study, so that all cores have work; what one gives does not depend on it.
 */
enum { DRAWS_TOGETHER = 4, DEFAULT_DRAWS = 40, DEFAULT_REPLICATIONS = 5 };

/* What all draws share. */
struct work {
    const struct cli *cli;
    struct arena *arena;
    struct scenario_set *set; /* central values */
    struct plan plan;         /* of it           */
    double *u;                /* [draws * inputs] */
    struct sensitivity_findings findings;
    double *values;
    bool *holds, *is_sure;
    struct replications_options workers;
};

/* ---- what is watched ---------------------------------------------------------------------------
 */

static void list_criteria(const struct work *work, size_t setting,
                          struct sensitivity_quantity *quantities, size_t *count)
{
    const struct study_setting *judged = &work->plan.settings[setting];
    const struct setting_spec *spec = &work->set->settings[setting];
    size_t number = 0;
    for (size_t c = 0; c < spec->scenario.criterion_count; c++) {
        const struct criterion_spec *criterion = &spec->scenario.criteria[c];
        if (!criterion_applies(criterion, spec->name, work->set->has_settings))
            continue;
        int column = judged->criteria[number].column;
        quantities[(*count)++] =
            (struct sensitivity_quantity){.setting = spec->name,
                                          .name = criterion->name,
                                          .metric = judged->columns[column].name,
                                          .unit = judged->columns[column].unit,
                                          .setting_number = setting,
                                          .criterion = (int)number++,
                                          .column = column};
    }
}

/* Where nothing is judged: the mean responses. */
static void list_responses(const struct work *work, size_t setting,
                           struct sensitivity_quantity *quantities, size_t *count)
{
    const struct setting_spec *spec = &work->set->settings[setting];
    for (size_t w = 0; w < spec->scenario.workload_count; w++) {
        const char *metric =
            arena_printf(work->arena, "%s.response.mean", spec->scenario.workloads[w].name);
        quantities[(*count)++] = (struct sensitivity_quantity){
            .setting = spec->name,
            .name = metric,
            .metric = metric,
            .unit = "s",
            .setting_number = setting,
            .criterion = -1,
            .column = model_find_column(work->plan.models[setting], metric)};
    }
}

static void list_quantities(struct work *work)
{
    size_t most = 0, count = 0;
    for (size_t s = 0; s < work->set->setting_count; s++)
        most += work->set->settings[s].scenario.criterion_count +
                work->set->settings[s].scenario.workload_count;
    struct sensitivity_quantity *quantities = arena_array(work->arena, most, sizeof *quantities);
    for (size_t s = 0; s < work->set->setting_count; s++)
        list_criteria(work, s, quantities, &count);
    for (size_t s = 0; count == 0 && s < work->set->setting_count; s++)
        list_responses(work, s, quantities, &count);
    work->findings.quantities = quantities;
    work->findings.quantity_count = count;
}

/* ---- draws
 * --------------------------------------------------------------------------------------- */

/* The plan with the values of draw d, whose scenario is read anew from the same bytes. */
static bool plan_draw(const struct work *work, size_t d, struct arena *arena,
                      struct scenario_set *set, struct plan *plan, struct error *err)
{
    const struct sensitivity_findings *findings = &work->findings;
    struct scenario_request request = main_request(work->cli, arena);
    struct uncertain_draw *draws = arena_array(arena, findings->input_count, sizeof *draws);
    for (size_t k = 0; k < findings->input_count; k++)
        draws[k] = (struct uncertain_draw){findings->inputs[k].path,
                                           work->u[d * findings->input_count + k]};
    request.text = work->set->text;
    request.text_length = work->set->text_length;
    request.draws = draws;
    request.draw_count = findings->input_count;
    bool is_read = scenario_read(&request, arena, set, err);
    bool is_made = is_read && plan_make(set, arena, plan, err);
    if (is_read && !is_made)
        main_place_error(set, err);
    if (!is_made) {
        wording_append(err->message, sizeof err->message, "; drawn for an uncertain input");
        return false;
    }
    for (size_t s = 0; s < plan->count; s++)
        model_set_warmup(plan->models[s], (int64_t)llround(work->plan.warmup_s[s] * 1e9));
    return true;
}

/* True if what was estimated meets the criterion. */
static bool is_met(const struct study_criterion *criterion, const struct study_setting *setting,
                   const struct study_decision *decision)
{
    bool is_larger = setting->columns[criterion->column].larger_is_better;
    if (criterion->has_limit) {
        is_larger =
            criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
        if (!(decision->margin > 0))
            return false;
    }
    if (criterion->reference < 0)
        return true;
    double difference = decision->difference.estimate;
    return is_larger ? difference >= 0 : difference <= 0;
}

/* What draw d gave: values of every replication, verdicts. results: of its settings. */
static void keep_draw(struct work *work, size_t d, const struct study_setting *settings,
                      const struct study_result *results)
{
    struct sensitivity_findings *findings = &work->findings;
    for (size_t q = 0; q < findings->quantity_count; q++) {
        const struct sensitivity_quantity *quantity = &findings->quantities[q];
        const struct study_setting *setting = &settings[quantity->setting_number];
        const struct study_result *result = &results[quantity->setting_number];
        double *to = work->values + (q * findings->draws_planned + d) * findings->replications;
        for (size_t r = 0; r < findings->replications; r++)
            to[r] = result->values[r * setting->column_count + (size_t)quantity->column];
        if (quantity->criterion < 0)
            continue;
        const struct study_decision *decision = &result->decisions[quantity->criterion];
        size_t at = d * findings->quantity_count + q;
        /* What would only hold until the queue has grown does not hold. */
        work->holds[at] = !decision->is_withheld &&
                          is_met(&setting->criteria[quantity->criterion], setting, decision);
        work->is_sure[at] = decision->verdict == (work->holds[at] ? VERDICT_PASS : VERDICT_FAIL);
    }
}

/* The settings of one draw among those of others: references move along. */
static void place_settings(const struct plan *plan, size_t first, struct study_setting *settings,
                           struct arena *arena)
{
    for (size_t s = 0; s < plan->count; s++) {
        struct study_setting *setting = &settings[first + s];
        *setting = plan->settings[s];
        struct study_criterion *criteria =
            arena_array(arena, setting->criterion_count, sizeof *criteria);
        for (size_t c = 0; c < setting->criterion_count; c++) {
            criteria[c] = setting->criteria[c];
            if (criteria[c].reference >= 0)
                criteria[c].reference += (int)first;
        }
        setting->criteria = criteria;
    }
}

/* Simulates draws first..last-1 as one study. What was interrupted is left out. */
static bool study_draws(struct work *work, size_t first, size_t last, struct arena *arena,
                        struct error *err)
{
    struct sensitivity_findings *findings = &work->findings;
    size_t each = work->plan.count, count = (last - first) * each;
    struct study_setting *settings = arena_array(arena, count, sizeof *settings);
    struct scenario_set *sets = arena_array(arena, last - first, sizeof *sets);
    struct study_options options = work->plan.options;
    struct study_outcome outcome;
    bool is_fine = true;
    options.min_replications = options.max_replications = findings->replications;
    options.workers = work->workers;
    for (size_t d = first; d < last && is_fine; d++) {
        struct plan plan;
        is_fine = plan_draw(work, d, arena, &sets[d - first], &plan, err);
        if (is_fine)
            place_settings(&plan, (d - first) * each, settings, arena);
    }
    is_fine = is_fine && study_run(settings, count, &options, arena, &outcome, err);
    if (is_fine && outcome.is_interrupted)
        findings->is_interrupted = true;
    for (size_t d = first; d < last && is_fine && !outcome.is_interrupted; d++) {
        keep_draw(work, d, settings + (d - first) * each, outcome.results + (d - first) * each);
        findings->draws = d + 1;
    }
    for (size_t d = first; d < last; d++)
        scenario_close(&sets[d - first]);
    return is_fine;
}

static bool study_all(struct work *work, struct error *err)
{
    size_t planned = work->findings.draws_planned;
    bool is_fine = true;
    for (size_t d = 0; d < planned && is_fine && !work->findings.is_interrupted;
         d += DRAWS_TOGETHER) {
        struct arena *arena = arena_open();
        size_t last = d + DRAWS_TOGETHER < planned ? d + DRAWS_TOGETHER : planned;
        is_fine = study_draws(work, d, last, arena, err);
        arena_close(arena);
    }
    return is_fine;
}

/* ---- the subcommand
 * -------------------------------------------------------------------------------- */

/* The factor of an input at each draw: what the drawn value is over the central one. */
static void fill_factors(struct work *work, double *factors)
{
    const struct sensitivity_findings *findings = &work->findings;
    for (size_t d = 0; d < findings->draws_planned; d++)
        for (size_t k = 0; k < findings->input_count; k++) {
            size_t at = d * findings->input_count + k;
            factors[at] = uncertain_factor(&findings->inputs[k], work->u[at]);
        }
}

static bool prepare(struct work *work, struct error *err)
{
    struct sensitivity_findings *findings = &work->findings;
    const struct cli *cli = work->cli;
    struct arena *arena = work->arena;
    if (!main_read_plan(cli, arena, work->set, &work->plan, err))
        return false;
    if (work->set->uncertain.count == 0) {
        error_set(err, STATUS_INPUT,
                  "nothing is uncertain: give an input as { \"value\": \"500/s\", \"uncertain\": "
                  "\"±10%%\" } or { \"mean\": \"75ms\", \"uncertain\": \"±10%%\" }");
        error_set_file(err, work->set->file);
        return false;
    }
    size_t draws = cli->draws > 0 ? cli->draws : DEFAULT_DRAWS;
    size_t replications =
        cli->replications ? work->plan.options.min_replications : DEFAULT_REPLICATIONS;
    *findings = (struct sensitivity_findings){.set = work->set,
                                              .inputs = work->set->uncertain.inputs,
                                              .input_count = work->set->uncertain.count,
                                              .draws_planned = draws,
                                              .replications = replications > 1 ? replications : 2,
                                              .confidence = work->plan.options.confidence};
    list_quantities(work);
    size_t cells = draws * findings->quantity_count;
    double *factors = arena_array(arena, draws * findings->input_count, sizeof *factors);
    work->u = arena_array(arena, draws * findings->input_count, sizeof *work->u);
    work->values = arena_array(arena, cells * findings->replications, sizeof *work->values);
    work->holds = arena_array(arena, cells, sizeof *work->holds);
    work->is_sure = arena_array(arena, cells, sizeof *work->is_sure);
    sensitivity_design(work->set->settings[0].scenario.run.seed, draws, findings->input_count,
                       work->u, arena);
    fill_factors(work, factors);
    findings->factors = factors;
    findings->values = work->values;
    findings->holds = work->holds;
    findings->is_sure = work->is_sure;
    return !cli->out || folder_prepare(cli->out, err);
}

static bool study(struct work *work, struct error *err)
{
    struct progress progress;
    bool is_stopped;
    if (work->cli->format != CLI_TEXT && !work->cli->is_quiet)
        main_warn_of_plan(&work->plan, work->arena);
    work->workers = main_open_workers(work->cli, &progress, "warm-up runs");
    bool is_fine =
        plan_find_warmup(&work->plan, &work->workers, work->arena, &is_stopped, err) && !is_stopped;
    progress.what = "replications of draws";
    progress_join(&progress,
                  work->findings.draws_planned * work->findings.replications * work->plan.count);
    work->findings.warmup_s = work->plan.warmup_s[0];
    is_fine = is_fine && study_all(work, err);
    progress_erase(&progress);
    return is_fine && work->findings.draws > 0;
}

static int answer_sensitivity(const struct cli *cli, struct arena *arena, struct scenario_set *set)
{
    struct main_clock clock;
    struct work work = {.cli = cli, .arena = arena, .set = set};
    struct error err = {0};
    main_clock_start(&clock);
    if (!prepare(&work, &err))
        return main_complain(cli, &err);
    if (!study(&work, &err))
        return err.status != STATUS_OK ? main_complain(cli, &err) : main_report_nothing();
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    struct answer *answer = answer_begin("sensitivity", set, command, words, arena);
    sensitivity_answer_add(answer, &work.findings);
    answer_finish(answer);
    struct run_facts facts = main_clock_facts(&clock, work.workers.threads);
    return main_write_answer(cli, answer, &facts);
}

int main_sensitivity(const struct cli *cli, struct arena *arena)
{
    struct scenario_set set = {0};
    int status = answer_sensitivity(cli, arena, &set);
    scenario_close(&set);
    return status;
}
