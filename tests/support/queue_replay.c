/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/queue_replay.h"

#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int first_free(const int64_t *free_at, int servers)
{
    int first = 0;
    for (int s = 1; s < servers; s++)
        if (free_at[s] < free_at[first])
            first = s;
    return first;
}

/* One request comes and waits, or gives up. */
static void replay_one(struct queue_replay *replay, int64_t *free_at, int64_t arrival,
                       int64_t service, int64_t patience)
{
    int64_t wait = *free_at > arrival ? *free_at - arrival : 0;
    if (wait > patience) {
        replay->gave_up++;
        return;
    }
    *free_at = arrival + wait + service;
    replay->served++;
    replay->waits_us += wait;
    replay->services_us += service;
    if (wait > replay->longest_wait_us)
        replay->longest_wait_us = wait;
}

struct queue_replay queue_replay_file(const char *file, double unit_us, int servers,
                                      int64_t patience_us)
{
    struct queue_replay replay = {0};
    int64_t free_at[QUEUE_REPLAY_MAX_SERVERS] = {0};
    double arrival, service;
    char *path = source_path(file);
    FILE *stream = fopen(path, "r");
    if (!stream || servers > QUEUE_REPLAY_MAX_SERVERS)
        fail_msg("%s cannot be replayed", path);
    while (fgetc(stream) != '\n')
        ; /* the names of the columns */
    while (fscanf(stream, "%lf,%lf", &arrival, &service) == 2)
        replay_one(&replay, &free_at[first_free(free_at, servers)], llround(arrival * unit_us),
                   llround(service * unit_us), patience_us);
    fclose(stream);
    free(path);
    return replay;
}
