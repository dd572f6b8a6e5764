/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/program/time_scales.h"
#include "models/program/expected_arrivals.h"
#include "models/program/scale_groups.h"
#include "models/program/time_moments.h"
#include "models/spec/cpu_capacity.h"
#include "models/spec/profile.h"
#include "sim/stats/relaxation.h"
#include "sim/stats/tail_part.h"
#include <math.h>
#include <string.h>

static const double NS_PER_S = 1e9;
/* A law whose squared coefficient of variation is at most that of an exponential shows itself. */
static const double LIGHT_SCV = 1 + 1e-9;

/* A class, or a station: what times belong to. */
struct node {
    const char *name; /* as users write it */
    size_t parent;    /* of the connected ones */
    double relaxation_s, queue_s, slowest_s, fixed_s, backlog_s;
    const char *slowest_of, *fixed_of;
    bool
        is_limit; /* the slowest is a limit on an age, which every run of that length reaches     */
    bool is_enumerated, is_light;
};

struct time_scales {
    const struct scenario *spec;
    const struct time_moments *moments;
    struct node *nodes; /* classes, then pools, cpus, limiters, buffers */
    size_t count;
    const struct scale_groups *groups; /* of the nodes and their works */
    double private_s;                  /* warm-up of delays that nothing limits */
};

/* ---- what is connected ----------------------------------------------------------------------- */

static size_t root_of(struct time_scales *scales, size_t node)
{
    struct node *nodes = scales->nodes;
    while (nodes[node].parent != node)
        node = nodes[node].parent = nodes[nodes[node].parent].parent; /* a shorter way next time */
    return node;
}

static void connect(struct time_scales *scales, size_t a, size_t b)
{
    size_t x = root_of(scales, a), y = root_of(scales, b);
    scales->nodes[x > y ? x : y].parent = x > y ? y : x;
}

/* Where each kind of node begins. */
static size_t first_pool(const struct time_scales *scales)
{
    return scales->moments->class_count;
}

static size_t first_cpu(const struct time_scales *scales)
{
    return first_pool(scales) + scales->spec->pool_count;
}

static size_t first_limiter(const struct time_scales *scales)
{
    return first_cpu(scales) + scales->spec->cpu_count;
}

static size_t first_buffer(const struct time_scales *scales)
{
    return first_limiter(scales) + scales->spec->limiter_count;
}

static void connect_steps(struct time_scales *scales, size_t class, const struct step *steps,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        if (step->kind == STEP_HOLD && step->station == STATION_POOL)
            connect(scales, class, first_pool(scales) + step->pool);
        else if ((step->kind == STEP_WORK || step->kind == STEP_FETCH) && step->cpu != SPEC_NO_CPU)
            connect(scales, class, first_cpu(scales) + step->cpu);
        else if (step->kind == STEP_PASS)
            connect(scales, class, first_limiter(scales) + step->target);
        else if (step->kind == STEP_PUT || step->kind == STEP_DRAIN)
            connect(scales, class, first_buffer(scales) + step->target);
        else if (step->kind == STEP_SPAWN)
            connect(scales, class, scales->moments->class_base[step->target]);
        connect_steps(scales, class, step->steps, step->step_count);
        for (size_t b = 0; b < step->branch_count; b++)
            connect_steps(scales, class, step->branches[b].steps, step->branches[b].step_count);
    }
}

static bool is_thinned_poisson(const struct arrival_spec *arrivals)
{
    return arrivals->process == ARRIVAL_POISSON && !arrivals->batch;
}

static void connect_all(struct time_scales *scales)
{
    const struct scenario *spec = scales->spec;
    size_t class = 0;
    for (size_t p = 0; p < spec->pool_count; p++)
        if (spec->pools[p].draws_on_database)
            connect(scales, first_pool(scales) + p, first_cpu(scales) + spec->pools[p].database);
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++, class ++) {
            if (c > 0 && !is_thinned_poisson(&spec->workloads[w].arrivals))
                connect(scales, class, class - 1);
            connect_steps(scales, class, spec->workloads[w].classes[c].steps,
                          spec->workloads[w].classes[c].step_count);
        }
}

