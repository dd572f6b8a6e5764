/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ziggurat.h - exponential and normal variates without a logarithm.
 *
 * Marsaglia & Tsang, "The ziggurat method for generating random variables", J. Stat. Softw. 5(8),
 * 2000, with 256 layers and one 64-bit word per try. The area under the density is cut into layers
 * of equal area; layer i (1..255) reaches from 0 to edge[i], and what lies left of edge[i + 1] is
 * under the density without a look. Layer 0 is the tail beyond edge[1], padded to a rectangle of
 * width edge[0] = area / density(edge[1]). 97.8 % of the exponentials and 98.5 % of the normals end
 * at the first comparison, which is the _try function, for loops that put off the rest. Doornik
 * (2005) showed what goes wrong when one word's bits serve twice: here the layer is bits 0..7 and
 * the abscissa bits 11..63 (normal, signed: 10..63). All bits come from the draw given, so a
 * rejection moves no other draw. */
#ifndef CAPSIM_SIM_RANDOM_ZIGGURAT_H
#define CAPSIM_SIM_RANDOM_ZIGGURAT_H

#include "sim/random/stream.h"
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { ZIGGURAT_LAYERS = 256 };

/* Right ends of the layers, falling from edge[0] to edge[256] = 0, and the area of each. The
 * densities are exp(-x) and exp(-x^2 / 2), unnormalised. */
extern const double ziggurat_exponential_edge[ZIGGURAT_LAYERS + 1];
extern const double ziggurat_exponential_area;
extern const double ziggurat_normal_edge[ZIGGURAT_LAYERS + 1];
extern const double ziggurat_normal_area;

/* Sets *x to the abscissa that bits pick in their layer. True if it is accepted at once. */
static inline bool ziggurat_exponential_try(uint64_t bits, double *x)
{
    const double *edge = &ziggurat_exponential_edge[bits % ZIGGURAT_LAYERS];
    *x = (double)(int64_t)(bits >> 11) * 0x1p-53 * edge[0];
    return *x < edge[1];
}

/* Goes on where the first try of bits was not accepted at once. */
static inline double ziggurat_exponential_retry(struct stream *draw, uint64_t bits)
{
    double beyond = 0; /* what is beyond edge[1] is edge[1] + another exponential */
    for (;;) {
        uint64_t layer = bits % ZIGGURAT_LAYERS;
        double x;
        if (ziggurat_exponential_try(bits, &x))
            return beyond + x;
        if (layer == 0) {
            beyond += ziggurat_exponential_edge[1];
        } else {
            double edge = ziggurat_exponential_edge[layer];
            double height = ziggurat_exponential_area / edge;
            if (exp(-edge) + stream_next_uniform(draw) * height < exp(-x))
                return beyond + x;
        }
        bits = stream_next_bits(draw);
    }
}

/* An exponential of mean 1, >= 0. */
static inline double ziggurat_exponential(struct stream *draw)
{
    uint64_t bits = stream_next_bits(draw);
    double x;
    if (__builtin_expect(ziggurat_exponential_try(bits, &x), 1))
        return x;
    return ziggurat_exponential_retry(draw, bits);
}

/* Sets *x to the signed abscissa that bits pick in their layer. True if it is accepted at once. */
static inline bool ziggurat_normal_try(uint64_t bits, double *x)
{
    const double *edge = &ziggurat_normal_edge[bits % ZIGGURAT_LAYERS];
    *x = (double)((int64_t)bits >> 10) * 0x1p-53 * edge[0];
    return fabs(*x) < edge[1];
}

/* The size of a normal given that it is beyond edge[1]: Marsaglia (1964), exact. */
static inline double ziggurat_normal_tail(struct stream *draw)
{
    const double start = ziggurat_normal_edge[1];
    for (;;) {
        double x = ziggurat_exponential(draw) / start;
        if (2 * ziggurat_exponential(draw) > x * x)
            return start + x;
    }
}

/* Goes on where the first try of bits was not accepted at once. */
static inline double ziggurat_normal_retry(struct stream *draw, uint64_t bits)
{
    for (;;) {
        uint64_t layer = bits % ZIGGURAT_LAYERS;
        double x;
        if (ziggurat_normal_try(bits, &x))
            return x;
        if (layer == 0)
            return copysign(ziggurat_normal_tail(draw), x);
        double edge = ziggurat_normal_edge[layer];
        double height = ziggurat_normal_area / edge;
        if (exp(-0.5 * edge * edge) + stream_next_uniform(draw) * height < exp(-0.5 * x * x))
            return x;
        bits = stream_next_bits(draw);
    }
}

/* A normal of mean 0 and variance 1. */
static inline double ziggurat_normal(struct stream *draw)
{
    uint64_t bits = stream_next_bits(draw);
    double x;
    if (__builtin_expect(ziggurat_normal_try(bits, &x), 1))
        return x;
    return ziggurat_normal_retry(draw, bits);
}

#endif
