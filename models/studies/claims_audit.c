/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/claims_audit.h"
#include <math.h>

/* A quantile that a mean lies below, unless few values carry it (audit_add_mean_below). */
static const double HIGH_QUANTILE = 0.95, LEAST_QUANTILE = 0.9;

const struct claims_law_row claims_laws[CLAIMS_LAWS] = {
    [CLAIMS_UTILIZATION] = {"utilization",
                            {"busy", "rate", "hold", "servers", "utilization"},
                            {UNIT_NONE, UNIT_PER_SECOND, UNIT_SECONDS, UNIT_NONE, UNIT_SHARE},
                            5,
                            false},
    [CLAIMS_LITTLE] = {"little",
                       {"in_system", "rate", "time"},
                       {UNIT_NONE, UNIT_PER_SECOND, UNIT_SECONDS},
                       3,
                       false},
    [CLAIMS_FLOW] = {"flow",
                     {"rate", "system_rate", "visits"},
                     {UNIT_PER_SECOND, UNIT_PER_SECOND, UNIT_NONE},
                     3,
                     false},
    [CLAIMS_PRODUCT] =
        {"product", {"product", "first", "second"}, {CLAIMS_ANY, CLAIMS_ANY, CLAIMS_ANY}, 3, false},
    [CLAIMS_SHARE] =
        {"share", {"share", "part", "whole"}, {UNIT_SHARE, CLAIMS_ANY, CLAIMS_ANY}, 3, false},
    [CLAIMS_PART] = {"part", {"part", "whole"}, {CLAIMS_ANY, CLAIMS_ALIKE}, 2, false},
    [CLAIMS_SAME] = {"same", {"figure", "as"}, {CLAIMS_ANY, CLAIMS_ALIKE}, 2, false},
    [CLAIMS_MAKESPAN] = {"makespan",
                         {"total", "jobs", "threads", "each"},
                         {UNIT_SECONDS, UNIT_NONE, UNIT_NONE, UNIT_SECONDS},
                         4,
                         false},
    [CLAIMS_SUM] = {"sum", {"whole"}, {CLAIMS_ANY}, 1, true},
};

static void add_tie(struct interval_net *net, const struct claims_tie *tie)
{
    const size_t *role = tie->role;
    const char *name = tie->name ? tie->name : claims_laws[tie->law].name;
    switch (tie->law) {
    case CLAIMS_UTILIZATION:
        audit_add_busy(net, role[0], role[1], role[2], role[3]);
        audit_add_utilization(net, role[4], role[0], role[3]);
        break;
    case CLAIMS_LITTLE:
        audit_add_little(net, role[0], role[1], role[2]);
        break;
    case CLAIMS_FLOW:
        audit_add_flow(net, role[0], role[1], role[2]);
        break;
    case CLAIMS_PRODUCT:
        audit_add_product(net, name, role[0], role[1], role[2]);
        break;
    case CLAIMS_SHARE:
        audit_add_share(net, role[0], role[1], role[2]);
        break;
    case CLAIMS_PART:
        audit_add_order(net, name, role[0], role[1]);
        break;
    case CLAIMS_SAME:
        audit_add_sum(net, name, role[0], &role[1], 1);
        break;
    case CLAIMS_MAKESPAN:
        audit_add_makespan(net, role[0],
                           interval_net_add_variable(net, "rounds", UNIT_NONE, INFINITY), role[1],
                           role[2], role[3]);
        break;
    case CLAIMS_SUM:
        audit_add_sum(net, name, role[0], tie->part, tie->parts);
        break;
    case CLAIMS_LAWS:
        break;
    }
}

/* The lowest quantile at 0.95 or above, or else the highest at 0.9 or above; quantiles: none. */
static size_t high_quantile(const struct claims_family *family)
{
    size_t chosen = family->quantiles;
    for (size_t i = family->quantiles; i > 0; i--) {
        double p = family->quantile[i - 1].p;
        if (p >= HIGH_QUANTILE || (p >= LEAST_QUANTILE && chosen == family->quantiles))
            chosen = i - 1;
    }
    return chosen;
}

static void add_family(struct interval_net *net, const struct claims_family *family)
{
    size_t high = high_quantile(family);
    if (family->mean == CLAIMS_NO_FIGURE) {
        for (size_t i = 1; i < family->quantiles; i++)
            audit_add_order(net, "quantiles are ordered", family->quantile[i - 1].variable,
                            family->quantile[i].variable);
        return;
    }
    audit_add_mean_of_quantiles(net, (size_t)family->mean, family->quantile, family->quantiles,
                                family->greatest == CLAIMS_NO_FIGURE ? AUDIT_NO_GREATEST
                                                                     : (size_t)family->greatest);
    if (high < family->quantiles)
        audit_add_mean_below(net, (size_t)family->mean, family->quantile[high].variable);
}

/* Figures are the first variables, claims the claims, by their numbers. */
static struct interval_net *make_net(const struct claims *claims, struct arena *arena)
{
    struct interval_net *net = interval_net_create(arena);
    for (size_t i = 0; i < claims->figures; i++)
        interval_net_add_variable(net, claims->figure[i].name, claims->figure[i].unit,
                                  claims->figure[i].highest);
    for (size_t i = 0; i < claims->claims; i++)
        interval_net_add_claim(net, claims->claim[i].figure, claims->claim[i].low,
                               claims->claim[i].high);
    for (size_t i = 0; i < claims->ties; i++)
        add_tie(net, &claims->tie[i]);
    for (size_t i = 0; i < claims->families; i++)
        add_family(net, &claims->family[i]);
    return net;
}

/* What each claim of the set would have to be. A set is minimal: the others can all be true. */
static const struct interval *needed_by(const struct interval_net *net, const struct claims *claims,
                                        const struct interval_state *set, struct arena *arena)
{
    struct interval *needed = arena_array(arena, set->claims, sizeof *needed);
    bool *is_left_out = arena_array(arena, claims->claims, sizeof *is_left_out);
    for (size_t k = 0; k < set->claims; k++) {
        for (size_t i = 0; i < claims->claims; i++)
            is_left_out[i] = true;
        for (size_t i = 0; i < set->claims; i++)
            is_left_out[set->claim[i]] = i == k;
        struct interval_state others = interval_net_solve(net, is_left_out, arena);
        needed[k] = others.bound[claims->claim[set->claim[k]].figure];
    }
    return needed;
}

/* Takes the claims in their order, each unless it contradicts those that were taken. */
static void take_in_order(const struct interval_net *net, struct claims_audit *audit,
                          struct arena *arena)
{
    size_t count = audit->claims->claims;
    bool *is_left_out = arena_array(arena, count, sizeof *is_left_out);
    for (size_t i = 0; i < count; i++)
        is_left_out[i] = audit->conflicts.count > 0;
    for (size_t i = 0; i < count && audit->conflicts.count > 0; i++) {
        is_left_out[i] = false;
        is_left_out[i] = !interval_net_solve(net, is_left_out, arena).is_consistent;
    }
    audit->is_left_out = is_left_out;
    audit->follows = interval_net_solve(net, is_left_out, arena).bound;
}

struct claims_audit claims_audit_make(const struct claims *claims, struct arena *arena)
{
    const struct interval_net *net = make_net(claims, arena);
    struct claims_audit audit = {.claims = claims, .conflicts = interval_net_conflicts(net, arena)};
    for (size_t i = 0; i < audit.conflicts.count; i++)
        audit.needed[i] = needed_by(net, claims, &audit.conflicts.set[i], arena);
    take_in_order(net, &audit, arena);
    return audit;
}
