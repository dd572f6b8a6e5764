/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_steps.h"

#include "inputs/json/wording.h"
#include "inputs/scenario/read_distribution.h"
#include "inputs/scenario/read_station_steps.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <string.h>

enum { MAX_TIMES = 1000000, MAX_KINDS = 32, MAX_NAME = 1000 };
#define SHARES_TOLERANCE 1e-9 /* 0.1 + 0.2 + 0.7 is not 1 in binary */

_Static_assert((int)READ_STEPS_MAX_LAPS == (int)STREAM_MAX_LAP, "a draw is numbered by its lap");

bool read_steps_check_shares(const struct json_cursor *at, double sum)
{
    return fabs(sum - 1) <= SHARES_TOLERANCE ||
           cursor_fail(at, "shares must add up to 1; got %.10g", sum);
}

/* ---- the kinds ------------------------------------------------------------------------------- */

static bool read_delay(struct json_cursor *at, struct route route, struct step *step)
{
    (void)route;
    step->kind = STEP_DELAY;
    return read_distribution_get(at, "delay", CURSOR_REQUIRED, UNIT_SECONDS, &step->duration);
}

static bool read_work(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "work");
    step->kind = STEP_WORK;
    if (!resource_names_find_cpu(route.system, route.visited, &name, false, &step->cpu))
        return false;
    route.system->of[STATION_CPU].is_used[step->cpu] = true;
    return read_distribution_get(at, "demand", CURSOR_REQUIRED, UNIT_SECONDS, &step->duration);
}

/* Everything held around this hold waits with it. */
static void record_nestings(const struct json_cursor *at, const struct route *route, size_t pool)
{
    bool is_bounded =
        route->is_bounded || resource_names_pools(route->system)[pool].acquire_timeout != NULL;
    const struct route_hold *outermost = route->held;
    if (outermost == NULL)
        return;
    while (outermost->outer != NULL)
        outermost = outermost->outer;
    const char *pointer = cursor_pointer(at);
    for (const struct route_hold *held = route->held; held != NULL; held = held->outer) {
        struct nesting nesting = {.from = held->pool,
                                  .to = pool,
                                  .is_bounded = is_bounded,
                                  .is_guarded = held->pool != outermost->pool,
                                  .pointer = pointer};
        resource_names_add_nesting(route->system, at->context->arena, nesting);
    }
}

static bool read_hold(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "hold"), inside;
    struct route_hold held;
    step->kind = STEP_HOLD;
    if (!resource_names_find_held(route.system, route.visited, &name, &step->station, &step->pool))
        return false;
    if (route.held_count == SPEC_MAX_HELD)
        return cursor_fail(&name, "holds more than %d resources at once", SPEC_MAX_HELD);
    route.system->of[step->station].is_used[step->pool] = true;
    if (step->station == STATION_POOL) { /* the search for deadlocks knows pools and buffers */
        record_nestings(&name, &route, step->pool);
        held = (struct route_hold){.pool = step->pool, .outer = route.held};
        route.held = &held;
    }
    route.held_count++;
    return cursor_require(at, "steps", &inside) &&
           read_steps(&inside, &route, 1, &step->steps, &step->step_count);
}

static bool read_branch(struct json_cursor *at, const struct route *route, struct branch *branch)
{
    static const char *const keys[] = {"share", "steps", NULL};
    struct json_cursor inside;
    return cursor_open(at, "branch of a choose", keys) &&
           cursor_get_share(at, "share", CURSOR_REQUIRED, &branch->share) &&
           cursor_require(at, "steps", &inside) &&
           read_steps(&inside, route, 0, &branch->steps, &branch->step_count) && cursor_close(at);
}

static bool read_choose(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor list = cursor_at(at, "choose");
    step->kind = STEP_CHOOSE;
    if (!cursor_open_list(&list, "branches", 1))
        return false;
    step->branch_count = json_array_size(list.value);
    struct branch *branches = arena_array(at->context->arena, step->branch_count, sizeof *branches);
    step->branches = branches;
    double sum = 0;
    for (size_t i = 0; i < step->branch_count; i++) {
        struct json_cursor element = cursor_element(&list, i);
        if (!read_branch(&element, &route, &branches[i]))
            return false;
        sum += branches[i].share;
    }
    return read_steps_check_shares(&list, sum);
}

static bool read_repeat(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor times = cursor_at(at, "repeat"), inside;
    step->kind = STEP_REPEAT;
    if (!cursor_as_integer(&times, 0, MAX_TIMES, &step->times))
        return false;
    route.laps *= step->times > 1 ? step->times : 1;
    if (route.laps > READ_STEPS_MAX_LAPS)
        return cursor_fail(&times, "repeats inside repeats come to more than %d times",
                           READ_STEPS_MAX_LAPS);
    return cursor_require(at, "steps", &inside) &&
           read_steps(&inside, &route, 1, &step->steps, &step->step_count);
}

static bool read_visit(struct json_cursor *at, struct route route, struct step *step)
{
    struct json_cursor name = cursor_at(at, "visit"), inside;
    step->kind = STEP_VISIT;
    if (!resource_names_find_service(route.system, &name, &step->service))
        return false;
    struct visited visited = {.service = step->service, .outer = route.visited};
    route.visited = &visited;
    return cursor_require(at, "steps", &inside) &&
           read_steps(&inside, &route, 1, &step->steps, &step->step_count);
}

