/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_discipline.h - "discipline" of whatever requests wait for. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_DISCIPLINE_H
#define CAPSIM_INPUTS_SCENARIO_READ_DISCIPLINE_H

#include "inputs/scenario/json_cursor.h"
#include "models/spec/spec.h"

/* Reads "discipline": who of those that wait is next. fallback as of cursor_get_choice. */
bool read_discipline(struct json_cursor *at, const char *fallback, enum discipline *discipline);

#endif
