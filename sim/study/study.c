/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/study.h"
#include "sim/study/executor.h"
#include "sim/study/gather.h"
#include "sim/study/judge.h"
#include <assert.h>
#include <math.h>
#include <pthread.h>

enum { MAX_FIRST_BATCH = 4096 }; /* replications; the next ones double what there is */

struct study {
    const struct study_setting *settings;
    size_t count;
    const struct study_options *options;
    struct arena *arena;
    struct study_outcome *outcome;
    pthread_mutex_t *merging; /* [count]; each guards that setting's merged histograms         */
    size_t first_replication; /* of the batch that runs                                        */
};

/* The settings of one replication are neighbours: an interrupted study keeps mostly whole pairs. */
static bool run_job(void *context, size_t job, struct arena *arena, struct error *err)
{
    struct study *study = context;
    size_t index = job % study->count;
    size_t replication = study->first_replication + job / study->count;
    return gather_replicate(&study->outcome->results[index], &study->settings[index], replication,
                            &study->merging[index], arena, err);
}

static bool ship_job(void *context, size_t job, struct arena *arena, struct parcel *parcel,
                     struct error *err)
{
    const struct study *study = context;
    return gather_ship(&study->settings[job % study->count],
                       study->first_replication + job / study->count, arena, parcel, err);
}

static bool take_job(void *context, size_t job, struct parcel *parcel, struct arena *arena,
                     struct error *err)
{
    struct study *study = context;
    size_t index = job % study->count;
    (void)arena;
    return gather_take(&study->outcome->results[index], &study->settings[index],
                       study->first_replication + job / study->count, parcel, err);
}

static void open_results(struct study *study)
{
    struct study_outcome *outcome = study->outcome;
    struct arena *arena = study->arena;
    outcome->results = arena_array(arena, study->count, sizeof *outcome->results);
    study->merging = arena_array(arena, study->count, sizeof(pthread_mutex_t));
    for (size_t s = 0; s < study->count; s++) {
        pthread_mutex_init(&study->merging[s], NULL);
        gather_open(&outcome->results[s], &study->settings[s], arena);
    }
}

static void close_results(struct study *study)
{
    for (size_t s = 0; s < study->count; s++)
        pthread_mutex_destroy(&study->merging[s]);
}

/* Runs the replications of all settings that are missing up to rows, as one batch. */
static bool run_batch(struct study *study, size_t rows, struct error *err)
{
    for (size_t s = 0; s < study->count; s++)
        gather_grow(&study->outcome->results[s], &study->settings[s], rows, study->arena);
    size_t jobs = (rows - study->first_replication) * study->count;
    bool *done = arena_array(study->arena, jobs, sizeof *done);
    struct work work = {.job = run_job, .ship = ship_job, .take = take_job, .context = study};
    if (!executor_run(&study->options->workers, &work, jobs, done, err))
        return false;
    for (size_t job = 0; job < jobs; job++)
        if (!done[job])
            study->outcome->is_interrupted = true;
    study->first_replication = rows;
    return true;
}

/* Says why there is another look: what is undecided so far. */
static void tell_reason(const struct study *study)
{
    for (size_t s = 0; s < study->count; s++)
        for (size_t c = 0; c < study->settings[s].criterion_count; c++) {
            const struct study_setting *setting = &study->settings[s];
            if (study->outcome->results[s].decisions[c].verdict != VERDICT_UNDECIDED)
                continue;
            const char *name = setting->columns[setting->criteria[c].column].name;
            replications_begin_phase(
                &study->options->workers,
                arena_printf(study->arena, "replications, for %s is undecided", name), 0);
            return;
        }
}

/* Runs what is missing for one look. A million replications need gigabytes for their values: they
 * get them as they come, so that a start and an interruption take no longer than a replication. */
static bool run_look(struct study *study, size_t replications, struct error *err)
{
    while (study->first_replication < replications && !study->outcome->is_interrupted) {
        size_t rows = 2 * study->first_replication;
        rows = rows < MAX_FIRST_BATCH ? MAX_FIRST_BATCH : rows;
        if (!run_batch(study, rows < replications ? rows : replications, err))
            return false;
    }
    study->outcome->looks_made++;
    for (size_t s = 0; s < study->count; s++)
        gather_count(&study->outcome->results[s]);
    return true;
}

/* Judges all criteria of setting s. Returns true when none needs more replications. */
static bool judge_setting(struct study *study, size_t s)
{
    struct study_outcome *outcome = study->outcome;
    const struct study_setting *setting = &study->settings[s];
    struct study_result *result = &outcome->results[s];
    bool is_settled = true, would_yield = true;
    result->verdict = VERDICT_NONE;
    for (size_t c = 0; c < setting->criterion_count; c++) {
        const struct study_criterion *criterion = &setting->criteria[c];
        bool is_enough = judge_criterion(study->settings, outcome->results, s, criterion,
                                         outcome->plan.confidence, study->options->precision,
                                         &result->decisions[c]);
        is_settled &= is_enough;
        would_yield &= is_enough || criterion->yields_to_failure;
        result->verdict = verdict_and(result->verdict, result->decisions[c].verdict);
    }
    return is_settled || (would_yield && result->verdict == VERDICT_FAIL);
}

/* Judges all criteria. Returns true when none needs more replications. */
static bool judge_all(struct study *study)
{
    struct study_outcome *outcome = study->outcome;
    bool is_settled = true;
    outcome->verdict = VERDICT_NONE;
    for (size_t s = 0; s < study->count; s++) {
        is_settled &= judge_setting(study, s);
        outcome->verdict = verdict_and(outcome->verdict, outcome->results[s].verdict);
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
    bool ok = true, is_settled = false;
    for (size_t look = 0; ok && !is_settled && look < outcome->plan.looks; look++) {
        if (look > 0 && must_stop(&study)) {
            outcome->is_interrupted = true;
            break;
        }
        if (look > 0)
            tell_reason(&study);
        ok = run_look(&study, outcome->plan.replications[look], err);
        is_settled = ok && judge_all(&study);
    }
    close_results(&study);
    if (ok)
        estimate_all(&study);
    return ok;
}

struct estimate study_difference(const struct study_setting *settings,
                                 const struct study_outcome *outcome, size_t from, int column_from,
                                 size_t to, int column_to, double *variance_ratio)
{
    double confidence = outcome->plan.confidence;
    struct judge_place place_from = {from, column_from}, place_to = {to, column_to};
    if (variance_ratio != NULL)
        *variance_ratio =
            judge_variance_ratio(settings, outcome->results, place_from, place_to, confidence);
    return judge_difference(settings, outcome->results, place_from, place_to, 0, confidence);
}
