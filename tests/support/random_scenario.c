/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/random_scenario.h"
#include "tests/support/random_parts.h"
#include <stdio.h>
#include <stdlib.h>

enum { MAX_STEPS = 30 };

/* ---- workloads ---- */

static void add_trouble(struct random_maker *maker, json_t *workload)
{
    if (random_chance(maker, 50)) {
        json_t *retry = json_pack("{s:i}", "attempts", 1 + random_below(maker, 4));
        json_object_set_new(retry, "backoff", random_law(maker, 5));
        json_object_set_new(retry, "multiplier", json_real(1 + 0.25 * random_below(maker, 5)));
        if (random_chance(maker, 50))
            json_object_set_new(retry, "on",
                                json_pack("[s]", random_chance(maker, 50) ? "timeout" : "refused"));
        json_object_set_new(workload, "retry", retry);
    }
    if (random_chance(maker, 35))
        json_object_set_new(workload, "deadline", random_ms(maker, 1, 60));
    if (random_chance(maker, 20))
        json_object_set_new(workload, "priority", json_integer(random_below(maker, 3)));
}

/* "steps", or a "mix" of two classes. */
static void add_steps(struct random_maker *maker, json_t *workload, bool takes_time)
{
    maker->steps_left = MAX_STEPS;
    if (!random_chance(maker, 30)) {
        json_object_set_new(workload, "steps", random_steps(maker, takes_time));
        return;
    }
    int share = random_below(maker, 9);
    json_t *first = random_steps(maker, takes_time), *second = random_steps(maker, takes_time);
    json_object_set_new(workload, "mix",
                        json_pack("{s:{s:f, s:o, s:i}, s:{s:f, s:o}}", "a", "share", share / 8.0,
                                  "steps", first, "priority", random_below(maker, 3), "b", "share",
                                  1 - share / 8.0, "steps", second));
}

/* The last step, in a mix of its first class, spawns the next workload, which nobody else brings.
 */
static void ensure_spawn(const struct random_maker *maker, json_t *workload)
{
    json_t *steps = json_object_get(workload, "steps");
    if (!steps)
        steps = json_object_get(json_object_get(json_object_get(workload, "mix"), "a"), "steps");
    json_array_append_new(steps,
                          json_pack("{s:o}", "spawn", json_sprintf("w%d", maker->workload + 1)));
}

/* One workload for each number, the later first: whether it can be spawned is known by then. */
static void add_workloads(struct random_maker *maker, json_t *workloads, bool *has_load_test)
{
    int count = 1 + random_below(maker, RANDOM_MAX_WORKLOADS);
    bool next_needs = false;
    maker->may_spawn = false;
    for (maker->workload = count - 1; maker->workload >= 0; maker->workload--) {
        char name[16];
        json_t *workload = json_object();
        bool is_spawned = maker->workload > 0 && random_chance(maker, 40), is_load_test = false;
        bool has_own = !is_spawned || random_chance(maker, 30);
        maker->has_rows = false;
        if (is_spawned && has_own)
            json_object_set_new(
                workload, "arrivals",
                json_pack("{s:s, s:s, s:o}", "process", "poisson", "rate", "30/s", "profile",
                          json_pack("[[s, i], [s, i], [s, i]]", "0s", 1, "200ms", 1, "200ms", 0)));
        else if (!is_spawned)
            json_object_set_new(workload, "arrivals", random_arrivals(maker, &is_load_test));
        *has_load_test |= is_load_test;
        add_trouble(maker, workload);
        add_steps(maker, workload, is_load_test);
        if (next_needs)
            ensure_spawn(maker, workload);
        next_needs = !has_own;
        maker->may_spawn = is_spawned;
        snprintf(name, sizeof name, "w%d", maker->workload);
        json_object_set_new(workloads, name, workload);
    }
}

/* Somebody who never fails empties the buffers, so that nobody waits there for ever. */
static void add_flush(struct random_maker *maker, json_t *workloads)
{
    json_t *drains = random_drains(maker);
    if (json_array_size(drains) > 0)
        json_object_set_new(
            workloads, "flush",
            json_pack("{s:{s:s, s:o}, s:O}", "arrivals", "process", "renewal", "interarrival",
                      json_string(maker->runs_dry ? "500ms" : "20ms"), "steps", drains));
    json_decref(drains);
}

