/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/plan.h"
#include "models/engine/expected_attempts.h"
#include "models/metrics/metric_catalogue.h"
#include "sim/base/duration_text.h"
#include "sim/stats/relaxation.h"
#include "sim/stats/tally.h"
#include <assert.h>
#include <math.h>
#include <string.h>

static bool compile_all(struct plan *plan, struct arena *arena, struct error *err)
{
    const struct scenario_set *set = plan->set;
    for (size_t i = 0; i < plan->count; i++) {
        plan->models[i] = model_compile(&set->settings[i].scenario, arena, err);
        if (!plan->models[i]) {
            if (!err->file[0])
                error_set_file(err, set->file);
            return false;
        }
    }
    return true;
}

/* One study has one of each; the scenario's reader lets a setting override anything. */
static bool check_agreement(const struct plan *plan, struct error *err)
{
    const struct setting_spec *settings = plan->set->settings;
    const struct run_spec *first = &settings[0].scenario.run;
    for (size_t i = 1; i < plan->count; i++) {
        const struct run_spec *other = &settings[i].scenario.run;
        const char *what = other->seed != first->seed               ? "seed"
                           : other->precision != first->precision   ? "precision"
                           : other->confidence != first->confidence ? "confidence"
                           : other->min_replications != first->min_replications ||
                                   other->max_replications != first->max_replications
                               ? "replications"
                               : NULL;
        if (!what)
            continue;
        error_set_file(err, plan->set->file);
        return error_set(err, STATUS_INPUT,
                         "run.%s must be the same in all settings that are compared; it differs "
                         "between \"%s\" and \"%s\"",
                         what, settings[0].name, settings[i].name);
    }
    return true;
}

static size_t find_setting(const struct plan *plan, const char *name)
{
    size_t i = 0;
    while (i < plan->count && strcmp(plan->set->settings[i].name, name) != 0)
        i++;
    return i;
}

/* The reference of criterion number `index` of setting i: its setting, and the same metric there.
 * Settings have the same criteria, so the number is the same too; each model has found the metric.
 */
static void add_reference(const struct plan *plan, size_t i, size_t index,
                          struct study_criterion *criterion)
{
    const struct setting_spec *setting = &plan->set->settings[i];
    const struct criterion_spec *spec = &setting->scenario.criteria[index];
    criterion->margin = spec->margin;
    size_t reference = find_setting(plan, spec->no_worse_than);
    assert(reference < plan->count); /* scenario_read adds what is compared with */
    criterion->reference = (int)reference;
    criterion->reference_column = model_criterion_column(plan->models[reference], index);
}

/* Claims about windows and extremes are about one run, and so are all of a load test. */
static bool is_long_run(const struct model *model, const struct criterion_spec *criterion,
                        int column)
{
    size_t count;
    const struct column *columns = model_columns(model, &count);
    const struct metric_identity *identity = columns[column].identity;
    return criterion->span == SPAN_WHOLE && !(identity && metric_is_extreme(identity));
}

/* What keeps a quantile of waits in each window below an upper limit: that the largest of the run
 * is, or that nobody can have waited. */
static void add_proxies(const struct model *model, const struct criterion_spec *from,
                        struct study_criterion *to, struct arena *arena)
{
    size_t count;
    const struct column *columns = model_columns(model, &count);
    int column = model_find_column(model, from->metric);
    bool is_upper = from->op == COMPARISON_LESS || from->op == COMPARISON_LESS_EQUAL;
    if (!is_upper || column == COLUMN_NONE || !(from->limit > 0))
        return;
    struct study_margin *proxies = arena_array(arena, 2, sizeof *proxies);
    to->proxies = proxies;
    if (columns[column].kind == COLUMN_QUANTILE && columns[column].has_largest)
        proxies[to->proxy_count++] =
            (struct study_margin){.column = columns[column].largest, .limit = from->limit};
    const struct metric_identity *identity = columns[column].identity;
    if (!identity || !identity->row || identity->row->role != ROLE_WAIT || !identity->resource)
        return;
    int busy = model_find_column(model, arena_printf(arena, "%s.busy.max", identity->resource));
    double units = model_pool_units(model, identity->resource);
    if (busy != COLUMN_NONE && units > 0)
        proxies[to->proxy_count++] = (struct study_margin){.column = busy, .limit = units};
}

