/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows against a slow twin: whole snapshots at the end of every window, and the difference of
 * each pair that a sliding window spans. */
#include "models/engine/model_internal.h"
#include "models/engine/replication.h"
#include "models/engine/windows.h"
#include "models/metrics/metric_value.h"
#include "models/metrics/metric_windows.h"
#include "tests/support/scenario_builder.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

enum { WINDOWS = 24, STEPS = 5 };

static const int64_t WINDOW_NS = INT64_C(2500000000);
static struct arena *arena;

static int open_arena(void **state)
{
    arena = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(arena);
    return 0;
}

/* Two replicas with a pool of 3 each, a shared cpu and a mix of two classes, for 24 windows and a
 * half: averages, tallies, counts, quantiles, sums and worst copies. Patience is short, so that
 * requests fail. */
static struct scenario *build_busy_system(void)
{
    struct service_spec *service = arena_alloc(arena, sizeof *service);
    *service = (struct service_spec){.name = "api", .replicas = 2, .balance = BALANCE_RANDOM};
    struct pool_spec pool = build_pool("api.db", POOL_CONNECTIONS, 3);
    pool.copies = 2;
    pool.service = 0;
    pool.acquire_timeout = law_exponential(arena, 0.4);
    struct step inside[] = {build_delay(law_exponential(arena, 0.1)),
                            build_work(0, law_gamma(arena, 0.03, 0.7))};
    struct step *hold = arena_alloc(arena, sizeof *hold);
    *hold = build_hold(arena, 0, inside, 2);
    struct step visit = {
        .kind = STEP_VISIT, .timeout_ns = SPEC_NEVER, .service = 0, .steps = hold, .step_count = 1};
    struct class_spec classes[] = {build_class(arena, "a", 0.7, 0, &visit, 1),
                                   build_class(arena, "b", 0.3, 1, &visit, 1)};
    struct workload_spec workload =
        build_workload(arena, "w", law_exponential(arena, 1 / 30.0), classes, 2);
    double length_s = (double)WINDOW_NS * (WINDOWS + 0.5) / 1e9;
    struct scenario *scenario = build_scenario(arena, &pool, 1, &workload, 1, length_s);
    struct cpu_spec cpu = build_cpu("cpu", 1200);
    build_add_cpus(arena, scenario, &cpu, 1);
    scenario->services = service;
    scenario->service_count = 1;
    scenario->run.window_ns = WINDOW_NS;
    return scenario;
}

static const struct model *compile(const struct scenario *scenario)
{
    struct error err = {0};
    const struct model *model = model_compile(scenario, arena, &err);
    if (!model)
        fail_msg("%s", err.message);
    return model;
}

static struct observation replicate(const struct model *model)
{
    struct error err = {0};
    size_t columns;
    model_columns(model, &columns);
    struct observation observation = {
        .value = arena_array(arena, columns, sizeof(double)),
        .weight = arena_array(arena, columns, sizeof(double)),
        .counts = arena_array(arena, model_histogram_count(model), sizeof *observation.counts)};
    assert_true(model_replicate(model, 3, arena, &observation, &err));
    return observation;
}

/* For every metric that has windows: the highest and the lowest over STEPS windows, and what it
 * sustained from above and from below for as long. Returns how many metrics there are. */
static size_t add_criteria(struct scenario *scenario, const struct metrics *metrics)
{
    struct criterion_spec *criteria =
        arena_array(arena, 4 * metrics->metric_count, sizeof *criteria);
    const char **series = arena_array(arena, metrics->metric_count, sizeof *series);
    size_t count = 0;
    for (size_t c = 0; c < metrics->metric_count; c++) {
        if (!metric_windows_has_windows(&metrics->sources[c]))
            continue;
        series[count / 4] = metrics->columns[c].name;
        for (int i = 0; i < 4; i++)
            criteria[count++] =
                (struct criterion_spec){.name = "c",
                                        .expect = "",
                                        .metric = metrics->columns[c].name,
                                        .has_limit = true,
                                        .op = i % 2 ? COMPARISON_GREATER : COMPARISON_LESS,
                                        .limit_unit = metrics->columns[c].unit,
                                        .span = i < 2 ? SPAN_OVER : SPAN_FOR,
                                        .window_ns = STEPS * WINDOW_NS,
                                        .pointer = ""};
    }
    scenario->criteria = criteria;
    scenario->criterion_count = count;
    scenario->run.series = series;
    scenario->run.series_count = count / 4;
    return count / 4;
}

