/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/sweep_study.h"
#include "models/metrics/metric_catalogue.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What --metric asks for is estimated at least so well, relative to itself; and what is shown
 * anyway so well that a curve can be seen, if short replications can do it. */
static const double WANTED_PRECISION = 0.05, SHOWN_PRECISION = 0.25;

/* All combinations; the last that varies changes fastest. */
static bool list_points(struct sweep_study *study, struct error *err)
{
    struct exploration *exploration = &study->exploration;
    size_t count = 1;
    for (size_t i = 0; i < exploration->varied_count; i++)
        count *= exploration->varied[i].count;
    if (count > SWEEP_MAX_POINTS)
        return error_set(err, STATUS_USAGE, "the sweep has %zu points; at most %d are possible",
                         count, SWEEP_MAX_POINTS);
    study->count = count;
    study->points = arena_array(exploration->field.arena, count, sizeof *study->points);
    study->values = arena_array(exploration->field.arena, count, sizeof *study->values);
    for (size_t p = 0; p < count; p++)
        for (size_t i = exploration->varied_count, rest = p; i-- > 0;) {
            const struct vary *vary = &exploration->varied[i];
            study->values[p][i] = vary_value(vary, rest % vary->count, exploration->field.arena);
            rest /= vary->count;
        }
    for (size_t p = 0; p < count; p++)
        if (!exploration_candidate(exploration, study->values[p], &study->points[p], err))
            return false;
    return true;
}

