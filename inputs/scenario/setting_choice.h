/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setting_choice.h - which setting is meant: the one place where that is decided.
 *
 * The rule for one setting: the one that is named, else the only one beside baseline (or baseline
 * when it is alone). Where there are several, some subcommands take the file as it is written, and
 * some ask. A change is from baseline to the only other setting; a comparison from --from
 * (baseline) to --to (the only other one); a page is about the last setting that is judged. */
#ifndef CAPSIM_INPUTS_SCENARIO_SETTING_CHOICE_H
#define CAPSIM_INPUTS_SCENARIO_SETTING_CHOICE_H

#include "models/spec/spec.h"
#include "sim/base/arena.h"
#include "sim/base/error.h"

enum setting_several { SETTING_AS_WRITTEN, SETTING_ASK };

/* The number of the setting by the rule for one. name: of --setting, or NULL. */
bool setting_choice_one(const struct scenario_set *set, const char *name,
                        enum setting_several several, struct arena *arena, size_t *setting,
                        struct error *err);

struct setting_pair {
    size_t from, to;
};

/* The change that evidence is about. */
bool setting_choice_change(const struct scenario_set *set, struct setting_pair *change,
                           struct error *err);

/* What a rollout's evidence is about: its `from` must be baseline, and nothing else be read. */
bool setting_choice_rollout_change(const struct scenario_set *set, struct error *err);

/* What is compared: --from of the first set with --to of the second, which is `from_set` itself
 * for one scenario. Names may be NULL. */
bool setting_choice_pair(const struct scenario_set *from_set, const char *from,
                         const struct scenario_set *to_set, const char *to, struct arena *arena,
                         struct setting_pair *pair, struct error *err);

/* The last that some criterion applies to, or else the last. */
size_t setting_choice_judged(const struct scenario_set *set);

/* The setting called name; setting_count: none. */
size_t setting_choice_find(const struct scenario_set *set, const char *name);

#endif
