#include "sim/study/study.h"
#include "sim/study/judge.h"
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

static const double NS_PER_S = 1e9;

struct study {
    const struct study_setting *settings;
    size_t count;
    const struct study_options *options;
    struct arena *arena;
    struct study_outcome *outcome;
    pthread_mutex_t *merging; /* [count]; each guards that setting's merged histograms         */
    size_t first_replication; /* of the batch that runs                                        */
};

static void fill_quantiles(const struct study_setting *setting, struct observation *observation)
{
    for (size_t c = 0; c < setting->column_count; c++) {
        const struct column *column = &setting->columns[c];
        if (column->kind != COLUMN_QUANTILE)
            continue;
        const uint32_t *counts = observation->counts[column->histogram];
        uint64_t total = (uint64_t)observation->weight[c];
        double value = histogram_quantile(counts, total, column->quantile) / NS_PER_S;
        if (column->has_largest && value > observation->value[column->largest])
            value = observation->value[column->largest];
        observation->value[c] = value;
    }
}

/* Histograms are merged at once, so that only one per worker and one per setting exist: their
 * integers do not mind the order. */
static void merge_histograms(struct study *study, size_t setting, const uint32_t *const *counts)
{
    struct study_result *result = &study->outcome->results[setting];
    pthread_mutex_lock(&study->merging[setting]);
    for (size_t h = 0; h < study->settings[setting].histogram_count; h++)
        histogram_merge(&result->merged[h], counts[h]);
    pthread_mutex_unlock(&study->merging[setting]);
}

/* The settings of one replication are neighbours: an interrupted study keeps mostly whole pairs. */
static bool run_job(void *context, size_t job, struct arena *arena, struct error *err)
{
    struct study *study = context;
    size_t index = job % study->count;
    size_t replication = study->first_replication + job / study->count;
    const struct study_setting *setting = &study->settings[index];
    struct study_result *result = &study->outcome->results[index];
    struct observation observation = {
        .value = result->values + replication * setting->column_count,
        .weight = result->weights + replication * setting->column_count,
        .counts = arena_array(arena, setting->histogram_count, sizeof *observation.counts)};
    if (!setting->replicate(setting->model, (uint32_t)replication, arena, &observation, err))
        return false;
    fill_quantiles(setting, &observation);
    merge_histograms(study, index, observation.counts);
    result->done[replication] = true;
    return true;
}

static void *copy_grown(struct arena *arena, const void *old, size_t old_count, size_t count,
                        size_t size)
{
    void *grown = arena_array(arena, count, size);
    if (old_count > 0)
        memcpy(grown, old, old_count * size);
    return grown;
}

/* Makes room for replications up to rows. Looks double, so all copies left behind are together no
 * larger than the last. */
static void grow_result(struct study_result *result, size_t columns, size_t rows,
                        struct arena *arena)
{
    size_t old_rows = result->started, old_cells = old_rows * columns, cells = rows * columns;
    result->done = copy_grown(arena, result->done, old_rows, rows, sizeof *result->done);
    result->values = copy_grown(arena, result->values, old_cells, cells, sizeof *result->values);
    result->weights = copy_grown(arena, result->weights, old_cells, cells, sizeof *result->weights);
    for (size_t i = old_cells; i < cells; i++)
        result->values[i] = NAN;
    result->started = rows;
}

static void open_results(struct study *study)
{
    struct study_outcome *outcome = study->outcome;
    struct arena *arena = study->arena;
    outcome->results = arena_array(arena, study->count, sizeof *outcome->results);
    study->merging = arena_array(arena, study->count, sizeof *study->merging);
    for (size_t s = 0; s < study->count; s++) {
        const struct study_setting *setting = &study->settings[s];
        struct study_result *result = &outcome->results[s];
        pthread_mutex_init(&study->merging[s], NULL);
        result->merged = arena_array(arena, setting->histogram_count, sizeof *result->merged);
        for (size_t h = 0; h < setting->histogram_count; h++)
            result->merged[h].counts = arena_array(arena, HISTOGRAM_BUCKETS, sizeof(uint64_t));
        result->estimates = arena_array(arena, setting->column_count, sizeof *result->estimates);
        result->decisions = arena_array(arena, setting->criterion_count, sizeof *result->decisions);
    }
}

static void close_results(struct study *study)
{
    for (size_t s = 0; s < study->count; s++)
        pthread_mutex_destroy(&study->merging[s]);
}

