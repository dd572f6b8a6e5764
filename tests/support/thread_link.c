/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/thread_link.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct letter {
    struct letter *next;
    unsigned from;
    size_t size;
    const void *broadcast; /* rank 0's own bytes, which have to stay; NULL: they are behind */
    char bytes[];
};

/* What has been sent to a rank and not yet been received, in order. */
struct post_box {
    struct letter *first, **last;
};

struct office;

struct desk {
    struct office *office;
    struct ranks_link link;
    struct ranks ranks;
    pthread_t thread;
    struct post_box letters, broadcasts;
};

struct office {
    pthread_mutex_t mutex;
    pthread_cond_t has_come;
    struct desk desks[THREAD_LINK_MAX_RANKS];
    unsigned count;
    const char *(*body)(void *context, struct ranks *ranks);
    void *context;
};

static void post(struct office *office, struct post_box *box, struct letter *letter)
{
    pthread_mutex_lock(&office->mutex);
    *box->last = letter;
    box->last = &letter->next;
    pthread_cond_broadcast(&office->has_come);
    pthread_mutex_unlock(&office->mutex);
}

/* The first letter of the box; NULL: there is none. Under the mutex. */
static struct letter *take(struct post_box *box)
{
    struct letter *letter = box->first;
    if (letter) {
        box->first = letter->next;
        if (!box->first)
            box->last = &box->first;
    }
    return letter;
}

static void send(void *context, unsigned to, const void *bytes, size_t size)
{
    struct desk *desk = context;
    struct letter *letter = malloc(sizeof *letter + size);
    *letter = (struct letter){.from = desk->link.rank, .size = size};
    if (size > 0)
        memcpy(letter->bytes, bytes, size);
    post(desk->office, &desk->office->desks[to].letters, letter);
}

static bool receive(void *context, struct parcel *message, unsigned *from)
{
    struct desk *desk = context;
    pthread_mutex_lock(&desk->office->mutex);
    struct letter *letter = take(&desk->letters);
    pthread_mutex_unlock(&desk->office->mutex);
    if (!letter)
        return false;
    *from = letter->from;
    parcel_put(message, letter->bytes, letter->size);
    free(letter);
    return true;
}

static void begin_broadcast(void *context, void *bytes, size_t size)
{
    struct desk *desk = context;
    struct office *office = desk->office;
    for (unsigned r = 1; r < office->count; r++) {
        struct letter *letter = malloc(sizeof *letter);
        *letter = (struct letter){.size = size, .broadcast = bytes};
        post(office, &office->desks[r].broadcasts, letter);
    }
}

/* All have copied it. Under the mutex. */
static bool have_all(const struct office *office)
{
    bool have = true;
    for (unsigned r = 1; r < office->count; r++)
        have &= office->desks[r].broadcasts.first == NULL;
    return have;
}

static bool has_passed(void *context)
{
    struct office *office = ((struct desk *)context)->office;
    pthread_mutex_lock(&office->mutex);
    bool have = have_all(office);
    pthread_mutex_unlock(&office->mutex);
    return have;
}

static void receive_broadcast(struct desk *desk, void *bytes, size_t size)
{
    struct office *office = desk->office;
    pthread_mutex_lock(&office->mutex);
    while (!desk->broadcasts.first)
        pthread_cond_wait(&office->has_come, &office->mutex);
    const struct letter *first = desk->broadcasts.first;
    memcpy(bytes, first->broadcast, first->size < size ? first->size : size);
    free(take(&desk->broadcasts));
    pthread_cond_broadcast(&office->has_come);
    pthread_mutex_unlock(&office->mutex);
}

static void broadcast(void *context, void *bytes, size_t size)
{
    struct desk *desk = context;
    struct office *office = desk->office;
    if (desk->link.rank > 0) {
        receive_broadcast(desk, bytes, size);
        return;
    }
    begin_broadcast(context, bytes, size);
    pthread_mutex_lock(&office->mutex);
    while (!have_all(office))
        pthread_cond_wait(&office->has_come, &office->mutex);
    pthread_mutex_unlock(&office->mutex);
}

static void *serve(void *context)
{
    struct desk *desk = context;
    ranks_open(&desk->ranks, &desk->link);
    ranks_close(&desk->ranks, desk->office->body(desk->office->context, &desk->ranks));
    return NULL;
}

void thread_link_run(unsigned count, const char *(*body)(void *context, struct ranks *ranks),
                     void *context)
{
    struct office *office = calloc(1, sizeof *office);
    office->count = count;
    office->body = body;
    office->context = context;
    pthread_mutex_init(&office->mutex, NULL);
    pthread_cond_init(&office->has_come, NULL);
    for (unsigned r = 0; r < count; r++) {
        struct desk *desk = &office->desks[r];
        desk->office = office;
        desk->link = (struct ranks_link){desk,    r,         count,           send,
                                         receive, broadcast, begin_broadcast, has_passed};
        desk->letters.last = &desk->letters.first;
        desk->broadcasts.last = &desk->broadcasts.first;
    }
    for (unsigned r = 0; r < count; r++)
        pthread_create(&office->desks[r].thread, NULL, serve, &office->desks[r]);
    for (unsigned r = 0; r < count; r++)
        pthread_join(office->desks[r].thread, NULL);
    for (unsigned r = 0; r < count; r++)
        for (struct letter *letter; (letter = take(&office->desks[r].letters));)
            free(letter);
    pthread_cond_destroy(&office->has_come);
    pthread_mutex_destroy(&office->mutex);
    free(office);
}
