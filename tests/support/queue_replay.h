/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queue_replay.h - what the shortest loop makes of recorded requests: whoever arrives takes the one
 * of some servers that is free first, in order of arrival, unless it would wait longer than its
 * patience.
 *
 * Times are whole microseconds, as the files of tests/measured have them: nothing is rounded. */
#ifndef CAPSIM_TESTS_SUPPORT_QUEUE_REPLAY_H
#define CAPSIM_TESTS_SUPPORT_QUEUE_REPLAY_H

#include <stdint.h>

enum { QUEUE_REPLAY_MAX_SERVERS = 16 };

struct queue_replay {
    int64_t served, gave_up;
    int64_t waits_us, longest_wait_us, services_us; /* of those who are served; sums */
};

/* Replays a file of the source tree whose two columns are arrivals and services, in units of
 * unit_us [us]. patience_us: INT64_MAX for ever. */
struct queue_replay queue_replay_file(const char *file, double unit_us, int servers,
                                      int64_t patience_us);

#endif
