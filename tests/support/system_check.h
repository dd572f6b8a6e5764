/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system_check.h - what must be true of any replication: while it runs no station has more than it
 * may have, and when nobody is left everything that was taken has been given back. */
#ifndef CAPSIM_TESTS_SUPPORT_SYSTEM_CHECK_H
#define CAPSIM_TESTS_SUPPORT_SYSTEM_CHECK_H

#include "models/engine/replication_state.h"

/* The first station that ever had more than it may have, as a text in arena; or NULL. */
const char *system_check_capacity(const struct replication_state *system, struct arena *arena);

/* What somebody still has, waits for, or got lost, as a text in arena; NULL: nothing. Nothing is
 * under way any more but alarms. */
const char *system_check_dry(const struct replication_state *system, struct arena *arena);

#endif
