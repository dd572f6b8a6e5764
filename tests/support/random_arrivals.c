/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What arrives in random scenarios. */
#include "tests/support/random_parts.h"

/* Nobody comes after the last point of this profile: see struct random_scenario. */
static json_t *profile_that_ends(struct random_maker *maker)
{
    json_t *end = random_ms(maker, 50, 300);
    json_t *profile =
        json_pack("[[s, i], [O, f], [O, i]]", "0s", 1, end, 0.5 * random_below(maker, 4), end, 0);
    json_decref(end);
    return profile;
}

static void add_profile(struct random_maker *maker, json_t *arrivals)
{
    if (maker->runs_dry) {
        json_object_set_new(arrivals, "profile", profile_that_ends(maker));
        return;
    }
    if (!random_chance(maker, 30))
        return;
    double first = 0.5 * random_below(maker, 4);
    json_object_set_new(arrivals, "profile",
                        json_pack("[[s, f], [s, f], [s, i]]", "0s", first, "20ms", 1.5, "30ms",
                                  random_below(maker, 3)));
    if (random_chance(maker, 50))
        json_object_set_new(arrivals, "profile_period", random_ms(maker, 30, 60));
}

static void add_batch(struct random_maker *maker, json_t *arrivals)
{
    if (random_chance(maker, 30))
        json_object_set_new(arrivals, "batch",
                            random_chance(maker, 50) ? json_integer(1 + random_below(maker, 3))
                                                     : json_pack("{s:s, s:i, s:i}", "dist",
                                                                 "uniform", "min", 0, "max", 4));
}

static json_t *poisson(struct random_maker *maker)
{
    int rate = 50 + 2 * random_below(maker, 256);
    if (random_chance(maker, 80) || rate < 100)
        return json_pack("{s:s, s:o}", "process", "poisson", "rate", json_sprintf("%d/s", rate));
    return json_pack("{s:s, s:i, s:f, s:s}", "process", "poisson", "customers", rate, "active", 0.5,
                     "rate_per_active", "1/s");
}

static json_t *renewal(struct random_maker *maker)
{
    return json_pack("{s:s, s:o}", "process", "renewal", "interarrival",
                     random_positive_law(maker, 6));
}

static json_t *mmpp(struct random_maker *maker)
{
    const char *slow = random_chance(maker, 50) ? "0/s" : "50/s";
    json_t *states = json_array();
    json_array_append_new(
        states, json_pack("{s:s, s:o}", "rate", slow, "sojourn", random_ms(maker, 5, 30)));
    json_array_append_new(
        states, json_pack("{s:s, s:o}", "rate", "300/s", "sojourn", random_ms(maker, 5, 30)));
    return json_pack("{s:s, s:o}", "process", "mmpp", "states", states);
}

/* A minute of requests in a fraction of a second. */
static json_t *trace(struct random_maker *maker)
{
    json_t *arrivals = json_pack("{s:s, s:s, s:{s:s, s:s}, s:s, s:i}", "process", "trace", "file",
                                 "recorded-minute.csv", "columns", "arrival", "at_ms", "work",
                                 "took_ms", "unit", "ms", "scale", 150 + random_below(maker, 256));
    if (!maker->runs_dry && random_chance(maker, 50))
        json_object_set_new(arrivals, "repeat", json_true());
    maker->has_rows = true;
    return arrivals;
}

static json_t *closed(struct random_maker *maker)
{
    int customers = 1 + random_below(maker, 8);
    return json_pack("{s:s, s:i, s:o}", "process", "closed", "customers", customers, "think",
                     random_positive_law(maker, 20));
}

static json_t *load_test(struct random_maker *maker)
{
    json_t *arrivals =
        json_pack("{s:s, s:i}", "process", "load_test", "concurrency", 1 + random_below(maker, 4));
    bool has_requests = random_chance(maker, 60);
    if (has_requests)
        json_object_set_new(arrivals, "requests", json_integer(1 + random_below(maker, 40)));
    if (!has_requests || random_chance(maker, 30))
        json_object_set_new(arrivals, "duration", random_ms(maker, 5, 50));
    return arrivals;
}

/* Short enough to be late often, by every rule; of a run that ends only the first. */
static json_t *cycle(struct random_maker *maker)
{
    static const char *const rules[] = {"wait", "queue", "skip", "coalesce", "overlap", "replace"};
    json_t *every = maker->runs_dry ? json_string("1h") : random_ms(maker, 5, 25);
    const char *overrun = random_word(maker, rules, 6);
    json_t *arrivals = json_pack("{s:s, s:o, s:s, s:i}", "process", "cycle", "every", every,
                                 "overrun", overrun, "jobs", 1 + random_below(maker, 5));
    if (random_chance(maker, 25))
        json_object_set_new(arrivals, "barrier", json_integer(1 + random_below(maker, 3)));
    else if (random_chance(maker, 50))
        json_object_set_new(arrivals, "spread", random_ms(maker, 0, 5));
    return arrivals;
}

json_t *random_arrivals(struct random_maker *maker, bool *is_load_test)
{
    static json_t *(*const open[])(struct random_maker *) = {poisson, renewal, mmpp, trace};
    int kind = random_below(maker, 10);
    json_t *arrivals;
    *is_load_test = false;
    if (kind == 9)
        return cycle(maker);
    if (!maker->runs_dry && kind == 8)
        return closed(maker);
    *is_load_test = !maker->runs_dry && kind == 7;
    if (*is_load_test)
        return load_test(maker);
    arrivals = open[kind / 2 % 4](maker);
    add_batch(maker, arrivals);
    if (!maker->has_rows || random_chance(maker, 30))
        add_profile(maker, arrivals);
    return arrivals;
}
