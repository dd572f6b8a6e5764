/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/engine/offered_load.h"
#include "models/engine/model_internal.h"
#include "models/program/collapse.h"
#include "models/program/traffic.h"
#include "models/spec/cpu_capacity.h"
#include "sim/base/duration_text.h"
#include <math.h>

/* ---- load and what bounds it ----------------------------------------------------------------- */

/* Of one cpu: work [s per second], and what is begun of it per second, in *jobs. */
static double offered_work(const struct model *model, size_t cpu, double *jobs)
{
    const struct scenario *spec = model->spec;
    double work = 0;
    *jobs = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        for (size_t c = 0; c < workload->class_count; c++) {
            const struct class_spec *class = &workload->classes[c];
            double rate = model->rates_per_s[w] * class->share;
            work += rate * program_expected_work(class->steps, class->step_count, cpu);
            *jobs += rate * program_expected_jobs(class->steps, class->step_count, cpu);
        }
    }
    return work;
}

/* Of each pool, in Erlangs: [pools]. */
static const double *offered_to_pools(const struct model *model, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    double *loads = arena_array(arena, spec->pool_count, sizeof *loads);
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        for (size_t c = 0; c < workload->class_count; c++)
            program_expect_holds(spec, workload->classes[c].steps, workload->classes[c].step_count,
                                 model->rates_per_s[w] * workload->classes[c].share, loads);
    }
    return loads;
}

/* A time-out or a limit anywhere bounds the queues behind it too: then no growth is claimed.
 * NULL: there is none. */
static const char *find_bound(const struct model *model)
{
    const struct scenario *spec = model->spec;
    if (traffic_has_deadline(spec))
        return "deadline";
    if (model->program->max_timers > 0)
        return "timeout";
    for (size_t p = 0; p < spec->pool_count; p++)
        if (spec->pools[p].acquire_timeout || spec->pools[p].queue_limit != SPEC_UNLIMITED)
            return spec->pools[p].acquire_timeout ? "acquire_timeout" : "queue_limit";
    return traffic_is_cut(spec) ? "refusals of a rate limiter" : NULL;
}

static const char *bound_of_pool(const struct pool_spec *pool, const char *anywhere)
{
    return pool->acquire_timeout                 ? "acquire_timeout"
           : pool->queue_limit != SPEC_UNLIMITED ? "queue_limit"
                                                 : anywhere;
}

static bool has_closed_workload(const struct scenario *spec)
{
    for (size_t w = 0; w < spec->workload_count; w++)
        if (arrival_is_closed(&spec->workloads[w].arrivals))
            return true;
    return false;
}

static void add(struct model *model, struct offered_load *list, struct offered_load load)
{
    if (load.load > 0)
        list[model->load_count++] = load;
}

static double time_to_collapse(const struct model *model, size_t cpu, double work, double jobs,
                               struct arena *arena)
{
    const struct cpu_spec *spec = &model->spec->cpus[cpu];
    double copies = (double)spec->copies;
    if (!(spec->kappa > 0) || !(jobs > 0))
        return INFINITY;
    return collapse_mean_time(spec, jobs / copies, work / jobs,
                              collapse_most_jobs(model->spec, cpu, arena) / copies);
}

/* Whatever else opens connections of that database leaves less. */
static double accepted_of(const struct scenario *spec, const struct pool_spec *pool)
{
    if (!pool->draws_on_database)
        return 0;
    const struct cpu_spec *database = &spec->cpus[pool->database];
    double accepted = (double)((database->max_connections - database->reserved) * database->copies);
    return accepted < (double)(pool->max * pool->copies) ? accepted : 0;
}

