/* SPDX-License-Identifier: GPL-3.0-or-later */
/* candidate.h - settings with further overrides, made ready to be probed (probe.h): what a sweep or
 * a search tries.
 *
 * All candidates of a field share the settings that their criteria compare with, which are run
 * once, and their warm-ups. Finding a warm-up costs as much as deciding an easy candidate, so a
 * candidate borrows what was found for another whose most loaded station is nearer to its capacity:
 * nearer it takes longer to forget the start. By up to a factor of two, or by more where pilots of
 * the shortest length have shown it: less is never left out.
 *
 * Short replications measure a POINT_SHORT_PART of the time of whole ones, more if fewer than
 * PLAN_LEAST_REQUESTS would arrive in it or a criterion's window is longer. Candidates whose load
 * changes with time have none: what they show depends on when one looks; nor have those for which
 * they would not be shorter than half. */
#ifndef CAPSIM_MODELS_STUDIES_CANDIDATE_H
#define CAPSIM_MODELS_STUDIES_CANDIDATE_H

#include "models/studies/plan.h"
#include "sim/study/probe.h"

enum { POINT_SHORT_PART = 16 };

/* A claim about one run that is so near its limit that its runs would have to be counted stays
 * undecided after so many: beside a value that passes it is not worth hundreds of them. */
enum { CANDIDATE_PATIENCE = 20 };

/* What a warm-up was found for. */
struct candidate_pilot {
    double distance; /* of the highest offered utilization from 1; NaN: unknown */
    bool is_overload;
    int64_t duration_ns, warmup_ns;
    int64_t length_ns; /* of the pilot runs that showed it */
};

struct candidate_field {
    const struct scenario_set *set; /* with the settings that criteria compare with */
    const char *setting;            /* whose candidates these are                       */
    bool has_short;                 /* short replications may be used               */
    struct arena *arena;
    struct replications_options workers;
    struct candidate_pilot *pilots;
    size_t pilot_count, pilot_capacity;
    size_t pilots_run;
    struct probe_set probes; /* groups and probes; open                       */
    size_t probe_capacity, group_capacity;
    struct point_key *keys;        /* of the groups */
    struct candidate **candidates; /* of the probes */
};

struct candidate {
    const struct setting_spec *spec;
    struct plan plan;   /* whole replications; the settings compared with come first */
    struct plan brief;  /* short ones; count 0: none                                 */
    double utilization; /* highest offered one; NaN: unknown                         */
    int64_t short_ns;   /* measured time of a short replication; 0: none             */
    int64_t warmup_ns;  /* found or borrowed, where it is automatic                     */
    size_t probe;       /* once added                                                */
};

/* A field of candidates of one setting, which all criteria are judged for that are not for others
 * alone. set: every setting of the file; it, and options' workers' context, must outlive the field,
 * which lives in arena. precision, confidence and replications come from the setting. */
void candidate_field_open(struct candidate_field *field, const struct scenario_set *set,
                          const char *setting, const struct replications_options *workers,
                          struct arena *arena);
void candidate_field_close(struct candidate_field *field);

/* Compiles one candidate; its errors are plan_make's. */
bool candidate_make(struct candidate_field *field, const struct setting_spec *spec,
                    struct candidate *candidate, struct error *err);

/* Finds or borrows the candidate's warm-up. Those with the highest load should come first: others
 * can borrow from them. */
bool candidate_find_warmup(struct candidate_field *field, struct candidate *candidate,
                           bool *is_interrupted, struct error *err);

/* What is to be known of it beside its verdict: as in struct probe. */
struct candidate_wanted {
    const int *columns; /* [count] */
    size_t count;
    double precision;
    bool is_only_shown;
};

/* Adds the candidate, with its warm-up, to field->probes. */
void candidate_add(struct candidate_field *field, struct candidate *candidate,
                   const struct candidate_wanted *wanted);

/* The candidate's own model, of whole replications, and its number in the plan. */
const struct model *candidate_model(const struct candidate *candidate);
size_t candidate_index(const struct candidate *candidate);
/* Criterion number index of the candidate's probe, as it was read. */
const struct criterion_spec *candidate_criterion(const struct candidate_field *field,
                                                 const struct candidate *candidate, size_t index);

#endif