/* ---- slow ones ------------------------------------------------------------------------------- */

static void add_slow(struct time_scales *scales, size_t at, double period_s, const char *name,
                     bool is_enumerated)
{
    struct node *node = &scales->nodes[at];
    node->is_enumerated &= is_enumerated;
    if (!(period_s > node->slowest_s) || !isfinite(period_s))
        return;
    node->slowest_s = period_s;
    node->slowest_of = name;
    node->is_limit = !is_enumerated;
}

static void add_branches(struct time_scales *scales, size_t class, double rate,
                         const struct step *steps, size_t count, struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        double inside = step->kind == STEP_REPEAT ? rate * (double)step->times : rate;
        add_branches(scales, class, inside, step->steps, step->step_count, arena);
        for (size_t b = 0; b < step->branch_count; b++) {
            double share = step->branches[b].share;
            if (!(share > 0))
                continue;
            if (share < 1 && 1 / (rate * share) > scales->nodes[class].slowest_s)
                add_slow(scales, class, 1 / (rate * share),
                         arena_printf(arena, "a branch of %s with a share of %.3g %%",
                                      scales->nodes[class].name, 100 * share),
                         true);
            add_branches(scales, class, rate * share, step->branches[b].steps,
                         step->branches[b].step_count, arena);
        }
    }
}

static double mmpp_cycle(const struct arrival_spec *arrivals)
{
    double cycle = 0;
    for (size_t s = 0; s < arrivals->state_count; s++)
        cycle += distribution_mean(arrivals->states[s].sojourn);
    return cycle;
}

/* How many arrive together on average. */
static double together(const struct arrival_spec *arrivals)
{
    return arrivals->batch ? fmax(distribution_rough_mean(arrivals->batch), 1) : 1;
}

/* A period that is longer than the run, which then shows the same part of it each time: of jobs
 * that start together, or of a profile where it is lower than on average. */
static void add_fixed(struct time_scales *scales, size_t class,
                      const struct workload_spec *workload, struct arena *arena)
{
    const struct arrival_spec *arrivals = &workload->arrivals;
    const struct profile_spec *profile = arrivals->profile;
    int64_t run_ns = scales->spec->run.duration_ns, period_ns = 0;
    struct node *node = &scales->nodes[class];
    if (arrivals->process == ARRIVAL_CYCLE)
        period_ns = arrivals->cycle.every_ns;
    else if (profile && profile->period_ns != SPEC_NEVER &&
             profile_area(profile, (double)run_ns) < profile_mean(profile) * (double)run_ns)
        period_ns = profile->period_ns;
    if (period_ns <= run_ns)
        return;
    node->fixed_s = (double)period_ns / NS_PER_S;
    node->fixed_of = arena_printf(arena, "workloads.%s.arrivals", workload->name);
}

static void add_slow_arrivals(struct time_scales *scales, struct arena *arena)
{
    const struct scenario *spec = scales->spec;
    size_t class = 0;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        for (size_t c = 0; c < workload->class_count; c++, class ++) {
            double rate = scales->moments->rates_per_s[w] * workload->classes[c].share;
            if (workload->arrivals.process == ARRIVAL_MMPP)
                add_slow(scales, class, mmpp_cycle(&workload->arrivals),
                         arena_printf(arena, "workloads.%s.arrivals", workload->name), true);
            add_fixed(scales, class, workload, arena);
            if (!(rate > 0))
                continue;
            if (workload->arrivals.process != ARRIVAL_CYCLE)
                add_slow(scales, class, together(&workload->arrivals) / rate,
                         arena_printf(arena, "arrivals of %s", scales->nodes[class].name), true);
            add_branches(scales, class, rate, workload->classes[c].steps,
                         workload->classes[c].step_count, arena);
        }
    }
}

static bool takes_time(const struct distribution *law)
{
    return law && !(distribution_is_constant(law) && distribution_mean(law) == 0);
}