/* The twin's state at the end of each window: everything, with all buckets. */
struct twin {
    const struct model *model;
    struct snapshot at[WINDOWS + 1];
    struct statistics statistics[WINDOWS + 1];
};

static struct statistics copy_observed(const struct statistics_layout *layout,
                                       const struct statistics *from)
{
    struct statistics copy = statistics_make(layout, arena);
    for (int l = 0; l < layout->level_count; l++)
        copy.levels[l] = from->levels[l];
    for (int t = 0; t < layout->tally_count; t++) {
        tally_begin(&copy.tallies[t]);
        uint32_t *buckets = copy.tallies[t].buckets;
        copy.tallies[t] = from->tallies[t];
        copy.tallies[t].buckets = buckets;
        for (int b = 0; b < HISTOGRAM_BUCKETS; b++)
            buckets[b] = from->tallies[t].buckets[b];
    }
    for (int c = 0; c < layout->count_count; c++)
        copy.counts[c] = from->counts[c];
    return copy;
}

static struct twin *run_twin(const struct model *model)
{
    struct error err = {0};
    struct twin *twin = arena_alloc(arena, sizeof *twin);
    struct replication_state *system = replication_create(model, 3, arena, &err);
    bool *all = arena_array(arena, (size_t)model->layout.tally_count, sizeof *all);
    for (int t = 0; t < model->layout.tally_count; t++)
        all[t] = true;
    twin->model = model;
    for (int n = 0; n <= WINDOWS; n++) {
        assert_true(replication_run_until(system, n * WINDOW_NS));
        replication_bring_up_to_date(system);
        twin->at[n] = snapshot_make(&model->layout, all, arena);
        snapshot_take(&model->layout, &system->statistics, system->now, &twin->at[n]);
        twin->statistics[n] = copy_observed(&model->layout, &system->statistics);
    }
    return twin;
}

/* Column c over the `steps` windows that end with number n. */
static double twin_value(struct twin *twin, int c, int n, int steps)
{
    static uint32_t scratch[HISTOGRAM_BUCKETS];
    double weight;
    return metric_value(&twin->model->metrics.sources[c], &twin->at[n - steps],
                        &twin->statistics[n], n * WINDOW_NS, NULL, scratch, &weight);
}

/* The highest (is_upper) or lowest of the windows first .. last of `steps` windows each; NaN: none
 * had a value. *has_gap: one had none. */
static double twin_worst(struct twin *twin, int c, int first, int last, int steps, bool is_upper,
                         bool *has_gap)
{
    double worst = NAN;
    *has_gap = false;
    for (int n = first; n <= last; n++) {
        double value = twin_value(twin, c, n, steps);
        *has_gap |= isnan(value);
        if (isnan(worst) || (is_upper ? value > worst : value < worst))
            worst = value;
    }
    return worst;
}

static double twin_sustained(struct twin *twin, int c, bool is_upper)
{
    double best = is_upper ? INFINITY : -INFINITY;
    for (int n = STEPS; n <= WINDOWS; n++) {
        bool has_gap;
        double worst = twin_worst(twin, c, n - STEPS + 1, n, 1, is_upper, &has_gap);
        if (!has_gap && (is_upper ? worst < best : worst > best))
            best = worst;
    }
    return best;
}

static void assert_same(double value, double expected, const char *metric)
{
    if (value != expected && !(isnan(value) && isnan(expected)))
        fail_msg("%s: %.17g, not %.17g", metric, value, expected);
}

