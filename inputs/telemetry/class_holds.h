/* SPDX-License-Identifier: GPL-3.0-or-later */
/* class_holds.h - the holds of a class of requests that its law is made of.
 *
 * A wait is known as well as the order of starts and ends is: of two requests that came within a
 * millisecond one may have been granted before the other, and what one has too much in its hold the
 * other has too little. That spreads short holds. Where they are less spread among those that found
 * a connection free, those are taken; unless holds depend on how much goes on, as behind a pooler,
 * or where their middle is another. */
#ifndef CAPSIM_INPUTS_TELEMETRY_CLASS_HOLDS_H
#define CAPSIM_INPUTS_TELEMETRY_CLASS_HOLDS_H

#include "inputs/telemetry/pool_replay.h"

/* The holds [ns] of those of requests[count] (pool_replay_run) that are of the class and got a
 * connection; *taken of them. may_choose: those that found one free may be enough. */
int64_t *class_holds_list(const struct replayed *requests, size_t count, size_t class,
                          bool may_choose, size_t *taken, struct arena *arena);

#endif
