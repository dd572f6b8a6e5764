/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/gather.h"
#include <math.h>
#include <string.h>

static const double NS_PER_S = 1e9;

void gather_open(struct study_result *result, const struct study_setting *setting,
                 struct arena *arena)
{
    *result = (struct study_result){.verdict = VERDICT_NONE};
    result->merged = arena_array(arena, setting->histogram_count, sizeof *result->merged);
    result->merged_arena = arena_open_inside(arena);
    result->estimates = arena_array(arena, setting->column_count, sizeof *result->estimates);
    result->decisions = arena_array(arena, setting->criterion_count, sizeof *result->decisions);
}

static void *copy_grown(struct arena *arena, const void *old, size_t old_count, size_t count,
                        size_t size)
{
    void *grown = arena_array(arena, count, size);
    if (old_count > 0)
        memcpy(grown, old, old_count * size);
    return grown;
}

void gather_grow(struct study_result *result, const struct study_setting *setting, size_t rows,
                 struct arena *arena)
{
    size_t columns = setting->column_count, old_rows = result->started;
    size_t old_cells = old_rows * columns, cells = rows * columns;
    result->done = copy_grown(arena, result->done, old_rows, rows, sizeof *result->done);
    result->values = copy_grown(arena, result->values, old_cells, cells, sizeof *result->values);
    result->weights = copy_grown(arena, result->weights, old_cells, cells, sizeof *result->weights);
    result->event_hashes =
        copy_grown(arena, result->event_hashes, old_rows, rows, sizeof *result->event_hashes);
    for (size_t i = old_cells; i < cells; i++)
        result->values[i] = NAN;
    result->started = rows;
}

void gather_copy(struct study_result *copy, const struct study_result *result,
                 const struct study_setting *setting, struct arena *arena)
{
    gather_open(copy, setting, arena);
    for (size_t h = 0; h < setting->histogram_count; h++)
        histogram_copy(&copy->merged[h], &result->merged[h], copy->merged_arena);
    copy->done = result->done;
    copy->event_hashes = result->event_hashes;
    copy->values = result->values;
    copy->weights = result->weights;
    copy->started = result->started;
    copy->replications = result->replications;
}

static void fill_quantiles(const struct study_setting *setting, struct observation *observation)
{
    for (size_t c = 0; c < setting->column_count; c++) {
        const struct column *column = &setting->columns[c];
        if (column->kind != COLUMN_QUANTILE)
            continue;
        const uint32_t *counts = observation->counts[column->histogram];
        uint64_t total = (uint64_t)observation->weight[c];
        double value = histogram_quantile(counts, total, column->quantile) / NS_PER_S;
        if (column->has_largest && value > observation->value[column->largest])
            value = observation->value[column->largest];
        observation->value[c] = value;
    }
}

bool gather_replicate(struct study_result *result, const struct study_setting *setting,
                      size_t replication, pthread_mutex_t *merging, struct arena *arena,
                      struct error *err)
{
    struct observation observation = {
        .value = result->values + replication * setting->column_count,
        .weight = result->weights + replication * setting->column_count,
        .counts = arena_array(arena, setting->histogram_count, sizeof *observation.counts)};
    if (!setting->replicate(setting->model, (uint32_t)replication, arena, &observation, err))
        return false;
    fill_quantiles(setting, &observation);
    /* At once, so that only one histogram per worker and one per setting exist; in an arena that
     * the lock guards, too. */
    pthread_mutex_lock(merging);
    for (size_t h = 0; h < setting->histogram_count; h++)
        histogram_merge(&result->merged[h], observation.counts[h], result->merged_arena);
    pthread_mutex_unlock(merging);
    result->event_hashes[replication] = observation.event_hash;
    result->done[replication] = true;
    return true;
}

/* Of each histogram how many buckets are not empty, then these: most are. */
static void put_histogram(struct parcel *parcel, const uint32_t *counts)
{
    uint32_t used = 0;
    for (uint32_t b = 0; b < HISTOGRAM_BUCKETS; b++)
        used += counts[b] != 0;
    parcel_put(parcel, &used, sizeof used);
    char *place = parcel_extend(parcel, 2 * sizeof used * used);
    for (uint32_t b = 0; b < HISTOGRAM_BUCKETS; b++)
        if (counts[b] != 0) {
            memcpy(place, &b, sizeof b);
            memcpy(place + sizeof b, &counts[b], sizeof b);
            place += 2 * sizeof b;
        }
}

static bool take_histogram(struct parcel *parcel, struct histogram *sum, struct arena *arena)
{
    uint32_t used, pair[2];
    if (!parcel_get(parcel, &used, sizeof used))
        return false;
    for (uint32_t i = 0; i < used; i++) {
        if (!parcel_get(parcel, pair, sizeof pair) || pair[0] >= HISTOGRAM_BUCKETS)
            return false;
        histogram_add(sum, pair[0], pair[1], arena);
    }
    return true;
}

bool gather_ship(const struct study_setting *setting, size_t replication, struct arena *arena,
                 struct parcel *parcel, struct error *err)
{
    size_t columns = setting->column_count;
    struct observation observation = {
        .value = arena_array(arena, columns, sizeof *observation.value),
        .weight = arena_array(arena, columns, sizeof *observation.weight),
        .counts = arena_array(arena, setting->histogram_count, sizeof *observation.counts)};
    for (size_t c = 0; c < columns; c++)
        observation.value[c] = NAN;
    if (!setting->replicate(setting->model, (uint32_t)replication, arena, &observation, err))
        return false;
    fill_quantiles(setting, &observation);
    parcel_put(parcel, &observation.event_hash, sizeof observation.event_hash);
    parcel_put(parcel, observation.value, columns * sizeof *observation.value);
    parcel_put(parcel, observation.weight, columns * sizeof *observation.weight);
    for (size_t h = 0; h < setting->histogram_count; h++)
        put_histogram(parcel, observation.counts[h]);
    return true;
}

bool gather_take(struct study_result *result, const struct study_setting *setting,
                 size_t replication, struct parcel *parcel, struct error *err)
{
    size_t columns = setting->column_count, size = columns * sizeof *result->values;
    bool is_whole = parcel_get(parcel, &result->event_hashes[replication], sizeof(uint64_t)) &&
                    parcel_get(parcel, result->values + replication * columns, size) &&
                    parcel_get(parcel, result->weights + replication * columns, size);
    for (size_t h = 0; h < setting->histogram_count && is_whole; h++)
        is_whole = take_histogram(parcel, &result->merged[h], result->merged_arena);
    if (!is_whole || parcel->at != parcel->size)
        return error_set(err, STATUS_IO,
                         "replication %zu came back as something else: the ranks "
                         "do not run the same program on the same inputs",
                         replication);
    result->done[replication] = true;
    return true;
}

void gather_count(struct study_result *result)
{
    result->replications = 0;
    for (size_t r = 0; r < result->started; r++)
        result->replications += result->done[r];
}
