/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/random_findings.h"
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct dice {
    uint64_t state;
};

/* SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014. */
static uint64_t roll(struct dice *dice)
{
    uint64_t z = dice->state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static size_t below(struct dice *dice, size_t bound)
{
    return (size_t)(roll(dice) % bound);
}

static double uniform(struct dice *dice)
{
    return (double)(roll(dice) >> 11) * 0x1p-53;
}

static const char *pick_name(struct dice *dice)
{
    static const char *const names[] = {
        "api",
        "db_pool",
        "p95 latency",
        "sustained 60 minutes",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "a name that somebody wrote as if it were a whole sentence, and who then went on writing",
        "\u0441\u043a\u043e\u0440\u043e\u0441\u0442\u044c \u043e\u0442\u0432\u0435\u0442\u0430",
        "\u5fdc\u7b54\u6642\u9593\u306e\u4e0a\u9650",
        "\U0001f4a5\U0001f4a5",
        "\ufdfd",
        "a<b>&\"q\"'",
        "x",
        "1",
        "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"};
    return names[below(dice, below(dice, 3) > 0 ? 4 : sizeof names / sizeof names[0])];
}

/* From nothing over a share to a billion, about `middle`. */
static double pick_value(struct dice *dice, double middle)
{
    switch (below(dice, 8)) {
    case 0:
        return 0.0;
    case 1:
        return middle * pow(10.0, 10.0 * uniform(dice) - 3.0);
    case 2:
        return middle * 1.0001;
    default:
        return middle * (0.2 + 2.0 * uniform(dice));
    }
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *estimate_of(struct dice *dice, double value, const char *unit)
{
    double half = below(dice, 3) == 0 ? 0.0 : fabs(value) * uniform(dice) * 1.5;
    bool has_interval = below(dice, 6) > 0, has_value = below(dice, 12) > 0;
    json_t *made = json_object();
    json_object_set_new(made, "estimate", real_or_null(has_value ? value : (double)NAN));
    json_object_set_new(made, "low",
                        real_or_null(has_value && has_interval ? value - half : (double)NAN));
    json_object_set_new(made, "high",
                        real_or_null(has_value && has_interval ? value + half : (double)NAN));
    json_object_set_new(made, "unit", json_string(unit));
    if (below(dice, 12) == 0)
        json_object_set_new(made, "unresolved", json_true());
    return made;
}

static void set_metric(json_t *metrics, json_t *estimate, const char *format, const char *one,
                       const char *two)
{
    char key[700];
    snprintf(key, sizeof key, "%s%s%s", one, format, two);
    json_object_set_new(metrics, key, estimate);
}

static const char *pick_verdict(struct dice *dice)
{
    static const char *const verdicts[] = {"pass", "fail", "undecided"};
    return verdicts[below(dice, 3)];
}

/* ---- a report ---- */

static void add_times(struct dice *dice, json_t *metrics, const char *name, const char *time,
                      double middle)
{
    static const char *const stats[] = {".p50", ".p75", ".p90", ".p95", ".p99", ".p999", ".max"};
    double value = below(dice, 4) == 0 ? 0.0 : pick_value(dice, middle);
    set_metric(metrics, estimate_of(dice, value, "s"), time, name, ".mean");
    for (size_t i = 0; i < sizeof stats / sizeof stats[0]; i++) {
        set_metric(metrics, estimate_of(dice, value, "s"), time, name, stats[i]);
        value = value > 0.0 ? value * (1.0 + uniform(dice)) : pick_value(dice, middle) * 0.1;
    }
}

static json_t *make_metrics(struct dice *dice, const char *name, size_t steps)
{
    json_t *metrics = json_object();
    double middle = pow(10.0, 6.0 * uniform(dice) - 5.0);
    add_times(dice, metrics, name, ".response", middle);
    add_times(dice, metrics, name, ".wait", middle / 10.0);
    add_times(dice, metrics, name, ".cycle", middle * 100.0);
    set_metric(metrics, estimate_of(dice, uniform(dice), "1"), ".wait", name, ".probability");
    set_metric(metrics, estimate_of(dice, uniform(dice), "1"), ".cycle", name, ".duty");
    set_metric(metrics, estimate_of(dice, pick_value(dice, 0.7), "1"), ".utilization", name, "");
    set_metric(metrics, estimate_of(dice, pick_value(dice, 300.0), "1/s"), ".throughput", name, "");
    json_object_set_new(metrics, "memory", estimate_of(dice, pick_value(dice, 1e8), "B"));
    for (size_t i = 0; i < steps; i++) {
        char step[600];
        snprintf(step, sizeof step, "%s%zu.mean", pick_name(dice), i);
        set_metric(metrics, estimate_of(dice, middle * uniform(dice) / (double)steps, "s"),
                   ".step.", name, step);
    }
    return metrics;
}

static json_t *make_criterion(struct dice *dice, const char *name)
{
    static const char *const metrics[] = {".response.p95", ".wait.p95", ".cycle.max",
                                          ".utilization", ".response.p99"};
    static const char *const units[] = {"s", "s", "s", "1", "s"};
    size_t which = below(dice, sizeof metrics / sizeof metrics[0]);
    bool is_lower = below(dice, 3) == 0;
    double limit = below(dice, 12) == 0 ? 0.0 : pow(10.0, 4.0 * uniform(dice) - 3.0);
    char expect[800], metric[700];
    snprintf(metric, sizeof metric, "%s%s", name, metrics[which]);
    snprintf(expect, sizeof expect, "%s %s %g", metric, is_lower ? ">" : "<", limit);
    json_t *made = estimate_of(dice, pick_value(dice, limit), units[which]);
    json_object_set_new(made, "name", json_string(pick_name(dice)));
    json_object_set_new(made, "expect", json_string(expect));
    json_object_set_new(made, "metric", json_string(metric));
    json_object_set_new(made, "op", json_string(is_lower ? ">" : "<"));
    json_object_set_new(made, "limit", below(dice, 15) == 0 ? json_null() : json_real(limit));
    json_object_set_new(made, "verdict", json_string(pick_verdict(dice)));
    return made;
}

static json_t *make_series(struct dice *dice, json_t *settings, const char *name)
{
    json_t *values = json_array();
    size_t windows = below(dice, 4) == 0 ? 1 : 2 + below(dice, 80), metrics = 1 + below(dice, 6);
    for (size_t m = 0; m < metrics; m++)
        for (size_t s = 0; s < json_array_size(settings); s++) {
            json_t *means = json_array(), *lows = json_array(), *highs = json_array();
            double middle = pick_value(dice, 1.0);
            char metric[700];
            snprintf(metric, sizeof metric, "%s.utilization%.0zu", name, m);
            if (m == 1)
                snprintf(metric, sizeof metric, "%s.connections", name);
            for (size_t w = 0; w < windows; w++) {
                double value = below(dice, 9) == 0 ? (double)NAN : middle * (0.5 + uniform(dice));
                json_array_append_new(means, real_or_null(value));
                json_array_append_new(lows, real_or_null(0.9 * value));
                json_array_append_new(highs, real_or_null(1.2 * value));
            }
            json_array_append_new(values,
                                  json_pack("{s:O,s:s,s:s,s:o,s:o,s:o}", "setting",
                                            json_object_get(json_array_get(settings, s), "name"),
                                            "metric", metric, "unit", m == 1 ? "" : "1", "estimate",
                                            means, "band_low", lows, "band_high", highs));
        }
    return json_pack("{s:f,s:o}", "window_s", 60.0, "values", values);
}

static json_t *make_report(struct dice *dice)
{
    json_t *settings = json_array(), *differences = json_array();
    const char *name = pick_name(dice), *key;
    size_t count = 1 + below(dice, 9), criteria = below(dice, 12), steps = 1 + below(dice, 30);
    json_t *metric;
    for (size_t s = 0; s < count; s++) {
        char setting[600];
        json_t *judged = json_array();
        snprintf(setting, sizeof setting, "%s %zu", pick_name(dice), s);
        for (size_t i = 0; i < criteria && (s > 0 || count == 1); i++)
            json_array_append_new(judged, make_criterion(dice, name));
        json_array_append_new(settings,
                              json_pack("{s:s,s:o,s:o}", "name", setting, "metrics",
                                        make_metrics(dice, name, steps), "criteria", judged));
    }
    const json_t *base = json_array_get(settings, 0);
    for (size_t s = 1; s < count; s++)
        json_object_foreach(json_object_get(base, "metrics"), key, metric)
        {
            double before = json_number_value(json_object_get(metric, "estimate"));
            json_t *made = estimate_of(dice, pick_value(dice, before) - before, "");
            json_object_set(made, "unit", json_object_get(metric, "unit"));
            json_object_set_new(made, "metric", json_string(key));
            json_object_set(made, "from", json_object_get(base, "name"));
            json_object_set(made, "to", json_object_get(json_array_get(settings, s), "name"));
            json_array_append_new(differences, made);
        }
    return json_pack("{s:i,s:o,s:o,s:o}", "capsim_report", 1, "series",
                     make_series(dice, settings, name), "settings", settings, "differences",
                     differences);
}

/* ---- answers ---- */

static void set_text(json_t *point, const char *key, const char *form, double value)
{
    char text[700];
    snprintf(text, sizeof text, "%g%s", value, form);
    json_object_set_new(point, key, json_string(text));
}

struct sweep_plan {
    char keys[2][800];
    const char *units[2];
    size_t sizes[2], criteria;
    double firsts[2], factors[2];
};

static struct sweep_plan make_plan(struct dice *dice, bool is_grid)
{
    struct sweep_plan plan = {.sizes = {1 + below(dice, 12), is_grid ? 1 + below(dice, 12) : 1},
                              .criteria = 1 + below(dice, 8)};
    for (int i = 0; i < 2; i++) {
        bool is_load = below(dice, 2) == (size_t)i;
        snprintf(plan.keys[i], sizeof plan.keys[i],
                 is_load ? "workloads.%s.arrivals.customers" : "resources.%s.max", pick_name(dice));
        plan.units[i] = below(dice, 4) == 0 ? "ms" : below(dice, 8) == 0 ? " of these" : "";
        plan.firsts[i] = 1.0 + (double)below(dice, 5000);
        plan.factors[i] = below(dice, 3) == 0 ? 3.0 : 1.0;
    }
    if (below(dice, 6) == 0) {
        plan.sizes[0] = 64;
        plan.sizes[1] = plan.sizes[1] > 3 ? 3 : plan.sizes[1];
    }
    return plan;
}

static double value_at(const struct sweep_plan *plan, int axis, size_t i)
{
    return plan->factors[axis] > 1.0
               ? plan->firsts[axis] * pow(plan->factors[axis], (double)(i % 12))
               : plan->firsts[axis] * (1.0 + 0.25 * (double)i);
}

static json_t *make_sweep(struct dice *dice, bool is_grid)
{
    struct sweep_plan plan = make_plan(dice, is_grid);
    json_t *points = json_array(), *criteria = json_array();
    double limits[8];
    bool is_lower[8];
    for (size_t c = 0; c < plan.criteria; c++) {
        limits[c] = pow(10.0, 4.0 * uniform(dice) - 3.0);
        is_lower[c] = below(dice, 3) == 0;
    }
    for (size_t x = 0; x < plan.sizes[0]; x++)
        for (size_t y = 0; y < plan.sizes[1]; y++) {
            json_t *point = json_object();
            char label[1500];
            set_text(point, plan.keys[0], plan.units[0], value_at(&plan, 0, x));
            if (is_grid)
                set_text(point, plan.keys[1], plan.units[1], value_at(&plan, 1, y));
            snprintf(label, sizeof label, "%s%s%s",
                     json_string_value(json_object_get(point, plan.keys[0])), is_grid ? ", " : "",
                     is_grid ? json_string_value(json_object_get(point, plan.keys[1])) : "");
            json_object_set_new(point, "verdict", json_string(pick_verdict(dice)));
            json_array_append_new(points, point);
            for (size_t c = 0; c < plan.criteria; c++) {
                double value = pick_value(dice, limits[c]);
                json_t *row = estimate_of(dice, value, c % 2 == 0 ? "1" : "s");
                char name[600];
                snprintf(name, sizeof name, "%s %zu", "criterion", c);
                json_object_set_new(row, "point", json_string(label));
                json_object_set_new(row, "criterion", json_string(name));
                json_object_set_new(row, "verdict", json_string(pick_verdict(dice)));
                json_object_set_new(row, "margin",
                                    json_real(is_lower[c] ? value - limits[c] : limits[c] - value));
                json_array_append_new(criteria, row);
            }
        }
    return json_pack("{s:i,s:s,s:o,s:o,s:[{s:s,s:s}]}", "capsim_answer", 1, "kind", "sweep",
                     "points", points, "criteria", criteria, "assumptions", "key", plan.keys[0],
                     "value", "1000");
}

static void add_phase(json_t *timeline, const char *name, double begin, double length)
{
    json_array_append_new(
        timeline, json_pack("{s:s,s:s,s:f}", "phase", name, "metric", "begin", "estimate", begin));
    json_array_append_new(timeline, json_pack("{s:s,s:s,s:f}", "phase", name, "metric", "length",
                                              "estimate", length));
}

static json_t *make_rehearsal(struct dice *dice)
{
    json_t *timeline = json_array(), *rules = json_array(), *series = json_array();
    const char *owner = pick_name(dice);
    char metrics[8][700];
    size_t count = 1 + below(dice, 8), batches = below(dice, 40), windows = 2 + below(dice, 60);
    double batch_s = 10.0 + 100.0 * uniform(dice);
    add_phase(timeline, "before", -600.0, 600.0);
    for (size_t i = 0; i < batches; i++) {
        char name[32];
        snprintf(name, sizeof name, "batch %zu", i + 1);
        add_phase(timeline, name, batch_s * (double)i, batch_s);
    }
    add_phase(timeline, "rollout", 0.0, batch_s * (double)batches);
    add_phase(timeline, "rollback", batch_s * (double)batches, 200.0 * uniform(dice));
    add_phase(timeline, "after rollback", batch_s * (double)batches + 200.0, 900.0);
    for (size_t m = 0; m < count; m++) {
        double middle = pick_value(dice, m % 2 == 0 ? 0.5 : 50.0);
        snprintf(metrics[m], sizeof metrics[m], "%s%zu.%s", owner, m,
                 m == 1 ? "connections" : "utilization");
        for (size_t w = 0; w < windows; w++) {
            double value = middle * (0.5 + uniform(dice));
            json_array_append_new(
                series, json_pack("{s:s,s:s,s:f,s:o,s:o,s:o}", "metric", metrics[m], "unit",
                                  m % 2 == 0 ? "1" : "", "start", 60.0 * (double)w - 600.0, "mean",
                                  real_or_null(value), "lowest", real_or_null(0.9 * value),
                                  "highest", real_or_null(1.3 * value)));
        }
    }
    for (size_t i = 0, total = below(dice, 30); i < total; i++) {
        char when[800];
        bool has_fired = below(dice, 2) == 0;
        snprintf(when, sizeof when, "%s > %.3f", metrics[below(dice, count)], 2.0 * uniform(dice));
        json_array_append_new(
            rules, json_pack("{s:s,s:s,s:s,s:s,s:f,s:f,s:o,s:f,s:f}", "kind",
                             below(dice, 2) == 0 ? "alert" : "rollback", "name", pick_name(dice),
                             "when", when, "severity", below(dice, 2) == 0 ? "critical" : "",
                             "fired", has_fired ? 2.0 : 0.0, "replications", 2.0, "first_median",
                             real_or_null(has_fired ? 2000.0 * uniform(dice) : (double)NAN),
                             "firing_time", has_fired ? 900.0 * uniform(dice) : 0.0, "false_alarms",
                             below(dice, 4) == 0 ? 2.0 : 0.0));
    }
    char warning[900];
    snprintf(warning, sizeof warning,
             "%s1: its pools can open 2400 connections at most, it accepts 97", owner);
    return json_pack("{s:i,s:s,s:o,s:o,s:o,s:[{s:s}]}", "capsim_answer", 1, "kind", "rehearse",
                     "timeline", timeline, "rules", rules, "series", series, "warnings", "warning",
                     warning);
}

static json_t *make_why(struct dice *dice)
{
    json_t *rows = json_array();
    const char *workload = pick_name(dice);
    double sum = 0.0, slowest = 0.0;
    for (size_t i = 0, count = 1 + below(dice, 30); i < count; i++) {
        double mean = pick_value(dice, 0.1);
        bool is_step = below(dice, 2) == 0;
        json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:f,s:f}", "workload", workload,
                                              "part", is_step ? "step" : "wait", "step",
                                              is_step ? pick_name(dice) : "", "resource",
                                              is_step ? "" : pick_name(dice), "mean", mean,
                                              "slowest", 3.0 * mean));
        sum += mean;
        slowest += 3.0 * mean;
    }
    json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:s,s:f,s:f}", "workload", workload, "part",
                                          "response", "step", "", "resource", "", "mean", sum,
                                          "slowest", slowest));
    return json_pack("{s:i,s:s,s:o}", "capsim_answer", 1, "kind", "why", "breakdown", rows);
}

