/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cycles.h - how much of a system's own time a study has seen, and how much a claim about the long
 * run needs.
 *
 * Requests are no measure: a burst of 3 min each 100 min is not in ten runs of 10 min, whatever the
 * number of requests. A model's random time scales are: the relaxation time of its queues
 * (relaxation.h), and the slow ones (a cycle of an arrival process with states, incidents, rare
 * branches, lifetimes). A claim needs
 *
 * - 20 cycles of every slow scale, or where that is a limit on an age a whole one in each run: the
 *   chance to miss a state is e^-20, and its share of time is known to sqrt(2 / 20) = 32 %, which
 *   the replications then show in their spread;
 * - 100 relaxation times of queues for times and levels that queue, 20 of everything for the rest:
 *   with 20, a mean wait passes falsely in 4.8 % of studies and a p95 in 8.3 %;
 * - 5 / p relaxation times for a share that may be at most p (1 - q for a quantile), so that some
 *   clusters beyond the limit would be seen, were the truth on it; unless clusters were seen,
 *   (mean / standard error)^2 of at least 20.
 *
 * And of a period that repeats itself (jobs each night, the profile of a day) a whole one, where a
 * shorter run leaves out what is hard.
 *
 * Both verdicts are withheld below that: ten runs with two bursts where one was due fail falsely.
 * Times in seconds. */
#ifndef CAPSIM_SIM_STATS_CYCLES_H
#define CAPSIM_SIM_STATS_CYCLES_H

#include <stdbool.h>
#include <stddef.h>

/* What a claim rests on. */
struct cycles_case {
    double run_s;        /* measured time of one replication                                    */
    size_t runs;         /* replications                                                        */
    double relaxation_s; /* the longest on the way, >= 0                                        */
    double memory_s;     /* of it the memory of work itself, without that of queues; 0: none    */
    double slowest_s;    /* the longest slow random period; 0: none                             */
    bool is_limit;       /* that is a limit on an age: every run of that length reaches it, and
                            is as good as a cycle of its own                                    */
    double fixed_s;      /* the longest period that repeats itself, of which a run shows a part,
                            and not the hardest; 0: none                                        */
    double share;        /* p of the claim; 0: it is about a mean                               */
    bool is_queueing;    /* a time or a level that queues                                       */
    double clusters;     /* (mean / standard error)^2 of the share, 0 if not known              */
};

struct cycles_finding {
    double relaxations, relaxations_needed; /* INFINITY when relaxation_s is 0                  */
    double slow, slow_needed;               /* INFINITY and 0 without a slow scale              */
    double cycles;                          /* independent opportunities: the fewer of both     */
    bool is_enough;
    bool is_part; /* each run shows the same part of a period: more runs do not help            */
    double run_needed_s; /* of one replication, with as many of them; run_s when enough          */
};

/* Holds the time that was simulated against what the claim needs. */
struct cycles_finding cycles_judge(const struct cycles_case *cycles);

/* Independent opportunities of `runs` runs in which one pattern of this period repeats (constant
 * think times, cycles that begin together): a second period is no new evidence. */
double cycles_of_repeating(double run_s, size_t runs, double period_s, double relaxation_s);

/* What "duration": "auto" is made of. */
struct cycles_plan {
    size_t fewest_runs;
    double relaxation_s;
    double slowest_s; /* 0: none                                                              */
    double share;     /* the smallest of any claim's; 0: none                                  */
    double fixed_s;   /* a deterministic period, of which whole ones are run; 0: none          */
    double window_s;  /* whole windows; 0: none                                                */
    double least_s;   /* for other reasons                                                     */
};

/* The measured time of a run: 20 relaxation times, so that the warm-up is not most of it; in all
 * runs together max(100, 5 / share) of them and 20 slow cycles; at least least_s and 10 s; rounded
 * up to whole fixed periods, else whole windows. */
double cycles_auto_length(const struct cycles_plan *plan);

/* The highest share of events at which none is still likely in so many independent opportunities:
 * 1 - (alpha / 2)^(1 / n), Clopper & Pearson. It allows that in a cycle all fail. cycles > 0. */
double cycles_highest_unseen(double cycles, double confidence);
/* The opportunities that bring this bound to share: the least whole number. 0 < share < 1. */
double cycles_needed_unseen(double share, double confidence);

/* What stands between a system and an error that it never had: a level that must be reached first
 * (a wait the time-out, a queue its limit). */
struct cycles_margin {
    const double *largest; /* the largest level of each run, [i * stride]; NaN: none            */
    size_t count, stride;
    double limit;        /* > 0                                                               */
    bool is_light;       /* every law on the way is light (tail_part.h)                       */
    bool is_counted;     /* levels are whole numbers                                          */
    const double *below; /* with the same stride: what a level goes on from at `units`, so that
                            the two are one (busy units, then a queue), whose limit `limit` is;
                            or NULL                                                       */
    double units;
};

/* At most this share of runs reaches the limit, and so of errors, at the two-sided confidence:
 * by how many standard deviations the limit is beyond the runs' largest levels (tolerance.h), on
 * logarithms unless is_light. Equal whole numbers get the spread of a half. A run must be several
 * relaxation times long, or the largest levels are a mixture of runs with and without a burst: the
 * caller's to check. A level of 0 counts as the smallest above it, where at least half are above.
 * With m mechanisms ask for each with a confidence of 1 - (1 - confidence) / m,
 * and add up. 1 when it says nothing: fewer than 5 runs, no spread, most levels 0. */
double cycles_margin_bound(const struct cycles_margin *margin, double confidence);

/* How many times as much information decides with a chance of 90 %, when the estimate is |z|
 * standard errors from the limit and a look decides at c: the smallest k > 1 with (|z| sqrt(k) - c)
 * / sqrt(k - 1) >= 1.2816, since z at k times the information is normal with mean z sqrt(k) and
 * variance k - 1 (Spiegelhalter, Freedman & Blackburn, Controlled Clinical Trials 7 (1986)). 1 when
 * |z| >= c; INFINITY when |z| <= 1.5: closer to the limit than a simulation should be asked to
 * tell. */
double cycles_more_information(double z, double c);

/* That advice in numbers. */
struct cycles_advice {
    double runs, run_s;
};

/* more: from cycles_more_information. More runs, or where a warm-up of at least a quarter of a run
 * makes these dear, the fewest runs and longer ones: the same time in all. */
struct cycles_advice cycles_advise(double more, size_t runs, size_t fewest_runs, double run_s,
                                   double warmup_s);

#endif
