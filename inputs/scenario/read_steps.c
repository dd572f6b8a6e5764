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

bool read_steps_check_shares(const struct reader *at, double sum)
{
    return fabs(sum - 1) <= SHARES_TOLERANCE ||
           reader_fail(at, "shares must add up to 1; got %.10g", sum);
}

/* ---- the kinds ------------------------------------------------------------------------------- */

static bool read_delay(struct reader *at, struct route route, struct step *step)
{
    (void)route;
    step->kind = STEP_DELAY;
    return read_distribution_get(at, "delay", READER_REQUIRED, UNIT_SECONDS, &step->duration);
}

static bool read_work(struct reader *at, struct route route, struct step *step)
{
    struct reader name = reader_at(at, "work");
    step->kind = STEP_WORK;
    if (!system_find_cpu(route.system, route.visited, &name, false, &step->cpu))
        return false;
    route.system->is_cpu_used[step->cpu] = true;
    return read_distribution_get(at, "demand", READER_REQUIRED, UNIT_SECONDS, &step->duration);
}

/* Everything held around this hold waits with it. */
static void record_nestings(const struct reader *at, const struct route *route, size_t pool)
{
    bool is_bounded = route->is_bounded || route->system->pools[pool].acquire_timeout != NULL;
    const struct held *outermost = route->held;
    if (outermost == NULL)
        return;
    while (outermost->outer != NULL)
        outermost = outermost->outer;
    const char *pointer = reader_pointer(at);
    for (const struct held *held = route->held; held != NULL; held = held->outer) {
        struct nesting nesting = {.from = held->pool,
                                  .to = pool,
                                  .is_bounded = is_bounded,
                                  .is_guarded = held->pool != outermost->pool,
                                  .pointer = pointer};
        system_add_nesting(route->system, at->reading->arena, nesting);
    }
}

static bool read_hold(struct reader *at, struct route route, struct step *step)
{
    struct reader name = reader_at(at, "hold"), inside;
    step->kind = STEP_HOLD;
    if (!system_find_pool(route.system, route.visited, &name, &step->pool))
        return false;
    if (route.held_count == SPEC_MAX_HELD)
        return reader_fail(&name, "holds more than %d resources at once", SPEC_MAX_HELD);
    route.system->is_used[step->pool] = true;
    record_nestings(&name, &route, step->pool);
    struct held held = {.pool = step->pool, .outer = route.held};
    route.held = &held;
    route.held_count++;
    return reader_require(at, "steps", &inside) &&
           read_steps(&inside, &route, 1, &step->steps, &step->step_count);
}

static bool read_branch(struct reader *at, const struct route *route, struct branch *branch)
{
    static const char *const keys[] = {"share", "steps", NULL};
    struct reader inside;
    return reader_open(at, "branch of a choose", keys) &&
           reader_get_share(at, "share", READER_REQUIRED, &branch->share) &&
           reader_require(at, "steps", &inside) &&
           read_steps(&inside, route, 0, &branch->steps, &branch->step_count) && reader_close(at);
}

static bool read_choose(struct reader *at, struct route route, struct step *step)
{
    struct reader list = reader_at(at, "choose");
    step->kind = STEP_CHOOSE;
    if (!reader_open_list(&list, "branches", 1))
        return false;
    step->branch_count = json_array_size(list.value);
    struct branch *branches = arena_array(at->reading->arena, step->branch_count, sizeof *branches);
    step->branches = branches;
    double sum = 0;
    for (size_t i = 0; i < step->branch_count; i++) {
        struct reader element = reader_element(&list, i);
        if (!read_branch(&element, &route, &branches[i]))
            return false;
        sum += branches[i].share;
    }
    return read_steps_check_shares(&list, sum);
}

static bool read_repeat(struct reader *at, struct route route, struct step *step)
{
    struct reader times = reader_at(at, "repeat"), inside;
    step->kind = STEP_REPEAT;
    if (!reader_as_integer(&times, 0, MAX_TIMES, &step->times))
        return false;
    route.laps *= step->times > 1 ? step->times : 1;
    if (route.laps > READ_STEPS_MAX_LAPS)
        return reader_fail(&times, "repeats inside repeats come to more than %d times",
                           READ_STEPS_MAX_LAPS);
    return reader_require(at, "steps", &inside) &&
           read_steps(&inside, &route, 1, &step->steps, &step->step_count);
}

static bool read_visit(struct reader *at, struct route route, struct step *step)
{
    struct reader name = reader_at(at, "visit"), inside;
    step->kind = STEP_VISIT;
    if (!system_find_service(route.system, &name, &step->service))
        return false;
    struct visited visited = {.service = step->service, .outer = route.visited};
    route.visited = &visited;
    return reader_require(at, "steps", &inside) &&
           read_steps(&inside, &route, 1, &step->steps, &step->step_count);
}

