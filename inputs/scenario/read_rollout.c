/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_rollout.h"

#include "inputs/scenario/criterion.h"
#include "inputs/scenario/read_criteria.h"
#include "models/spec/rollout_rules.h"
#include "sim/base/duration_text.h"
#include "sim/base/spelling.h"
#include <string.h>

enum { MAX_RULES = 100, MAX_TEXT = 1000, MAX_WINDOWS = 2000 };

/* ---- names ----------------------------------------------------------------------------------- */

/* The setting that the text at `at` names. */
static bool find_setting(const struct json_cursor *at, const char *const *names, size_t count,
                         const char **setting)
{
    const char *text = json_string_value(at->value);
    if (text == NULL)
        return cursor_fail_type(at, "the name of a setting");
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], text) != 0)
            continue;
        *setting = names[i];
        return true;
    }
    const char *meant = spelling_nearest(text, names, count);
    if (meant != NULL)
        return cursor_fail(at, "no setting %s; did you mean \"%s\"?", cursor_show(at), meant);
    return cursor_fail(at, "no setting %s; the scenario has \"%s\"%s", cursor_show(at), names[0],
                       count > 1 ? ", ..." : " only");
}

static bool read_settings(struct json_cursor *at, const char *const *names, size_t count,
                          struct rollout_spec *rollout)
{
    struct json_cursor from, to;
    bool found;
    rollout->from = names[0]; /* baseline */
    return cursor_find(at, "from", "baseline", &from, &found) &&
           (!found || find_setting(&from, names, count, &rollout->from)) &&
           cursor_require(at, "to", &to) && find_setting(&to, names, count, &rollout->to);
}

static bool find_service(const struct json_cursor *at, const struct scenario *scenario,
                         size_t *service)
{
    const char *text = json_string_value(at->value);
    const char **names = arena_array(at->context->arena, scenario->service_count, sizeof *names);
    if (text == NULL)
        return cursor_fail_type(at, "the name of a service, or null");
    for (size_t s = 0; s < scenario->service_count; s++) {
        names[s] = scenario->services[s].name;
        if (strcmp(names[s], text) != 0)
            continue;
        *service = s;
        return true;
    }
    const char *meant = spelling_nearest(text, names, scenario->service_count);
    if (meant != NULL)
        return cursor_fail(at, "no service %s; did you mean \"%s\"?", cursor_show(at), meant);
    return cursor_fail(at, "no service %s; the scenario has %s", cursor_show(at),
                       scenario->service_count > 0 ? names[0] : "none");
}

