/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of random scenarios. Pools are held in the order of their numbers, so that nothing can
 * deadlock. */
#include "tests/support/random_parts.h"
#include <stdio.h>

/* Around the step that is made: how deep it is, and the first pool that it may hold. */
struct around {
    int depth, least_pool;
};

static json_t *some_steps(struct random_maker *maker, struct around around, int least);

/* The step, inside a visit of the service that the station belongs to, if there is none around. */
static json_t *visit_for(struct random_maker *maker, const struct random_station *station,
                         json_t *step)
{
    if (station->service == RANDOM_NO_SERVICE || maker->is_visited[station->service])
        return step;
    return json_pack("{s:o, s:[o]}", "visit", json_sprintf("s%d", station->service), "steps", step);
}

static json_t *some_delay(struct random_maker *maker)
{
    if (maker->has_rows && random_chance(maker, 25))
        return json_pack("{s:{s:s}}", "delay", "trace", "work");
    return json_pack("{s:o}", "delay", random_law(maker, 5));
}

static const struct random_station *some_station(struct random_maker *maker, enum random_kind kind)
{
    int count = random_count(maker, kind);
    return count > 0 ? random_station(maker, kind, random_below(maker, count)) : NULL;
}

static json_t *some_work(struct random_maker *maker)
{
    const struct random_station *cpu = some_station(maker, RANDOM_CPU);
    if (!cpu)
        return some_delay(maker);
    return visit_for(maker, cpu,
                     json_pack("{s:s, s:o}", "work", cpu->name, "demand", random_law(maker, 3)));
}

static json_t *some_pass(struct random_maker *maker)
{
    const struct random_station *limiter = some_station(maker, RANDOM_LIMITER);
    if (!limiter)
        return some_delay(maker);
    return visit_for(maker, limiter, json_pack("{s:s}", "pass", limiter->name));
}

static json_t *some_put(struct random_maker *maker)
{
    const struct random_station *buffer = some_station(maker, RANDOM_BUFFER);
    if (!buffer)
        return some_delay(maker);
    json_t *size = random_chance(maker, 50)
                       ? json_pack("{s:s, s:s}", "dist", "exponential", "mean", "300B")
                       : json_sprintf("%dB", 2 * random_below(maker, 250));
    return visit_for(maker, buffer, json_pack("{s:s, s:o}", "put", buffer->name, "size", size));
}

static json_t *some_drain(struct random_maker *maker)
{
    const struct random_station *buffer = some_station(maker, RANDOM_BUFFER);
    return buffer ? visit_for(maker, buffer, json_pack("{s:s}", "drain", buffer->name))
                  : some_delay(maker);
}

static json_t *some_fetch(struct random_maker *maker)
{
    const struct random_station *from =
        some_station(maker, random_chance(maker, 50) ? RANDOM_CPU : RANDOM_POOL);
    if (!from)
        return some_delay(maker);
    json_t *rows = random_chance(maker, 50) ? json_integer(random_below(maker, 20))
                                            : json_pack("{s:s, s:i}", "dist", "exponential", "mean",
                                                        1 + random_below(maker, 20));
    json_t *fetch = json_pack("{s:s, s:o}", "fetch", from->name, "rows_offered", rows);
    json_object_set_new(fetch, "row_limit", json_integer(random_below(maker, 20)));
    json_object_set_new(fetch, "time_per_row", json_sprintf("0.%dms", random_below(maker, 5)));
    return visit_for(maker, from, fetch);
}

static json_t *some_spawn(struct random_maker *maker)
{
    if (!maker->may_spawn)
        return some_delay(maker);
    return json_pack("{s:o}", "spawn", json_sprintf("w%d", maker->workload + 1));
}

/* ---- steps with steps inside ---- */

static json_t *some_choice(struct random_maker *maker, struct around around)
{
    int share = random_below(maker, 9);
    json_t *first = some_steps(maker, around, 0), *second = some_steps(maker, around, 0);
    return json_pack("{s:[{s:f, s:o}, {s:f, s:o}]}", "choose", "share", share / 8.0, "steps", first,
                     "share", 1 - share / 8.0, "steps", second);
}

