/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claims_audit.h - claims about a system, held against each other and against the laws that no
 * system can break.
 *
 * Figures are what is spoken of, claims say what they are, ties say which law they obey together
 * (audit_laws.h), families are a mean and quantiles of the same time. A contradiction is told as
 * the smallest sets of claims that cannot all be true; what each claim of a set would have to be
 * follows from the others of the set alone. What follows on the whole rests on the claims in their
 * order, less each that contradicts those before it. */
#ifndef CAPSIM_MODELS_STUDIES_CLAIMS_AUDIT_H
#define CAPSIM_MODELS_STUDIES_CLAIMS_AUDIT_H

#include "models/studies/audit_laws.h"

enum { CLAIMS_MOST_ROLES = 5, CLAIMS_NO_FIGURE = -1 };

enum claims_law {
    CLAIMS_UTILIZATION,
    CLAIMS_LITTLE,
    CLAIMS_FLOW,
    CLAIMS_PRODUCT,
    CLAIMS_SHARE,
    CLAIMS_PART,
    CLAIMS_SAME,
    CLAIMS_MAKESPAN,
    CLAIMS_SUM,
    CLAIMS_LAWS
};

/* What a role's figure must be; CLAIMS_ANY, or CLAIMS_ALIKE: of the unit of the first role. */
enum { CLAIMS_ANY = -1, CLAIMS_ALIKE = -2 };

struct claims_law_row {
    const char *name; /* "utilization" */
    const char *role[CLAIMS_MOST_ROLES];
    int unit[CLAIMS_MOST_ROLES]; /* enum interval_unit, or of the two above */
    size_t roles;
    bool has_parts; /* a list of figures as well, of the unit of the first role */
};

/* In the order of enum claims_law. */
extern const struct claims_law_row claims_laws[CLAIMS_LAWS];

struct claims_figure {
    const char *name;
    enum interval_unit unit;
    double highest; /* INFINITY: no bound of its own */
};

struct claim {
    const char *text, *source; /* source NULL: not told */
    const char *value;         /* as written */
    size_t figure;
    double low, high;
};

struct claims_tie {
    enum claims_law law;
    const char *name; /* in the arithmetic, NULL: the law's own */
    size_t role[CLAIMS_MOST_ROLES];
    size_t part[INTERVAL_NET_TERMS], parts;
};

struct claims_family {
    int mean, greatest; /* figures, or CLAIMS_NO_FIGURE */
    struct audit_quantile quantile[INTERVAL_NET_TERMS - 1];
    size_t quantiles; /* ascending; variable: the figure */
};

struct claims {
    const char *name, *title;
    const struct claims_figure *figure;
    const struct claim *claim;
    const struct claims_tie *tie;
    const struct claims_family *family;
    size_t figures, claims, ties, families;
};

struct claims_audit {
    const struct claims *claims;
    struct interval_conflicts conflicts;
    const struct interval *needed[INTERVAL_NET_SETS]; /* [set][i]: what its claim i would have to
                                                         be, by the others of the set */
    const bool *is_left_out;                          /* [claims]: contradicts those before it */
    const struct interval *follows;                   /* [figures], from the claims not left out */
};

/* Everything in arena; claims must outlive it. */
struct claims_audit claims_audit_make(const struct claims *claims, struct arena *arena);

#endif
