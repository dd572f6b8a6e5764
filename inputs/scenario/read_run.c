/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_run.h"

#include <string.h>

enum { MAX_WINDOWS = 1000000, DEFAULT_MIN = 20, DEFAULT_MAX = 400 };
#define MINUTE_NS INT64_C(60000000000)

static bool read_replications(struct json_cursor *at, struct run_spec *run)
{
    struct json_cursor value;
    bool found;
    int64_t min = DEFAULT_MIN, max = DEFAULT_MAX;
    if (!cursor_find(at, "replications", "[20, 400]", &value, &found))
        return false;
    if (found && json_is_integer(value.value)) {
        if (!cursor_as_integer(&value, 1, SPEC_MAX_REPLICATIONS, &min))
            return false;
        max = min;
    } else if (found) {
        struct json_cursor first = cursor_element(&value, 0), second = cursor_element(&value, 1);
        if (json_array_size(value.value) != 2)
            return cursor_fail_type(&value, "a list of two, [min, max], or one whole number");
        if (!cursor_as_integer(&first, 1, SPEC_MAX_REPLICATIONS, &min) ||
            !cursor_as_integer(&second, 1, SPEC_MAX_REPLICATIONS, &max))
            return false;
        if (min > max)
            return cursor_fail(&value, "min must be at most max; got %s", cursor_show(&value));
    }
    run->min_replications = (size_t)min;
    run->max_replications = (size_t)max;
    return true;
}

/* "auto" is settled when the whole scenario has been read (run_length.h); until then it is long
 * enough for anything. */
static bool read_duration(struct json_cursor *at, struct run_spec *run)
{
    struct json_cursor value;
    if (!cursor_require(at, "duration", &value))
        return false;
    const char *text = json_string_value(value.value);
    run->has_auto_duration = text != NULL && strcmp(text, "auto") == 0;
    run->duration_ns = QUANTITY_MAX_NS / 4;
    return run->has_auto_duration ||
           cursor_as_duration(&value, CURSOR_ABOVE_ZERO, &run->duration_ns, NULL);
}

static bool read_warmup(struct json_cursor *at, struct run_spec *run)
{
    struct json_cursor value;
    bool found;
    if (!cursor_find(at, "warmup", "auto", &value, &found))
        return false;
    const char *text = json_string_value(value.value);
    run->has_auto_warmup = !found || (text != NULL && strcmp(text, "auto") == 0);
    if (run->has_auto_warmup)
        return true;
    if (text == NULL || strchr("0123456789-", text[0]) == NULL)
        return cursor_fail_type(&value, "\"auto\" or a duration with its unit (\"1min\")");
    if (!cursor_as_duration(&value, CURSOR_FROM_ZERO, &run->warmup_ns, NULL))
        return false;
    if (run->warmup_ns >= run->duration_ns)
        return cursor_fail(&value, "must be shorter than duration; got %s", cursor_show(&value));
    if (run->warmup_ns > QUANTITY_MAX_NS - run->duration_ns)
        return cursor_fail(&value, "warmup and duration together must be at most 146 years "
                                   "(2^62 ns)");
    return true;
}

/* A share strictly between two bounds. */
static bool get_open_share(struct json_cursor *at, const char *key, const char *fallback,
                           double lowest, double highest, double *share)
{
    struct json_cursor value;
    bool found;
    if (!cursor_find(at, key, fallback, &value, &found))
        return false;
    if (!found)
        return true;
    if (!cursor_as_share(&value, share))
        return false;
    return (*share > lowest && *share < highest) ||
           cursor_fail(&value, "must be above %g%% and below %g%%; got %s", 100 * lowest,
                       100 * highest, cursor_show(&value));
}

static bool read_window(struct json_cursor *at, struct run_spec *run)
{
    bool is_short = run->duration_ns < MINUTE_NS;
    run->window_ns = is_short ? run->duration_ns : MINUTE_NS;
    if (!cursor_get_duration(at, "window", is_short ? "the duration" : "1min", CURSOR_ABOVE_ZERO,
                             &run->window_ns))
        return false;
    struct json_cursor window = cursor_at(at, "window");
    if (run->window_ns > run->duration_ns)
        return cursor_fail(&window, "must not be longer than duration; got %s",
                           cursor_show(&window));
    if (!run->has_auto_duration && run->duration_ns / run->window_ns > MAX_WINDOWS)
        return cursor_fail(window.value != NULL ? &window : at,
                           "duration has more than %d windows of the series; a longer \"window\" "
                           "is due",
                           MAX_WINDOWS);
    return true;
}

bool read_run(struct json_cursor *at, struct run_spec *run)
{
    static const char *const keys[] = {"duration",   "warmup", "replications", "precision",
                                       "confidence", "seed",   "window",       NULL};
    int64_t seed = 1;
    *run = (struct run_spec){.precision = 0.01, .confidence = 0.95};
    bool ok = cursor_open(at, "run", keys) && read_duration(at, run) && read_warmup(at, run) &&
              read_replications(at, run) &&
              get_open_share(at, "precision", "1%", 0, 1, &run->precision) &&
              get_open_share(at, "confidence", "0.95", 0.5, 1, &run->confidence) &&
              cursor_get_integer(at, "seed", "1", 0, INT64_MAX, &seed) && read_window(at, run);
    run->seed = (uint64_t)seed;
    return ok && cursor_close(at);
}

static void assume_no_memory(struct parse_context *context, const struct pool_spec *pool)
{
    const char *key =
        pool->kind == POOL_CONNECTIONS ? "memory_per_connection" : "memory_per_thread";
    json_t *resources = json_object_get(context->root, "resources");
    const char *name = pool->name, *path = arena_printf(context->arena, "resources.%s", name);
    const char *dot = strchr(name, '.'); /* "service.resource" */
    if (dot != NULL) {
        const char *service = arena_printf(context->arena, "%.*s", (int)(dot - name), name);
        name = dot + 1;
        path = arena_printf(context->arena, "services.%s.resources.%s", service, name);
        json_t *services = json_object_get(context->root, "services");
        resources = json_object_get(json_object_get(services, service), "resources");
    }
    if (json_object_get(json_object_get(resources, name), key) == NULL)
        context_assume(context, arena_printf(context->arena, "%s.%s", path, key), "0B", "default",
                       true);
}

bool read_memory(struct json_cursor *at, const struct pool_spec *pools, size_t count,
                 struct memory_spec *memory)
{
    static const char *const keys[] = {"base", "per_request", NULL};
    struct parse_context *context = at->context;
    memory->is_given |= at->value != NULL;
    if (at->value != NULL &&
        (!cursor_open(at, "memory", keys) || !cursor_get_size(at, "base", "0B", &memory->base) ||
         !cursor_get_size(at, "per_request", "0B", &memory->per_request)))
        return false;
    for (size_t i = 0; i < count; i++)
        memory->is_given |= pools[i].memory_per_unit > 0;
    for (size_t i = 0; i < count && memory->is_given; i++)
        assume_no_memory(context, &pools[i]);
    return at->value == NULL || cursor_close(at);
}
