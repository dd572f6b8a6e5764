/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what was observed to a draft: single waits and holds by replay, on a queue that is simulated
 * here and on a service whose holds were measured at the same time; the laws that data must obey.
 */
#include "inputs/scenario/scenario.h"
#include "inputs/telemetry/draft.h"
#include "inputs/telemetry/observed_json.h"
#include "inputs/telemetry/operational_laws.h"
#include "tests/support/support.h"
#include "tests/support/telemetry_form.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the replay ------------------------------------------------------------------------------ */

enum { REQUESTS = 3000, SERVERS = 4 };

/* A linear congruential generator: any spread of times will do, for the queue is exact. */
static double next_uniform(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

/* A queue with SERVERS places, first come first served, written from its definition. */
static void simulate(struct replayed *requests, int64_t *waits, int64_t *holds)
{
    uint64_t state = 17;
    int64_t free_at[SERVERS] = {0}, now = 1000000000;
    for (size_t i = 0; i < REQUESTS; i++) {
        size_t first = 0;
        now += (int64_t)(-log(next_uniform(&state)) * 12.3e6);
        for (size_t s = 1; s < SERVERS; s++)
            if (free_at[s] < free_at[first])
                first = s;
        int64_t begin = free_at[first] > now ? free_at[first] : now;
        holds[i] = 1 + (int64_t)(-log(next_uniform(&state)) * 41.7e6);
        waits[i] = begin - now;
        free_at[first] = begin + holds[i];
        requests[i] = (struct replayed){.start_ns = now, .end_ns = begin + holds[i], .class = i};
    }
}

static void starts_and_ends_settle_each_wait_and_hold(void **state)
{
    struct arena *arena = arena_open();
    struct replayed *requests = arena_array(arena, REQUESTS, sizeof *requests);
    int64_t *waits = arena_array(arena, REQUESTS, sizeof *waits);
    int64_t *holds = arena_array(arena, REQUESTS, sizeof *holds);
    struct pool_replay replay = {.max = SERVERS};
    size_t waited = 0;
    simulate(requests, waits, holds);
    pool_replay_run(&replay, requests, REQUESTS, arena);
    for (size_t i = 0; i < REQUESTS; i++) {
        size_t number = requests[i].class;
        assert_int_equal(requests[i].wait_ns, waits[number]);
        assert_int_equal(requests[i].hold_ns, holds[number]);
        waited += waits[number] > 0;
    }
    assert_true(waited > REQUESTS / 4 && waited == replay.waited);
    assert_int_equal(pool_replay_peak(requests, REQUESTS, arena) > SERVERS, true);
    arena_close(arena);
}

/* What every request does outside is found from the mean hold alone. */
static void the_time_outside_is_found_from_the_mean_hold(void **state)
{
    struct arena *arena = arena_open();
    struct replayed *requests = arena_array(arena, REQUESTS, sizeof *requests);
    int64_t *waits = arena_array(arena, REQUESTS, sizeof *waits);
    int64_t *holds = arena_array(arena, REQUESTS, sizeof *holds);
    struct pool_replay replay = {.max = SERVERS};
    double mean = 0;
    simulate(requests, waits, holds);
    for (size_t i = 0; i < REQUESTS; i++) {
        mean += (double)holds[i] / REQUESTS / 1e9;
        requests[i].start_ns -= 3000000;
    }
    assert_true(pool_replay_match(&replay, requests, REQUESTS, mean, INT64_MAX, arena));
    assert_within((double)replay.outside_ns, 3e6, 2000);
    for (size_t i = 0; i < REQUESTS; i++)
        assert_within((double)requests[i].hold_ns, (double)holds[requests[i].class], 2000);
    arena_close(arena);
}

/* Two connections: the second request meets the first; the third comes after both idled too long.
 */
static void idle_connections_expire_and_are_opened_again(void **state)
{
    struct arena *arena = arena_open();
    struct replayed requests[] = {{.start_ns = 0, .end_ns = 100},
                                  {.start_ns = 5000, .end_ns = 5130},
                                  {.start_ns = 5200, .end_ns = 5300},
                                  {.start_ns = 9000, .end_ns = 9120}};
    struct pool_replay replay = {.max = 2, .idle_timeout_ns = 1000, .connect_ns = 20};
    pool_replay_run(&replay, requests, 4, arena);
    assert_int_equal(replay.connects, 2);
    assert_false(requests[0].has_connected);
    assert_true(requests[1].has_connected);
    assert_int_equal(requests[1].wait_ns, 20);
    assert_int_equal(requests[1].hold_ns, 110);
    assert_false(requests[2].has_connected);
    assert_true(requests[3].has_connected);
    replay.min = 2;
    pool_replay_run(&replay, requests, 4, arena);
    assert_int_equal(replay.connects, 0);
    arena_close(arena);
}

/* ---- a real service -------------------------------------------------------------------------- */

static void add_lab(struct telemetry_form *form)
{
    static const char *const names[] = {"lab/haproxy.log.gz", "lab/access.log.gz",
                                        "lab/metrics.prom.gz", "lab/api.env"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        telemetry_form_add(form, names[i], NULL);
    telemetry_form_finish(form);
}

static const struct draft_class *find_class(const struct draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->class_count; i++)
        if (strcmp(draft->classes[i].name, name) == 0)
            return &draft->classes[i];
    fail_msg("no class %s", name);
    return NULL;
}

/* Measured inside of the service in the same 150 s: waits of 6.552 ms, holds of 99.766 (list),
 * 26.617 (order), 8.230 (item) and 263.005 ms (report) on average, 89.273 requests a second. The
 * counters' window is a few seconds shorter than the log's: means within 3 %, or four standard
 * errors. */
static void holds_of_a_service_are_those_that_were_measured_inside(void **state)
{
    static const struct {
        const char *name;
        double mean_s, error_s;
    } measured[] = {{"list", 99.766e-3, 0.571e-3},
                    {"order", 26.617e-3, 0.282e-3},
                    {"item", 8.230e-3, 0.066e-3},
                    {"report", 263.005e-3, 16.858e-3}};
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    add_lab(&form);
    assert_true(draft_make(form.observed, "lab", form.arena, draft, &err));
    assert_within(draft->rate_per_s, 89.273, 0.1);
    assert_int_equal(draft->fit.kind, ARRIVAL_FIT_POISSON);
    assert_false(draft->closed.is_closed);
    assert_within(draft->pool_max, 10, 0);
    assert_within(draft->replay.mean_wait_s, 6.552e-3, 0.2e-3);
    /* 0.026 ms in the larger pool afterwards; here it is hidden behind the waits. */
    assert_true(draft->has_checkout && draft->checkout.is_cv_assumed);
    assert_within(draft->checkout.mean, 30e-6, 1e-9);
    assert_int_equal(draft->class_count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct draft_law *law = &find_class(draft, measured[i].name)->work;
        assert_within(law->mean, measured[i].mean_s,
                      fmax(0.03 * measured[i].mean_s, 4 * measured[i].error_s));
    }
    telemetry_form_close(&form);
}

/* One of five requests of the log, told: the rate and what is held are those of all. The pool's own
 * counters say 80.3 ms; at 89.2/s that is 71.7 % of 10. Told nothing, the rate is a fifth. */
static void a_sample_of_the_log_stands_for_all(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    add_lab(&form);
    struct observed *observed = form.observed;
    observed->sampled_share = 0.2;
    for (size_t r = 0; r < observed->request_count; r++) {
        struct observed_requests *requests = observed->requests[r];
        size_t kept = 0;
        for (size_t i = 2; i < requests->count; i += 5, kept++) {
            requests->start_ns[kept] = requests->start_ns[i];
            requests->response_ns[kept] = requests->response_ns[i];
            requests->class[kept] = requests->class[i];
            requests->is_failed[kept] = requests->is_failed[i];
        }
        requests->count = requests->total = kept;
    }
    assert_true(draft_make(observed, "sample", form.arena, draft, &err));
    assert_within(draft->rate_per_s, 89.273, 0.2);
    double held = 0;
    for (size_t c = 0; c < draft->class_count; c++)
        held += draft->classes[c].share * draft->classes[c].work.mean;
    assert_within(draft->rate_per_s * held / 10, 0.717, 0.015);
    assert_int_equal(draft->replay.max, 0);
    telemetry_form_close(&form);
}

/* Written, read by the reader of scenarios, and without an error. */
static void assert_is_a_scenario(const struct draft *draft, const char *folder)
{
    struct arena *arena = arena_open();
    struct scenario_set set = {0};
    struct error err = {0};
    char path[300], text[1200];
    snprintf(path, sizeof path, "%s/scenario.json", folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    draft_write(draft, stream);
    assert_int_equal(fclose(stream), 0);
    struct scenario_request request = {.file = path};
    if (!scenario_read(&request, arena, &set, &err)) {
        error_format(&err, text, sizeof text);
        fail_msg("%s", text);
    }
    scenario_close(&set);
    arena_close(arena);
}

static void a_draft_is_a_scenario(void **state)
{
    static const char *const files[][4] = {
        {"lab/haproxy.log.gz", "lab/access.log.gz", "lab/metrics.prom.gz", "lab/api.env"},
        {"lab/access.log.gz"},
        {"captured/haproxy.log"},
        {"captured/pgbench_log.20409", "captured/stats.2.csv", "captured/config.csv"},
        {"made/k6.csv"}};
    char *folder = folder_make();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct telemetry_form form = telemetry_form_open();
        struct draft *draft = arena_alloc(form.arena, sizeof *draft);
        struct error err = {0};
        for (size_t k = 0; k < 4 && files[i][k]; k++)
            telemetry_form_add(&form, files[i][k], NULL);
        telemetry_form_finish(&form);
        assert_true(draft_make(form.observed, "drafted", form.arena, draft, &err));
        draft->trace_file = "arrivals.csv";
        char path[300];
        snprintf(path, sizeof path, "%s/arrivals.csv", folder);
        FILE *trace = fopen(path, "w");
        draft_write_trace(draft, trace);
        fclose(trace);
        assert_is_a_scenario(draft, folder);
        telemetry_form_close(&form);
    }
    folder_remove(folder);
}

/* Eight users of ab, three slots: a closed system, and the wait for a slot is no part of the hold.
 */
static void a_closed_loop_behind_slots_is_found(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    telemetry_form_add(&form, "captured/haproxy.log", NULL);
    telemetry_form_finish(&form);
    assert_true(draft_make(form.observed, "ab", form.arena, draft, &err));
    assert_true(draft->closed.is_closed);
    assert_int_equal(draft->closed.population, 8);
    assert_true(draft->has_proxy);
    assert_within(draft->classes[0].work.mean, 39.19e-3, 0.1e-3);
    telemetry_form_close(&form);
}

/* pgbench through the pooler: the pooler's 5.6 ms are its hold, not the 9.4 ms of xact_time. */
static void the_poolers_wait_is_no_part_of_its_hold(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    telemetry_form_add(&form, "captured/pgbench_log.20409", NULL);
    telemetry_form_add(&form, "captured/stats.2.csv", NULL);
    telemetry_form_add(&form, "captured/config.csv", NULL);
    telemetry_form_finish(&form);
    assert_true(draft_make(form.observed, "pgbench", form.arena, draft, &err));
    assert_true(draft->has_pooler);
    assert_within(draft->pooler_max, 3, 0);
    assert_int_equal(draft->classes[0].visits, 1);
    assert_within(draft->classes[0].work.mean, 1628.0 / 1626 * 5.5991714e-3, 1e-7);
    telemetry_form_close(&form);
}

/* A simulation of known laws (90 requests a second for 150 s, an application's pool that is never
 * full, a pooler of four): `list`, 70 %, goes three times to the pooler for 15 ms each, with 5 ms
 * of work before each; `item` once for 6 ms with 2 ms; all exponential, 3 ms outside. Waits are 7
 * ms a visit. Only starts, ends, the pool's counters and SHOW STATS are read. */
static void behind_a_pooler_the_laws_are_found_again(void **state)
{
    static const char *const names[] = {"made/pooler-access.jsonl.gz", "made/pooler.prom",
                                        "made/pooler-stats.1.csv", "made/pooler-stats.2.csv",
                                        "made/pooler.ini"};
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        telemetry_form_add(&form, names[i], NULL);
    telemetry_form_finish(&form);
    assert_true(draft_make(form.observed, "pooler", form.arena, draft, &err));
    const struct draft_class *list = find_class(draft, "list"), *item = find_class(draft, "item");
    assert_int_equal(list->visits, 3);
    assert_int_equal(item->visits, 1);
    /* 9,500 and 4,000 requests of cv 0.5 to 1: means to 3 % and 5 %. The variance of the waits is
     * twice that of the work, and comes from a formula: an error of a fifth in it (800 relaxation
     * times) is two fifths of the work's variance, a fifth of its spread; half as much again. */
    assert_within(list->work.mean, 15e-3, 0.03 * 15e-3);
    assert_within(list->between.mean, 5e-3, 0.03 * 5e-3);
    assert_within(item->work.mean, 6e-3, 0.05 * 6e-3);
    assert_within(list->work.cv, 1, 0.3);
    assert_within(item->work.cv, 1, 0.4);
    assert_within(draft->outside.mean, 3e-3, 0.1e-3);
    telemetry_form_close(&form);
}

/* 2.3 of 3 in use on average of ten samples, each for 5.599 ms: 410.8 a second, at random. */
static void counters_alone_make_a_draft(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    char *folder = folder_make();
    telemetry_form_add(&form, "captured/stats.1.csv", NULL);
    telemetry_form_add(&form, "captured/stats.2.csv", NULL);
    telemetry_form_add(&form, "captured/pools.sampled.csv", NULL);
    telemetry_form_add(&form, "captured/config.csv", NULL);
    telemetry_form_finish(&form);
    assert_true(draft_make(form.observed, "counted", form.arena, draft, &err));
    assert_true(draft->has_pooler && !draft->has_pool);
    assert_within(draft->rate_per_s, 2.3 / 5.599171e-3, 0.01);
    assert_within(draft->rate_relative_error, 0.3667 / 2.3, 0.001);
    assert_within(draft->classes[0].work.mean, 5.599e-3, 1e-6);
    assert_true(draft->classes[0].work.is_cv_assumed);
    assert_true(telemetry_form_has_finding(&form, "waits for the pooler were 3.81 ms"));
    assert_is_a_scenario(draft, folder);
    folder_remove(folder);
    telemetry_form_close(&form);
}

/* A pool's counters without a stamp say neither how long they counted nor how many are in use. */
static void without_times_nothing_is_drafted(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    struct draft *draft = arena_alloc(form.arena, sizeof *draft);
    struct error err = {0};
    telemetry_form_add(&form, "captured/stats.2.csv", NULL);
    telemetry_form_finish(&form);
    assert_false(draft_make(form.observed, "none", form.arena, draft, &err));
    assert_non_null(strstr(err.message, "no file tells when requests came"));
    telemetry_form_close(&form);
}

/* ---- laws ------------------------------------------------------------------------------------ */

/* 13.3/s x 115 ms are 1.53 busy: one place cannot do that. */
static void a_response_taken_for_a_service_is_refused_with_the_arithmetic(void **state)
{
    const struct telemetry_label label = {"server.took_ms", "server", "took_ms", OBSERVED_SERVICE};
    struct telemetry_form form = telemetry_form_open();
    form.telemetry->labels = &label;
    form.telemetry->label_count = 1;
    telemetry_form_add(&form, "made/own.csv", "csv:time=at");
    observed_set_setting(form.observed, 0, "server.max", 1, "1", "1");
    assert_false(telemetry_finish(form.telemetry, &form.err));
    assert_string_equal(form.err.message,
                        "server.took_ms as a service: 1.533 busy of 1, a utilization of 153 %, "
                        "which cannot be: rate x time = 13.33/s x 115 ms. It is a response with a "
                        "queue in it, or the size is another");
    telemetry_form_close(&form);
}

static void the_same_time_with_enough_places_is_taken(void **state)
{
    const struct telemetry_label label = {"server.took_ms", "server", "took_ms", OBSERVED_SERVICE};
    struct telemetry_form form = telemetry_form_open();
    form.telemetry->labels = &label;
    form.telemetry->label_count = 1;
    telemetry_form_add(&form, "made/own.csv", "csv:time=at");
    observed_set_setting(form.observed, 0, "server.max", 2, "1", "2");
    telemetry_form_finish(&form);
    assert_true(telemetry_form_has_finding(&form, "1.533 of 2 busy, 76.7 %"));
    telemetry_form_close(&form);
}

static size_t count_contradictions(const struct observed *observed)
{
    size_t count = 0;
    for (size_t i = 0; i < observed->finding_count; i++)
        count += observed->findings[i].is_contradiction;
    return count;
}

static void sources_of_one_run_do_not_contradict_each_other(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    add_lab(&form);
    assert_int_equal(count_contradictions(form.observed), 0);
    assert_true(telemetry_form_has_finding(&form, "utilization law: pool.use_time"));
    assert_true(telemetry_form_has_finding(&form, "Little's law: pool.busy"));
    telemetry_form_close(&form);
}

static void sources_of_two_runs_do(void **state)
{
    struct telemetry_form form = telemetry_form_open();
    telemetry_form_add(&form, "lab/access.log.gz", NULL);
    telemetry_form_add(&form, "made/hey.csv", NULL);
    telemetry_form_add(&form, "captured/pgbench_log.20409", NULL);
    telemetry_form_finish(&form);
    assert_true(count_contradictions(form.observed) > 0);
    assert_true(telemetry_form_has_finding(&form, "not of the same stream"));
    telemetry_form_close(&form);
}

/* ---- the form -------------------------------------------------------------------------------- */

/* Poisson arrivals in any order: the index is 1 within six standard errors at every scale. */
static void dispersion_does_not_depend_on_the_order_of_the_lines(void **state)
{
    enum { ARRIVALS = 40000 };
    struct arena *arena = arena_open();
    struct observed *observed = observed_create(arena);
    size_t file = observed_add_file(observed, "made");
    struct observed_arrivals *forward = observed_add_arrivals(observed, file, "requests");
    struct observed_arrivals *swapped = observed_add_arrivals(observed, file, "requests");
    int64_t *times = arena_array(arena, ARRIVALS, sizeof *times), now = 1700000000000000000;
    uint64_t seed = 5;
    for (size_t i = 0; i < ARRIVALS; i++)
        times[i] = now += (int64_t)(-log(next_uniform(&seed)) * 10e6);
    for (size_t i = 0; i < ARRIVALS; i++) {
        observed_add_arrival(forward, times[i]);
        /* Blocks of 100 lines backwards: a log in order of completion. */
        observed_add_arrival(swapped, times[i / 100 * 100 + 99 - i % 100]);
    }
    observed_finish(observed);
    for (size_t s = 0; s < OBSERVED_SCALES; s++) {
        const struct observed_scale *scale = &forward->scales[s];
        assert_int_equal(swapped->scales[s].windows, scale->windows);
        if (isnan(scale->dispersion))
            continue;
        assert_within(swapped->scales[s].dispersion, scale->dispersion, 0);
        assert_within(scale->dispersion, 1, 6 * sqrt(2 / ((double)scale->windows - 1)));
    }
    assert_true(forward->scales[2].windows > 300);
    arena_close(arena);
}

static void the_form_as_json_is_the_same_each_time_and_parses(void **state)
{
    char *texts[2];
    for (int run = 0; run < 2; run++) {
        struct telemetry_form form = telemetry_form_open();
        size_t size = 0;
        FILE *stream = open_memstream(&texts[run], &size);
        add_lab(&form);
        observed_json_write(form.observed, stream);
        fclose(stream);
        telemetry_form_close(&form);
    }
    assert_string_equal(texts[0], texts[1]);
    json_t *tree = json_loads(texts[0], JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(tree);
    assert_int_equal(json_integer_value(json_object_get(tree, "capsim_observed")), 1);
    assert_int_equal(json_array_size(json_object_get(tree, "files")), 4);
    json_decref(tree);
    free(texts[0]);
    free(texts[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_and_ends_settle_each_wait_and_hold),
        cmocka_unit_test(the_time_outside_is_found_from_the_mean_hold),
        cmocka_unit_test(idle_connections_expire_and_are_opened_again),
        cmocka_unit_test(holds_of_a_service_are_those_that_were_measured_inside),
        cmocka_unit_test(a_sample_of_the_log_stands_for_all),
        cmocka_unit_test(a_draft_is_a_scenario),
        cmocka_unit_test(a_closed_loop_behind_slots_is_found),
        cmocka_unit_test(the_poolers_wait_is_no_part_of_its_hold),
        cmocka_unit_test(behind_a_pooler_the_laws_are_found_again),
        cmocka_unit_test(counters_alone_make_a_draft),
        cmocka_unit_test(without_times_nothing_is_drafted),
        cmocka_unit_test(a_response_taken_for_a_service_is_refused_with_the_arithmetic),
        cmocka_unit_test(the_same_time_with_enough_places_is_taken),
        cmocka_unit_test(sources_of_one_run_do_not_contradict_each_other),
        cmocka_unit_test(sources_of_two_runs_do),
        cmocka_unit_test(dispersion_does_not_depend_on_the_order_of_the_lines),
        cmocka_unit_test(the_form_as_json_is_the_same_each_time_and_parses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
