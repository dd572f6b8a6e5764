/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/ziggurat.h"
#include "tests/support/goodness.h"
#include <gsl/gsl_cdf.h>

enum { DRAWS = 3000000, BINS = 1000 };

static const struct stream_key KEY = {.seed = 0x2385a7f1, .replication = 6};

static struct stream draw_at(uint32_t index)
{
    return stream_at(KEY, stream_id("ziggurat"), index, 0);
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* log of the densities */
static long double log_exponential(long double x)
{
    return -x;
}

static long double log_normal(long double x)
{
    return -0.5L * x * x;
}

/* Layers are equal in area and close at the top. An edge off by its rounding (2^-53 of it) changes
 * a layer's area by less than 1e-13 of it, a wrong digit by far more. */
static void assert_layers(const double edge[ZIGGURAT_LAYERS + 1], double area, long double tail,
                          long double (*log_density)(long double))
{
    const double tolerance = 1e-13 * area;
    assert_true(edge[ZIGGURAT_LAYERS] == 0);
    assert_within((double)(edge[1] * expl(log_density(edge[1])) + tail), area, tolerance);
    assert_within((double)(edge[0] * expl(log_density(edge[1]))), area, tolerance);
    for (int i = 1; i < ZIGGURAT_LAYERS; i++) {
        long double outer = log_density(edge[i]), inner = log_density(edge[i + 1]);
        assert_true(edge[i + 1] < edge[i]);
        assert_within((double)(edge[i] * expl(outer) * expm1l(inner - outer)), area, tolerance);
    }
}

static void exponential_layers_have_equal_areas(void **state)
{
    assert_layers(ziggurat_exponential_edge, ziggurat_exponential_area,
                  expl(-(long double)ziggurat_exponential_edge[1]), log_exponential);
}

static void normal_layers_have_equal_areas(void **state)
{
    const long double half_pi = 1.570796326794896619231L, root_2 = 1.414213562373095048802L;
    assert_layers(ziggurat_normal_edge, ziggurat_normal_area,
                  sqrtl(half_pi) * erfcl(ziggurat_normal_edge[1] / root_2), log_normal);
}

/* Of the words, the part under the first comparison: the mean of edge[i + 1] / edge[i]. */
static double quick_share(const double edge[ZIGGURAT_LAYERS + 1])
{
    double sum = 0;
    for (int i = 0; i < ZIGGURAT_LAYERS; i++)
        sum += edge[i + 1] / edge[i];
    return sum / ZIGGURAT_LAYERS;
}

static void first_comparison_accepts_as_many_as_the_tables_say(void **state)
{
    uint64_t exponentials = 0, normals = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct stream draw = draw_at(i);
        uint64_t bits = stream_next_bits(&draw);
        double x;
        exponentials += ziggurat_exponential_try(bits, &x);
        normals += ziggurat_normal_try(bits, &x);
    }
    assert_within(quick_share(ziggurat_exponential_edge), 0.978, 0.0005);
    assert_within(quick_share(ziggurat_normal_edge), 0.985, 0.0005);
    assert_share(exponentials, DRAWS, quick_share(ziggurat_exponential_edge), "exponential");
    assert_share(normals, DRAWS, quick_share(ziggurat_normal_edge), "normal");
}

/* ---- exponential ----------------------------------------------------------------------------- */

static double exponential_cdf(const void *law, double x)
{
    return gsl_cdf_exponential_P(x - *(const double *)law, 1);
}

static void exponential_fills_bins_evenly(void **state)
{
    static uint64_t count[BINS];
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct stream draw = draw_at(i);
        double x = ziggurat_exponential(&draw);
        assert_true(x >= 0);
        count[(size_t)(BINS * gsl_cdf_exponential_P(x, 1)) % BINS]++;
    }
    assert_even(count, BINS, "exponential");
}

/* Beyond the last layer a formula of its own makes the values. These bits lead there: layer 0, the
 * greatest abscissa. */
static const uint64_t TAIL_BITS = UINT64_MAX - 255;

static void exponential_tail_is_exact(void **state)
{
    static double beyond[DRAWS / 10];
    const double start = ziggurat_exponential_edge[1];
    uint64_t count = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct stream draw = draw_at(i);
        count += ziggurat_exponential(&draw) > start;
    }
    assert_share(count, DRAWS, gsl_cdf_exponential_Q(start, 1), "exponential tail");
    for (uint32_t i = 0; i < DRAWS / 10; i++) {
        struct stream draw = draw_at(i);
        beyond[i] = ziggurat_exponential_retry(&draw, TAIL_BITS);
    }
    assert_mean(beyond, DRAWS / 10, start + 1, 1, "exponential tail");
    assert_follows(beyond, DRAWS / 10, exponential_cdf, &start, "exponential tail");
}

/* ---- normal ---------------------------------------------------------------------------------- */

static void normal_fills_bins_evenly(void **state)
{
    static uint64_t count[BINS];
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct stream draw = draw_at(i);
        count[(size_t)(BINS * gsl_cdf_ugaussian_P(ziggurat_normal(&draw))) % BINS]++;
    }
    assert_even(count, BINS, "normal");
}

