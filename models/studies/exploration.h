/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exploration.h - what sweeps and searches share: one setting of a scenario under values laid over
 * it, compiled (candidate.h).
 *
 * Nothing here reads a scenario: whoever can lends the means to. */
#ifndef CAPSIM_MODELS_STUDIES_EXPLORATION_H
#define CAPSIM_MODELS_STUDIES_EXPLORATION_H

#include "models/spec/vary.h"
#include "models/studies/candidate.h"

struct exploration_source {
    void *context;
    /* The setting with overrides[count] behind all others; its errors are complete. */
    bool (*read)(void *context, const char *setting, const struct override *overrides, size_t count,
                 struct setting_spec *variant, struct error *err);
    /* Completes the error of a variant that was read but cannot be compiled. */
    void (*explain)(void *context, const struct override *overrides, size_t count,
                    struct error *err);
};

struct exploration {
    struct exploration_source source;
    const struct vary *varied; /* [varied_count], at most VARY_MAX_PATHS */
    size_t varied_count;
    struct candidate_field field; /* open */
};

/* The candidate at which each varied path has the value of that text, compiled. */
bool exploration_candidate(struct exploration *exploration, const char *const *values,
                           struct candidate *candidate, struct error *err);

/* The columns of the ordinary metrics that the criteria judge, each once; in the field's arena. */
const int *exploration_judged_columns(const struct exploration *exploration,
                                      const struct candidate *candidate, size_t *count);

#endif