static json_t *make_backtest(struct dice *dice)
{
    json_t *rows = json_array();
    for (size_t i = 0, count = 1 + below(dice, 60); i < count; i++) {
        double projected = pick_value(dice, 0.1), half = 0.3 * uniform(dice) * projected;
        json_array_append_new(rows, json_pack("{s:s,s:s,s:s,s:f,s:f,s:f,s:f}", "pair",
                                              pick_name(dice), "metric", pick_name(dice), "unit",
                                              "s", "measured", projected * (0.5 + uniform(dice)),
                                              "projected", projected, "one_run_low",
                                              projected - half, "one_run_high", projected + half));
    }
    return json_pack("{s:i,s:s,s:o}", "capsim_answer", 1, "kind", "backtest", "values", rows);
}

static json_t *make_calibrate(struct dice *dice)
{
    json_t *rows = json_array();
    for (size_t i = 0, count = 1 + below(dice, 40); i < count; i++) {
        double simulated = pick_value(dice, 0.1), half = uniform(dice) * simulated;
        json_array_append_new(
            rows, json_pack("{s:s,s:s,s:f,s:f,s:f,s:f}", "metric", pick_name(dice), "unit", "s",
                            "measured", pick_value(dice, 0.1), "simulated", simulated,
                            "one_run_low", simulated - half, "one_run_high", simulated + half));
    }
    return json_pack("{s:i,s:s,s:o}", "capsim_answer", 1, "kind", "calibrate", "metrics", rows);
}

