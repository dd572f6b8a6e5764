/* SPDX-License-Identifier: GPL-3.0-or-later */
/* postgresql_message.h - what PostgreSQL logs about a statement, whatever the log's form.
 *
 * "duration: 0.109 ms  statement: UPDATE ..." (simple protocol; its stamp is the end), the same
 * with parse, bind and execute (extended protocol: three lines for one statement), with plan
 * (auto_explain: the same statement again, left out), alone (log_duration); "still waiting for" and
 * "acquired" (locks beyond deadlock_timeout); "disconnection: session time: ". Durations are the
 * server's: locks are inside, the network is not. From BEGIN to COMMIT of one process is a
 * transaction: what a pooler's server connection was held for. Source: PostgreSQL manual, 20.8. */
#ifndef CAPSIM_INPUTS_TELEMETRY_POSTGRESQL_MESSAGE_H
#define CAPSIM_INPUTS_TELEMETRY_POSTGRESQL_MESSAGE_H

#include "inputs/telemetry/name_table.h"
#include "inputs/telemetry/telemetry.h"

enum { POSTGRESQL_PROCESSES = 1 << 14, POSTGRESQL_CLASSES = 48 };

struct postgresql_log {
    struct telemetry_reading *reading;
    struct observed_arrivals *arrivals; /* of statements */
    struct name_table classes;
    struct observed_figure *figures[POSTGRESQL_CLASSES][4]; /* statement, parse, bind, execute */
    struct name_table processes;
    int64_t *begun_ns; /* [POSTGRESQL_PROCESSES] BEGIN's start; -1: none */
    int64_t least_ns;  /* of all durations */
    uint64_t durations;
};

/* Starts a log. */
void postgresql_log_begin(struct postgresql_log *log, struct telemetry_reading *reading);
/* Takes a message with the stamp of its line (ns; -1: none) and its process. Messages about other
 * things are dropped with the reason. */
void postgresql_log_take(struct postgresql_log *log, int64_t stamp_ns, int64_t resolution_ns,
                         struct slice process, struct slice message);
/* Ends it: says when a threshold seems to have hidden the short ones. */
void postgresql_log_end(struct postgresql_log *log);

#endif