static json_t *some_hold(struct random_maker *maker, struct around around)
{
    int pools = random_count(maker, RANDOM_POOL);
    if (around.least_pool >= pools)
        return some_delay(maker);
    int pool = around.least_pool + random_below(maker, pools - around.least_pool);
    const struct random_station *station = random_station(maker, RANDOM_POOL, pool);
    int service = station->service;
    bool visits = service != RANDOM_NO_SERVICE && !maker->is_visited[service];
    around.least_pool = pool + 1;
    if (visits)
        maker->is_visited[service] = true;
    json_t *inside = some_steps(maker, around, 1);
    if (visits)
        maker->is_visited[service] = false;
    return visit_for(maker, station,
                     json_pack("{s:s, s:o}", "hold", station->name, "steps", inside));
}

static json_t *some_repeat(struct random_maker *maker, struct around around)
{
    int times = random_below(maker, 4);
    return json_pack("{s:i, s:o}", "repeat", times, "steps", some_steps(maker, around, 1));
}

static json_t *some_visit(struct random_maker *maker, struct around around)
{
    int service = maker->services > 0 ? random_below(maker, maker->services) : 0;
    if (maker->services == 0 || maker->is_visited[service])
        return some_delay(maker);
    maker->is_visited[service] = true;
    json_t *inside = some_steps(maker, around, 1);
    maker->is_visited[service] = false;
    return json_pack("{s:o, s:o}", "visit", json_sprintf("s%d", service), "steps", inside);
}

/* ---- any ---- */

static json_t *some_step(struct random_maker *maker, struct around around)
{
    bool is_leaf = around.depth == 0 || maker->steps_left <= 0;
    switch (random_below(maker, is_leaf ? 8 : 16)) {
    case 1:
    case 2:
        return some_work(maker);
    case 3:
        return some_pass(maker);
    case 4:
        return some_put(maker);
    case 5:
        return some_drain(maker);
    case 6:
        return some_fetch(maker);
    case 7:
        return some_spawn(maker);
    case 8:
    case 9:
    case 10:
    case 11:
        return some_hold(maker, around);
    case 12:
    case 13:
        return some_choice(maker, around);
    case 14:
        return some_repeat(maker, around);
    case 15:
        return some_visit(maker, around);
    default:
        return some_delay(maker);
    }
}

static json_t *some_steps(struct random_maker *maker, struct around around, int least)
{
    int count = least + random_below(maker, 3);
    json_t *steps = json_array();
    around.depth--;
    for (int i = 0; i < count; i++) {
        maker->steps_left--;
        json_t *step = some_step(maker, around);
        if (random_chance(maker, 25))
            json_object_set_new(step, "timeout", random_ms(maker, 1, 20));
        if (random_chance(maker, 20))
            json_object_set_new(step, "name",
                                json_string(random_chance(maker, 50) ? "named" : "other"));
        json_array_append_new(steps, step);
    }
    return steps;
}

json_t *random_steps(struct random_maker *maker, bool takes_time)
{
    json_t *steps = some_steps(maker, (struct around){.depth = 5}, 1);
    if (takes_time)
        json_array_insert_new(steps, 0, json_pack("{s:s}", "delay", "1ms"));
    return steps;
}

/* The buffers that belong to the service, or to none. */
static json_t *drains_of(const struct random_maker *maker, int service)
{
    json_t *drains = json_array();
    for (int b = 0; b < random_count(maker, RANDOM_BUFFER); b++) {
        const struct random_station *buffer = random_station(maker, RANDOM_BUFFER, b);
        if (buffer->service == service)
            json_array_append_new(drains, json_pack("{s:s}", "drain", buffer->name));
    }
    return drains;
}

/* One visit of each service, so that those who come take turns at its replicas whatever is there.
 */
json_t *random_drains(struct random_maker *maker)
{
    json_t *steps = drains_of(maker, RANDOM_NO_SERVICE);
    for (int s = 0; s < maker->services; s++) {
        json_t *drains = drains_of(maker, s);
        if (json_array_size(drains) > 0)
            json_array_append_new(
                steps, json_pack("{s:o, s:O}", "visit", json_sprintf("s%d", s), "steps", drains));
        json_decref(drains);
    }
    return steps;
}