static json_t *make_import(struct dice *dice)
{
    json_t *rates = json_array(), *scales = json_array(), *quantiles = json_array();
    const char *source = pick_name(dice), *class = pick_name(dice);
    double width = pick_value(dice, 1.0), rate = pick_value(dice, 100.0);
    size_t count = 1 + below(dice, 900);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rates, json_pack("{s:s,s:f,s:f,s:f}", "source", source, "start_s",
                                               (double)i * width, "end_s", (double)(i + 1) * width,
                                               "rate", 2 * uniform(dice) * rate));
    for (size_t i = 0; i < 5; i++)
        json_array_append_new(scales, json_pack("{s:s,s:f,s:f,s:f}", "source", source, "window_s",
                                                0.01 * pow(10, (double)i), "index",
                                                pick_value(dice, 1.0), "error", uniform(dice)));
    for (size_t i = 0; i < 17; i++) {
        double seen = pick_value(dice, 0.1);
        json_array_append_new(quantiles, json_pack("{s:s,s:f,s:f,s:f}", "class", class,
                                                   "probability", 0.5, "observed", seen, "fitted",
                                                   seen * (0.8 + 0.4 * uniform(dice))));
    }
    json_t *drafted = json_pack("[{s:f,s:f},{s:f,s:f}]", "at_s", 0.0, "rate", rate, "at_s",
                                width * (double)count, "rate", rate);
    json_t *facts = json_pack("{s:{s:f,s:s},s:s}", "rate", "value", rate, "unit", "1/s", "arrivals",
                              pick_name(dice));
    return json_pack("{s:i,s:s,s:o,s:o,s:o,s:o,s:o}", "capsim_answer", 1, "kind", "import", "facts",
                     facts, "rates", rates, "dispersion", scales, "drafted_rate", drafted,
                     "quantiles", quantiles);
}

json_t *random_findings(enum findings_kind kind, uint64_t seed)
{
    struct dice dice = {seed * 1000003U + (uint64_t)kind};
    switch (kind) {
    case FINDINGS_REPORT:
        return make_report(&dice);
    case FINDINGS_SWEEP:
        return make_sweep(&dice, false);
    case FINDINGS_GRID:
        return make_sweep(&dice, true);
    case FINDINGS_REHEARSAL:
        return make_rehearsal(&dice);
    case FINDINGS_BACKTEST:
        return make_backtest(&dice);
    case FINDINGS_CALIBRATE:
        return make_calibrate(&dice);
    case FINDINGS_IMPORT:
        return make_import(&dice);
    default:
        return make_why(&dice);
    }
}