static bool read_service(struct json_cursor *at, const struct scenario *scenario,
                         struct rollout_spec *rollout)
{
    struct json_cursor service;
    bool found;
    rollout->service = SPEC_NO_SERVICE;
    return cursor_find(at, "service", CURSOR_NONE, &service, &found) &&
           (!found || find_service(&service, scenario, &rollout->service));
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* What stands in place of a limit: no worse than before the rollout by more than a margin. */
static bool read_comparison(struct json_cursor *at, struct rollout_rule *rule)
{
    static const char *const moments[] = {"before"};
    struct json_cursor when = cursor_at(at, "when"), worse = cursor_at(at, "worse_than");
    struct json_cursor margin = cursor_at(at, "margin");
    size_t moment = 0;
    rule->is_relative = worse.value != NULL;
    if (rule->is_relative && rule->when.has_limit)
        return cursor_fail(&worse, "a limit in \"when\", or \"worse_than\", not both");
    if (!rule->is_relative && margin.value != NULL)
        return cursor_fail_key(&margin, "\"margin\" needs \"worse_than\"");
    if (!rule->is_relative && !rule->when.has_limit)
        return cursor_fail(&when,
                           "has no limit: write METRIC OP VALUE, or add "
                           "\"worse_than\": \"before\"; got %s",
                           cursor_show(&when));
    return !rule->is_relative || (cursor_as_choice(&worse, "moment", moments, 1, &moment) &&
                                  cursor_get_share(at, "margin", "0%", &rule->margin));
}

/* "for" may stand behind the condition instead of in its key: then it is taken out of the text. */
static bool take_hold(struct json_cursor *at, const struct json_cursor *text,
                      struct rollout_rule *rule)
{
    struct criterion_spec *when = &rule->when;
    if (when->span != SPAN_FOR)
        return true;
    if (cursor_at(at, "for").value != NULL)
        return cursor_fail(
            text,
            "says how long it must hold, and so does the key \"for\": one of them is "
            "too many; got %s",
            cursor_show(text));
    rule->for_ns = when->window_ns;
    when->span = SPAN_WHOLE;
    when->expect = when->has_limit ? arena_printf(at->context->arena, "%s %s %s", when->metric,
                                                  comparison_text(when->op), when->limit_text)
                                   : when->metric;
    return true;
}

static bool read_when(struct json_cursor *at, const struct run_spec *run, struct rollout_rule *rule)
{
    struct criterion_spec *when = &rule->when;
    struct json_cursor text;
    if (!cursor_require(at, "when", &text) || !cursor_as_text(&text, MAX_TEXT, &when->expect))
        return false;
    when->pointer = cursor_pointer(&text);
    if (!criterion_parse(when->expect, at->context->arena, when, at->context->err))
        return cursor_place(&text, LOCATE_VALUE);
    read_criteria_note_words(&text, when);
    if (when->span == SPAN_IN_EVERY)
        return cursor_fail(&text,
                           "a rule is looked at after each run.window (%.9gs); for a longer window "
                           "that slides write \"over\", not \"in every\"; got %s",
                           (double)run->window_ns / 1e9, cursor_show(&text));
    return (when->span != SPAN_OVER || read_criteria_check_steps(&text, when, run)) &&
           take_hold(at, &text, rule) && read_comparison(at, rule);
}

/* A rollback rule without a name goes by what it says. */
static bool read_rule(struct json_cursor *at, const char *what, const char *name_default,
                      const struct run_spec *run, struct rollout_rule *rule)
{
    static const char *const keys[] = {"name",       "when",   "for", "severity",
                                       "worse_than", "margin", NULL};
    if (!cursor_open(at, what, keys) ||
        !cursor_get_text(at, "name", name_default, MAX_TEXT, &rule->name) ||
        !read_when(at, run, rule) ||
        !cursor_get_duration(at, "for", CURSOR_OPTIONAL, CURSOR_FROM_ZERO, &rule->for_ns) ||
        !cursor_get_text(at, "severity", CURSOR_OPTIONAL, MAX_TEXT, &rule->severity))
        return false;
    struct json_cursor name = cursor_at(at, "name");
    if (rule->name != NULL && rule->name[0] == '\0')
        return cursor_fail(&name, "must not be empty");
    if (rule->name == NULL)
        rule->name = rule->is_relative
                         ? arena_printf(at->context->arena, "%s %.6g%% worse than before",
                                        rule->when.expect, 100 * rule->margin)
                         : rule->when.expect;
    return cursor_close(at);
}

static bool read_rules(struct json_cursor *list, const char *what, const char *name_default,
                       const struct run_spec *run, const struct rollout_rule **rules, size_t *count)
{
    if (list->value == NULL)
        return true;
    if (!cursor_open_list(list, list->key, 0))
        return false;
    *count = json_array_size(list->value);
    if (*count > MAX_RULES)
        return cursor_fail(list, "must be at most %d rules; got %zu", MAX_RULES, *count);
    struct rollout_rule *made = arena_array(list->context->arena, *count, sizeof *made);
    for (size_t i = 0; i < *count; i++) {
        struct json_cursor element = cursor_element(list, i);
        if (!read_rule(&element, what, name_default, run, &made[i]))
            return false;
        struct json_cursor name = cursor_at(&element, "name");
        for (size_t k = 0; k < i; k++)
            if (strcmp(made[k].name, made[i].name) == 0)
                return cursor_fail(name.value ? &name : &element, "two rules are called \"%s\"",
                                   made[i].name);
    }
    *rules = made;
    return true;
}

/* ---- times ----------------------------------------------------------------------------------- */

static bool read_batch(struct json_cursor *at, const struct scenario *scenario,
                       struct rollout_spec *rollout)
{
    rollout->batch = 1;
    if (!cursor_get_integer(at, "batch", "1", 0, SPEC_MAX_REPLICAS, &rollout->batch))
        return false;
    struct json_cursor batch = cursor_at(at, "batch");
    struct json_cursor *place = batch.value ? &batch : at;
    if (rollout->service == SPEC_NO_SERVICE)
        return rollout->batch == 0 ||
               cursor_fail(place, "what is in no service changes in place only: give a "
                                  "\"service\", or \"batch\": 0");
    const struct service_spec *service = &scenario->services[rollout->service];
    return rollout->batch <= service->replicas ||
           cursor_fail(place, "must be at most %lld, the replicas of %s; got %lld",
                       (long long)service->replicas, service->name, (long long)rollout->batch);
}

/* What a restart takes; a reload takes nothing. */
static bool read_restart(struct json_cursor *at, struct rollout_spec *rollout)
{
    static const char *const of_restarts[] = {"drain_timeout", "restart_time", "pause"};
    for (size_t i = 0; rollout->batch == 0 && i < 3; i++)
        if (cursor_at(at, of_restarts[i]).value != NULL)
            context_warn(at->context,
                         "rollout.%s has no effect with \"batch\": 0, which restarts "
                         "nothing",
                         of_restarts[i]);
    rollout->drain_timeout_ns = INT64_C(30000000000);
    bool restarts = rollout->batch > 0;
    bool is_read =
        cursor_get_duration(at, "drain_timeout", restarts ? "30s" : CURSOR_OPTIONAL,
                            CURSOR_FROM_ZERO, &rollout->drain_timeout_ns) &&
        cursor_get_duration(at, "restart_time", restarts ? CURSOR_REQUIRED : CURSOR_OPTIONAL,
                            CURSOR_FROM_ZERO, &rollout->restart_time_ns) &&
        cursor_get_duration(at, "pause", restarts ? "0s" : CURSOR_OPTIONAL, CURSOR_FROM_ZERO,
                            &rollout->pause_ns);
    if (!restarts)
        rollout->drain_timeout_ns = rollout->restart_time_ns = rollout->pause_ns = 0;
    return is_read;
}

static bool check_length(const struct json_cursor *at, const struct scenario *scenario,
                         const struct rollout_spec *rollout)
{
    double window = (double)scenario->run.window_ns;
    double each = (double)rollout->drain_timeout_ns + (double)rollout->restart_time_ns +
                  (double)rollout->pause_ns;
    double length = (double)rollout->at_ns + (double)rollout->watch_ns +
                    (double)rollout->rollback_time_ns +
                    each * rollout_rules_count_batches(scenario, rollout);
    return length / window <= MAX_WINDOWS ||
           cursor_fail(at,
                       "takes up to %s, which is more than %d windows of run.window; a "
                       "longer run.window is due",
                       duration_text(length / 1e9, at->context->arena), MAX_WINDOWS);
}

bool read_rollout(struct json_cursor *at, const char *const *names, size_t name_count,
                  const struct scenario *scenario, const struct rollout_spec **rollout)
{
    static const char *const keys[] = {
        "at",    "from",         "to",    "service", "batch",         "drain_timeout",
        "pause", "restart_time", "watch", "alerts",  "rollback_when", "rollback_time",
        NULL};
    if (at->value == NULL)
        return true;
    struct rollout_spec *made = arena_alloc(at->context->arena, sizeof *made);
    *made = (struct rollout_spec){.watch_ns = INT64_C(3600000000000),
                                  .rollback_time_ns = INT64_C(300000000000)};
    if (!cursor_open(at, "rollout", keys) || !read_settings(at, names, name_count, made) ||
        !cursor_get_duration(at, "at", CURSOR_REQUIRED, CURSOR_ABOVE_ZERO, &made->at_ns) ||
        !read_service(at, scenario, made) || !read_batch(at, scenario, made) ||
        !read_restart(at, made) ||
        !cursor_get_duration(at, "watch", "60min", CURSOR_ABOVE_ZERO, &made->watch_ns))
        return false;
    struct json_cursor alerts = cursor_at(at, "alerts"), rollbacks = cursor_at(at, "rollback_when");
    if (!read_rules(&alerts, "alert", CURSOR_REQUIRED, &scenario->run, &made->alerts,
                    &made->alert_count) ||
        !read_rules(&rollbacks, "rollback rule", CURSOR_OPTIONAL, &scenario->run, &made->rollbacks,
                    &made->rollback_count) ||
        !cursor_get_duration(at, "rollback_time",
                             made->rollback_count > 0 ? "5min" : CURSOR_OPTIONAL, CURSOR_FROM_ZERO,
                             &made->rollback_time_ns) ||
        !check_length(at, scenario, made))
        return false;
    *rollout = made;
    return cursor_close(at);
}
