/* SPDX-License-Identifier: GPL-3.0-or-later */
/* probe.h - many settings at once on all cores, each until its verdict is decided: what sweeps and
 * searches are made of.
 *
 * A probe is one setting to be judged. It may be run in two ways (stages): with short replications,
 * which show what is obvious at a fraction of the cost, and with whole ones, which decide the rest
 * as study.h does. Rounds: every probe that is not decided runs its next look, all of them as one
 * batch, so that no core waits for a probe to end; then each is judged. The outcome of a probe
 * depends on itself and its references alone, never on threads or on which others run beside it.
 *
 * Confidence. The stages share the chance of being wrong, 1 - confidence (Bonferroni): the looks at
 * four, eight and twelve short replications get PROBE_SHORT_PART of it, the looks at whole ones the
 * rest, beginning with half the least number of them; a probe without short replications is studied
 * as study.h does. So each verdict holds with the confidence asked for, all its looks taken
 * together; hence a criterion that passes at one of them has passed, and what it was compared with
 * is not run again for it.
 *
 * What short replications may decide. A steady state does not depend on how long it is watched, but
 * what is left of the empty start weighs more in a short run. With x = relaxation time / measured
 * time, a warm-up of a quarter of it (pilot.h) and 10 replications the bias is of the order of
 * exp(-1 / (4 x)) sqrt(10 x) standard errors: below a quarter of the half width up to x = 0.3;
 * besides, each interval is widened by PROBE_GUARD of its estimate (of a share, of what is left to
 * 1 where that is less) before it is judged. An extreme of a run (the worst window, the highest
 * value) is more extreme in a longer one: of `blocks` short runs put in a row it has at most the
 * mean E + sd sqrt(blocks - 1), whatever its law and dependence (Aven, "Upper (lower) bounds on the
 * mean of the maximum (minimum) of a number of random variables", J. Appl. Probab. 22 (1985)), so
 * the interval is widened by that on the far side. A claim about one run passes where each of the
 * blocks keeps it so surely that all do (one_run_passes_by_parts), at the stage's confidence: then
 * the looks at whole ones must have been planned for the rest. It fails by their count, too: a
 * short run is how a whole one begins, so a whole one breaks it at least as often. A quantile that
 * is unresolved, or a pass of a setting that has no steady state, is left to the whole ones.
 *
 * The life: probe_set_open - fill probes[] - probe_set_run (as often as wanted) -
 * probe_set_close. */
#ifndef CAPSIM_SIM_STUDY_PROBE_H
#define CAPSIM_SIM_STUDY_PROBE_H

#include "sim/study/study.h"

enum probe_stage { PROBE_SHORT, PROBE_WHOLE, PROBE_STAGES };

/* Looks at short replications: four show what is decided by far; that nothing happened, far from
 * what would make it happen, takes some eight to bound a rate by 0.1 %. */
enum { PROBE_FAR_REPLICATIONS = 4, PROBE_RARE_REPLICATIONS = 8, PROBE_SHORT_REPLICATIONS = 12 };
#define PROBE_SHORT_PART 0.2
#define PROBE_GUARD 0.02

/* How a criterion of a probe behaves in runs of another length. */
enum probe_extreme { PROBE_STEADY, PROBE_HIGHEST, PROBE_LOWEST };

/* Settings that criteria compare with, run once for all probes of the group. They have the same
 * warm-up as the probes, which all have short replications or all have none. */
struct probe_group {
    const struct study_setting *settings[PROBE_STAGES]; /* [count]; their criteria are not judged */
    size_t count;
};

/* One setting. The first block is the caller's to fill, the rest is found. */
struct probe {
    size_t group;
    /* Criteria's references are indices into the group. replicate NULL: no short replications. */
    struct study_setting settings[PROBE_STAGES];
    const enum probe_extreme *extremes; /* [criterion_count] */
    size_t blocks;     /* short measured times in a whole one, rounded up                       */
    double short_cost; /* of a short replication, as a part of a whole one's                    */
    const int *wanted; /* [wanted_count] columns whose estimates are to be known to
                          wanted_precision, relative half width, if the least
                          number of whole replications can do it                */
    size_t wanted_count;
    double wanted_precision;
    bool is_only_shown; /* of wanted: not worth whole replications, nor any of what fails */

    bool is_finished;       /* nothing more is to be run: decided, or cannot be                  */
    bool has_failed_check;  /* it cannot pass                                                    */
    enum probe_stage stage; /* of what follows                                                   */
    enum verdict verdict;
    struct study_decision *decisions;  /* [criterion_count]               */
    struct estimate *estimates;        /* [column_count]; after each look */
    size_t replications[PROBE_STAGES]; /* finished                        */
    struct probe_run *run;             /* ours                            */
};

/* The number of whole replications that so many short ones and whole ones are worth. */
double probe_effort(const struct probe *probe);

struct probe_set {
    struct probe *probes;
    size_t count;
    struct probe_group *groups;
    size_t group_count;
    struct study_options options; /* of the whole replications; precision, confidence, workers */
    size_t most_whole; /* a probe is left open before a look at more whole ones; 0: none is    */
    /* Whether a finished result of whole replications obeys the laws that every run must. Short
     * ones show too little of what is rare to be held against a formula. NULL: there are none. */
    bool (*check)(const void *model, const struct study_result *result, struct arena *arena);
    /* Called for each probe when it is finished, one call at a time, from any thread; false with
     * err filled ends the run. NULL: none. */
    bool (*finished)(void *context, size_t probe, struct error *err);
    /* Called for each probe before its first replication begins, as finished is. NULL: none. */
    void (*begun)(void *context, size_t probe);
    void *finished_context;        /* of both */
    bool is_interrupted;           /* found: not all that was to be run was run */
    struct probe_machine *machine; /* ours */
};

/* Makes the set ready: what needs memory for the time of the runs gets it from arenas that
 * probe_set_close frees; decisions and estimates come from arena. Probes may be added later
 * (count grows, probes[] may move) as long as the groups stay. */
void probe_set_open(struct probe_set *set, struct arena *arena);
void probe_set_close(struct probe_set *set);

/* Runs those of probes chosen[count] that are not finished: at most to the stage `most`, where a
 * probe without short replications is left alone if that is PROBE_SHORT. An interruption is not an
 * error. */
bool probe_set_run(struct probe_set *set, const size_t *chosen, size_t count, enum probe_stage most,
                   struct error *err);

#endif
