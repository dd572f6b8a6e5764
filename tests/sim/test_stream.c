/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/random/stream.h"
#include "tests/support/support.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* Random123's known answers for philox4x32-10 (tests/exact/exact.json, rng-philox4x32-10). */
static void words_are_the_published_ones(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], word[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         {UINT32_MAX, UINT32_MAX},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct stream stream = {
            .key = {(uint64_t)known[i].key[1] << 32 | known[i].key[0], known[i].counter[3]},
            .index = known[i].counter[0],
            .lap_extra = known[i].counter[1],
            .id = known[i].counter[2]};
        stream_refill(&stream);
        assert_memory_equal(stream.word, known[i].word, sizeof stream.word);
    }
}

static void assert_words(uint32_t words[4][STREAM_BLOCK], struct stream_key key, uint32_t first)
{
    for (uint32_t i = 0; i < STREAM_BLOCK; i++) {
        struct stream stream = stream_at(key, 0xfeedbeef, first + i, 0);
        for (int w = 0; w < 4; w++)
            assert_int_equal(words[w][i], stream.word[w]);
    }
}

/* Every variant of stream_fill that this processor has gives Random123's words, also where the
 * index wraps. */
static void a_block_has_the_words_of_its_draws(void **state)
{
    (void)state;
    static const uint32_t firsts[] = {0, 64, 2385, UINT32_MAX - 70, UINT32_MAX - 10};
    struct stream_key key = {0x9d39247e33776d41, 17};
    for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
        uint32_t words[STREAM_WAYS + 1][4][STREAM_BLOCK];
        stream_fill(key, 0xfeedbeef, firsts[f], words[STREAM_WAYS]);
        for (int way = 0; way <= STREAM_WAYS; way++)
            if (way == STREAM_WAYS ||
                stream_fill_in((enum stream_way)way, key, 0xfeedbeef, firsts[f], words[way]))
                assert_words(words[way], key, firsts[f]);
    }
}

static void a_draw_is_a_pure_function_of_its_name(void **state)
{
    (void)state;
    struct stream_key key = {2385, 4};
    struct stream once = stream_at(key, stream_id("api.draw.0"), 9, 3), again = once;
    for (int i = 0; i < 1000; i++)
        stream_next_bits(&once);
    struct stream later = stream_at(key, stream_id("api.draw.0"), 9, 3);
    for (int i = 0; i < 1000; i++)
        assert_true(stream_next_bits(&later) == stream_next_bits(&again));
}

/* Neighbours in every direction of the counter: correlation below 4.9 / sqrt(n), exceeded once in a
 * million by chance; six pairs are looked at. */
static void neighbouring_draws_are_uncorrelated(void **state)
{
    (void)state;
    enum { COUNT = 100000, PAIRS = 6 };
    struct stream_key key = {71, 0}, next_key = {72, 0}, next_replication = {71, 1};
    double sum[PAIRS] = {0};
    for (uint32_t i = 0; i < COUNT; i++) {
        struct stream here = stream_at(key, 5, i, 0);
        struct stream others[] = {stream_at(key, 5, i + 1, 0), stream_at(key, 6, i, 0),
                                  stream_at(key, 5, i, 1), stream_at(next_key, 5, i, 0),
                                  stream_at(next_replication, 5, i, 0)};
        double u = stream_next_uniform(&here) - 0.5;
        for (int p = 0; p < PAIRS - 1; p++)
            sum[p] += u * (stream_next_uniform(&others[p]) - 0.5);
        sum[PAIRS - 1] += u * (stream_next_uniform(&here) - 0.5);
    }
    for (int p = 0; p < PAIRS; p++)
        assert_within(sum[p] / COUNT * 12, 0, 5.2 / sqrt(COUNT));
}

/* Chi-square on 1,024 equal bins within the central 1 - 1e-6. */
static void uniforms_fill_their_bins_evenly(void **state)
{
    (void)state;
    enum { BINS = 1024, EACH = 200 };
    static int bins[BINS];
    for (uint32_t i = 0; i < BINS * EACH; i++) {
        struct stream stream = stream_at((struct stream_key){3, 8}, 12, i, 0);
        double u = stream_next_uniform(&stream);
        assert_true(u > 0 && u < 1);
        bins[(int)(u * BINS)]++;
    }
    double chi_square = 0;
    for (int b = 0; b < BINS; b++)
        chi_square += (bins[b] - EACH) * (double)(bins[b] - EACH) / EACH;
    assert_true(chi_square < gsl_cdf_chisq_Qinv(5e-7, BINS - 1));
    assert_true(chi_square > gsl_cdf_chisq_Pinv(5e-7, BINS - 1));
}

static void uniforms_of_extreme_bits_stay_inside(void **state)
{
    (void)state;
    assert_true(stream_uniform_of_bits(0) > 0);
    assert_true(stream_uniform_of_bits(UINT64_MAX) < 1);
}

static void gsl_reads_the_same_words(void **state)
{
    (void)state;
    gsl_rng *rng = gsl_rng_alloc(stream_gsl_type);
    struct stream stream = stream_at((struct stream_key){5, 2}, 77, 13, 0);
    stream_gsl_start(rng, stream);
    for (int i = 0; i < 100; i++) {
        uint64_t bits = stream_next_bits(&stream);
        assert_int_equal(gsl_rng_get(rng), bits & UINT32_MAX);
        assert_int_equal(gsl_rng_get(rng), bits >> 32);
    }
    assert_true(gsl_rng_uniform(rng) < 1);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_the_published_ones),
        cmocka_unit_test(a_block_has_the_words_of_its_draws),
        cmocka_unit_test(a_draw_is_a_pure_function_of_its_name),
        cmocka_unit_test(neighbouring_draws_are_uncorrelated),
        cmocka_unit_test(uniforms_fill_their_bins_evenly),
        cmocka_unit_test(uniforms_of_extreme_bits_stay_inside),
        cmocka_unit_test(gsl_reads_the_same_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
