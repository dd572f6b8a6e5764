/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Variance components, effects and designs against layouts whose answer is known. */
#include "sim/random/stream.h"
#include "sim/study/sensitivity.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

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

static double draw_normal(uint64_t seed, uint32_t purpose, uint32_t index)
{
    struct stream stream = stream_at((struct stream_key){seed, 0}, purpose, index, 0);
    return gsl_cdf_ugaussian_Pinv(stream_next_uniform(&stream));
}

/* y = 3 + 0.7 draw + 0.4 replication + 0.9 the rest, all standard normal. */
enum { DRAWS = 12, REPLICATIONS = 4 };
static const double OF_DRAW = 0.7, OF_REPLICATION = 0.4, OF_REST = 0.9;

static void fill_layout(uint64_t seed, double *y)
{
    for (uint32_t d = 0; d < DRAWS; d++)
        for (uint32_t r = 0; r < REPLICATIONS; r++)
            y[d * REPLICATIONS + r] = 3 + OF_DRAW * draw_normal(seed, 1, d) +
                                      OF_REPLICATION * draw_normal(seed, 2, r) +
                                      OF_REST * draw_normal(seed, 3, d * REPLICATIONS + r);
}

/* ---- design ---- */

static void every_stratum_of_every_input_is_drawn_once(void **state)
{
    enum { MANY = 50, INPUTS = 7 };
    double u[MANY * INPUTS];
    sensitivity_design(2385, MANY, INPUTS, u, arena);
    for (int k = 0; k < INPUTS; k++) {
        int seen[MANY] = {0};
        for (int d = 0; d < MANY; d++) {
            assert_true(u[d * INPUTS + k] > 0 && u[d * INPUTS + k] < 1);
            seen[(int)(u[d * INPUTS + k] * MANY)]++;
        }
        for (int s = 0; s < MANY; s++)
            assert_int_equal(seen[s], 1);
    }
}

static void inputs_are_drawn_in_orders_of_their_own(void **state)
{
    enum { MANY = 400 };
    double u[MANY * 2], sum = 0;
    sensitivity_design(7, MANY, 2, u, arena);
    for (int d = 0; d < MANY; d++)
        sum += (u[2 * d] - 0.5) * (u[2 * d + 1] - 0.5) * 12 / MANY;
    /* A correlation of independent orders has standard error 1 / sqrt(400). */
    assert_within(sum, 0, 4.9 / 20);
}

/* ---- variance components ---- */

/* Over many layouts the components are right on average: 4.9 standard errors of 3,000. */
static void components_are_unbiased(void **state)
{
    enum { LAYOUTS = 3000 };
    double sum = 0, squares = 0, simulation = 0, simulation_squares = 0;
    double y[DRAWS * REPLICATIONS];
    for (uint64_t seed = 1; seed <= LAYOUTS; seed++) {
        fill_layout(seed, y);
        struct sensitivity_split split = sensitivity_split(y, DRAWS, REPLICATIONS, 0.95, arena);
        assert_int_equal(split.draws, DRAWS);
        sum += split.input_variance;
        squares += split.input_variance * split.input_variance;
        simulation += split.simulation_variance;
        simulation_squares += split.simulation_variance * split.simulation_variance;
        arena_reset(arena);
    }
    double mean = sum / LAYOUTS, error = sqrt((squares / LAYOUTS - mean * mean) / LAYOUTS);
    double other = simulation / LAYOUTS;
    double other_error = sqrt((simulation_squares / LAYOUTS - other * other) / LAYOUTS);
    /* Cut off at zero they are a little high: of the draws' in 1 of 100 layouts, by less than a
     * hundredth of it; of the replications', whose mean square has 3 degrees of freedom, more. */
    assert_within(mean, OF_DRAW * OF_DRAW, 4.9 * error + 0.005);
    double truth = (OF_REPLICATION * OF_REPLICATION + OF_REST * OF_REST) / REPLICATIONS;
    assert_within(other, truth, 4.9 * other_error + 0.02);
}

/* The interval of the share holds the true share as often as it says, the common part of the
 * replications aside: there is none here. */
