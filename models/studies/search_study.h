/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search_study.h - the smallest, or the largest, value of one path at which every criterion passes
 * (search.h), starting where the load that follows from the scenario alone begins to be allowed. */
#ifndef CAPSIM_MODELS_STUDIES_SEARCH_STUDY_H
#define CAPSIM_MODELS_STUDIES_SEARCH_STUDY_H

#include "models/studies/exploration.h"
#include "sim/study/search.h"

/* A candidate that was compiled. */
struct search_tried {
    size_t candidate; /* number of its value */
    struct candidate point;
    bool is_added; /* to the field's probes */
    struct search_tried *next;
};

struct search_study {
    struct exploration exploration; /* of one path, opened by the caller */
    struct search search;           /* its resolution is the caller's to set */
    struct search_finding finding;
    struct search_tried *tried; /* newest first */
    /* Above 0: the search is brief. It is the same, but whole replications are at most twice the
     * fewest of a study; what they leave open stays undecided, and so does what would exceed so
     * many requests. The search ends, as if interrupted, where the short ones of a candidate would,
     * or at one that has none. */
    double most_requests;
    double requests; /* simulated by a brief one, about */
    bool is_cut;     /* found: that ended it */
};

/* Searches. False with status STATUS_OK: interrupted before there was anything. STATUS_USAGE: no
 * criterion applies to the setting. */
bool search_study_run(struct search_study *study, enum search_aim aim, struct error *err);

/* Value number `candidate` as text, in the field's arena. */
const char *search_study_value(const struct search_study *study, size_t candidate);
/* The candidate of that number, if it was compiled; or NULL. */
struct search_tried *search_study_find(const struct search_study *study, size_t candidate);
/* What was found of it, once it is added. */
const struct probe *search_study_probe(const struct search_study *study,
                                       const struct search_tried *tried);
/* The criterion that is nearest to failing, or furthest beyond it, and its score: the distance from
 * the limit relative to it, above 0 when the estimates meet it. */
size_t search_study_binding(const struct search_study *study, const struct search_tried *tried,
                            double *score);

/* The criterion that decides the verdict of the candidate: of a fail or an undecided one, that of
 * those which fail or are undecided with the least score; else search_study_binding's. */
size_t search_study_nearest(const struct search_study *study, const struct search_tried *tried);

#endif
