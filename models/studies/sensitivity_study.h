/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sensitivity_study.h - carries what the inputs may be through to the verdicts: values are drawn
 * for all uncertain inputs together (sensitivity.h), and each draw is simulated a few times.
 *
 * Each draw is a scenario of its own, read anew from the same bytes by whoever can. */
#ifndef CAPSIM_MODELS_STUDIES_SENSITIVITY_STUDY_H
#define CAPSIM_MODELS_STUDIES_SENSITIVITY_STUDY_H

#include "models/studies/plan.h"
#include "sim/study/sensitivity.h"

/* Something that every draw gives a value: a criterion's metric in a setting, or where nothing is
 * judged, a workload's mean response. */
struct sensitivity_quantity {
    const char *setting, *name, *metric, *unit;
    size_t setting_number;
    int criterion; /* number in the setting's study_criterion; -1: not judged                */
    int column;    /* of the setting's model                                                */
};

/* What the draws gave. Row d of each is draw d. */
struct sensitivity_findings {
    const struct scenario_set *set; /* with the central values                             */
    const struct uncertain_input *inputs;
    size_t input_count;
    const struct sensitivity_quantity *quantities;
    size_t quantity_count;
    size_t draws, replications; /* finished, of those planned; each                          */
    size_t draws_planned;
    const double *factors; /* [draws * input_count] input over its central value           */
    const double *values;  /* [quantity_count][draws_planned * replications]               */
    const bool *holds;     /* [draws_planned * quantity_count] by the estimate             */
    const bool *is_sure;   /* likewise: the interval says so too                           */
    double confidence;
    double warmup_s;
    bool is_interrupted;
};

/* Reads the scenario with values drawn for its uncertain inputs. */
struct sensitivity_source {
    void *context;
    /* Its errors are complete. */
    bool (*read)(void *context, const struct uncertain_draw *draws, size_t count,
                 struct arena *arena, struct scenario_set *set, struct error *err);
    /* Completes the error of a set that was read but cannot be compiled. */
    void (*explain)(void *context, const struct scenario_set *set, struct error *err);
    /* Lets go of a set; also of zeros. */
    void (*close)(void *context, struct scenario_set *set);
};

/* The plan of the scenario with its uncertain inputs at the quantiles u[central->uncertain.count],
 * and with the warm-ups of the plan of the central values. What it reads goes into set. */
bool sensitivity_source_plan(const struct sensitivity_source *source,
                             const struct scenario_set *central, const double *u,
                             const double *warmup_s, struct arena *arena, struct scenario_set *set,
                             struct plan *plan, struct error *err);

struct sensitivity_study {
    struct sensitivity_source source; /* by the caller */
    struct arena *arena;
    const struct scenario_set *set; /* central values */
    struct plan *plan;              /* of it           */
    double *u;                      /* [draws * inputs] */
    struct sensitivity_findings findings;
    double *values;
    bool *holds, *is_sure;
    struct replications_options workers;
};

/* Lists what is watched and draws the design. draws, replications of each: 0 means as usual. */
void sensitivity_study_make(struct sensitivity_study *study, const struct scenario_set *set,
                            struct plan *plan, size_t draws, size_t replications,
                            struct arena *arena);

/* Finds the warm-up of the central values, which all draws share, and simulates the draws. False
 * with status STATUS_OK: interrupted before a draw was finished. */
bool sensitivity_study_run(struct sensitivity_study *study,
                           const struct replications_options *workers, struct error *err);

#endif
