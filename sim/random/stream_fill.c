/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream_fill: Philox4x32-10 over a block of consecutive indices.
 *
 * The ten rounds of one counter are a chain of multiplications, but 64 counters are independent: in
 * vectors they cost 2.0 (AVX-512), 2.5 (AVX2) or 5 ns each against 9.6 ns one by one
 * (bench_variates prints it). All variants give the words of Random123's philox4x32, which
 * test_stream holds them to. */
#include "sim/random/stream.h"
#include <string.h>

enum { ROUNDS = 10 };
/* Multipliers and key increments: Salmon et al. (2011), section 3.3; the increments are the golden
 * ratio and sqrt 3 - 1. */
static const uint32_t MULTIPLIER_0 = 0xD2511F53u, MULTIPLIER_1 = 0xCD9E8D57u;
static const uint32_t INCREMENT_0 = 0x9E3779B9u, INCREMENT_1 = 0xBB67AE85u;

/* For any processor; written so that the inner loop vectorises. */
static void fill_plain(struct stream_key key, uint32_t id, uint32_t first,
                       uint32_t words[4][STREAM_BLOCK])
{
    for (uint32_t i = 0; i < STREAM_BLOCK; i++) {
        words[0][i] = first + i;
        words[1][i] = 0;
        words[2][i] = id;
        words[3][i] = key.replication;
    }
    uint32_t key_0 = (uint32_t)key.seed, key_1 = (uint32_t)(key.seed >> 32);
    for (int round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < STREAM_BLOCK; i++) {
            uint64_t product_0 = (uint64_t)words[0][i] * MULTIPLIER_0;
            uint64_t product_1 = (uint64_t)words[2][i] * MULTIPLIER_1;
            words[0][i] = (uint32_t)(product_1 >> 32) ^ words[1][i] ^ key_0;
            words[1][i] = (uint32_t)product_1;
            words[2][i] = (uint32_t)(product_0 >> 32) ^ words[3][i] ^ key_1;
            words[3][i] = (uint32_t)product_0;
        }
        key_0 += INCREMENT_0;
        key_1 += INCREMENT_1;
    }
}

#if defined(__x86_64__) && !defined(CAPSIM_PLAIN_STREAMS)
#include <immintrin.h>

/* Eight counters at a time, one in the low half of each 64-bit lane (what is above does no harm:
 * the multiplication reads the low half alone). Two vectors, because one alone waits for its own
 * multiplications. */
__attribute__((target("avx2"))) static void
fill_avx2(struct stream_key key, uint32_t id, uint32_t first, uint32_t words[4][STREAM_BLOCK])
{
    const __m256i by_0 = _mm256_set1_epi64x(MULTIPLIER_0), by_1 = _mm256_set1_epi64x(MULTIPLIER_1);
    const __m256i low_halves = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
    const __m256i step = _mm256_setr_epi64x(0, 1, 2, 3);
    for (uint32_t at = 0; at < STREAM_BLOCK; at += 8) {
        __m256i a[4], b[4];
        a[0] = _mm256_add_epi64(_mm256_set1_epi64x(first + at), step);
        b[0] = _mm256_add_epi64(_mm256_set1_epi64x(first + at + 4), step);
        a[1] = b[1] = _mm256_setzero_si256();
        a[2] = b[2] = _mm256_set1_epi64x(id);
        a[3] = b[3] = _mm256_set1_epi64x(key.replication);
        uint32_t key_0 = (uint32_t)key.seed, key_1 = (uint32_t)(key.seed >> 32);
#pragma GCC unroll 10
        for (int round = 0; round < ROUNDS; round++) {
            __m256i k_0 = _mm256_set1_epi64x(key_0), k_1 = _mm256_set1_epi64x(key_1);
            __m256i a_0 = _mm256_mul_epu32(a[0], by_0), a_1 = _mm256_mul_epu32(a[2], by_1);
            __m256i b_0 = _mm256_mul_epu32(b[0], by_0), b_1 = _mm256_mul_epu32(b[2], by_1);
            a[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a_1, 32), a[1]), k_0);
            b[0] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b_1, 32), b[1]), k_0);
            a[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a_0, 32), a[3]), k_1);
            b[2] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b_0, 32), b[3]), k_1);
            a[1] = a_1;
            b[1] = b_1;
            a[3] = a_0;
            b[3] = b_0;
            key_0 += INCREMENT_0;
            key_1 += INCREMENT_1;
        }
#pragma GCC unroll 4
        for (int w = 0; w < 4; w++) {
            __m256i low = _mm256_permutevar8x32_epi32(a[w], low_halves);
            __m256i high = _mm256_permutevar8x32_epi32(b[w], low_halves);
            __m256i both = _mm256_blend_epi32(low, high, 0xF0);
            _mm256_storeu_si256((__m256i *)(void *)&words[w][at], both);
        }
    }
}

