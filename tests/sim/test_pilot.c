/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/pilot.h"
#include "tests/support/support.h"
#include <math.h>

/* A system that tends to its steady level as 1 - exp(-t / relaxation), with noise on each bin. */
struct fake {
    double relaxation_ns; /* of series 0; 0: it begins in steady state                 */
    double growth;        /* of series 0, per ns: never settles                        */
    bool has_gap;         /* series 1 observed nothing in bin 7 of any replication     */
    uint32_t failing;     /* replication that cannot be run; UINT32_MAX: none          */
    atomic_bool *stop;    /* set by the first run                                      */
    atomic_int *runs;
};

/* A number in [-1, 1) that looks random, from what identifies it (the finalizer of splitmix64). */
static double noise(uint32_t replication, int64_t length, size_t at)
{
    uint64_t x = (uint64_t)length * 2654435761u + (uint64_t)replication * 40503 + at;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (double)(int64_t)(x ^ x >> 31) * 0x1p-63;
}

static bool run_fake(const void *model, uint32_t replication, int64_t length, size_t bins,
                     double *series, struct arena *arena, struct error *err)
{
    const struct fake *fake = model;
    atomic_fetch_add(fake->runs, 1);
    if (fake->stop)
        atomic_store(fake->stop, true);
    if (replication == fake->failing)
        return error_set(err, STATUS_MODEL, "replication %u failed", replication);
    for (size_t bin = 0; bin < bins; bin++) {
        double t = (double)length * ((double)bin + 0.5) / (double)bins;
        double missing = fake->relaxation_ns > 0 ? exp(-t / fake->relaxation_ns) : 0;
        series[bin] =
            2.385 * (1 - missing) + fake->growth * t + 0.05 * noise(replication, length, bin);
        bool is_gap = fake->has_gap && bin == 7;
        series[bins + bin] = is_gap ? NAN : 0.731 + 1e-3 * noise(replication, length, bins + bin);
    }
    return true;
}

/* Runs the search: pilots from 1 s to 16 s. */
static struct pilot_finding find(struct fake fake, unsigned threads, int *runs, struct error *err)
{
    atomic_int counter = 0;
    atomic_bool stop = false;
    fake.runs = &counter;
    if (fake.stop)
        fake.stop = &stop;
    struct pilot pilot = {&fake, run_fake, 2, 1000000000, 16000000000};
    struct replications_options workers = {.threads = threads, .is_interrupted = &stop};
    struct pilot_finding finding;
    bool is_fine = pilot_find_warmup(&pilot, &workers, &finding, err);
    assert_int_equal(is_fine, err->status == STATUS_OK);
    *runs = counter;
    return finding;
}

static struct pilot_finding find_well(struct fake fake, int *runs)
{
    struct error err = {0};
    fake.failing = UINT32_MAX;
    struct pilot_finding finding = find(fake, 1, runs, &err);
    assert_int_equal(err.status, STATUS_OK);
    assert_false(finding.is_interrupted);
    return finding;
}

static void a_system_in_steady_state_needs_one_short_pilot(void **state)
{
    int runs;
    struct pilot_finding finding = find_well((struct fake){0}, &runs);
    assert_true(finding.has_settled);
    assert_int_equal(runs, PILOT_REPLICATIONS);
    assert_int_equal(finding.length_ns, 1000000000);
    assert_int_equal(finding.warmup_ns, 250000000);
}

/* The noise of a mean of ten is 0.05 / sqrt(3) / sqrt(10) = 0.009, the level 2.385: the transient
 * is lost in it after ln(2.385 / 0.009) = 5.6 relaxation times. One that is lost well within the
 * first quarter needs no longer pilot; one that fills the quarter does, and then the quarter of
 * that is left out. */
