/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/tails.h"
#include "tests/support/support.h"
#include <math.h>

/* Regularised incomplete gamma functions and normal tails by mpmath 1.3, 40 digits. */
static void tails_match_forty_digit_values(void **state)
{
    static const struct {
        double shape, x, below, above;
    } known[] = {
        {1e-6, 0.37, 0.99999924455833124, 7.5544166876010616e-7},
        {0.03, 1e-7, 0.62690766210539474, 0.37309233789460526},
        {0.193, 0.23, 0.78981761574433577, 0.21018238425566423},
        {0.47, 31.7, 0.99999999999999857, 1.4294062811258085e-15},
        {1, 0.693, 0.49992640430423232, 0.50007359569576768},
        {2.385, 0.0171, 2.0560093062409454e-5, 0.99997943990693759},
        {2.385, 41.3, 0.99999999999999983, 1.6835679205290896e-16},
        {83.1, 51.7, 3.5689525595797261e-5, 0.9999643104744042},
        {999.3, 1187.3, 0.9999999904986124, 9.5013876009238294e-9},
        {9999, 9871, 0.099880946637078055, 0.90011905336292194},
        {10001, 9871, 0.09641140372208533, 0.90358859627791467},
        {10001, 11003.7, 1.0, 1.326427193114371e-22},
        {31700, 31000.3, 3.7897121005398207e-5, 0.9999621028789946},
        {31700, 31711, 0.52537440393423678, 0.47462559606576322},
        {1000000, 996000, 3.1007118211082967e-5, 0.99996899288178892},
        {1000000, 1000031, 0.5124980182824191, 0.4875019817175809},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct tails tails = tails_of_gamma(known[i].shape, known[i].x);
        assert_within(tails.below, known[i].below, 1e-10 * known[i].below);
        assert_within(tails.above, known[i].above, 1e-10 * known[i].above);
    }
    assert_within(tails_of_normal(-8.3).below, 5.205569744890254e-17,
                  1e-12 * 5.205569744890254e-17);
    assert_within(tails_of_normal(11.7).above, 6.3726749156861605e-32,
                  1e-12 * 6.3726749156861605e-32);
    assert_within(tails_of_exponential(1e-12).below, 1e-12, 1e-23);
    assert_within(tails_of_exponential(300.3).above, exp(-300.3), 1e-12 * exp(-300.3));
}

/* GSL's error handler, which ends the program, is on here: no shape and no x may raise an error. */
static void gsl_is_asked_only_what_it_can_answer(void **state)
{
    for (double shape = 1e-12; shape < 1e14; shape *= 1.37) {
        for (double step = -700; step <= 700; step += 0.73) {
            double x = shape * exp(step), near = shape + 0.1 * step * sqrt(shape);
            struct tails far_away = tails_of_gamma(shape, x), close = tails_of_gamma(shape, near);
            assert_within(far_away.below + far_away.above, 1, 1e-10);
            assert_within(close.below + close.above, 1, 1e-10);
        }
        assert_true(tails_of_gamma(shape, INFINITY).below == 1);
        assert_true(tails_of_gamma(shape, 0).above == 1);
        assert_true(tails_of_gamma(shape, -2.385).above == 1);
    }
}

/* Of a shape above 10^8 a quantile's last bit is more than 1e-11 of its tail. */
static void gamma_quantile_has_the_tail_asked_for(void **state)
{
    for (double shape = 1e-4; shape < 1e8; shape *= 2.17) {
        for (double level = 0.4999; level > 1e-290;
             level = level > 0.01 ? level - 0.0273 : level * 1e-3) {
            double low = tails_invert_gamma(shape, (struct tails){level, 1 - level});
            double high = tails_invert_gamma(shape, (struct tails){1 - level, level});
            double tolerance = level * fmax(1e-10, 1e-12 * sqrt(shape));
            if (low > 1e-290) /* below, the quantile itself may be no double */
                assert_within(tails_of_gamma(shape, low).below, level, tolerance);
            if (high > 1e-290)
                assert_within(tails_of_gamma(shape, high).above, level, tolerance);
        }
    }
    assert_true(tails_invert_gamma(2.385, (struct tails){0, 1}) == 0);
    assert_true(isinf(tails_invert_gamma(2.385, (struct tails){1, 0})));
}

static void other_quantiles_undo_their_functions(void **state)
{
    for (double x = 1e-9; x < 700; x *= 1.31)
        assert_within(tails_invert_exponential(tails_of_exponential(x)), x, 1e-14 * x);
    for (double x = -37.1; x < 37.1; x += 0.173)
        assert_within(tails_invert_normal(tails_of_normal(x)), x, 1e-12 * fabs(x) + 1e-14);
}

static void mass_between_is_taken_from_the_smaller_tails(void **state)
{
    struct tails low = tails_of_normal(-9.1), next = tails_of_normal(-9.0);
    struct tails high = tails_of_normal(9.0), last = tails_of_normal(9.1);
    assert_true(tails_between(low, next) > 0);
    assert_within(tails_between(high, last), tails_between(low, next), 1e-12 * next.below);
    assert_within(tails_between(low, last), 1, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails_match_forty_digit_values),
        cmocka_unit_test(gsl_is_asked_only_what_it_can_answer),
        cmocka_unit_test(gamma_quantile_has_the_tail_asked_for),
        cmocka_unit_test(other_quantiles_undo_their_functions),
        cmocka_unit_test(mass_between_is_taken_from_the_smaller_tails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