enum { XOR_OF_THREE = 0x96 }; /* the truth table of a ^ b ^ c for ternarylogic */

__attribute__((target("avx512f"))) static void
fill_avx512(struct stream_key key, uint32_t id, uint32_t first, uint32_t words[4][STREAM_BLOCK])
{
    const __m512i by_0 = _mm512_set1_epi64(MULTIPLIER_0), by_1 = _mm512_set1_epi64(MULTIPLIER_1);
    const __m512i step = _mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7);
    for (uint32_t at = 0; at < STREAM_BLOCK; at += 16) {
        __m512i a[4], b[4];
        a[0] = _mm512_add_epi64(_mm512_set1_epi64(first + at), step);
        b[0] = _mm512_add_epi64(_mm512_set1_epi64(first + at + 8), step);
        a[1] = b[1] = _mm512_setzero_si512();
        a[2] = b[2] = _mm512_set1_epi64(id);
        a[3] = b[3] = _mm512_set1_epi64(key.replication);
        uint32_t key_0 = (uint32_t)key.seed, key_1 = (uint32_t)(key.seed >> 32);
#pragma GCC unroll 10
        for (int round = 0; round < ROUNDS; round++) {
            __m512i k_0 = _mm512_set1_epi64(key_0), k_1 = _mm512_set1_epi64(key_1);
            __m512i a_0 = _mm512_mul_epu32(a[0], by_0), a_1 = _mm512_mul_epu32(a[2], by_1);
            __m512i b_0 = _mm512_mul_epu32(b[0], by_0), b_1 = _mm512_mul_epu32(b[2], by_1);
            __m512i a_high_1 = _mm512_srli_epi64(a_1, 32), a_high_0 = _mm512_srli_epi64(a_0, 32);
            __m512i b_high_1 = _mm512_srli_epi64(b_1, 32), b_high_0 = _mm512_srli_epi64(b_0, 32);
            a[0] = _mm512_ternarylogic_epi64(a_high_1, a[1], k_0, XOR_OF_THREE);
            b[0] = _mm512_ternarylogic_epi64(b_high_1, b[1], k_0, XOR_OF_THREE);
            a[2] = _mm512_ternarylogic_epi64(a_high_0, a[3], k_1, XOR_OF_THREE);
            b[2] = _mm512_ternarylogic_epi64(b_high_0, b[3], k_1, XOR_OF_THREE);
            a[1] = a_1;
            b[1] = b_1;
            a[3] = a_0;
            b[3] = b_0;
            key_0 += INCREMENT_0;
            key_1 += INCREMENT_1;
        }
#pragma GCC unroll 4
        for (int w = 0; w < 4; w++) {
            _mm256_storeu_si256((__m256i *)(void *)&words[w][at], _mm512_cvtepi64_epi32(a[w]));
            _mm256_storeu_si256((__m256i *)(void *)&words[w][at + 8], _mm512_cvtepi64_epi32(b[w]));
        }
    }
}

void stream_fill(struct stream_key key, uint32_t id, uint32_t first_index,
                 uint32_t words[4][STREAM_BLOCK])
{
    if (__builtin_cpu_supports("avx512f"))
        fill_avx512(key, id, first_index, words);
    else if (__builtin_cpu_supports("avx2"))
        fill_avx2(key, id, first_index, words);
    else
        fill_plain(key, id, first_index, words);
}

static bool fill_in_vectors(enum stream_way way, struct stream_key key, uint32_t id, uint32_t first,
                            uint32_t words[4][STREAM_BLOCK])
{
    if (way == STREAM_AVX512 && __builtin_cpu_supports("avx512f"))
        fill_avx512(key, id, first, words);
    else if (way == STREAM_AVX2 && __builtin_cpu_supports("avx2"))
        fill_avx2(key, id, first, words);
    else
        return false;
    return true;
}
#else
void stream_fill(struct stream_key key, uint32_t id, uint32_t first_index,
                 uint32_t words[4][STREAM_BLOCK])
{
    fill_plain(key, id, first_index, words);
}

static bool fill_in_vectors(enum stream_way way, struct stream_key key, uint32_t id, uint32_t first,
                            uint32_t words[4][STREAM_BLOCK])
{
    (void)way, (void)key, (void)id, (void)first, (void)words;
    return false;
}
#endif

bool stream_fill_in(enum stream_way way, struct stream_key key, uint32_t id, uint32_t first_index,
                    uint32_t words[4][STREAM_BLOCK])
{
    if (way != STREAM_PLAIN)
        return fill_in_vectors(way, key, id, first_index, words);
    fill_plain(key, id, first_index, words);
    return true;
}