static struct offered_load *list_loads(struct model *model, struct arena *arena)
{
    const struct scenario *spec = model->spec;
    const char *anywhere = find_bound(model);
    const double *held = offered_to_pools(model, arena);
    struct offered_load *list =
        arena_array(arena, spec->pool_count + spec->cpu_count + spec->limiter_count, sizeof *list);
    model->loads = list;
    for (size_t p = 0; p < spec->pool_count; p++) {
        const struct pool_spec *pool = &spec->pools[p];
        add(model, list,
            (struct offered_load){.resource = pool->name,
                                  .load = held[p],
                                  .capacity = (double)(pool->max * pool->copies),
                                  .accepted = accepted_of(spec, pool),
                                  .bound = bound_of_pool(pool, anywhere),
                                  .collapses_s = INFINITY});
    }
    for (size_t c = 0; c < spec->cpu_count; c++) {
        double jobs, work = offered_work(model, c, &jobs);
        add(model, list,
            (struct offered_load){.resource = spec->cpus[c].name,

                                  .load = work,
                                  .capacity = cpu_capacity(&spec->cpus[c]),
                                  .bound = anywhere,
                                  .collapses_s = time_to_collapse(model, c, work, jobs, arena)});
    }
    for (size_t l = 0; l < spec->limiter_count; l++)
        if (spec->limiters[l].is_waiting)
            add(model, list,
                (struct offered_load){.resource = spec->limiters[l].name,

                                      .load = traffic_passes_per_s(spec, model->rates_per_s, l),
                                      .capacity = spec->limiters[l].rate_per_s *
                                                  (double)spec->limiters[l].copies,
                                      .is_passes = true,
                                      .bound = anywhere,
                                      .collapses_s = INFINITY});
    return list;
}

/* ---- whether there is a steady state --------------------------------------------------------- */

/* True if nothing varies: then a load of exactly the capacity leaves no queue. */
static bool is_deterministic(const struct model *model)
{
    const struct scenario *spec = model->spec;
    for (size_t w = 0; w < spec->workload_count; w++)
        if ((spec->workloads[w].arrivals.process != ARRIVAL_NONE &&
             spec->workloads[w].arrivals.process != ARRIVAL_CYCLE &&
             (spec->workloads[w].arrivals.process != ARRIVAL_RENEWAL ||
              spec->workloads[w].arrivals.profile ||
              !distribution_is_constant(spec->workloads[w].arrivals.interarrival))) ||
            spec->workloads[w].class_count > 1)
            return false;
    for (size_t c = 0; c < model->program->class_count; c++)
        if (model->program->classes[c].draw_count > 0)
            return false;
    return true;
}

/* True if a station that serves capacity cannot bear so much load. */
static bool is_too_much(const struct model *model, const struct offered_load *load)
{
    const double rounding = 1e-12;
    return load->load >= load->capacity * (1 - rounding) &&
           !(load->load <= load->capacity * (1 + rounding) && is_deterministic(model));
}

static const char *say_growing(const struct offered_load *load, struct arena *arena)
{
    if (load->is_passes)
        return arena_printf(
            arena,
            "%s: %.6g/s ask to pass and its rate is %.6g/s, and no time-out or limit bounds the "
            "queue: it grows without bound, there is no steady state, and the figures are those of "
            "a run of this length",
            load->resource, load->load, load->capacity);
    return arena_printf(
        arena,
        "%s: the offered load of %.6g is not below its capacity of %.6g and no time-out or "
        "limit bounds the queue: it grows without bound, there is no steady state, and the "
        "figures are those of a run of this length",
        load->resource, load->load, load->capacity);
}

/* Sooner than that many times all that is simulated it must not be. */
static const double FAR_OFF = 1000;

static const char *say_collapse(struct model *model, const struct offered_load *load,
                                struct arena *arena)
{
    const struct run_spec *run = &model->spec->run;
    double simulated_s = (double)run->duration_ns / 1e9 * (double)run->max_replications;
    bool is_near = load->collapses_s < FAR_OFF * simulated_s;
    model->is_unstable |= is_near && !load->bound;
    return arena_printf(
        arena,
        "%s: collapses, on average after %s: with more jobs at once it does less (kappa), and "
        "past some number of them less than arrives%s",
        load->resource, duration_text(load->collapses_s, arena),
        !is_near      ? "; this run is far too short to see it"
        : load->bound ? arena_printf(arena, "; only its %s may end that", load->bound)
                      : ", for good: there is no steady state");
}

void offered_load_warn(struct model *model, const char **warnings, struct arena *arena)
{
    if (has_closed_workload(model->spec))
        return;
    struct offered_load *list = list_loads(model, arena);
    for (size_t i = 0; i < model->load_count; i++) {
        struct offered_load *load = &list[i];
        load->is_too_much = is_too_much(model, load);
        bool is_growing = load->is_too_much && !find_bound(model);
        model->is_unstable |= is_growing;
        if (is_growing)
            warnings[model->warning_count++] = say_growing(load, arena);
        else if (isfinite(load->collapses_s) && !load->is_too_much)
            warnings[model->warning_count++] = say_collapse(model, load, arena);
    }
}
