/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interval_state.h - the bounds of an interval net while they are narrowed, and where each came
 * from. Shared by interval_net.c, which narrows and finds conflicts, and interval_text.c, which
 * puts the arithmetic into words. */
#ifndef CAPSIM_SIM_STATS_INTERVAL_STATE_H
#define CAPSIM_SIM_STATS_INTERVAL_STATE_H

#include "sim/stats/interval_net.h"

enum interval_side { SIDE_LOW, SIDE_HIGH };
enum interval_source { SOURCE_DOMAIN, SOURCE_CLAIM, SOURCE_LAW };

struct interval_variable {
    const char *name;
    enum interval_unit unit;
    double highest;
};

struct interval_claim {
    size_t variable;
    double low, high;
};

struct interval_net {
    struct arena *arena;
    struct interval_variable *variable;
    struct interval_claim *claim;
    struct interval_law *law;
    size_t variables, claims, laws;
    size_t variable_room, claim_room, law_room;
};

/* One narrowing of one side of one variable. Steps are never changed, so what a step was made of
 * stays known when its operands are narrowed again. */
struct interval_step {
    size_t variable;
    enum interval_side side;
    double value;
    enum interval_source source;
    size_t from;                            /* claim or law */
    size_t position;                        /* LAW: of the variable in it: terms = target */
    size_t operand[INTERVAL_NET_TERMS + 1]; /* steps, by position; SIZE_MAX: not used */
};

struct interval_trace {
    const struct interval_net *net;
    struct interval_step *step;
    size_t steps, room;
    size_t *current[2]; /* [side][variable]: its latest step */
    struct arena *arena;
};

/* The value of one side of a variable now. */
double interval_trace_at(const struct interval_trace *trace, size_t variable,
                         enum interval_side side);
/* Fills the lines, the claims and the doubt of a contradiction at variable. */
void interval_trace_explain(const struct interval_trace *trace, size_t variable,
                            struct interval_state *state);

#endif
