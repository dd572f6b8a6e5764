/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_nesting.h - how large a pool must be so that requests which hold one of it and wait for
 * another cannot wait for each other for ever. */
#ifndef CAPSIM_MODELS_SPEC_POOL_NESTING_H
#define CAPSIM_MODELS_SPEC_POOL_NESTING_H

#include "models/spec/spec.h"

/* Any number of requests; no size is enough. */
#define POOL_NESTING_UNBOUNDED INT64_MAX

/* What a warning of it contains, and no other does: reports lift it into their first lines. */
#define POOL_NESTING_WORDS "can deadlock: "

struct pool_nesting {
    int64_t requests; /* that can hold one at a time and need more                       */
    int64_t depth;    /* the most that one of them holds at once, >= 2; 0: none holds two */
    int64_t size;     /* from which on there is no deadlock                              */
};

/* Of pool number `pool`: with n requests that need k at once, k - 1 in the hands of each and one
 * more is enough for one to go on, and so for all: n (k - 1) + 1 (Coffman, Elphick and Shoshani,
 * "System deadlocks", Computing Surveys 3 (1971)). n is bounded by closed customers, by the
 * concurrency of load tests and by other pools held around; workloads add up. A service's pool
 * counts as not nested: requests are spread over its copies. */
struct pool_nesting pool_nesting_of(const struct scenario *spec, size_t pool);

#endif
