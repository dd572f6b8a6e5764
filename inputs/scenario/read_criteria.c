/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_criteria.h"

#include "inputs/scenario/criterion.h"
#include "inputs/scenario/read_configured.h"
#include "sim/base/spelling.h"
#include <string.h>

enum { MAX_TEXT = 1000, MAX_CRITERIA = 10000 };

struct setting_names {
    const char *const *names;
    size_t count;
};

/* The name of a setting that there is. */
static bool as_setting(const struct json_cursor *at, struct setting_names settings,
                       const char **name)
{
    const char *text = json_string_value(at->value);
    if (text == NULL)
        return cursor_fail_type(at, "the name of a setting");
    for (size_t i = 0; i < settings.count; i++) {
        if (strcmp(settings.names[i], text) == 0) {
            *name = settings.names[i];
            return true;
        }
    }
    const char *meant = spelling_nearest(text, settings.names, settings.count);
    if (meant != NULL)
        return cursor_fail(at, "no setting %s; did you mean \"%s\"?", cursor_show(at), meant);
    return cursor_fail(at, "no setting %s; there are %s%s", cursor_show(at), settings.names[0],
                       settings.count > 1 ? " and those of \"settings\"" : " only");
}

static bool read_reference(struct json_cursor *at, struct setting_names settings,
                           struct criterion_spec *criterion)
{
    struct json_cursor reference = cursor_at(at, "no_worse_than"), margin = cursor_at(at, "margin");
    if (reference.value == NULL && margin.value != NULL)
        return cursor_fail_key(&margin,
                               "\"margin\" belongs to \"no_worse_than\", which is missing");
    if (reference.value == NULL)
        return true;
    if (!as_setting(&reference, settings, &criterion->no_worse_than))
        return false;
    return cursor_get_share(at, "margin", "0%", &criterion->margin);
}

static bool read_settings_list(struct json_cursor *at, struct setting_names settings,
                               struct criterion_spec *criterion)
{
    struct json_cursor list = cursor_at(at, "settings");
    if (list.value == NULL)
        return true;
    if (!cursor_open_list(&list, "names of settings", 1))
        return false;
    criterion->setting_count = json_array_size(list.value);
    const char **names = arena_array(at->context->arena, criterion->setting_count, sizeof *names);
    for (size_t i = 0; i < criterion->setting_count; i++) {
        struct json_cursor name = cursor_element(&list, i);
        if (!as_setting(&name, settings, &names[i]))
            return false;
    }
    criterion->settings = names;
    return true;
}

void read_criteria_note_words(const struct json_cursor *expect,
                              const struct criterion_spec *criterion)
{
    const char *written = criterion->expect + strspn(criterion->expect, " \t\n");
    size_t length = strlen(criterion->metric);
    bool is_same = strncmp(written, criterion->metric, length) == 0 &&
                   strchr(" \t\n<>=!", written[length]) != NULL;
    if (!is_same)
        context_warn(expect->context, "%s: \"%.*s\" is read as \"%s\"", cursor_path(expect),
                     (int)strcspn(written, " \t\n<>=!"), written, criterion->metric);
}

bool read_criteria_check_steps(const struct json_cursor *expect,
                               const struct criterion_spec *criterion, const struct run_spec *run)
{
    const char *word = criterion->span == SPAN_FOR ? "for" : "over";
    if (criterion->window_ns % run->window_ns != 0)
        return cursor_fail(expect,
                           "\"%s\" must be given a multiple of run.window, which is %.9gs; got %s",
                           word, (double)run->window_ns / 1e9, cursor_show(expect));
    if (criterion->window_ns / run->window_ns > READ_CRITERIA_MAX_STEPS)
        return cursor_fail(expect,
                           "\"%s\" has more than %d windows of run.window; a longer run.window is "
                           "due; got %s",
                           word, READ_CRITERIA_MAX_STEPS, cursor_show(expect));
    return true;
}

/* A window must fit into the run, and not too often. */
static bool check_window(const struct json_cursor *expect, const struct criterion_spec *criterion,
                         const struct run_spec *run)
{
    if (criterion->span == SPAN_WHOLE)
        return true;
    if (criterion->window_ns > run->duration_ns && criterion->span == SPAN_FOR)
        return cursor_fail(expect, "it must hold for longer than the run lasts (%.9gs); got %s",
                           (double)run->duration_ns / 1e9, cursor_show(expect));
    if (criterion->window_ns > run->duration_ns)
        return cursor_fail(expect, "the window is longer than the run's duration; got %s",
                           cursor_show(expect));
    if (criterion->span != SPAN_IN_EVERY)
        return read_criteria_check_steps(expect, criterion, run);
    if (!run->has_auto_duration &&
        run->duration_ns / criterion->window_ns > READ_CRITERIA_MAX_WINDOWS)
        return cursor_fail(expect, "the run has more than %d such windows; got %s",
                           READ_CRITERIA_MAX_WINDOWS, cursor_show(expect));
    return true;
}

static bool read_expect(struct json_cursor *at, const struct run_spec *run,
                        struct criterion_spec *criterion)
{
    struct json_cursor expect;
    if (!cursor_require(at, "expect", &expect) ||
        !cursor_as_text(&expect, MAX_TEXT, &criterion->expect))
        return false;
    criterion->pointer = cursor_pointer(&expect);
    if (!criterion_parse(criterion->expect, at->context->arena, criterion, at->context->err))
        return cursor_place(&expect, LOCATE_VALUE);
    read_criteria_note_words(&expect, criterion);
    if (!criterion->has_limit && json_object_get(at->value, "no_worse_than") == NULL)
        return cursor_fail(&expect,
                           "has no limit: write METRIC OP VALUE, or add "
                           "\"no_worse_than\"; got %s",
                           cursor_show(&expect));
    return check_window(&expect, criterion, run);
}