static void add_lifetimes(struct time_scales *scales, struct arena *arena)
{
    for (size_t p = 0; p < scales->spec->pool_count; p++) {
        const struct pool_spec *pool = &scales->spec->pools[p];
        size_t node = first_pool(scales) + p;
        if (!takes_time(pool->connect) || pool->kind != POOL_CONNECTIONS)
            continue;
        if (pool->max_lifetime_ns != SPEC_NEVER)
            add_slow(scales, node, (double)pool->max_lifetime_ns / NS_PER_S,
                     arena_printf(arena, "resources.%s.max_lifetime", pool->name), false);
        if (pool->idle_timeout_ns != SPEC_NEVER && pool->min < pool->max)
            add_slow(scales, node, (double)pool->idle_timeout_ns / NS_PER_S,
                     arena_printf(arena, "resources.%s.idle_timeout", pool->name), false);
    }
}

/* ---- relaxation ------------------------------------------------------------------------------ */

/* The load of a station while one workload is in its busiest state, the others as on average. */
static double busiest_load(const struct arrival_spec *arrivals, double load, double own)
{
    double busiest = load;
    for (size_t s = 0; s < arrivals->state_count; s++) {
        double factor = arrivals->states[s].rate_per_s / arrivals->rate_per_s;
        busiest = fmax(busiest, load - own + own * factor);
    }
    return busiest;
}

/* The dispersion of one workload's arrivals. */
static double dispersion_of(const struct arrival_spec *arrivals, struct arena *arena)
{
    double dispersion = 1;
    if (arrivals->process == ARRIVAL_RENEWAL) {
        double mean = distribution_mean(arrivals->interarrival);
        double scv = distribution_variance(arrivals->interarrival) / (mean * mean);
        dispersion = isfinite(scv) ? scv : 1;
    } else if (arrivals->process == ARRIVAL_MMPP) {
        double *rates = arena_array(arena, arrivals->state_count, sizeof *rates);
        double *sojourns = arena_array(arena, arrivals->state_count, sizeof *sojourns);
        for (size_t s = 0; s < arrivals->state_count; s++) {
            rates[s] = arrivals->states[s].rate_per_s;
            sojourns[s] = distribution_mean(arrivals->states[s].sojourn);
        }
        dispersion = relaxation_dispersion(rates, sojourns, arrivals->state_count);
    }
    if (arrivals->batch) {
        double mean = distribution_mean(arrivals->batch);
        double second = distribution_variance(arrivals->batch) + mean * mean;
        if (mean > 0 && isfinite(second))
            dispersion *= second / mean;
    }
    return dispersion;
}

/* The states of one workload against a station: raises its load to the busiest state's, or returns
 * true when one of them overloads it; then *backlog_s is how long its backlog takes to be usual. */
static bool is_overloaded_by(const struct time_station *station,
                             const struct arrival_spec *arrivals, size_t w, double load,
                             double limit_s, double *busiest, double *backlog_s)
{
    double own = station->loads[w];
    double most = busiest_load(arrivals, load, own);
    if (most < 1) {
        *busiest = fmax(*busiest, most);
        return false;
    }
    for (size_t s = 0; s < arrivals->state_count; s++) {
        double rate = arrivals->states[s].rate_per_s;
        double here = load - own + own * rate / arrivals->rate_per_s;
        double sojourn = distribution_mean(arrivals->states[s].sojourn);
        double rest_s = mmpp_cycle(arrivals) - sojourn;
        double rest_rate = (arrivals->rate_per_s * (rest_s + sojourn) - rate * sojourn) / rest_s;
        double rest = load - own + own * rest_rate / arrivals->rate_per_s;
        if (here < 1)
            continue;
        double wait_s = isfinite(limit_s) ? 2.5 * limit_s
                        : rest < 1        ? relaxation_backlog_warmup(sojourn, here, rest)
                                          : 0;
        *backlog_s = fmax(*backlog_s, wait_s);
    }
    return true;
}