static const struct step_kind_reader {
    const char *name;
    const char *const *keys;
    bool (*read)(struct reader *at, struct route route, struct step *step);
} kinds[] = {
    {"delay", (const char *const[]){"delay", "name", "timeout", NULL}, read_delay},
    {"work", (const char *const[]){"work", "demand", "name", "timeout", NULL}, read_work},
    {"hold", (const char *const[]){"hold", "steps", "name", "timeout", NULL}, read_hold},
    {"choose", (const char *const[]){"choose", "name", "timeout", NULL}, read_choose},
    {"repeat", (const char *const[]){"repeat", "steps", "name", "timeout", NULL}, read_repeat},
    {"visit", (const char *const[]){"visit", "steps", "name", "timeout", NULL}, read_visit},
    {"pass", (const char *const[]){"pass", "name", "timeout", NULL}, further_steps_read_pass},
    {"put", (const char *const[]){"put", "size", "name", "timeout", NULL}, further_steps_read_put},
    {"drain", (const char *const[]){"drain", "name", "timeout", NULL}, further_steps_read_drain},
    {"fetch",
     (const char *const[]){"fetch", "rows_offered", "row_limit", "time_per_row", "name", "timeout",
                           NULL},
     further_steps_read_fetch},
    {"spawn", (const char *const[]){"spawn", "name", "timeout", NULL}, further_steps_read_spawn},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

/* ---- any step -------------------------------------------------------------------------------- */

/* A key of the step that is like the name of a kind, when no kind is there. */
static bool fail_no_kind(struct reader *at)
{
    /* In the arena: the compiler inlines this into a recursive function, and stacks are small. */
    const char **names = arena_array(at->reading->arena, MAX_KINDS, sizeof *names), *key;
    char *shown = arena_alloc(at->reading->arena, WORDING_SIZE);
    json_t *value;
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    json_object_foreach(at->value, key, value)
    {
        struct reader child = reader_at(at, key);
        const char *meant = nearest_name(key, names, KIND_COUNT);
        if (meant != NULL)
            return reader_fail_key(&child, "unknown key %s in step; did you mean \"%s\"?",
                                   wording_quote(key, shown), meant);
    }
    char list[256] = "";
    for (size_t i = 0; i < KIND_COUNT; i++)
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", kinds[i].name);
    return reader_fail(at, "must be a step: one of %s; got %s", list, reader_show(at));
}

/* For the reading's observer. In a function of its own: stacks are small. */
__attribute__((noinline)) static void show_kinds(const struct reader *at)
{
    const char *names[KIND_COUNT];
    for (size_t i = 0; i < KIND_COUNT; i++)
        names[i] = kinds[i].name;
    reader_show_names(at, "step", names, KIND_COUNT);
}

static const struct step_kind_reader *choose_kind(struct reader *at)
{
    const struct step_kind_reader *found = NULL;
    if (!json_is_object(at->value)) {
        reader_fail_type(at, "an object (step)");
        return NULL;
    }
    show_kinds(at);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (json_object_get(at->value, kinds[i].name) == NULL)
            continue;
        if (found != NULL) {
            reader_fail(at, "is two steps in one: \"%s\" and \"%s\"", found->name, kinds[i].name);
            return NULL;
        }
        found = &kinds[i];
    }
    if (found == NULL)
        fail_no_kind(at);
    return found;
}

/* Several steps may share a name: they are then reported together. */
static bool get_name(struct reader *at, const char **name)
{
    struct reader child = reader_at(at, "name");
    if (child.value == NULL)
        return true;
    return reader_as_text(&child, MAX_NAME, name) && reader_check_name(&child, *name, LOCATE_VALUE);
}

static bool read_step(struct reader *at, struct route route, struct step *step)
{
    *step = (struct step){.timeout_ns = SPEC_NEVER, .cpu = SPEC_NO_CPU};
    const struct step_kind_reader *kind = choose_kind(at);
    if (kind == NULL)
        return false;
    if (route.depth++ == SPEC_MAX_NESTING)
        return reader_fail(at, "steps are nested deeper than %d", SPEC_MAX_NESTING);
    if (route.system->step_count++ == SPEC_MAX_STEPS)
        return reader_fail(at, "is one step more than the most, %d", SPEC_MAX_STEPS);
    struct reader timeout;
    if (!reader_open(at, "step", kind->keys) || !get_name(at, &step->name))
        return false;
    timeout = reader_at(at, "timeout");
    if (timeout.value != NULL && !json_is_null(timeout.value)) {
        if (!reader_as_duration(&timeout, READER_ABOVE_ZERO, &step->timeout_ns, NULL))
            return false;
        route.is_bounded = true;
    }
    return kind->read(at, route, step) && reader_close(at);
}

bool read_steps(const struct reader *at, const struct route *route, size_t least,
                const struct step **steps, size_t *count)
{
    if (!reader_open_list(at, "steps", least))
        return false;
    *count = json_array_size(at->value);
    struct step *list = arena_array(at->reading->arena, *count, sizeof *list);
    *steps = list;
    for (size_t i = 0; i < *count; i++) {
        struct reader element = reader_element(at, i);
        if (!read_step(&element, *route, &list[i]))
            return false;
    }
    return true;
}
