/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/failure_margins.h"
#include <math.h>

static const double NS_PER_S = 1e9;
/* The chance of what the law of a connection's opening makes next to impossible. */
static const double NEVER = 1e-9;

static int column_of(const struct model *model, const char *resource, const char *metric,
                     struct arena *arena)
{
    return metrics_find(&model->metrics, arena_printf(arena, "%s.%s", resource, metric));
}

static bool has_step_limit(const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].timeout_ns != SPEC_NEVER ||
            has_step_limit(steps[i].steps, steps[i].step_count))
            return true;
        for (size_t b = 0; b < steps[i].branch_count; b++)
            if (has_step_limit(steps[i].branches[b].steps, steps[i].branches[b].step_count))
                return true;
    }
    return false;
}

/* Whether connections of the pool may fail to open. */
static bool may_not_open(const struct model *model, const struct pool_spec *pool)
{
    const struct scenario *spec = model->spec;
    bool is_slow =
        pool->connect && pool->connect_timeout_ns != SPEC_NEVER &&
        !(distribution_cdf(pool->connect, (double)pool->connect_timeout_ns / NS_PER_S) > 1 - NEVER);
    if (is_slow || !pool->draws_on_database)
        return is_slow;
    const struct cpu_spec *database = &spec->cpus[pool->database];
    double most = 0;
    for (size_t p = 0; p < spec->pool_count; p++)
        if (spec->pools[p].draws_on_database && spec->pools[p].database == pool->database)
            most += (double)(spec->pools[p].max * spec->pools[p].copies);
    return most > (double)((database->max_connections - database->reserved) * database->copies);
}

/* Adds a margin; false: there is no such column. */
static bool add(struct study_scope *scope, struct study_margin *margins,
                const struct study_margin *margin)
{
    if (margin->column == COLUMN_NONE)
        return false;
    margins[scope->margin_count++] = *margin;
    return true;
}

/* A replica's own level, of the worst of them. */
static int column_of_one(const struct model *model, const char *resource, int64_t copies,
                         const char *metric, struct arena *arena)
{
    const char *name = copies > 1 ? arena_printf(arena, "worst.%s", metric) : metric;
    return column_of(model, resource, name, arena);
}

static bool add_pool(const struct model *model, const struct pool_spec *pool,
                     struct study_scope *scope, struct study_margin *margins, struct arena *arena)
{
    struct study_margin margin = {
        .fallback = column_of_one(model, pool->name, pool->copies, "busy.max", arena),
        .fallback_limit = (double)pool->max};
    if (may_not_open(model, pool))
        return false;
    if (pool->acquire_timeout) {
        margin.column = column_of(model, pool->name, "wait.max", arena);
        margin.limit = distribution_mean(pool->acquire_timeout);
        if (!distribution_is_constant(pool->acquire_timeout) || !(margin.limit > 0) ||
            !add(scope, margins, &margin))
            return false;
    }
    if (pool->queue_limit == SPEC_UNLIMITED)
        return true;
    margin.column = column_of_one(model, pool->name, pool->copies, "queue.max", arena);
    margin.limit = (double)pool->queue_limit + 1;
    margin.is_counted = true;
    return add(scope, margins, &margin);
}

/* But for a chance of NEVER; INFINITY where that is not known. */
static double highest_of_law(const struct distribution *law)
{
    double highest = distribution_is_constant(law) ? distribution_mean(law)
                                                   : distribution_quantile(law, 1 - NEVER);
    return isnan(highest) ? INFINITY : highest;
}

/* What one put into the buffer takes at most [B]. */
static double largest_put(const struct step *steps, size_t count, size_t buffer)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        if (step->kind == STEP_PUT && step->target == buffer)
            largest = fmax(largest, highest_of_law(step->size));
        largest = fmax(largest, largest_put(step->steps, step->step_count, buffer));
        for (size_t b = 0; b < step->branch_count; b++)
            largest = fmax(largest, largest_put(step->branches[b].steps,
                                                step->branches[b].step_count, buffer));
    }
    return largest;
}

static double largest_put_of_all(const struct scenario *spec, size_t buffer)
{
    double largest = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            largest = fmax(largest, largest_put(spec->workloads[w].classes[c].steps,
                                                spec->workloads[w].classes[c].step_count, buffer));
    return largest;
}

/* A buffer drops what finds no room: all but what one put takes must be full. Where that is as much
 * as it holds, nothing needs to be there. */
static bool add_buffer(const struct model *model, size_t number, struct study_scope *scope,
                       struct study_margin *margins, struct arena *arena)
{
    const struct buffer_spec *buffer = &model->spec->buffers[number];
    double largest = largest_put_of_all(model->spec, number);
    const struct study_margin margin = {
        .column = column_of_one(model, buffer->name, buffer->copies, "level.max", arena),
        .limit = (double)buffer->capacity - largest + 1,
        .is_counted = true,
        .fallback = COLUMN_NONE};
    if (buffer->is_waiting)
        return true;
    return largest < (double)buffer->capacity && add(scope, margins, &margin);
}

static bool add_workload(const struct model *model, size_t w, struct study_scope *scope,
                         struct study_margin *margins, struct arena *arena)
{
    const struct workload_spec *workload = &model->spec->workloads[w];
    if (workload->arrivals.process == ARRIVAL_CYCLE &&
        workload->arrivals.cycle.overrun == OVERRUN_REPLACE)
        return false;
    for (size_t c = 0; c < workload->class_count; c++)
        if (has_step_limit(workload->classes[c].steps, workload->classes[c].step_count))
            return false;
    if (workload->deadline_ns == 0)
        return true;
    struct study_margin margin = {.column = column_of(model, workload->name, "response.max", arena),
                                  .limit = (double)workload->deadline_ns / NS_PER_S,
                                  .fallback = COLUMN_NONE};
    return add(scope, margins, &margin);
}

/* Finds what is known of the things marked; false: not all is. */
static bool add_marked(const struct model *model, const struct time_marks *marks, bool with_limited,
                       struct study_scope *scope, struct study_margin *margins, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    bool is_known = model->to == NULL;
    for (size_t b = 0; b < spec->buffer_count && is_known && with_limited; b++)
        if (marks->buffers[b])
            is_known = add_buffer(model, b, scope, margins, arena);
    for (size_t l = 0; l < spec->limiter_count; l++)
        is_known &= !with_limited || !marks->limiters[l] || spec->limiters[l].is_waiting;
    for (size_t p = 0; p < spec->pool_count && is_known; p++)
        if (marks->pools[p])
            is_known = add_pool(model, &spec->pools[p], scope, margins, arena);
    for (size_t w = 0; w < spec->workload_count && is_known; w++)
        if (marks->classes[model->program->class_base[w]])
            is_known = add_workload(model, w, scope, margins, arena);
    return is_known;
}

void failure_margins_find(const struct model *model, const char *resource, bool with_limited,
                          struct study_scope *scope, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    /* As many as the model has things, for each of them: what was found is kept. */
    struct arena *scratch = arena_open();
    struct time_marks marks = time_scales_marks(model->scales, resource, scratch);
    struct study_margin *margins = arena_array(
        scratch, 2 * spec->pool_count + spec->workload_count + spec->buffer_count, sizeof *margins);
    scope->has_margins = add_marked(model, &marks, with_limited, scope, margins, scratch);
    struct study_margin *kept = arena_array(arena, scope->margin_count, sizeof *kept);
    for (size_t i = 0; i < scope->margin_count; i++)
        kept[i] = margins[i];
    scope->margins = kept;
    arena_close(scratch);
}