/* What no run can exceed, whatever happens in it. */
static void add_highest(const struct model *model, const struct criterion_spec *from,
                        struct study_criterion *to, struct arena *arena)
{
    size_t count;
    int column = model_find_column(model, from->metric);
    const struct metric_identity *identity =
        column == COLUMN_NONE ? NULL : model_columns(model, &count)[column].identity;
    if (!identity || !identity->row || !identity->resource ||
        strcmp(identity->row->name, "utilization") != 0 ||
        (from->op != COMPARISON_LESS && from->op != COMPARISON_LESS_EQUAL))
        return;
    to->has_highest = true;
    to->highest = model_highest_utilization(model, identity->resource, arena);
}

/* Of the chance to be wrong, either way, the count has three quarters and the law of the values the
 * rest. */
void plan_count_runs(const struct run_spec *run, double probability, struct study_criterion *to,
                     struct arena *arena)
{
    const double counted = 0.75, default_probability = 0.95;
    double alpha = 1 - run->confidence;
    struct stopping_plan looks =
        stopping_plan_make(run->min_replications, run->max_replications, run->confidence);
    struct run_count_plan *counting = arena_alloc(arena, sizeof *counting);
    to->probability = probability > 0 ? probability : default_probability;
    *counting = run_count_plan_make(looks.replications, looks.looks, to->probability,
                                    counted * alpha, counted * alpha, arena);
    size_t early = 0;
    while (early < counting->looks && counting->pass_up_to[early] < 0)
        early++;
    if (early > 0) {
        double nominal = stopping_plan_make(looks.replications[0], looks.replications[early - 1],
                                            1 - 2 * (1 - counted) * alpha)
                             .confidence;
        to->tolerance_confidence = 1 - (1 - nominal) / 2;
    }
    to->counting = counting;
}

static bool has_load_test(const struct scenario *scenario)
{
    for (size_t w = 0; w < scenario->workload_count; w++)
        if (scenario->workloads[w].arrivals.process == ARRIVAL_LOAD_TEST)
            return true;
    return false;
}

static void collect_criteria(struct plan *plan, size_t i, struct arena *arena)
{
    const struct scenario *spec = &plan->set->settings[i].scenario;
    struct study_criterion *criteria = arena_array(arena, spec->criterion_count, sizeof *criteria);
    size_t count = 0;
    for (size_t k = 0; k < spec->criterion_count; k++) {
        const struct criterion_spec *from = &spec->criteria[k];
        if (!criterion_applies(from, plan->set->settings[i].name, plan->set->has_settings))
            continue;
        struct study_criterion *to = &criteria[count++];
        *to = (struct study_criterion){.column = model_criterion_column(plan->models[i], k),
                                       .has_limit = from->has_limit,
                                       .op = from->op,
                                       .limit = from->limit,
                                       .reference = -1,
                                       .reference_column = COLUMN_NONE,
                                       .beyond_column = model_criterion_beyond(plan->models[i], k),
                                       .beyond = model_criterion_claim(plan->models[i], k)};
        to->is_long_run = is_long_run(plan->models[i], from, to->column);
        if (!to->is_long_run && from->has_limit) {
            plan_count_runs(&plan->set->settings[0].scenario.run, from->probability, to, arena);
            add_proxies(plan->models[i], from, to, arena);
            add_highest(plan->models[i], from, to, arena);
        }
        if (from->no_worse_than)
            add_reference(plan, i, k, to);
    }
    plan->settings[i].criteria = criteria;
    plan->settings[i].criterion_count = count;
}