static void the_interval_of_the_share_covers(void **state)
{
    enum { LAYOUTS = 3000 };
    int covered = 0;
    double y[DRAWS * REPLICATIONS];
    for (uint64_t seed = 1; seed <= LAYOUTS; seed++) {
        for (uint32_t d = 0; d < DRAWS; d++)
            for (uint32_t r = 0; r < REPLICATIONS; r++)
                y[d * REPLICATIONS + r] = OF_DRAW * draw_normal(seed, 4, d) +
                                          OF_REST * draw_normal(seed, 5, d * REPLICATIONS + r);
        struct sensitivity_split split = sensitivity_split(y, DRAWS, REPLICATIONS, 0.95, arena);
        double truth = OF_DRAW * OF_DRAW / (OF_DRAW * OF_DRAW + OF_REST * OF_REST / REPLICATIONS);
        covered += split.low <= truth && truth <= split.high ? 1 : 0;
        arena_reset(arena);
    }
    double share = (double)covered / LAYOUTS;
    print_message("%.1f %% of the intervals hold the true share\n", share * 100);
    /* Not below 95 % less 4.9 standard errors; the F interval itself is exact, its conversion with
     * an estimated simulation variance a little wide. */
    assert_true(share > 0.95 - 4.9 * sqrt(0.95 * 0.05 / LAYOUTS));
    assert_true(share < 0.99);
}

static void draws_with_gaps_are_left_out(void **state)
{
    double y[DRAWS * REPLICATIONS];
    fill_layout(3, y);
    y[5] = NAN;
    struct sensitivity_split split = sensitivity_split(y, DRAWS, REPLICATIONS, 0.95, arena);
    assert_int_equal(split.draws, DRAWS - 1);
    assert_true(isfinite(split.share));
}

static void without_any_noise_all_is_the_inputs(void **state)
{
    double y[] = {1, 1, 2, 2, 5, 5};
    struct sensitivity_split split = sensitivity_split(y, 3, 2, 0.95, arena);
    assert_true(split.share == 1 && split.low == 1 && split.simulation_variance == 0);
    double same[] = {1, 1, 1, 1};
    assert_true(isnan(sensitivity_split(same, 2, 2, 0.95, arena).share));
}

/* ---- effects ---- */

/* y = 2 x0 - x1 + 0.1 noise, x in units of their standard deviations: shares 0.8 and 0.2. */
static void shares_of_a_linear_function_are_known(void **state)
{
    enum { MANY = 200, INPUTS = 3 };
    double u[MANY * INPUTS], x[MANY * INPUTS], y[MANY];
    struct sensitivity_effect effects[INPUTS];
    sensitivity_design(11, MANY, INPUTS, u, arena);
    for (int i = 0; i < MANY * INPUTS; i++)
        x[i] = 1 + 0.05 * gsl_cdf_ugaussian_Pinv(u[i]);
    for (uint32_t d = 0; d < MANY; d++)
        y[d] = 2 * (x[3 * d] - 1) / 0.05 - (x[3 * d + 1] - 1) / 0.05 + 0.1 * draw_normal(1, 9, d);
    double explained = sensitivity_regress(y, x, MANY, INPUTS, 0.95, effects, arena);
    assert_true(explained > 0.99);
    assert_within(effects[0].effect, 2, 0.06);
    assert_within(effects[1].effect, -1, 0.06);
    assert_within(effects[0].share, 0.8, 0.06);
    assert_within(effects[1].share, 0.2, 0.06);
    assert_true(effects[2].low < 0 && effects[2].high > 0 && effects[2].share < 0.001);
    assert_true(effects[2].share_low == 0);
}

/* A parabola has no straight part: nothing is explained, and that is said. */
static void what_is_no_line_is_not_explained(void **state)
{
    enum { MANY = 100 };
    double u[MANY], x[MANY], y[MANY];
    struct sensitivity_effect effect;
    sensitivity_design(5, MANY, 1, u, arena);
    for (int d = 0; d < MANY; d++) {
        x[d] = u[d];
        y[d] = (u[d] - 0.5) * (u[d] - 0.5);
    }
    assert_true(sensitivity_regress(y, x, MANY, 1, 0.95, &effect, arena) < 0.1);
}

static void too_few_draws_explain_nothing(void **state)
{
    double x[] = {1, 2, 3, 4}, y[] = {1, 2};
    struct sensitivity_effect effects[2];
    assert_true(isnan(sensitivity_regress(y, x, 2, 2, 0.95, effects, arena)));
    assert_true(isnan(effects[0].share) && isnan(effects[1].effect));
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ARENA(every_stratum_of_every_input_is_drawn_once),
        IN_ARENA(inputs_are_drawn_in_orders_of_their_own),
        IN_ARENA(components_are_unbiased),
        IN_ARENA(the_interval_of_the_share_covers),
        IN_ARENA(draws_with_gaps_are_left_out),
        IN_ARENA(without_any_noise_all_is_the_inputs),
        IN_ARENA(shares_of_a_linear_function_are_known),
        IN_ARENA(what_is_no_line_is_not_explained),
        IN_ARENA(too_few_draws_explain_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
