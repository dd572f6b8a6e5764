/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/stats/fit_data.h"
#include "sim/stats/histogram.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double NS = 1e-9;

struct fit_data *fit_data_create(struct arena *arena)
{
    struct fit_data *data = arena_alloc(arena, sizeof *data);
    data->arena = arena;
    fit_data_add_selection(data, (struct fit_selection){0, 1, 0});
    return data;
}

uint32_t fit_data_add_selection(struct fit_data *data, struct fit_selection selection)
{
    assert(selection.from >= 0 && selection.all_from >= selection.from);
    assert(selection.share > 0 && selection.share <= 1);
    for (size_t i = 0; i < data->selection_count; i++) {
        const struct fit_selection *known = &data->selections[i];
        if (known->from == selection.from && known->share == selection.share &&
            known->all_from == selection.all_from)
            return (uint32_t)i;
    }
    struct fit_selection *grown =
        arena_array(data->arena, data->selection_count + 1, sizeof *grown);
    if (data->selection_count)
        memcpy(grown, data->selections, data->selection_count * sizeof *grown);
    grown[data->selection_count] = selection;
    data->selections = grown;
    return (uint32_t)data->selection_count++;
}

static void push(struct fit_data *data, struct fit_value value)
{
    if (data->count == data->capacity) {
        size_t capacity = data->capacity ? 2 * data->capacity : 64;
        struct fit_value *grown = arena_array(data->arena, capacity, sizeof *grown);
        if (data->count)
            memcpy(grown, data->values, data->count * sizeof *grown);
        data->values = grown;
        data->capacity = capacity;
    }
    data->values[data->count++] = value;
    data->total += value.weight;
}

void fit_data_add(struct fit_data *data, double value, double weight, uint32_t selection)
{
    assert(value >= 0 && isfinite(value) && weight > 0 && selection < data->selection_count);
    if (value == 0)
        data->zeros += weight;
    else
        push(data, (struct fit_value){value, value, weight, selection});
}

void fit_data_add_between(struct fit_data *data, double low, double high, double weight,
                          uint32_t selection)
{
    assert(low >= 0 && low < high && weight > 0 && selection < data->selection_count);
    low = fmax(low, data->selections[selection].from);
    if (low >= high) /* at the threshold, to rounding */
        high = nextafter(low, INFINITY);
    push(data, (struct fit_value){low, high, weight, selection});
}

void fit_data_add_rounded(struct fit_data *data, double value, double step, uint32_t selection)
{
    fit_data_add_between(data, fmax(value - step / 2, 0), value + step / 2, 1, selection);
}

void fit_data_add_cut(struct fit_data *data, double value, double step, uint32_t selection)
{
    fit_data_add_between(data, value, value + step, 1, selection);
}

void fit_data_add_histogram(struct fit_data *data, const uint64_t *counts)
{
    for (uint32_t b = 0; b < HISTOGRAM_BUCKETS; b++) {
        if (counts[b] == 0)
            continue;
        double start = (double)histogram_start(b), weight = (double)counts[b];
        /* The last bucket ends where the next would begin. */
        double end = b + 1 < HISTOGRAM_BUCKETS ? (double)histogram_start(b + 1) : start * 1.002;
        if (start == 0)
            data->zeros += weight;
        else
            fit_data_add_between(data, (start - 0.5) * NS, (end - 0.5) * NS, weight, 0);
    }
}

/* ---- grouping ------------------------------------------------------------------------------- */

static int by_place(const void *left, const void *right)
{
    const struct fit_value *a = left, *b = right;
    if (a->selection != b->selection)
        return a->selection < b->selection ? -1 : 1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    return a->high < b->high ? -1 : a->high > b->high;
}

static void merge_alike(struct fit_data *data)
{
    size_t kept = 0;
    qsort(data->values, data->count, sizeof *data->values, by_place);
    for (size_t i = 0; i < data->count; i++)
        if (kept > 0 && by_place(&data->values[kept - 1], &data->values[i]) == 0)
            data->values[kept - 1].weight += data->values[i].weight;
        else
            data->values[kept++] = data->values[i];
    data->count = kept;
}

/* The interval of 1/512 of an octave that holds an exact value, of those that start at powers of 2.
 */
static struct fit_value widened(const struct fit_data *data, struct fit_value value)
{
    enum { PARTS = 512 };
    int exponent;
    double fraction = frexp(value.low, &exponent);
    double part = ceil((fraction - 0.5) * 2 * PARTS), unit = ldexp(1, exponent - 1) / PARTS;
    double base = ldexp(1, exponent - 1);
    value.low = fmax(base + (part - 1) * unit, data->selections[value.selection].from);
    value.high = base + part * unit;
    if (value.low >= value.high)
        value.high = nextafter(value.low, INFINITY);
    return value;
}