bool plan_make(const struct scenario_set *set, struct arena *arena, struct plan *plan,
               struct error *err)
{
    size_t count = set->setting_count;
    *plan = (struct plan){.set = set,
                          .count = count,
                          .models = arena_array(arena, count, sizeof *plan->models),
                          .settings = arena_array(arena, count, sizeof *plan->settings),
                          .warmup_s = arena_array(arena, count, sizeof *plan->warmup_s),
                          .warnings = arena_array(arena, count, sizeof *plan->warnings)};
    if (!compile_all(plan, arena, err) || !check_agreement(plan, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct study_setting *setting = &plan->settings[i];
        setting->model = plan->models[i];
        setting->replicate = model_replicate;
        setting->columns = model_columns(plan->models[i], &setting->column_count);
        setting->histogram_count = model_histogram_count(plan->models[i]);
        setting->is_transient = model_is_unstable(plan->models[i]);
        setting->scopes = model_scopes(plan->models[i]);
        setting->run_s = has_load_test(&set->settings[i].scenario)
                             ? 0
                             : (double)set->settings[i].scenario.run.duration_ns / 1e9;
        setting->most_runs = set->settings[i].scenario.run.max_replications;
        collect_criteria(plan, i, arena);
    }
    const struct run_spec *run = &set->settings[0].scenario.run;
    plan->options = (struct study_options){.min_replications = run->min_replications,
                                           .max_replications = run->max_replications,
                                           .precision = run->precision,
                                           .confidence = run->confidence};
    return true;
}

static bool run_pilot(const void *model, uint32_t replication, int64_t length, size_t bins,
                      double *series, struct arena *arena, struct error *err)
{
    return model_series(model, replication, length, bins, series, arena, err);
}

int64_t plan_first_pilot(const struct plan *plan, size_t i)
{
    const struct model *model = plan->models[i];
    int64_t longest = plan->set->settings[i].scenario.run.duration_ns;
    int64_t length = longest / PLAN_PILOT_PART;
    double requests = model_expected_requests(model, length);
    if (requests < PLAN_LEAST_REQUESTS) {
        double factor = PLAN_LEAST_REQUESTS / fmax(requests, 1e-300);
        length = factor < PLAN_PILOT_PART ? (int64_t)((double)length * factor) : longest;
    }
    return length < PILOT_BINS ? PILOT_BINS : length;
}

static const char *warn_unsettled(const struct setting_spec *setting,
                                  const struct pilot_finding *finding, struct arena *arena)
{
    return arena_printf(arena,
                        "run too short: \"%s\" did not settle in the first %s, so its "
                        "estimates may be biased by the empty start; make run.duration longer or "
                        "set run.warmup",
                        setting->name, duration_text((double)finding->length_ns / 1e9, arena));
}

bool plan_has_to_find_warmup(const struct plan *plan, size_t i)
{
    return plan->set->settings[i].scenario.run.has_auto_warmup &&
           !model_is_unstable(plan->models[i]) && !model_is_time_varying(plan->models[i]);
}

/* The least share that any criterion lets be beyond its limit: that far out the tail must be full.
 * Without criteria what reports show of tails counts; of means alone, 0. */
static double least_share(const struct study_setting *setting)
{
    const double shown = 0.05;
    double least = setting->criterion_count > 0 ? 0 : shown;
    for (size_t k = 0; k < setting->criterion_count; k++) {
        const struct study_criterion *criterion = &setting->criteria[k];
        double share = (double)criterion->beyond.allowed / BEYOND_WHOLE;
        if (criterion->beyond_column > 0 && share > 0 && share < 1)
            least = least > 0 ? fmin(least, share) : fmin(shown, share);
    }
    return least;
}

static bool is_steady(const struct model *model)
{
    return !model_is_unstable(model) && !model_is_time_varying(model) && !model_is_periodic(model);
}

/* What setting i must leave out by its own time scales [s]; 0 where no steady state is claimed. */
static double needed_warmup(const struct plan *plan, size_t i)
{
    double relaxation_s;
    if (!is_steady(plan->models[i]))
        return 0;
    return model_needed_warmup(plan->models[i], least_share(&plan->settings[i]), &relaxation_s);
}

/* A warm-up of more than that many measured times is not run: the run is too short. */
static const double LONGEST_WARMUP = 10;

/* Whether a pilot may have been too short to settle by what is known of the system's own times:
 * then they tell how long to wait, and it shows nothing against a steady state. */
static bool is_known_longer(const struct plan *plan, size_t i, const struct pilot_finding *finding)
{
    double needed_ns = needed_warmup(plan, i) * 1e9;
    double longest_ns = LONGEST_WARMUP * (double)plan->set->settings[i].scenario.run.duration_ns;
    return 2 * needed_ns > (double)finding->length_ns && needed_ns <= longest_ns;
}

bool plan_find_warmup_of(struct plan *plan, size_t i, const struct replications_options *workers,
                         struct arena *arena, struct pilot_finding *finding, struct error *err)
{
    const struct setting_spec *setting = &plan->set->settings[i];
    int64_t longest = setting->scenario.run.duration_ns;
    if (model_is_periodic(plan->models[i])) {
        *finding = (struct pilot_finding){.warmup_ns = model_longest_period(plan->models[i]),
                                          .has_settled = true};
        return true;
    }
    struct pilot pilot = {.model = plan->models[i],
                          .run = run_pilot,
                          .series_count = model_series_count(plan->models[i]),
                          .longest_length_ns = longest};
    if (longest < PILOT_BINS) /* shorter than 500 ns: nothing can be seen */
        *finding = (struct pilot_finding){.length_ns = longest};
    else {
        pilot.first_length_ns = plan_first_pilot(plan, i);
        if (!pilot_find_warmup(&pilot, workers, finding, err))
            return false;
    }
    bool has_few = model_expected_requests(plan->models[i], longest) < PLAN_FEWEST_REQUESTS;
    finding->has_settled |= is_known_longer(plan, i, finding);
    finding->has_settled &= !has_few;
    if (!finding->has_settled && !finding->is_interrupted) {
        plan->warnings[i] = warn_unsettled(setting, finding, arena);
        plan->settings[i].is_transient = true;
    }
    return true;
}

/* found: the longest of all settings. Cycles begin at whole periods, so that is where they are cut,
 * unless there would be more to leave out than to measure. */
static int64_t automatic_warmup(const struct model *model, int64_t found, int64_t duration)
{
    int64_t period = model_longest_period(model);
    if (model_is_time_varying(model))
        return 0;
    if (period == 0 || (period > duration && !model_is_periodic(model)))
        return found;
    return (found + period - 1) / period * period;
}

/* What every setting that asks for "auto" leaves out: what was found, and what their own times ask
 * for. */
static int64_t longest_needed(const struct plan *plan, int64_t found_ns)
{
    int64_t longest = found_ns;
    for (size_t i = 0; i < plan->count; i++) {
        const struct run_spec *run = &plan->set->settings[i].scenario.run;
        double needed = needed_warmup(plan, i) * 1e9;
        if (run->has_auto_warmup && needed > (double)longest)
            longest = (int64_t)fmin(needed, LONGEST_WARMUP * (double)run->duration_ns);
    }
    return longest;
}

/* Rounding of a warm-up that is just long enough; what the empty start may take off, as a part of
 * the standard error of all runs together. Exact for M/M/1, it takes off up to 1.8 times what
 * relaxation_missing says (load 0.6; 1.1 times from 0.95 on): then a third of an error, by which
 * 5 % pass falsely that should be 2.5. */
static const double NEARLY = 0.999, MOST_OF_ERROR = 0.2;

/* Whether what is missing of a tail of that share (0: of the mean) in runs of length_s is much
 * beside the error of all of them, in relaxation times. Near saturation so many are worth one
 * observation of the mean each, and of the tail their part. */
static bool is_seen(double from, double length, double runs, double share)
{
    double error = fmin(1, 1 / sqrt(runs * length * (share > 0 ? share : 1)));
    return relaxation_missing(from, length, share) > MOST_OF_ERROR * error;
}

/* Whether the empty start is seen in what setting i measures after a warm-up that the scenario
 * gives. Each scale that asks for a warm-up is taken for a relaxation time that asks for as
 * much. */
static bool is_short_start(const struct plan *plan, size_t i, double warmup_s)
{
    const struct run_spec *run = &plan->set->settings[i].scenario.run;
    double share = least_share(&plan->settings[i]), needed_s = needed_warmup(plan, i);
    if (warmup_s >= NEARLY * needed_s)
        return false;
    double relaxation_s = needed_s / relaxation_warmup(share);
    double from = warmup_s / relaxation_s, length = (double)run->duration_ns / 1e9 / relaxation_s;
    double runs = (double)run->max_replications;
    return is_seen(from, length, runs, 0) || is_seen(from, length, runs, share);
}

void plan_set_warmup(struct plan *plan, int64_t found_ns)
{
    int64_t needed_ns = longest_needed(plan, found_ns);
    for (size_t i = 0; i < plan->count; i++) {
        const struct run_spec *run = &plan->set->settings[i].scenario.run;
        int64_t automatic_ns = automatic_warmup(plan->models[i], needed_ns, run->duration_ns);
        int64_t warmup_ns = run->has_auto_warmup ? automatic_ns : run->warmup_ns;
        model_set_warmup(plan->models[i], warmup_ns);
        plan->warmup_s[i] = (double)warmup_ns / 1e9;
        plan->settings[i].is_short_start =
            warmup_ns > 0 && is_short_start(plan, i, plan->warmup_s[i]);
        plan->settings[i].is_from_start = warmup_ns == 0;
        plan->settings[i].warmup_s = plan->warmup_s[i];
    }
}

bool plan_find_warmup(struct plan *plan, const struct replications_options *workers,
                      struct arena *arena, bool *is_interrupted, struct error *err)
{
    int64_t longest_ns = 0;
    *is_interrupted = false;
    for (size_t i = 0; i < plan->count && !*is_interrupted; i++) {
        struct pilot_finding finding;
        if (!plan_has_to_find_warmup(plan, i))
            continue;
        if (!plan_find_warmup_of(plan, i, workers, arena, &finding, err))
            return false;
        *is_interrupted = finding.is_interrupted;
        longest_ns = finding.warmup_ns > longest_ns ? finding.warmup_ns : longest_ns;
    }
    plan_set_warmup(plan, longest_ns);
    return true;
}

const char *const *plan_list_warnings(const struct plan *plan, size_t i, struct arena *arena,
                                      size_t *count)
{
    const struct scenario *scenario = &plan->set->settings[i].scenario;
    size_t noticed, n = 0;
    const char *const *of_model = model_warnings(plan->models[i], &noticed);
    const char **warnings =
        arena_array(arena, scenario->warning_count + noticed + 1, sizeof *warnings);
    for (size_t k = 0; k < scenario->warning_count; k++)
        warnings[n++] = scenario->warnings[k];
    for (size_t k = 0; k < noticed; k++)
        warnings[n++] = of_model[k];
    if (plan->warnings && plan->warnings[i])
        warnings[n++] = plan->warnings[i];
    *count = n;
    return warnings;
}

bool plan_run(struct plan *plan, const struct replications_options *workers, struct arena *arena,
              struct study_outcome *outcome, struct error *err)
{
    bool is_stopped;
    plan->options.workers = *workers;
    replications_begin_phase(workers, "warm-up runs", 0);
    if (!plan_find_warmup(plan, workers, arena, &is_stopped, err) || is_stopped)
        return false;
    replications_begin_phase(workers, "replications", 0);
    if (!study_run(plan->settings, plan->count, &plan->options, arena, outcome, err))
        return false;
    for (size_t i = 0; i < plan->count; i++)
        if (outcome->results[i].replications == 0)
            return false;
    return true;
}

/* Histograms that a replication may touch: a request is observed by some five of them. */
static double histograms_used(const struct model *model, double requests)
{
    return fmin((double)model_histogram_count(model), 5 * requests);
}

double plan_expect_bytes(const struct plan *plan, unsigned threads)
{
    const double octaves = 8, kept = octaves * HISTOGRAM_OCTAVE * sizeof(uint64_t);
    const double observed = HISTOGRAM_BUCKETS * sizeof(uint32_t);
    double largest = 0, sum = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const struct run_spec *run = &plan->set->settings[i].scenario.run;
        double requests =
            model_expected_requests(plan->models[i], run->duration_ns + run->warmup_ns);
        double used = histograms_used(plan->models[i], requests);
        double columns = (double)plan->settings[i].column_count;
        largest = fmax(largest, used * observed + (double)model_histogram_count(plan->models[i]) *
                                                      (double)sizeof(struct tally));
        sum +=
            used * kept + columns * (double)(plan->options.min_replications * 2 * sizeof(double) +
                                             sizeof(struct estimate));
    }
    return (double)arena_held() + sum + largest * threads;
}