static double normal_tail_cdf(const void *law, double x)
{
    return 1 - gsl_cdf_ugaussian_Q(x) / gsl_cdf_ugaussian_Q(*(const double *)law);
}

/* Only 0.026 % of the normals are beyond: the tail is drawn by itself, and its share checked. */
static void normal_tail_is_exact(void **state)
{
    static double beyond[DRAWS / 10];
    const double start = ziggurat_normal_edge[1];
    uint64_t left = 0, right = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct stream draw = draw_at(i);
        double x = ziggurat_normal(&draw);
        left += x < -start;
        right += x > start;
    }
    assert_share(left, DRAWS, gsl_cdf_ugaussian_Q(start), "left normal tail");
    assert_share(right, DRAWS, gsl_cdf_ugaussian_Q(start), "right normal tail");
    for (uint32_t i = 0; i < DRAWS / 10; i++) {
        struct stream draw = draw_at(i);
        beyond[i] = ziggurat_normal_retry(&draw, INT64_MAX - 255);
    }
    assert_follows(beyond, DRAWS / 10, normal_tail_cdf, &start, "normal tail");
}

/* ---- wedges -----------------------------------------------------------------------------------
 */

/* One ziggurat, for tests that hold both to the same rule. */
struct ziggurat {
    const char *name;
    const double *edge;
    bool (*try)(uint64_t bits, double *x);
    double (*retry)(struct stream *draw, uint64_t bits);
    double (*density)(double x);                /* unnormalised */
    double (*integral)(double from, double to); /* of the density */
};

static double exponential_density(double x)
{
    return exp(-x);
}

static double exponential_integral(double from, double to)
{
    return exp(-from) * -expm1(from - to);
}

static double normal_density(double x)
{
    return exp(-0.5 * x * x);
}

static double normal_integral(double from, double to)
{
    return sqrt(2 * M_PI) * (gsl_cdf_ugaussian_Q(from) - gsl_cdf_ugaussian_Q(to));
}

static const struct ziggurat ZIGGURATS[] = {
    {"exponential", ziggurat_exponential_edge, ziggurat_exponential_try, ziggurat_exponential_retry,
     exponential_density, exponential_integral},
    {"normal", ziggurat_normal_edge, ziggurat_normal_try, ziggurat_normal_retry, normal_density,
     normal_integral}};

/* The chance that an abscissa in the inner or outer half of the wedge is kept: the area under the
 * density there, above the layer's floor, over the rectangle's. */
static double wedge_chance(const struct ziggurat *z, uint64_t layer, bool is_outer)
{
    double outer = z->edge[layer], inner = z->edge[layer + 1], middle = 0.5 * (inner + outer);
    double from = is_outer ? middle : inner, to = is_outer ? outer : middle;
    double floor = z->density(outer), height = z->density(inner) - floor;
    return (z->integral(from, to) - floor * (to - from)) / (height * (to - from));
}

/* The wedges hold a few per cent of the values, too few to be seen in the bins above. Here they are
 * alone: how many of the abscissas in their inner and outer halves are kept. */
static void wedges_keep_what_is_under_the_density(void **state)
{
    for (size_t k = 0; k < 2; k++) {
        const struct ziggurat *z = &ZIGGURATS[k];
        double expected[2] = {0}, variance[2] = {0}, kept[2] = {0};
        for (uint32_t i = 0; i < DRAWS; i++) {
            struct stream draw = draw_at(i);
            uint64_t bits = stream_next_bits(&draw), layer = bits % ZIGGURAT_LAYERS;
            double x;
            if (z->try(bits, &x) || layer == 0)
                continue;
            bool is_outer = fabs(x) > 0.5 * (z->edge[layer] + z->edge[layer + 1]);
            double chance = wedge_chance(z, layer, is_outer);
            expected[is_outer] += chance;
            variance[is_outer] += chance * (1 - chance);
            kept[is_outer] += z->retry(&draw, bits) == x;
        }
        for (int half = 0; half < 2; half++)
            assert_within(kept[half], expected[half], 5 * sqrt(variance[half]));
    }
}

/* Sums of squares and products of neighbours see what a single value's bins don't: layers and
 * abscissas from the same bits, or one draw's bits used in the next. */
static void neighbours_are_uncorrelated(void **state)
{
    double products = 0, squares = 0, before = 0, square_before = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        struct stream draw = draw_at(i);
        double x = ziggurat_normal(&draw), square = (x * x - 1) / sqrt(2);
        products += x * before;
        squares += square * square_before;
        before = x;
        square_before = square;
    }
    assert_within(products / DRAWS, 0, 5 / sqrt(DRAWS));
    assert_within(squares / DRAWS, 0, 5 / sqrt(DRAWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponential_layers_have_equal_areas),
        cmocka_unit_test(normal_layers_have_equal_areas),
        cmocka_unit_test(first_comparison_accepts_as_many_as_the_tables_say),
        cmocka_unit_test(exponential_fills_bins_evenly),
        cmocka_unit_test(exponential_tail_is_exact),
        cmocka_unit_test(normal_fills_bins_evenly),
        cmocka_unit_test(normal_tail_is_exact),
        cmocka_unit_test(wedges_keep_what_is_under_the_density),
        cmocka_unit_test(neighbours_are_uncorrelated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
