/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choices, times and laws of random scenarios. */
#include "tests/support/random_parts.h"

/* ---- choices ---- */

int random_below(struct random_maker *maker, int count)
{
    uint8_t byte = maker->at < maker->size ? maker->bytes[maker->at] : 0;
    maker->at++;
    return byte % count;
}

/* 0 is no: the simplest scenario has nothing that is rare. */
bool random_chance(struct random_maker *maker, int percent)
{
    return random_below(maker, 256) * 100 >= (100 - percent) * 256;
}

const char *random_word(struct random_maker *maker, const char *const *words, int count)
{
    return words[random_below(maker, count)];
}

/* ---- laws ---- */

json_t *random_ms(struct random_maker *maker, int least, int most)
{
    return json_sprintf("%dms", least + random_below(maker, most - least + 1));
}

/* By its mean and another figure that fits every mean. */
static json_t *family(struct random_maker *maker, int mean)
{
    static const char *const names[] = {"gamma", "lognormal", "weibull"};
    const char *name = random_word(maker, names, 3);
    switch (random_below(maker, 4)) {
    case 0:
        return json_pack("{s:s, s:o, s:f}", "dist", name, "mean", json_sprintf("%dms", mean), "cv",
                         0.25 * (1 + random_below(maker, 8)));
    case 1:
        return json_pack("{s:s, s:o, s:o}", "dist", name, "p50", json_sprintf("%dms", mean), "p95",
                         json_sprintf("%dms", 2 * mean));
    case 2:
        return json_pack("{s:s, s:o, s:o}", "dist", name, "mean", json_sprintf("%dms", mean), "p99",
                         json_sprintf("%dms", 3 * mean));
    default:
        return json_pack("{s:s, s:o, s:f, s:o}", "dist", name, "p90", json_sprintf("%dms", mean),
                         "cv", 1.5, "max", json_sprintf("%dms", 4 * mean));
    }
}

/* A sum that is cut off has no known mean, which arrivals need. */
static json_t *composed(struct random_maker *maker, int mean, bool may_be_cut)
{
    if (may_be_cut && random_chance(maker, 30))
        return json_pack("{s:[o, {s:s, s:s}], s:s, s:o}", "sum", json_sprintf("%dms", mean), "dist",
                         "exponential", "mean", "2ms", "min", "1ms", "max",
                         json_sprintf("%dms", 2 * mean));
    if (random_chance(maker, 50))
        return json_pack("{s:[o, {s:s, s:s, s:o}]}", "sum", json_sprintf("%dms", mean), "dist",
                         "uniform", "min", "0s", "max", json_sprintf("%dms", mean));
    return json_pack("{s:s, s:[{s:f, s:s, s:o}, {s:f, s:s, s:o}]}", "dist", "mixture", "parts",
                     "share", 0.75, "dist", "exponential", "mean", json_sprintf("%dms", mean),
                     "share", 0.25, "dist", "constant", "value", random_ms(maker, 0, 9));
}

static json_t *table(struct random_maker *maker, int mean)
{
    json_t *values = json_array();
    json_array_append_new(values, json_sprintf("%dms", mean));
    json_array_append_new(values, random_ms(maker, 0, 9));
    json_array_append_new(values, random_ms(maker, 0, 9));
    return json_pack("{s:s, s:o}", "dist", "empirical", "values", values);
}

static json_t *law_of_mean(struct random_maker *maker, int mean, bool may_be_cut)
{
    switch (random_below(maker, 12)) {
    case 4:
    case 5:
        return json_pack("{s:s, s:o}", "dist", "exponential", "mean", json_sprintf("%dms", mean));
    case 6:
        return json_pack("{s:s, s:s, s:o}", "dist", "uniform", "min", "0s", "max",
                         json_sprintf("%dms", 2 * mean));
    case 7:
        return json_pack("{s:s, s:i, s:o}", "dist", "erlang", "stages", 1 + random_below(maker, 4),
                         "mean", json_sprintf("%dms", mean));
    case 8:
        return family(maker, mean);
    case 9:
        return json_pack("{s:s, s:o, s:f, s:s}", "dist",
                         random_chance(maker, 50) ? "pareto" : "hyperexponential", "mean",
                         json_sprintf("%dms", mean), "cv", 1.5, "max", "1s");
    case 10:
        return table(maker, mean);
    case 11:
        return composed(maker, mean, may_be_cut);
    case 3:
        return json_pack("{s:o, s:s}", "mean", json_sprintf("%dms", mean), "uncertain", "±8%");
    default:
        return json_sprintf("%dms", mean);
    }
}

json_t *random_positive_law(struct random_maker *maker, int most)
{
    return law_of_mean(maker, 1 + random_below(maker, most), false);
}

json_t *random_law(struct random_maker *maker, int most)
{
    int mean = random_below(maker, most + 1);
    return mean > 0 ? law_of_mean(maker, mean, true) : json_string("0s");
}