/* A setting is never worse than itself: such a criterion would always pass. */
static bool check_reference(struct json_cursor *at, struct setting_names settings,
                            const struct criterion_spec *criterion)
{
    bool is_itself = criterion->settings == NULL && settings.count == 1;
    for (size_t i = 0; criterion->settings && i < criterion->setting_count; i++)
        is_itself |= criterion->settings[i] == criterion->no_worse_than;
    struct json_cursor reference = cursor_at(at, "no_worse_than");
    return reference.value == NULL || !is_itself ||
           cursor_fail(&reference, "compares %s with itself", cursor_show(&reference));
}

/* Of a claim about one run; without it what a study takes. */
static bool read_probability(struct json_cursor *at, struct criterion_spec *criterion)
{
    struct json_cursor value = cursor_at(at, "probability");
    if (value.value == NULL)
        return true;
    if (!cursor_as_share(&value, &criterion->probability))
        return false;
    if (!(criterion->probability >= 0.5 && criterion->probability <= 0.9999))
        return cursor_fail(&value, "must be at least 50%% and at most 99.99%%; got %s",
                           cursor_show(&value));
    return true;
}

/* What of a rollout it is judged on. */
static bool read_reach(struct json_cursor *at, struct criterion_spec *criterion)
{
    static const char *const reaches[] = {
        [REACH_ALL] = "all", [REACH_WATCH] = "watch", [REACH_ROLLOUT] = "rollout"};
    struct json_cursor value = cursor_at(at, "to");
    size_t reach = REACH_ALL;
    if (value.value == NULL)
        return true;
    if (json_object_get(at->context->root, "rollout") == NULL)
        return cursor_fail_key(&value, "\"to\" says on which part of a rollout it is judged, and "
                                       "the scenario has no \"rollout\"");
    if (!cursor_as_choice(&value, "part of a rollout", reaches, 3, &reach))
        return false;
    criterion->reach = (enum criterion_reach)reach;
    if (criterion->reach != REACH_ROLLOUT)
        return true;
    if (!criterion->has_limit)
        return cursor_fail(&value, "the way is judged by a limit, which \"expect\" does not give");
    if (criterion->span == SPAN_FOR)
        return cursor_fail(&value, "\"for\" looks for a stretch in the watch and is not judged on "
                                   "the way; accepted are \"in every\" and \"over\"");
    return criterion->no_worse_than == NULL ||
           cursor_fail(&value, "\"no_worse_than\" compares the watch and is not judged on the way; "
                               "the limit needs a criterion of its own");
}

/* A criterion about what is set: nothing of a measurement fits it. */
static bool read_claim(struct json_cursor *at, struct setting_names settings,
                       struct criterion_spec *criterion)
{
    static const char *const others[] = {"no_worse_than", "margin", "probability", "to"};
    struct json_cursor expect = cursor_at(at, "expect");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct json_cursor other = cursor_at(at, others[i]);
        if (other.value != NULL)
            return cursor_fail_key(&other,
                                   "\"%s\" is for what is measured; %s is about what is set",
                                   others[i], cursor_show(&expect));
    }
    criterion->pointer = cursor_pointer(&expect);
    return cursor_as_text(&expect, MAX_TEXT, &criterion->expect) &&
           read_configured_parse(&expect, criterion) && read_settings_list(at, settings, criterion);
}

static bool read_criterion(struct json_cursor *at, struct setting_names settings,
                           const struct run_spec *run, struct criterion_spec *criterion,
                           bool *is_configured)
{
    static const char *const keys[] = {
        "name", "expect", "no_worse_than", "margin", "probability", "settings", "to", NULL};
    if (!cursor_open(at, "criterion", keys) ||
        !cursor_get_text(at, "name", CURSOR_REQUIRED, MAX_TEXT, &criterion->name))
        return false;
    struct json_cursor name = cursor_at(at, "name");
    if (criterion->name[0] == '\0')
        return cursor_fail(&name, "must not be empty");
    struct json_cursor expect = cursor_at(at, "expect");
    *is_configured = read_configured_is(&expect);
    if (*is_configured)
        return read_claim(at, settings, criterion) && cursor_close(at);
    return read_expect(at, run, criterion) && read_reference(at, settings, criterion) &&
           read_probability(at, criterion) && read_reach(at, criterion) &&
           read_settings_list(at, settings, criterion) &&
           check_reference(at, settings, criterion) && cursor_close(at);
}

bool read_criteria(struct json_cursor *at, const char *const *names, size_t name_count,
                   struct scenario *scenario)
{
    struct setting_names settings = {names, name_count};
    if (at->value == NULL)
        return true;
    if (!cursor_open_list(at, "criteria", 0))
        return false;
    size_t count = json_array_size(at->value);
    if (count > MAX_CRITERIA)
        return cursor_fail(at, "must be at most %d criteria; got %zu", MAX_CRITERIA, count);
    struct criterion_spec *criteria = arena_array(at->context->arena, count, sizeof *criteria);
    scenario->configured = arena_array(at->context->arena, count, sizeof *scenario->configured);
    for (size_t i = 0; i < count; i++) {
        struct json_cursor element = cursor_element(at, i);
        struct criterion_spec criterion = {0};
        bool is_configured = false;
        if (!read_criterion(&element, settings, &scenario->run, &criterion, &is_configured))
            return false;
        if (is_configured)
            scenario->configured[scenario->configured_count++] =
                (struct configured_spec){.criterion = criterion, .place = i};
        else
            criteria[scenario->criterion_count++] = criterion;
    }
    scenario->criteria = criteria;
    return true;
}