/* The relaxation time of one station. */
static void relax(struct time_scales *scales, size_t node, const struct time_station *from,
                  struct arena *arena)
{
    const struct scenario *spec = scales->spec;
    double service = from->seconds_per_s / from->visits_per_s;
    struct relaxation_station station = {.service_s = service,
                                         .units = from->units,
                                         .limit_s = from->limit_s,
                                         .is_shared = from->is_shared};
    if (!(from->visits_per_s > 0) || !(service > 0))
        return;
    double second = from->squares_per_s / from->visits_per_s;
    station.service_scv = fmax(0, second / (service * service) - 1);
    double load = 0, dispersion = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        load += from->loads[w];
    double busiest = load;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
        if (!(from->loads[w] > 0))
            continue;
        double own = 1;
        bool is_overloaded = arrivals->process == ARRIVAL_MMPP &&
                             is_overloaded_by(from, arrivals, w, load, from->limit_s, &busiest,
                                              &scales->nodes[node].backlog_s);
        if (arrivals->process != ARRIVAL_MMPP || is_overloaded)
            own = dispersion_of(arrivals, arena);
        if (is_overloaded) /* the backlog of a state depends on how long it lasts */
            scales->nodes[node].is_enumerated = false;
        dispersion += from->loads[w] / load * own;
    }
    station.load = busiest;
    station.arrival_scv = 1 + (dispersion - 1) / from->copies;
    if (station.load >= 1 && !isfinite(station.limit_s))
        station.load = 0; /* bounded elsewhere, or growing: not for this to say */
    scales->nodes[node].relaxation_s =
        relaxation_of_station(&station, &scales->nodes[node].queue_s);
}

/* A token bucket: one token at a time, and the time to fill it. */
static void relax_limiter(struct time_scales *scales, size_t l)
{
    const struct limiter_spec *limiter = &scales->spec->limiters[l];
    double passes = scales->moments->passes_per_s[l] / (double)limiter->copies;
    struct relaxation_station station = {.service_s = 1 / limiter->rate_per_s,
                                         .arrival_scv = 1,
                                         .units = 1,
                                         .load = passes / limiter->rate_per_s,
                                         .limit_s = INFINITY};
    double fill_s = (double)limiter->burst / limiter->rate_per_s;
    double queue_s =
        limiter->is_waiting && station.load < 1 ? relaxation_of_station(&station, NULL) : 0;
    struct node *node = &scales->nodes[first_limiter(scales) + l];
    node->relaxation_s = node->queue_s = fmax(fill_s, queue_s);
}

/* Whether each cycle of jobs begins when the last has ended, and nothing else arrives: a cycle does
 * not remember those before it. */
static bool is_periodic(const struct scenario *spec)
{
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct arrival_spec *arrivals = &spec->workloads[w].arrivals;
        bool forgets = arrivals->process == ARRIVAL_CYCLE &&
                       arrivals->cycle.overrun != OVERRUN_QUEUE &&
                       arrivals->cycle.overrun != OVERRUN_OVERLAP;
        if (arrivals->process != ARRIVAL_NONE && !forgets)
            return false;
    }
    return true;
}

static void relax_all(struct time_scales *scales, struct arena *arena)
{
    const struct scenario *spec = scales->spec;
    if (is_periodic(spec))
        return;
    for (size_t p = 0; p < spec->pool_count; p++)
        relax(scales, first_pool(scales) + p, &scales->moments->pools[p], arena);
    for (size_t c = 0; c < spec->cpu_count; c++)
        relax(scales, first_cpu(scales) + c, &scales->moments->cpus[c], arena);
    for (size_t l = 0; l < spec->limiter_count; l++)
        relax_limiter(scales, l);
}

/* ---- all together ---------------------------------------------------------------------------- */

static void open_nodes(struct time_scales *scales, struct arena *arena)
{
    const struct scenario *spec = scales->spec;
    size_t n = 0;
    for (size_t w = 0; w < spec->workload_count; w++)
        for (size_t c = 0; c < spec->workloads[w].class_count; c++)
            scales->nodes[n++].name = spec->workloads[w].has_mix
                                          ? arena_printf(arena, "%s.%s", spec->workloads[w].name,
                                                         spec->workloads[w].classes[c].name)
                                          : spec->workloads[w].name;
    for (size_t p = 0; p < spec->pool_count; p++)
        scales->nodes[n++].name = spec->pools[p].name;
    for (size_t c = 0; c < spec->cpu_count; c++)
        scales->nodes[n++].name = spec->cpus[c].name;
    for (size_t l = 0; l < spec->limiter_count; l++)
        scales->nodes[n++].name = spec->limiters[l].name;
    for (size_t b = 0; b < spec->buffer_count; b++)
        scales->nodes[n++].name = spec->buffers[b].name;
    for (size_t i = 0; i < scales->count; i++) {
        scales->nodes[i].parent = i;
        scales->nodes[i].is_enumerated = scales->nodes[i].is_light = true;
    }
}