static void count_finished(struct study *study)
{
    for (size_t s = 0; s < study->count; s++) {
        struct study_result *result = &study->outcome->results[s];
        result->replications = 0;
        for (size_t r = 0; r < result->started; r++)
            result->replications += result->done[r];
    }
}

/* Runs the replications of all settings that are missing for one look, as one batch. */
static bool run_look(struct study *study, size_t replications, struct error *err)
{
    for (size_t s = 0; s < study->count; s++)
        grow_result(&study->outcome->results[s], study->settings[s].column_count, replications,
                    study->arena);
    size_t jobs = (replications - study->first_replication) * study->count;
    bool *done = arena_array(study->arena, jobs, sizeof *done);
    if (!replications_run(&study->options->workers, run_job, study, jobs, done, err))
        return false;
    for (size_t job = 0; job < jobs; job++)
        if (!done[job])
            study->outcome->is_interrupted = true;
    study->first_replication = replications;
    study->outcome->looks_made++;
    count_finished(study);
    return true;
}

/* Judges all criteria. Returns true when none needs more replications. */
static bool judge_all(struct study *study)
{
    struct study_outcome *outcome = study->outcome;
    bool is_settled = true;
    outcome->verdict = VERDICT_NONE;
    for (size_t s = 0; s < study->count; s++) {
        const struct study_setting *setting = &study->settings[s];
        struct study_result *result = &outcome->results[s];
        result->verdict = VERDICT_NONE;
        for (size_t c = 0; c < setting->criterion_count; c++) {
            if (!judge_criterion(study->settings, outcome->results, s, &setting->criteria[c],
                                 outcome->plan.confidence, study->options->precision,
                                 &result->decisions[c]))
                is_settled = false;
            result->verdict = verdict_and(result->verdict, result->decisions[c].verdict);
        }
        outcome->verdict = verdict_and(outcome->verdict, result->verdict);
    }
    return is_settled;
}

/* Only the criteria's metrics are needed to stop; all the others are estimated once. */
static void estimate_all(struct study *study)
{
    for (size_t s = 0; s < study->count; s++) {
        struct study_result *result = &study->outcome->results[s];
        for (size_t c = 0; c < study->settings[s].column_count; c++)
            result->estimates[c] =
                judge_column(&study->settings[s], result, (int)c, study->outcome->plan.confidence);
    }
}

static bool must_stop(const struct study *study)
{
    const atomic_bool *is_interrupted = study->options->workers.is_interrupted;
    return study->outcome->is_interrupted ||
           (is_interrupted != NULL && atomic_load(is_interrupted));
}

bool study_run(const struct study_setting *settings, size_t count,
               const struct study_options *options, struct arena *arena,
               struct study_outcome *outcome, struct error *err)
{
    assert(options->max_replications <= UINT32_MAX);
    struct study study = {settings, count, options, arena, outcome, NULL, 0};
    *outcome = (struct study_outcome){.plan = stopping_plan_make(options->min_replications,
                                                                 options->max_replications,
                                                                 options->confidence),
                                      .verdict = VERDICT_NONE};
    open_results(&study);
    bool is_ok = true, is_settled = false;
    for (size_t look = 0; is_ok && !is_settled && look < outcome->plan.looks; look++) {
        if (look > 0 && must_stop(&study)) {
            outcome->is_interrupted = true;
            break;
        }
        is_ok = run_look(&study, outcome->plan.replications[look], err);
        is_settled = is_ok && judge_all(&study);
    }
    close_results(&study);
    if (is_ok)
        estimate_all(&study);
    return is_ok;
}

struct estimate study_difference(const struct study_setting *settings,
                                 const struct study_outcome *outcome, size_t from, int column_from,
                                 size_t to, int column_to, double *variance_ratio)
{
    const struct study_result *a = &outcome->results[from], *b = &outcome->results[to];
    double confidence = outcome->plan.confidence;
    if (variance_ratio != NULL) {
        size_t stride_a = settings[from].column_count, stride_b = settings[to].column_count;
        const double *x = a->values + column_from, *y = b->values + column_to;
        double paired = estimate_paired(x, y, a->started, stride_a, stride_b, 0, NAN, confidence)
                            .standard_error;
        double se_x = estimate_mean(x, a->started, stride_a, confidence).standard_error;
        double se_y = estimate_mean(y, b->started, stride_b, confidence).standard_error;
        *variance_ratio = paired * paired / (se_x * se_x + se_y * se_y);
    }
    struct judge_place place_from = {from, column_from}, place_to = {to, column_to};
    return judge_difference(settings, outcome->results, place_from, place_to, 0, confidence);
}