/* On an ordinary core: an attempt, each of its steps, a round of repeat at least (one delay: 12 ns
 * measured), and what a replication observes, by column (10 us for each of 4000 pools). */
static const double S_PER_ATTEMPT = 80e-9, S_PER_STEP = 40e-9, S_PER_ROUND = 12e-9,
                    S_PER_COLUMN = 0.2e-6;

struct plan_work plan_expect_work(const struct plan *plan)
{
    struct plan_work work = {0};
    double least = (double)plan->options.min_replications;
    double most = (double)plan->options.max_replications;
    for (size_t i = 0; i < plan->count; i++) {
        const struct model *model = plan->models[i];
        const struct run_spec *run = &plan->set->settings[i].scenario.run;
        int64_t length = run->duration_ns;
        double requests = model_expected_requests(model, length);
        struct expected_attempts attempts = expected_attempts_of(model, length);
        double all_steps = model_expected_steps(model, length),
               all_rounds = model_expected_rounds(model, length);
        double each_s =
            requests > 0
                ? S_PER_ATTEMPT + (S_PER_STEP * all_steps + S_PER_ROUND * all_rounds) / requests
                : 0;
        double run_s = S_PER_COLUMN * (double)plan->settings[i].column_count;
        work.requests += least * requests;
        work.attempts += least * attempts.likely;
        work.least_s += least * (run_s + each_s * attempts.likely);
        work.most_s += most * (run_s + each_s * attempts.most);
    }
    return work;
}

static bool is_listed(const struct plan_warning *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].text, text) == 0)
            return true;
    return false;
}

const struct plan_warning *plan_list_all_warnings(const struct plan *plan, struct arena *arena,
                                                  size_t *count)
{
    size_t *counts = arena_array(arena, plan->count, sizeof *counts), most = 0;
    const char *const **lists = arena_array(arena, plan->count, sizeof *lists);
    for (size_t i = 0; i < plan->count; i++) {
        lists[i] = plan_list_warnings(plan, i, arena, &counts[i]);
        most += counts[i];
    }
    struct plan_warning *all = arena_array(arena, most, sizeof *all);
    *count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        size_t before = *count;
        for (size_t k = 0; k < counts[i]; k++)
            if (!is_listed(all, before, lists[i][k]))
                all[(*count)++] = (struct plan_warning){plan->set->settings[i].name, lists[i][k]};
    }
    return all;
}
