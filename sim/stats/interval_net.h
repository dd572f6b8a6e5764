/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interval_net.h - figures as intervals, the laws between them, and which of them cannot all be
 * true.
 *
 * A variable is a quantity >= 0. A claim says that it lies in [low, high]. A law ties variables:
 *     target = / at most / at least   factor x product of (variable ^ power)
 *                                     factor + sum of (weight x variable), weights > 0
 *                                     ceil(first / second)
 * Bounds are narrowed law by law, in both directions, until nothing moves by more than 1e-9 of
 * itself (hull consistency: Davis, Artificial Intelligence 32 (1987); Benhamou & Granvilliers,
 * Handbook of Constraint Programming, ch. 16). That may miss a contradiction among dependent
 * quantities; it never finds one that is not there. An interval that becomes empty is one, and
 * every bound remembers what it came from: so the claims behind it are known, and the arithmetic.
 *
 * Smallest conflicting sets: the claims behind a contradiction, less those that it does without;
 * then each of them is left out in turn and what remains is tried again (Reiter's hitting-set tree,
 * Artificial Intelligence 32 (1987), 57), up to INTERVAL_NET_SETS sets. Every set is minimal:
 * without any of its claims the rest of it can be true. Owner: the arena. */
#ifndef CAPSIM_SIM_STATS_INTERVAL_NET_H
#define CAPSIM_SIM_STATS_INTERVAL_NET_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum { INTERVAL_NET_TERMS = 12, INTERVAL_NET_SETS = 32, INTERVAL_NET_LINES = 24 };

enum interval_unit { UNIT_NONE, UNIT_SECONDS, UNIT_PER_SECOND, UNIT_SHARE, UNIT_BYTES };
enum interval_form { FORM_PRODUCT, FORM_SUM, FORM_CEILING };
enum interval_relation { RELATION_EQUAL, RELATION_AT_MOST, RELATION_AT_LEAST };

struct interval_term {
    size_t variable;
    double power; /* PRODUCT: not 0; SUM: the weight, > 0; CEILING: ignored */
};

struct interval_law {
    const char *name;  /* "Little's law" */
    const char *doubt; /* what it supposes, or NULL: no system can break it */
    enum interval_form form;
    enum interval_relation relation;
    size_t target;
    double factor; /* PRODUCT: > 0; SUM: >= 0 */
    struct interval_term term[INTERVAL_NET_TERMS];
    size_t terms;
};

struct interval_net;

/* No variables, claims or laws. */
struct interval_net *interval_net_create(struct arena *arena);
/* A quantity in [0, highest] (INFINITY); its number. name and unit are for the arithmetic. */
size_t interval_net_add_variable(struct interval_net *net, const char *name,
                                 enum interval_unit unit, double highest);
/* variable lies in [low, high], 0 <= low <= high; the claim's number. */
size_t interval_net_add_claim(struct interval_net *net, size_t variable, double low, double high);
/* A law, by copy; its number. */
size_t interval_net_add_law(struct interval_net *net, const struct interval_law *law);

struct interval {
    double low, high;
};

struct interval_state {
    bool is_consistent;
    const struct interval *bound; /* [variables]; what follows, where consistent */
    const size_t *claim;          /* claim[claims]: those behind the contradiction, ascending */
    size_t claims;
    const char *line[INTERVAL_NET_LINES]; /* the arithmetic of the contradiction, in order */
    size_t lines;
    const char *doubt; /* of a law that it needs, NULL: it rests on nothing else */
};

/* What follows from the claims without those that is_left_out[claims] marks (NULL: from all). */
struct interval_state interval_net_solve(const struct interval_net *net, const bool *is_left_out,
                                         struct arena *arena);

struct interval_conflicts {
    struct interval_state set[INTERVAL_NET_SETS]; /* the smallest first; each minimal */
    size_t count;
    bool is_complete;      /* false: there may be more than were found */
    const size_t *culprit; /* claims of which any one, left out, makes the rest consistent */
    size_t culprits;
};

/* All of them; none where the claims are consistent. */
struct interval_conflicts interval_net_conflicts(const struct interval_net *net,
                                                 struct arena *arena);

/* "420 ms", "500/s", "15.8 %", "210": up to four digits. In the arena. */
const char *interval_net_text(double value, enum interval_unit unit, struct arena *arena);

#endif