static bool refuse_metric(const struct sweep_study *study, const char *name, struct error *err)
{
    const struct model *model = candidate_model(&study->points[0]);
    size_t columns, count = model_metric_count(model);
    const struct column *column = model_columns(model, &columns);
    const char **names = arena_array(study->exploration.field.arena, count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = column[i].name;
    const char *nearest = spelling_nearest(name, names, count);
    error_set_file(err, arena_printf(study->exploration.field.arena, "--metric %s", name));
    return error_set(err, STATUS_USAGE, "%s has no such metric%s%s%s",
                     study->exploration.field.set->file, nearest ? "; did you mean \"" : "",
                     nearest ? nearest : "", nearest ? "\"?" : "");
}

/* The metrics shown. A highest value of the run is another in a short one: then there are none. */
static bool choose_metrics(struct sweep_study *study, const char *const *metrics,
                           size_t metric_count, struct error *err)
{
    if (metric_count == 0) {
        study->columns = exploration_judged_columns(&study->exploration, &study->points[0],
                                                    &study->column_count);
        return true;
    }
    int *columns = arena_array(study->exploration.field.arena, metric_count, sizeof *columns);
    for (size_t i = 0; i < metric_count; i++) {
        columns[i] = model_find_column(candidate_model(&study->points[0]), metrics[i]);
        if (columns[i] == COLUMN_NONE)
            return refuse_metric(study, metrics[i], err);
        for (size_t k = 0; k < i; k++)
            if (columns[k] == columns[i])
                return error_set(err, STATUS_USAGE, "--metric has %s twice", metrics[i]);
    }
    study->columns = columns;
    study->column_count = metric_count;
    study->has_metrics = true;
    return true;
}

bool sweep_study_make(struct sweep_study *study, const char *const *metrics, size_t metric_count,
                      struct error *err)
{
    for (size_t i = 0; i < metric_count; i++)
        study->exploration.field.has_short &= !metric_is_extreme(
            metric_catalogue_identity(metrics[i], study->exploration.field.arena));
    return list_points(study, err) && choose_metrics(study, metrics, metric_count, err);
}

/* ---- running ----------------------------------------------------------------------------- */

int sweep_study_column(const struct sweep_study *study, size_t p, size_t metric)
{
    size_t columns;
    const char *name =
        model_columns(candidate_model(&study->points[0]), &columns)[study->columns[metric]].name;
    return model_find_column(candidate_model(&study->points[p]), name);
}

static double distance_of(const struct candidate *point)
{
    double distance = fabs(1 - point->utilization);
    return isnan(distance) ? INFINITY : distance;
}

static int by_distance(const void *left, const void *right)
{
    const struct candidate *a = *(const struct candidate *const *)left,
                           *b = *(const struct candidate *const *)right;
    double x = distance_of(a), y = distance_of(b);
    return x < y ? -1 : x > y ? 1 : (a > b) - (a < b);
}

/* Those nearest to their capacity first: others borrow from them. */
static bool find_warmups(struct sweep_study *study, bool *is_stopped, struct error *err)
{
    struct candidate **order =
        arena_array(study->exploration.field.arena, study->count, sizeof *order);
    for (size_t p = 0; p < study->count; p++)
        order[p] = &study->points[p];
    qsort(order, study->count, sizeof *order, by_distance);
    *is_stopped = false;
    for (size_t p = 0; p < study->count && !*is_stopped; p++)
        if (!candidate_find_warmup(&study->exploration.field, order[p], is_stopped, err))
            return false;
    return true;
}

static void add_points(struct sweep_study *study)
{
    for (size_t p = 0; p < study->count; p++) {
        int *wanted =
            arena_array(study->exploration.field.arena, study->column_count, sizeof *wanted);
        size_t count = 0;
        for (size_t m = 0; m < study->column_count; m++) {
            wanted[count] = sweep_study_column(study, p, m);
            count += wanted[count] != COLUMN_NONE;
        }
        const struct candidate_wanted known = {.columns = wanted,
                                               .count = count,
                                               .precision = study->has_metrics ? WANTED_PRECISION
                                                                               : SHOWN_PRECISION,
                                               .is_only_shown = !study->has_metrics};
        candidate_add(&study->exploration.field, &study->points[p], &known);
    }
}

const int *sweep_study_columns(const struct sweep_study *study, size_t p, struct arena *arena)
{
    int *columns = arena_array(arena, study->column_count, sizeof *columns);
    for (size_t m = 0; m < study->column_count; m++)
        columns[m] = sweep_study_column(study, p, m);
    return columns;
}

/* A point is finished: it is kept before anything else is. */
static bool keep_point(void *context, size_t p, struct error *err)
{
    struct sweep_study *study = context;
    const struct sweep_keeper *keeper = study->keeper;
    bool is_kept = !keeper || keeper->keep(keeper->context, study, p, err);
    atomic_fetch_add(&study->finished, 1);
    return is_kept;
}

static void begin_point(void *context, size_t p)
{
    struct sweep_study *study = context;
    if (study->keeper && study->keeper->begin)
        study->keeper->begin(study->keeper->context, p);
}

/* Replications are as many as verdicts need; how many points are done is known. */
static void show_points(void *context, size_t done, size_t jobs)
{
    const struct sweep_study *study = context;
    (void)done;
    (void)jobs;
    size_t finished = atomic_load(&study->finished);
    if (finished < study->count)
        study->shown.progress(study->shown.progress_context, finished, study->count);
}

static bool is_chosen(const struct sweep_study *study, size_t p)
{
    bool is_of_shard = study->shards == 0 || p % study->shards == study->shard;
    return is_of_shard && !sweep_study_is_finished(study, p) && !sweep_study_is_left_out(study, p);
}

/* What the process may have died of is run first, each by itself: then it is known which it was. */
static bool run_suspects(struct sweep_study *study, struct error *err)
{
    bool ok = true;
    for (size_t p = 0; p < study->count && ok; p++)
        if (is_chosen(study, p) && study->begun[p] > 0)
            ok = probe_set_run(&study->exploration.field.probes, &p, 1, PROBE_WHOLE, err);
    return ok;
}

static bool run_points(struct sweep_study *study, struct error *err)
{
    struct arena *arena = study->exploration.field.arena;
    size_t *chosen = arena_array(arena, study->count, sizeof *chosen), count = 0;
    for (size_t p = 0; p < study->count; p++)
        study->left_out += sweep_study_is_left_out(study, p);
    if (!run_suspects(study, err))
        return false;
    for (size_t p = 0; p < study->count; p++)
        if (is_chosen(study, p))
            chosen[count++] = p;
    return probe_set_run(&study->exploration.field.probes, chosen, count, PROBE_WHOLE, err);
}

bool sweep_study_run(struct sweep_study *study, const struct sweep_keeper *keeper,
                     struct error *err)
{
    struct probe_set *probes = &study->exploration.field.probes;
    struct replications_options *workers = &probes->options.workers;
    bool is_stopped;
    study->keeper = keeper;
    replications_begin_phase(&study->exploration.field.workers, "warm-up runs", 0);
    if (!find_warmups(study, &is_stopped, err))
        return false;
    if (is_stopped) {
        probes->is_interrupted = true;
        return true;
    }
    add_points(study);
    study->begun = arena_array(study->exploration.field.arena, study->count, sizeof *study->begun);
    if (keeper && !keeper->restore(keeper->context, study, err))
        return false;
    study->kept = study->finished;
    probes->finished = keep_point;
    probes->begun = begin_point;
    probes->finished_context = study;
    study->shown = *workers;
    replications_begin_phase(workers, "points", 0);
    if (workers->progress) {
        workers->progress = show_points;
        workers->progress_context = study;
        workers->phase = NULL;
    }
    return run_points(study, err);
}

const struct probe *sweep_study_probe(const struct sweep_study *study, size_t p)
{
    return &study->exploration.field.probes.probes[study->points[p].probe];
}

const char *sweep_study_name(const struct sweep_study *study, size_t p, struct arena *arena)
{
    const char *name = study->values[p][0];
    for (size_t i = 1; i < study->exploration.varied_count; i++)
        name = arena_printf(arena, "%s, %s", name, study->values[p][i]);
    return name;
}

bool sweep_study_is_left_out(const struct sweep_study *study, size_t p)
{
    return study->begun && study->begun[p] >= SWEEP_MAX_DEATHS &&
           !sweep_study_is_finished(study, p);
}

bool sweep_study_is_finished(const struct sweep_study *study, size_t p)
{
    return study->exploration.field.probes.count > p && sweep_study_probe(study, p)->is_finished;
}
