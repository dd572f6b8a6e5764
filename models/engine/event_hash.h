/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_hash.h - one number for all that happened in a replication: two runs with the same one had
 * the same events, in the same order, at the same times.
 *
 * Of each event counts when it was, whether it was an alarm, and of which request's record or which
 * alarm. A step is a bijection of the number before, so a difference is never lost by what follows
 * alike; that two runs agree by chance is as likely as 64 bits make it. Cost: one multiplication an
 * event, which nothing waits for. Source of the step: a polynomial modulo 2^64 in the odd integer
 * next to 2^64 over the golden ratio (Knuth, The Art of Computer Programming 3, 6.4). */
#ifndef CAPSIM_MODELS_ENGINE_EVENT_HASH_H
#define CAPSIM_MODELS_ENGINE_EVENT_HASH_H

#include <stdbool.h>
#include <stdint.h>

/* The hash after one more event, at `time` [ns]; number: of the request's record, or of the alarm.
 */
static inline uint64_t event_hash_add(uint64_t hash, int64_t time, bool is_alarm, uint32_t number)
{
    uint64_t what = is_alarm ? ~(uint64_t)number : number;
    return (hash + (uint64_t)time) * UINT64_C(0x9E3779B97F4A7C15) + what;
}

#endif
