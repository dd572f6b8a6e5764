/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/one_run_study.h"
#include <math.h>

/* So many draws are one study, so that all cores have work; what one gives does not depend on it.
 */
enum { DRAWS_TOGETHER = 8, MOST_RUNS = 399 };

struct drawing {
    const struct sensitivity_source *source;
    const struct scenario_set *set;
    const struct plan *plan;
    const struct replications_options *workers;
    const double *u; /* [runs * inputs] */
    size_t runs;
    struct study_result *found; /* [plan->count] */
};

size_t one_run_study_runs(double confidence)
{
    double runs = ceil(4 / (1 - confidence) - 1e-9) - 1;
    return runs < MOST_RUNS ? (size_t)runs : MOST_RUNS;
}

/* A model whose one replication has a number of its own. */
struct numbered {
    const void *model;
    study_replicate *replicate;
    uint32_t number;
};

static bool replicate_numbered(const void *context, uint32_t replication, struct arena *arena,
                               struct observation *observation, struct error *err)
{
    const struct numbered *numbered = context;
    return numbered->replicate(numbered->model, numbered->number + replication, arena, observation,
                               err);
}

/* The settings of draw d, to be replicated once. */
static bool place_draw(const struct drawing *drawing, size_t d, struct scenario_set *set,
                       struct study_setting *settings, struct arena *arena, struct error *err)
{
    struct plan plan;
    if (!sensitivity_source_plan(drawing->source, drawing->set,
                                 drawing->u + d * drawing->set->uncertain.count,
                                 drawing->plan->warmup_s, arena, set, &plan, err))
        return false;
    for (size_t s = 0; s < plan.count; s++) {
        struct numbered *numbered = arena_alloc(arena, sizeof *numbered);
        *numbered =
            (struct numbered){plan.settings[s].model, plan.settings[s].replicate, (uint32_t)d};
        settings[s] = plan.settings[s];
        settings[s].model = numbered;
        settings[s].replicate = replicate_numbered;
        settings[s].criterion_count = 0; /* nothing is judged by them */
    }
    return true;
}

/* Columns that the plan has besides, series for evidence, stay without a value. */
static void keep_run(const struct drawing *drawing, size_t d, const struct study_setting *settings,
                     const struct study_result *results)
{
    for (size_t s = 0; s < drawing->plan->count; s++) {
        struct study_result *to = &drawing->found[s];
        size_t stride = drawing->plan->settings[s].column_count;
        for (size_t c = 0; c < stride && c < settings[s].column_count; c++) {
            to->values[d * stride + c] = results[s].values[c];
            to->weights[d * stride + c] = results[s].weights[c];
        }
        to->replications = to->started = d + 1;
    }
}

/* Simulates draws first..last-1 as one study. */
static bool run_some(const struct drawing *drawing, size_t first, size_t last, bool *is_interrupted,
                     struct error *err)
{
    struct arena *arena = arena_open();
    size_t each = drawing->plan->count, count = (last - first) * each;
    struct study_setting *settings = arena_array(arena, count, sizeof *settings);
    struct scenario_set *sets = arena_array(arena, last - first, sizeof *sets);
    struct study_options options = drawing->plan->options;
    struct study_outcome outcome = {0};
    bool ok = true;
    options.min_replications = options.max_replications = 1;
    options.workers = *drawing->workers;
    for (size_t d = first; d < last && ok; d++)
        ok = place_draw(drawing, d, &sets[d - first], settings + (d - first) * each, arena, err);
    ok = ok && study_run(settings, count, &options, arena, &outcome, err);
    *is_interrupted = outcome.is_interrupted;
    for (size_t d = first; d < last && ok && !outcome.is_interrupted; d++)
        keep_run(drawing, d, settings + (d - first) * each, outcome.results + (d - first) * each);
    for (size_t d = first; d < last; d++)
        drawing->source->close(drawing->source->context, &sets[d - first]);
    arena_close(arena);
    return ok;
}

static struct study_result *make_room(const struct plan *plan, size_t runs, struct arena *arena)
{
    struct study_result *found = arena_array(arena, plan->count, sizeof *found);
    for (size_t s = 0; s < plan->count; s++) {
        size_t cells = arena_multiply_sizes(runs, plan->settings[s].column_count);
        found[s].values = arena_array(arena, cells, sizeof(double));
        found[s].weights = arena_array(arena, cells, sizeof(double));
        for (size_t i = 0; i < cells; i++)
            found[s].values[i] = NAN;
    }
    return found;
}

bool one_run_study_run(const struct sensitivity_source *source, const struct scenario_set *set,
                       const struct plan *plan, const struct replications_options *workers,
                       struct arena *arena, struct study_outcome *outcome, struct error *err)
{
    size_t inputs = set->uncertain.count, runs = one_run_study_runs(plan->options.confidence);
    bool is_interrupted = false;
    if (inputs == 0 || outcome->is_interrupted)
        return true;
    double *u = arena_array(arena, arena_multiply_sizes(runs, inputs), sizeof *u);
    sensitivity_design(set->settings[0].scenario.run.seed, runs, inputs, u, arena);
    struct drawing drawing = {source, set, plan, workers, u, runs, make_room(plan, runs, arena)};
    replications_begin_phase(workers, "single runs with drawn inputs", runs * plan->count);
    for (size_t d = 0; d < runs; d += DRAWS_TOGETHER) {
        size_t last = d + DRAWS_TOGETHER < runs ? d + DRAWS_TOGETHER : runs;
        if (!run_some(&drawing, d, last, &is_interrupted, err))
            return false;
        if (is_interrupted) {
            outcome->is_interrupted = true;
            return true;
        }
    }
    outcome->one_runs = drawing.found;
    return true;
}
