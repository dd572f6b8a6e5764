/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/pool_nesting.h"

struct nesting_walk {
    const struct scenario *spec;
    size_t pool;
    int64_t requests; /* the largest bound of a hold that has another inside */
    int64_t depth;
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The most of the pool that is held at once in these steps, which at most `bound` requests are in.
 * Recursion: steps are at most SPEC_MAX_NESTING deep. */
static int64_t walk_steps(struct nesting_walk *walk, const struct step *steps, size_t count,
                          int64_t bound, bool holds)
{
    int64_t most = 0;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        bool is_hold = step->kind == STEP_HOLD && step->station == STATION_POOL;
        bool is_own = is_hold && step->pool == walk->pool;
        int64_t inside = bound;
        if (is_hold && !is_own && walk->spec->pools[step->pool].service == SPEC_NO_SERVICE)
            inside = smaller(bound, walk->spec->pools[step->pool].max);
        int64_t depth =
            walk_steps(walk, step->steps, step->step_count, inside, holds || is_own) + is_own;
        for (size_t b = 0; b < step->branch_count; b++)
            depth = larger(depth, walk_steps(walk, step->branches[b].steps,
                                             step->branches[b].step_count, bound, holds));
        if (is_own && !holds && depth > 1)
            walk->requests = larger(walk->requests, bound);
        most = larger(most, depth);
    }
    return most;
}

static int64_t most_requests(const struct arrival_spec *arrivals)
{
    bool is_bounded = arrivals->process == ARRIVAL_CLOSED || arrivals->process == ARRIVAL_LOAD_TEST;
    return is_bounded ? arrivals->customers : POOL_NESTING_UNBOUNDED;
}

struct pool_nesting pool_nesting_of(const struct scenario *spec, size_t pool)
{
    struct pool_nesting nesting = {.size = 1};
    if (spec->pools[pool].service != SPEC_NO_SERVICE)
        return nesting;
    for (size_t w = 0; w < spec->workload_count; w++) {
        const struct workload_spec *workload = &spec->workloads[w];
        struct nesting_walk walk = {.spec = spec, .pool = pool};
        for (size_t c = 0; c < workload->class_count; c++)
            walk.depth = larger(walk.depth, walk_steps(&walk, workload->classes[c].steps,
                                                       workload->classes[c].step_count,
                                                       most_requests(&workload->arrivals), false));
        if (walk.depth < 2)
            continue;
        nesting.depth = larger(nesting.depth, walk.depth);
        bool is_bounded = walk.requests != POOL_NESTING_UNBOUNDED &&
                          nesting.size != POOL_NESTING_UNBOUNDED &&
                          walk.requests < POOL_NESTING_UNBOUNDED / walk.depth - nesting.size;
        nesting.requests = is_bounded ? nesting.requests + walk.requests : POOL_NESTING_UNBOUNDED;
        nesting.size =
            is_bounded ? nesting.size + walk.requests * (walk.depth - 1) : POOL_NESTING_UNBOUNDED;
    }
    return nesting;
}
