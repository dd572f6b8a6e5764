/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/setting_choice.h"
#include "inputs/json/wording.h"
#include "sim/base/spelling.h"
#include <string.h>

/* Says that the set, which has all settings of its file, has none of that name, as given by option.
 * Returns false. */
static bool refuse_setting(const struct scenario_set *set, const char *option, const char *name,
                           struct arena *arena, struct error *err)
{
    char shown[WORDING_SIZE];
    const char **names = arena_array(arena, set->setting_count, sizeof *names);
    for (size_t i = 0; i < set->setting_count; i++)
        names[i] = set->settings[i].name;
    const char *meant = spelling_nearest(name, names, set->setting_count);
    if (meant)
        error_set(err, STATUS_USAGE, "%s has no such setting; did you mean \"%s\"?", set->file,
                  meant);
    else
        error_set(err, STATUS_USAGE, "%s has no such setting; it has %s%s", set->file, names[0],
                  set->setting_count > 1 ? "" : " only");
    for (size_t i = 1; i < set->setting_count && !meant; i++)
        wording_append(err->message, sizeof err->message, ", %s", names[i]);
    error_set_file(
        err, arena_printf(arena, "%s %s", option, wording_shorten(name, strlen(name), shown)));
    return false;
}

size_t setting_choice_find(const struct scenario_set *set, const char *name)
{
    size_t i = 0;
    while (i < set->setting_count && strcmp(set->settings[i].name, name) != 0)
        i++;
    return i;
}

static bool ask_for_setting(const struct scenario_set *set, struct arena *arena, struct error *err)
{
    const char *names = "";
    for (size_t i = 0; i < set->setting_count; i++)
        names = arena_printf(arena, "%s%s%s", names, i > 0 ? ", " : "", set->settings[i].name);
    return error_set(err, STATUS_USAGE, "name the setting to explain with --setting: %s", names);
}

bool setting_choice_one(const struct scenario_set *set, const char *name,
                        enum setting_several several, struct arena *arena, size_t *setting,
                        struct error *err)
{
    if (name) {
        *setting = setting_choice_find(set, name);
        return *setting < set->setting_count || refuse_setting(set, "--setting", name, arena, err);
    }
    if (set->setting_count > 2 && several == SETTING_ASK)
        return ask_for_setting(set, arena, err);
    *setting = set->setting_count == 2 ? 1 : 0;
    return true;
}

static bool fail_change(const char *why, struct error *err)
{
    error_set_file(err, "--evidence");
    return error_set(err, STATUS_USAGE, "is about one change, from baseline to another setting; %s",
                     why);
}

bool setting_choice_change(const struct scenario_set *set, struct setting_pair *change,
                           struct error *err)
{
    size_t others = 0;
    *change = (struct setting_pair){.from = set->setting_count};
    for (size_t i = 0; i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, "baseline") == 0)
            change->from = i;
        else {
            change->to = i;
            others++;
        }
    if (change->from == set->setting_count)
        return fail_change("baseline was not chosen", err);
    if (others == 0)
        return fail_change("the scenario has no other", err);
    return others == 1 || fail_change("choose one with --setting NAME", err);
}

bool setting_choice_rollout_change(const struct scenario_set *set, struct error *err)
{
    if (strcmp(set->rollout->from, "baseline") == 0 && set->setting_count == 2)
        return true;
    error_set_file(err, "--evidence");
    return error_set(err, STATUS_USAGE,
                     "is about a change of baseline: this rollout is from \"%s\" to \"%s\"",
                     set->rollout->from, set->rollout->to);
}

/* The only setting that is not `from`. */
static bool find_other(const struct scenario_set *set, size_t from, size_t *other,
                       struct error *err)
{
    const char *name = set->settings[from].name;
    *other = from == 0 ? 1 : 0;
    if (set->setting_count == 2)
        return true;
    if (set->setting_count == 1)
        error_set(err, STATUS_USAGE,
                  "has no setting but \"%s\": name a second scenario, or compare it with itself by "
                  "--to %s",
                  name, name);
    else
        error_set(err, STATUS_USAGE, "has %zu settings: --to must say which one",
                  set->setting_count);
    error_set_file(err, set->file);
    return false;
}

bool setting_choice_pair(const struct scenario_set *from_set, const char *from,
                         const struct scenario_set *to_set, const char *to, struct arena *arena,
                         struct setting_pair *pair, struct error *err)
{
    pair->from = setting_choice_find(from_set, from ? from : "baseline");
    if (pair->from == from_set->setting_count)
        return refuse_setting(from_set, "--from", from, arena, err);
    if (!to && to_set == from_set)
        return find_other(from_set, pair->from, &pair->to, err);
    pair->to = setting_choice_find(to_set, to ? to : "baseline");
    return pair->to < to_set->setting_count || refuse_setting(to_set, "--to", to, arena, err);
}

size_t setting_choice_judged(const struct scenario_set *set)
{
    size_t judged = set->setting_count - 1;
    for (size_t i = 0; i < set->setting_count; i++) {
        const struct setting_spec *setting = &set->settings[i];
        for (size_t c = 0; c < setting->scenario.criterion_count; c++)
            if (criterion_applies(&setting->scenario.criteria[c], setting->name, set->has_settings))
                judged = i;
    }
    return judged;
}
