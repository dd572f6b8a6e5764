/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_variants.h - a scenario under values laid over it, as sweeps, searches and draws ask for
 * it: the functions of an exploration_source and of a sensitivity_source. */
#ifndef CAPSIM_INPUTS_SCENARIO_SCENARIO_VARIANTS_H
#define CAPSIM_INPUTS_SCENARIO_SCENARIO_VARIANTS_H

#include "inputs/scenario/scenario.h"

/* The context of a sweep's or a search's source. */
struct scenario_variants {
    struct scenario_file *file; /* scenario_open */
    struct scenario_set *set;
};

/* The setting under further overrides; an error names the values that made it. */
bool scenario_variants_read(void *variants, const char *setting, const struct override *overrides,
                            size_t count, struct setting_spec *variant, struct error *err);
/* Places the error in the file, and names the values that made it. */
void scenario_variants_explain(void *variants, const struct override *overrides, size_t count,
                               struct error *err);

/* The context of draws is the struct scenario_request, with the text of the file. */
bool scenario_draws_read(void *request, const struct uncertain_draw *draws, size_t count,
                         struct arena *arena, struct scenario_set *set, struct error *err);
/* Places the error in the file, and says that the values were drawn. */
void scenario_draws_explain(void *request, const struct scenario_set *set, struct error *err);
/* scenario_close. */
void scenario_draws_close(void *request, struct scenario_set *set);

/* Refuses a set in which no input is uncertain: nothing could be drawn. */
bool scenario_draws_check(const struct scenario_set *set, struct error *err);

#endif