static void a_transient_longer_than_a_quarter_needs_a_longer_pilot(void **state)
{
    static const struct {
        double relaxation_ns;
        int64_t shortest, longest;
    } cases[] = {{23850000, 1000000000, 1000000000},
                 {238500000, 4000000000, 8000000000},
                 {357750000, 8000000000, 16000000000}};
    for (size_t i = 0; i < 3; i++) {
        int runs;
        double relaxation_ns = cases[i].relaxation_ns;
        struct pilot_finding finding =
            find_well((struct fake){.relaxation_ns = relaxation_ns}, &runs);
        assert_true(finding.has_settled);
        assert_in_range(finding.length_ns, cases[i].shortest, cases[i].longest);
        assert_int_equal(finding.warmup_ns, finding.length_ns / 4);
        assert_true((double)finding.warmup_ns > 4 * relaxation_ns);
    }
}

/* Lost after some 6 s: too late for the first quarter of 16 s, but before its half. */
static void a_late_cut_of_the_longest_pilot_is_used_as_it_is(void **state)
{
    int runs;
    struct pilot_finding finding = find_well((struct fake){.relaxation_ns = 1.3e9}, &runs);
    assert_true(finding.has_settled);
    assert_int_equal(finding.length_ns, 16000000000);
    assert_in_range(finding.warmup_ns, 4000000001, 7999999999);
}

static void a_system_that_grows_without_end_does_not_settle(void **state)
{
    int runs;
    struct pilot_finding finding = find_well((struct fake){.growth = 1e-9}, &runs);
    assert_false(finding.has_settled);
    assert_int_equal(finding.length_ns, 16000000000);
    assert_int_equal(finding.warmup_ns, 8000000000);
    assert_int_equal(runs, 5 * PILOT_REPLICATIONS); /* 1, 2, 4, 8, 16 s */
}

/* Series 1 alone would be cut nowhere near this, so series 0 decides with and without the gap. */
static void a_series_with_a_gap_is_left_out(void **state)
{
    int runs, runs_without;
    struct pilot_finding with =
        find_well((struct fake){.relaxation_ns = 23850000, .has_gap = true}, &runs);
    struct pilot_finding without =
        find_well((struct fake){.relaxation_ns = 23850000}, &runs_without);
    assert_true(with.has_settled);
    assert_int_equal(with.warmup_ns, without.warmup_ns);
}

static void the_finding_does_not_depend_on_threads(void **state)
{
    struct fake fake = {.relaxation_ns = 95400000, .failing = UINT32_MAX};
    int runs;
    struct error err = {0};
    int64_t expected = find(fake, 1, &runs, &err).warmup_ns;
    assert_true(expected > 0);
    for (unsigned threads = 2; threads <= 16; threads *= 2)
        assert_int_equal(find(fake, threads, &runs, &err).warmup_ns, expected);
}

static void an_interruption_is_told(void **state)
{
    atomic_bool any = false;
    struct error err = {0};
    int runs;
    struct fake fake = {.failing = UINT32_MAX, .stop = &any};
    assert_true(find(fake, 1, &runs, &err).is_interrupted);
    assert_int_equal(runs, 1);
}

static void an_error_of_a_run_ends_the_search(void **state)
{
    struct error err = {0};
    int runs;
    find((struct fake){.failing = 3}, 1, &runs, &err);
    assert_string_equal(err.message, "replication 3 failed");
    assert_int_equal(runs, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_system_in_steady_state_needs_one_short_pilot),
        cmocka_unit_test(a_transient_longer_than_a_quarter_needs_a_longer_pilot),
        cmocka_unit_test(a_late_cut_of_the_longest_pilot_is_used_as_it_is),
        cmocka_unit_test(a_system_that_grows_without_end_does_not_settle),
        cmocka_unit_test(a_series_with_a_gap_is_left_out),
        cmocka_unit_test(the_finding_does_not_depend_on_threads),
        cmocka_unit_test(an_interruption_is_told),
        cmocka_unit_test(an_error_of_a_run_ends_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