static void sliding_windows_and_stretches_are_exact(void **state)
{
    struct scenario *scenario = build_busy_system();
    size_t count = add_criteria(scenario, &compile(scenario)->metrics);
    const struct model *model = compile(scenario);
    struct observation observation = replicate(model);
    struct twin *twin = run_twin(model);
    size_t with_value = 0;
    for (size_t i = 0; i < count; i++) {
        const char *metric = scenario->criteria[4 * i].metric;
        int c = model_find_column(model, metric);
        for (int k = 0; k < 2; k++) {
            bool is_upper = k == 0, has_gap;
            double over = observation.value[model_criterion_column(model, 4 * i + (size_t)k)];
            double sustained =
                observation.value[model_criterion_column(model, 4 * i + 2 + (size_t)k)];
            assert_same(over, twin_worst(twin, c, STEPS, WINDOWS, STEPS, is_upper, &has_gap),
                        metric);
            assert_same(sustained, twin_sustained(twin, c, is_upper), metric);
            with_value += isfinite(over) && over != 0 && isfinite(sustained);
        }
    }
    assert_true(count > 80 && with_value > count); /* nearly all of them are worth something */
}

static void a_series_is_the_metric_in_each_window(void **state)
{
    struct scenario *scenario = build_busy_system();
    size_t count = add_criteria(scenario, &compile(scenario)->metrics);
    const struct model *model = compile(scenario);
    struct observation observation = replicate(model);
    struct twin *twin = run_twin(model);
    assert_int_equal(model->metrics.series_count, count);
    assert_int_equal(model->metrics.series_length, WINDOWS); /* the half one is not looked at */
    for (size_t s = 0; s < count; s++) {
        const struct metric_series *series = &model->metrics.series[s];
        for (int n = 0; n < WINDOWS; n++)
            assert_same(observation.value[series->first_column + n],
                        twin_value(twin, series->of, n + 1, 1),
                        model->metrics.columns[series->of].name);
    }
}

/* What is watched must not change what is simulated, nor what others see of it. */
static void watching_changes_nothing_else(void **state)
{
    struct scenario *scenario = build_busy_system();
    const struct model *plain = compile(scenario);
    add_criteria(scenario, &plain->metrics);
    const struct model *watched = compile(scenario);
    struct observation a = replicate(plain), b = replicate(watched);
    for (size_t c = 0; c < plain->metrics.metric_count; c++)
        assert_same(b.value[c], a.value[c], plain->metrics.columns[c].name);
}

static double slow_level(const double *values, int count, int steps, bool is_upper)
{
    double best = NAN;
    for (int last = steps - 1; last < count; last++) {
        double worst = values[last];
        for (int i = last - steps + 1; i <= last; i++)
            worst = isnan(values[i]) || isnan(worst)                     ? NAN
                    : (is_upper ? values[i] > worst : values[i] < worst) ? values[i]
                                                                         : worst;
        if (isnan(best) || (is_upper ? worst < best : worst > best))
            best = isnan(worst) ? best : worst;
    }
    return best;
}

static void stretches_agree_with_looking_at_each(void **state)
{
    unsigned seed = 7;
    enum { MAX_COUNT = 60 };
    for (int trial = 0; trial < 4000; trial++) {
        double values[MAX_COUNT];
        int count = rand_r(&seed) % MAX_COUNT + 1, steps = rand_r(&seed) % 12 + 1;
        bool is_upper = rand_r(&seed) % 2;
        struct stretch stretch = stretch_make((uint32_t)steps, is_upper, arena);
        for (int i = 0; i < count; i++) {
            int draw = rand_r(&seed) % 40; /* few values, so that ties are common */
            values[i] = draw == 0 ? (double)NAN : draw % 9;
            stretch_add(&stretch, values[i]);
        }
        double expected = slow_level(values, count, steps, is_upper);
        if (isnan(expected) && count >= steps)
            expected = is_upper ? INFINITY : -INFINITY;
        assert_same(stretch_level(&stretch), expected, "stretch");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sliding_windows_and_stretches_are_exact),
        cmocka_unit_test(a_series_is_the_metric_in_each_window),
        cmocka_unit_test(watching_changes_nothing_else),
        cmocka_unit_test(stretches_agree_with_looking_at_each),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