static const struct scale_groups *group(struct time_scales *scales, struct arena *arena)
{
    const struct time_moments *moments = scales->moments;
    const char **names = arena_array(arena, scales->count, sizeof *names);
    size_t *roots = arena_array(arena, scales->count, sizeof *roots);
    size_t *owners = arena_array(arena, moments->work_count, sizeof *owners);
    for (size_t i = 0; i < scales->count; i++) {
        names[i] = scales->nodes[i].name;
        roots[i] = root_of(scales, i);
    }
    for (size_t i = 0; i < moments->work_count; i++)
        owners[i] = moments->works[i].class_number;
    return scale_groups_of(names, roots, scales->count, owners, moments->work_count, arena);
}

const struct time_scales *time_scales_of(const struct scenario *spec, const double *rates_per_s,
                                         struct arena *arena)
{
    struct time_scales *scales = arena_alloc(arena, sizeof *scales);
    scales->spec = spec;
    scales->moments = time_moments_of(spec, rates_per_s, arena);
    scales->count = scales->moments->class_count + spec->pool_count + spec->cpu_count +
                    spec->limiter_count + spec->buffer_count;
    scales->nodes = arena_array(arena, scales->count, sizeof *scales->nodes);
    open_nodes(scales, arena);
    connect_all(scales);
    scales->groups = group(scales, arena);
    add_slow_arrivals(scales, arena);
    add_lifetimes(scales, arena);
    relax_all(scales, arena);
    for (size_t c = 0; c < scales->moments->class_count; c++)
        scales->private_s = fmax(scales->private_s, scales->moments->private_s[c]);
    for (size_t i = 0; i < scales->moments->work_count; i++)
        if (!tail_part_is_light(scales->moments->works[i].law))
            scales->nodes[scales->moments->works[i].class_number].is_light = false;
    return scales;
}

/* ---- what a metric depends on ---------------------------------------------------------------- */

/* Whether the node is what the name says: itself, or a class of that workload. */
static bool is_named(const struct node *node, const char *name)
{
    const char *rest = node->name;
    while (*name != '\0' && *name == *rest) {
        name++;
        rest++;
    }
    return *name == '\0' && (*rest == '\0' || *rest == '.');
}

static void join_node(const struct node *node, struct study_scope *scope, double *queue_s)
{
    *queue_s = fmax(*queue_s, node->queue_s);
    scope->is_enumerated &= node->is_enumerated;
    scope->is_light &= node->is_light;
    if (node->relaxation_s > scope->relaxation_s) {
        scope->relaxation_s = node->relaxation_s;
        scope->relaxation_of = node->name;
    }
    if (node->fixed_s > scope->fixed_s) {
        scope->fixed_s = node->fixed_s;
        scope->fixed_of = node->fixed_of;
    }
    if (node->slowest_s > scope->slowest_s) {
        scope->slowest_s = node->slowest_s;
        scope->slowest_of = node->slowest_of;
        scope->is_limit = node->is_limit;
    }
}

/* The moment of that power of a work [1/s]. */
static double moment_of(const struct time_work *work, int power)
{
    double mean = distribution_rough_mean(work->law);
    if (power == 1)
        return work->draws_per_s * mean;
    double variance = distribution_variance(work->law);
    return work->draws_per_s * ((isfinite(variance) ? variance : 0) + mean * mean);
}

static double scv_of(const struct distribution *law)
{
    double mean = distribution_rough_mean(law), variance = distribution_variance(law);
    return isnan(variance) || !(mean > 0) ? 0 : variance / (mean * mean);
}