void fit_data_group(struct fit_data *data, size_t most)
{
    if (data->count == 0)
        return;
    merge_alike(data);
    size_t exact = 0;
    for (size_t i = 0; i < data->count; i++)
        exact += data->values[i].low == data->values[i].high;
    if (exact <= most)
        return;
    for (size_t i = 0; i < data->count; i++)
        if (data->values[i].low == data->values[i].high)
            data->values[i] = widened(data, data->values[i]);
    merge_alike(data);
}

static bool are_multiples(const double *values, size_t count, double step)
{
    for (size_t i = 0; i < count; i++) {
        double ratio = values[i] / step;
        if (fabs(ratio - nearbyint(ratio)) > 1e-6 * fmax(1, fabs(ratio) * 1e-6))
            return false;
    }
    return true;
}

double fit_data_find_step(const double *values, size_t count)
{
    enum { MIN_VALUES = 20, FINEST = 9 };
    if (count < MIN_VALUES)
        return 0;
    for (int digits = 0; digits <= FINEST; digits++)
        if (are_multiples(values, count, 1 / pow(10, digits)))
            return 1 / pow(10, digits);
    return 0;
}

/* ---- the product-limit estimator ------------------------------------------------------------ */

/* A value leaves the set at risk at `at`: seen to end there, or lost from sight. */
struct leaving {
    double at, low, weight;
    bool is_end, is_exact;
};

struct entry {
    double at, weight;
};

static int by_leaving(const void *left, const void *right)
{
    const struct leaving *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return (int)b->is_end - (int)a->is_end; /* an end at t happens before a loss at t */
}

static int by_entry(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* What stands for the values that the thinning left out. */
static double full_weight(const struct fit_data *data, const struct fit_value *value)
{
    const struct fit_selection *selection = &data->selections[value->selection];
    return value->low < selection->all_from ? value->weight / selection->share : value->weight;
}

static void fill_risk(const struct fit_data *data, struct leaving *out, struct entry *in)
{
    for (size_t i = 0; i < data->count; i++) {
        const struct fit_value *value = &data->values[i];
        double weight = full_weight(data, value);
        bool is_end = isfinite(value->high);
        out[i] = (struct leaving){is_end ? value->high : value->low, value->low, weight, is_end,
                                  value->low == value->high};
        in[i] = (struct entry){data->selections[value->selection].from, weight};
    }
    qsort(out, data->count, sizeof *out, by_leaving);
    qsort(in, data->count, sizeof *in, by_entry);
}

struct fit_curve fit_data_curve(const struct fit_data *data, struct arena *arena)
{
    size_t n = data->count, entered = 0, i = 0;
    struct leaving *out = arena_array(arena, n, sizeof *out);
    struct entry *in = arena_array(arena, n, sizeof *in);
    struct fit_curve curve = {.x = arena_array(arena, n, sizeof(double)),
                              .below = arena_array(arena, n, sizeof(double)),
                              .low = arena_array(arena, n, sizeof(double)),
                              .is_exact = arena_array(arena, n, sizeof(bool)),
                              .total = data->total,
                              .beyond = 1};
    fill_risk(data, out, in);
    curve.from = n ? in[0].at : 0;
    double at_risk = 0;
    while (i < n) {
        double at = out[i].at, low = at, ended = 0, lost = 0;
        bool is_exact = true;
        /* A value of exactly the threshold is recorded. */
        for (; entered < n && in[entered].at <= at; entered++)
            at_risk += in[entered].weight;
        for (; i < n && out[i].at == at; i++) {
            *(out[i].is_end ? &ended : &lost) += out[i].weight;
            is_exact = is_exact && (out[i].is_exact || !out[i].is_end);
            low = out[i].is_end ? fmin(low, out[i].low) : low;
        }
        if (ended > 0) {
            /* Sums of weights leave a rest of rounding: the last one at risk takes all. */
            bool is_last = at_risk - ended <= 1e-9 * ended;
            curve.beyond = is_last ? 0 : curve.beyond * (1 - ended / at_risk);
            curve.x[curve.count] = at;
            curve.low[curve.count] = low;
            curve.below[curve.count] = 1 - curve.beyond;
            curve.is_exact[curve.count++] = is_exact;
        }
        at_risk -= ended + lost;
    }
    return curve;
}
