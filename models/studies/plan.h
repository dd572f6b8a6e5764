/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h - all settings of a scenario as one study: their models, what they are judged by, and the
 * warm-up that they share.
 *
 * The life of a plan: plan_make - plan_run, or in steps plan_find_warmup -
 * study_run(plan.settings, plan.count ...). All
 * settings must agree on seed, replications, precision and confidence: a study has one of each. */
#ifndef CAPSIM_MODELS_STUDIES_PLAN_H
#define CAPSIM_MODELS_STUDIES_PLAN_H

#include "models/engine/model.h"
#include "sim/study/pilot.h"

/* Positions 0..count-1 are those of the scenario_set's settings. */
struct plan {
    const struct scenario_set *set;
    size_t count;
    struct model **models;
    struct study_setting *settings;
    struct study_options options; /* without workers                                 */
    double *warmup_s;             /* after plan_find_warmup                          */
    const char **warnings;        /* what the search for the warm-up found; or NULL  */
};

/* Compiles every setting of set, which must outlive the plan, into arena. STATUS_INPUT or
 * STATUS_MODEL errors are model_compile's, or two settings that disagree about the study. */
bool plan_make(const struct scenario_set *set, struct arena *arena, struct plan *plan,
               struct error *err);

/* Makes `to` a claim about one run: that it holds with at least that probability (0: 95 %). Of its
 * errors a quarter of that of passing goes to the looks at which no count can pass, as the Pocock
 * level of just these. */
void plan_count_runs(const struct run_spec *run, double probability, struct study_criterion *to,
                     struct arena *arena);

/* Settles the warm-up of every model: as given, or for "auto" by pilot runs (pilot.h) of a
 * sixteenth of the measured time, longer if fewer than PLAN_LEAST_REQUESTS would arrive. The
 * longest warm-up found is used for every setting that asks for "auto", so that differences compare
 * the same customers. A model without a steady state is not asked: it has no warm-up to find; one
 * whose arrivals change with time or end is measured from its start. One that is periodic is not
 * asked either: its first period is left out, in which every connection is new. With cycles the
 * warm-up ends at a whole period, if that is no longer than the measured time. Where even the
 * measured time is too short to settle, plan->warnings says so and the setting is is_transient
 * (study.h). */
bool plan_find_warmup(struct plan *plan, const struct replications_options *workers,
                      struct arena *arena, bool *is_interrupted, struct error *err);

/* The same in steps, for those who share findings between plans. Whether setting i has a warm-up to
 * find; what it alone needs, with plan->warnings as above; and what was found, for all settings. */
bool plan_has_to_find_warmup(const struct plan *plan, size_t i);
bool plan_find_warmup_of(struct plan *plan, size_t i, const struct replications_options *workers,
                         struct arena *arena, struct pilot_finding *finding, struct error *err);
void plan_set_warmup(struct plan *plan, int64_t found_ns);
/* The length of the first pilot runs for setting i [ns]. */
int64_t plan_first_pilot(const struct plan *plan, size_t i);

/* Finds the warm-up and runs the study; plan->options gets the workers. False with status
 * STATUS_OK: interrupted before every setting had a replication. */
bool plan_run(struct plan *plan, const struct replications_options *workers, struct arena *arena,
              struct study_outcome *outcome, struct error *err);

/* What the study will take, about: of the fewest replications the requests and how often they try,
 * retries included, and seconds of one core, of the fewest replications and, with as many attempts
 * as may be, of the most. */
struct plan_work {
    double requests, attempts;
    double least_s, most_s;
};
struct plan_work plan_expect_work(const struct plan *plan);
/* Bytes that the study will hold on so many threads, roughly: what is held now, what a replication
 * observes on each thread, and what is kept of each setting. */
double plan_expect_bytes(const struct plan *plan, unsigned threads);

/* All warnings about setting i, in arena: of reading it, of its model, of the search for its
 * warm-up. */
const char *const *plan_list_warnings(const struct plan *plan, size_t i, struct arena *arena,
                                      size_t *count);

struct plan_warning {
    const char *setting, *text;
};

/* The warnings about all settings, in arena: what several share once, under the first. */
const struct plan_warning *plan_list_all_warnings(const struct plan *plan, struct arena *arena,
                                                  size_t *count);

enum { PLAN_LEAST_REQUESTS = 2000, PLAN_PILOT_PART = 16 };

/* With fewer requests than this in the measured time, nothing shows whether it settled. */
enum { PLAN_FEWEST_REQUESTS = 20 };

#endif