static int power_of(const struct time_work *work, enum time_power power)
{
    return power == TIME_POWER_QUEUE && work->is_queued && !work->is_bounded ? 2 : 1;
}

/* What a metric's tails are looked for in. */
struct search {
    struct scale_group group;
    const char *name; /* of the resource or workload; NULL: all */
    enum time_power power;
};

/* Whether the work of the group matters: what is not in a queue does to its own class alone. */
static bool is_on_the_way(const struct time_scales *scales, const struct time_work *work,
                          const struct search *search)
{
    const struct node *class = &scales->nodes[work->class_number];
    return work->is_queued || !search->name || is_named(class, search->name);
}

static void add_tail(const struct time_scales *scales, const struct time_work *work, int power,
                     double whole, struct study_scope *scope)
{
    double index = tail_part_index(work->law);
    if (isfinite(index) && !work->is_bounded)
        index = tail_part_cluster_index(index, power, work->spare);
    if (isfinite(index) && !work->is_bounded && index < scope->tail_index) {
        scope->tail_index = index;
        scope->tail_of = scales->nodes[work->class_number].name;
    }
    if (power == 1 || isfinite(distribution_variance(work->law)))
        scope->tails[scope->tail_count++] = (struct study_tail){
            work->law, power, moment_of(work, power) / whole, work->draws_per_s};
}

static void add_tails(const struct time_scales *scales, const struct search *search,
                      struct study_scope *scope, struct arena *arena)
{
    const struct time_moments *moments = scales->moments;
    double whole[] = {0, 0};
    size_t heavy = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1)
            scope->tails = arena_array(arena, heavy, sizeof *scope->tails);
        for (size_t i = 0; i < search->group.work_count; i++) {
            const struct time_work *work = &moments->works[search->group.works[i]];
            int power = power_of(work, search->power);
            if (!is_on_the_way(scales, work, search))
                continue;
            bool is_heavy = scv_of(work->law) > LIGHT_SCV;
            if (pass == 0) {
                whole[power - 1] += moment_of(work, power);
                heavy += is_heavy;
            } else if (is_heavy) {
                add_tail(scales, work, power, whole[power - 1], scope);
            }
        }
    }
}

const struct study_scope *time_scales_scope(const struct time_scales *scales, const char *resource,
                                            enum time_power power, struct arena *arena)
{
    struct study_scope *scope = arena_alloc(arena, sizeof *scope);
    struct arena *scratch = arena_open();
    const struct search search = {scale_groups_find(scales->groups, resource, scratch), resource,
                                  power};
    double queue_s = 0;
    *scope = (struct study_scope){.is_enumerated = true, .is_light = true, .tail_index = INFINITY};
    for (size_t i = 0; i < search.group.thing_count; i++)
        join_node(&scales->nodes[search.group.things[i]], scope, &queue_s);
    scope->memory_s = scope->relaxation_s - queue_s;
    if (power != TIME_POWER_NONE)
        add_tails(scales, &search, scope, arena);
    arena_close(scratch);
    return scope;
}

struct time_marks time_scales_marks(const struct time_scales *scales, const char *resource,
                                    struct arena *arena)
{
    bool *marks = arena_array(arena, scales->count, sizeof *marks);
    struct scale_group group = scale_groups_find(scales->groups, resource, arena);
    for (size_t i = 0; i < group.thing_count; i++)
        marks[group.things[i]] = true;
    return (struct time_marks){marks, marks + first_pool(scales), marks + first_cpu(scales),
                               marks + first_limiter(scales), marks + first_buffer(scales)};
}

double time_scales_warmup(const struct time_scales *scales, double share, double *relaxation_s)
{
    double warmup = scales->private_s;
    *relaxation_s = 0;
    for (size_t i = 0; i < scales->count; i++) {
        *relaxation_s = fmax(*relaxation_s, scales->nodes[i].relaxation_s);
        warmup = fmax(warmup, scales->nodes[i].backlog_s);
    }
    return fmax(warmup, relaxation_warmup(share) * *relaxation_s);
}
