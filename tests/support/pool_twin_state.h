/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool_twin_state.h - what the slow twin of pool_twin.h keeps, and counts afresh whenever it needs
 * a number. */
#ifndef CAPSIM_TESTS_SUPPORT_POOL_TWIN_STATE_H
#define CAPSIM_TESTS_SUPPORT_POOL_TWIN_STATE_H

#include "tests/support/pool_twin.h"

/* Phases of a request. */
enum { AWAY, READY, DELAYED, WAITING, OPENING, FAILING, CHECKING_OUT, GONE };
/* What a request does next, in each round. */
enum { PASS_TIME, ASK, HOLD, GIVE_BACK, STAGES };
/* States of a connection. */
enum { CLOSED, BEING_OPENED, IDLE, HELD };
/* Ranks of events at one instant. */
enum { ENDING, ARRIVAL, UNOWNED_ENDING, TIME_OUT, IDLE_CLOSING, OLD_CLOSING };

struct connection {
    int state;
    int64_t opened, idle_since, idle_order, uses;
    bool is_unowned, will_fail; /* while it opens */
    int64_t due, order;
};

/* An opener at rest. */
struct rest {
    bool is_pending, is_retry;
    int64_t due, order;
};

enum { MAX_RESTS = 4000 };

struct twin {
    const struct twin_pool *pool;
    struct twin_request *requests;
    size_t count;
    int64_t now, orders, connects, checkouts;
    struct connection connections[TWIN_MAX_CONNECTIONS];
    struct rest rests[MAX_RESTS];
    size_t rest_count; /* made so far */
    int64_t back_off;
    bool has_newcomer;
    size_t ready[TWIN_MAX_REQUESTS], ready_count;
    struct twin_totals totals;
};

/* How many are in the state. */
int64_t twin_count_connections(const struct twin *twin, int state);
/* Open or opening. */
int64_t twin_count_open(const struct twin *twin);
/* Requests that wait. */
int64_t twin_count_waiting(const struct twin *twin);
/* Opening for nobody. */
int64_t twin_count_unowned(const struct twin *twin);
/* Openers at rest; only_retries: after a failed connect. */
int64_t twin_count_rests(const struct twin *twin, bool only_retries);
/* The clock goes to `to` [ns]; what was held meanwhile is counted. */
void twin_pass_time(struct twin *twin, int64_t to);

#endif