/* ---- settings, criteria, run ---- */

static json_t *path_of_size(const struct random_station *pool)
{
    const char *key = pool->is_thread_pool ? "threads" : "max";
    return pool->service == RANDOM_NO_SERVICE
               ? json_sprintf("resources.%s.%s", pool->name, key)
               : json_sprintf("services.s%d.resources.%s.%s", pool->service, pool->name, key);
}

/* "larger" changes the first pool, "same" nothing. */
static void add_settings(struct random_maker *maker, json_t *scenario)
{
    const struct random_station *pool = random_station(maker, RANDOM_POOL, 0);
    json_t *path = path_of_size(pool), *settings = json_object();
    const char *key = json_string_value(path);
    json_object_set_new(settings, "larger", json_pack("{s:I}", key, pool->size + 2));
    if (random_chance(maker, 30))
        json_object_set_new(settings, "same", json_pack("{s:I}", key, pool->size));
    json_object_set_new(scenario, "settings", settings);
    json_decref(path);
}

static json_t *some_expectation(struct random_maker *maker)
{
    static const char *const spans[] = {"", " in every 20ms", " over 20ms", " for 30ms"};
    static const char *const values[] = {"w0.response.p95 < 5ms", "w0.error_rate <= 5%",
                                         "w0.throughput > 50/s", "w0.in_system < 4"};
    const struct random_station *pool = random_station(maker, RANDOM_POOL, 0);
    const char *span = random_word(maker, spans, maker->runs_dry ? 1 : 4);
    if (random_chance(maker, 60))
        return json_sprintf("%s%s", random_word(maker, values, 4), span);
    if (pool->service == RANDOM_NO_SERVICE)
        return json_sprintf("%s.utilization < 80%%%s", pool->name, span);
    return json_sprintf("s%d.%s.wait.p90 < 2ms%s", pool->service, pool->name, span);
}

static void add_criteria(struct random_maker *maker, json_t *scenario)
{
    json_t *criteria = json_array();
    for (int i = random_below(maker, 3); i > 0; i--) {
        json_t *criterion = json_pack("{s:o, s:o}", "name", json_sprintf("c%d", i), "expect",
                                      some_expectation(maker));
        if (random_chance(maker, 30))
            json_object_set_new(criterion, "no_worse_than", json_string("baseline"));
        json_array_append_new(criteria, criterion);
    }
    json_object_set_new(scenario, "criteria", criteria);
}

static void add_run(struct random_maker *maker, json_t *scenario, bool has_load_test)
{
    json_t *duration = maker->runs_dry ? json_string("100100ms") : random_ms(maker, 60, 160);
    /* "auto" would take a hundred times as long as all the rest: it looks at 2,000 requests. */
    bool is_cold = maker->runs_dry || has_load_test || random_chance(maker, 50);
    const char *warmup = is_cold ? "0s" : "23.456789ms";
    json_object_set_new(scenario, "run",
                        json_pack("{s:o, s:s, s:[i, i], s:s, s:i}", "duration", duration, "warmup",
                                  warmup, "replications", 2, 3, "window",
                                  maker->runs_dry ? "50s" : "10ms", "seed",
                                  random_below(maker, 256)));
    if (random_chance(maker, 50))
        json_object_set_new(scenario, "memory",
                            json_pack("{s:s, s:s}", "base", "11B", "per_request", "3B"));
}

struct random_scenario random_scenario_make(const uint8_t *bytes, size_t size, struct arena *arena)
{
    struct random_maker maker = {.bytes = bytes, .size = size};
    bool has_load_test = false;
    json_t *scenario = json_pack("{s:i, s:s}", "capsim", 1, "name", "random");
    json_t *workloads = json_object();
    maker.runs_dry = random_chance(&maker, 50);
    random_add_resources(&maker, scenario);
    add_workloads(&maker, workloads, &has_load_test);
    add_flush(&maker, workloads);
    json_object_set_new(scenario, "workloads", workloads);
    add_settings(&maker, scenario);
    add_criteria(&maker, scenario);
    add_run(&maker, scenario, has_load_test);
    char *text = json_dumps(scenario, JSON_INDENT(1));
    struct random_scenario made = {arena_strdup(arena, text), maker.runs_dry};
    free(text);
    json_decref(scenario);
    return made;
}
