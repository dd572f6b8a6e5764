/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/executor_pool.h"
#include <string.h>
#include <time.h>

enum { FIRST_ROOM = 64 };

static const int64_t NS_PER_S = 1000000000;

/* The next item, or false when there will be none. */
static bool take_next(struct executor_pool *pool, size_t *item)
{
    pthread_mutex_lock(&pool->mutex);
    while (pool->count == 0 && !pool->is_closed)
        pthread_cond_wait(&pool->is_fed, &pool->mutex);
    bool is_there = pool->count > 0;
    if (is_there) {
        *item = pool->queue[pool->first];
        pool->first = (pool->first + 1) % pool->room;
        pool->count--;
    }
    pthread_mutex_unlock(&pool->mutex);
    return is_there;
}

static void hand_in(struct executor_pool *pool, const struct executor_record *record,
                    const void *bytes)
{
    pthread_mutex_lock(&pool->mutex);
    parcel_put(&pool->finished, record, sizeof *record);
    parcel_put(&pool->finished, bytes, record->size);
    pthread_cond_signal(&pool->has_finished);
    pthread_mutex_unlock(&pool->mutex);
}

static void *serve(void *context)
{
    struct executor_pool *pool = context;
    struct arena *arena = arena_open();
    size_t item;
    while (take_next(pool, &item)) {
        struct error err = {0};
        struct parcel parcel = parcel_in(arena);
        bool is_done = pool->work->ship(pool->work->context, item, arena, &parcel, &err);
        err.raised_in = NULL; /* an address means nothing to another process */
        struct executor_record record = {item, is_done ? parcel.size : sizeof err, !is_done};
        hand_in(pool, &record, is_done ? (const void *)parcel.bytes : &err);
        arena_reset(arena);
    }
    arena_close(arena);
    return NULL;
}

bool executor_pool_open(struct executor_pool *pool, const struct work *work, unsigned threads,
                        struct error *err)
{
    *pool = (struct executor_pool){.work = work, .arena = arena_open(), .finished = parcel_open()};
    pthread_condattr_t attributes;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->is_fed, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->has_finished, &attributes);
    pthread_condattr_destroy(&attributes);
    pool->room = FIRST_ROOM;
    pool->queue = arena_array(pool->arena, pool->room, sizeof *pool->queue);
    pool->thread = arena_array(pool->arena, threads, sizeof *pool->thread);
    while (pool->threads < threads &&
           pthread_create(&pool->thread[pool->threads], NULL, serve, pool) == 0)
        pool->threads++;
    if (pool->threads > 0)
        return true;
    executor_pool_close(pool);
    return error_set(err, STATUS_IO, "no thread can be started");
}

void executor_pool_close(struct executor_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->is_closed = true;
    pthread_cond_broadcast(&pool->is_fed);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->threads; i++)
        pthread_join(pool->thread[i], NULL);
    pthread_cond_destroy(&pool->is_fed);
    pthread_cond_destroy(&pool->has_finished);
    pthread_mutex_destroy(&pool->mutex);
    parcel_close(&pool->finished);
    arena_close(pool->arena);
}

static void make_room(struct executor_pool *pool, size_t count)
{
    size_t room = pool->room;
    while (room < pool->count + count)
        room *= 2;
    if (room == pool->room)
        return;
    size_t *grown = arena_array(pool->arena, room, sizeof *grown);
    for (size_t i = 0; i < pool->count; i++)
        grown[i] = pool->queue[(pool->first + i) % pool->room];
    pool->queue = grown;
    pool->room = room;
    pool->first = 0;
}

void executor_pool_feed(struct executor_pool *pool, size_t first, size_t count)
{
    pthread_mutex_lock(&pool->mutex);
    make_room(pool, count);
    for (size_t i = 0; i < count; i++)
        pool->queue[(pool->first + pool->count++) % pool->room] = first + i;
    pthread_cond_broadcast(&pool->is_fed);
    pthread_mutex_unlock(&pool->mutex);
}

void executor_pool_collect(struct executor_pool *pool, struct parcel *records)
{
    pthread_mutex_lock(&pool->mutex);
    struct parcel finished = pool->finished;
    pool->finished = *records;
    *records = finished;
    pthread_mutex_unlock(&pool->mutex);
}

void executor_pool_wait(struct executor_pool *pool, int64_t wait_ns)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + wait_ns;
    until.tv_sec += (time_t)(ns / NS_PER_S);
    until.tv_nsec = (long)(ns % NS_PER_S);
    pthread_mutex_lock(&pool->mutex);
    if (pool->finished.size == 0)
        pthread_cond_timedwait(&pool->has_finished, &pool->mutex, &until);
    pthread_mutex_unlock(&pool->mutex);
}