static const struct step_kind_reader {
    const char *name;
    const char *const *keys;
    bool (*read)(struct json_cursor *at, struct route route, struct step *step);
} kinds[] = {
    {"delay", (const char *const[]){"delay", "name", "timeout", NULL}, read_delay},
    {"work", (const char *const[]){"work", "demand", "name", "timeout", NULL}, read_work},
    {"hold", (const char *const[]){"hold", "steps", "name", "timeout", NULL}, read_hold},
    {"choose", (const char *const[]){"choose", "name", "timeout", NULL}, read_choose},
    {"repeat", (const char *const[]){"repeat", "steps", "name", "timeout", NULL}, read_repeat},
    {"visit", (const char *const[]){"visit", "steps", "name", "timeout", NULL}, read_visit},
    {"pass", (const char *const[]){"pass", "name", "timeout", NULL}, station_steps_read_pass},
    {"put", (const char *const[]){"put", "size", "name", "timeout", NULL}, station_steps_read_put},
    {"drain", (const char *const[]){"drain", "name", "timeout", NULL}, station_steps_read_drain},
    {"fetch",
     (const char *const[]){"fetch", "rows_offered", "row_limit", "time_per_row", "name", "timeout",
                           NULL},
     station_steps_read_fetch},
    {"spawn", (const char *const[]){"spawn", "name", "timeout", NULL}, station_steps_read_spawn},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

/* ---- any step -------------------------------------------------------------------------------- */

/* A key of the step that is like the name of a kind, when no kind is there. */
static bool fail_no_kind(struct json_cursor *at)
{
    /* In the arena: the compiler inlines this into a recursive function, and stacks are small. */
    const char **names = arena_array(at->context->arena, MAX_KINDS, sizeof *names), *key;
    char *shown = arena_alloc(at->context->arena, WORDING_SIZE);
    json_t *value;
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    json_object_foreach(at->value, key, value)
    {
        struct json_cursor child = cursor_at(at, key);
        const char *meant = spelling_nearest(key, names, KIND_COUNT);
        if (meant != NULL)
            return cursor_fail_key(&child, "unknown key %s in step; did you mean \"%s\"?",
                                   wording_quote(key, shown), meant);
    }
    char list[256] = "";
    for (size_t i = 0; i < KIND_COUNT; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", kinds[i].name);
    return cursor_fail(at, "must be a step: one of %s; got %s", list, cursor_show(at));
}

/* For the reading's observer, and other words for them. In a function of its own: stacks are
 * small. */
__attribute__((noinline)) static bool show_kinds(const struct json_cursor *at)
{
    const char *names[KIND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    cursor_show_names(at, "step", names, KIND_COUNT);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (json_object_get(at->value, kinds[i].name) != NULL)
            return true;
    return cursor_understand(at, "step", names);
}

static const struct step_kind_reader *choose_kind(struct json_cursor *at)
{
    const struct step_kind_reader *found = NULL;
    if (!json_is_object(at->value)) {
        cursor_fail_type(at, "an object (step)");
        return NULL;
    }
    if (!show_kinds(at))
        return NULL;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (json_object_get(at->value, kinds[i].name) == NULL)
            continue;
        if (found != NULL) {
            cursor_fail(at, "is two steps in one: \"%s\" and \"%s\"", found->name, kinds[i].name);
            return NULL;
        }
        found = &kinds[i];
    }
    if (found == NULL)
        fail_no_kind(at);
    return found;
}

/* Several steps may share a name: they are then reported together. */
static bool get_name(struct json_cursor *at, const char **name)
{
    struct json_cursor child = cursor_at(at, "name");
    if (child.value == NULL)
        return true;
    return cursor_as_text(&child, MAX_NAME, name) && cursor_check_name(&child, *name, LOCATE_VALUE);
}

static bool read_step(struct json_cursor *at, struct route route, struct step *step)
{
    *step = (struct step){.timeout_ns = SPEC_NEVER, .cpu = SPEC_NO_CPU};
    const struct step_kind_reader *kind = choose_kind(at);
    if (kind == NULL)
        return false;
    if (route.depth++ == SPEC_MAX_NESTING)
        return cursor_fail(at, "steps are nested deeper than %d", SPEC_MAX_NESTING);
    if (route.system->step_count++ == SPEC_MAX_STEPS)
        return cursor_fail(at, "is one step more than the most, %d", SPEC_MAX_STEPS);
    struct json_cursor timeout;
    if (!cursor_open(at, "step", kind->keys) || !get_name(at, &step->name))
        return false;
    timeout = cursor_at(at, "timeout");
    if (timeout.value != NULL && !json_is_null(timeout.value)) {
        if (!cursor_as_duration(&timeout, CURSOR_ABOVE_ZERO, &step->timeout_ns, NULL))
            return false;
        route.is_bounded = true;
    }
    return kind->read(at, route, step) && cursor_close(at);
}

bool read_steps(const struct json_cursor *at, const struct route *route, size_t least,
                const struct step **steps, size_t *count)
{
    if (!cursor_open_list(at, "steps", least))
        return false;
    *count = json_array_size(at->value);
    struct step *list = arena_array(at->context->arena, *count, sizeof *list);
    *steps = list;
    for (size_t i = 0; i < *count; i++) {
        struct json_cursor element = cursor_element(at, i);
        if (!read_step(&element, *route, &list[i]))
            return false;
    }
    return true;
}
