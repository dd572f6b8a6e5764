/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duration_text.h - a time as people say it: "8.26 h", not "29753 s". */
#ifndef CAPSIM_SIM_BASE_DURATION_TEXT_H
#define CAPSIM_SIM_BASE_DURATION_TEXT_H

#include "sim/base/arena.h"

/* What a time is multiplied with, and the unit to name. */
struct duration_unit {
    double factor;
    const char *name;
};

/* The unit that suits so many seconds: days from 2 on, h from 2, min from 2, then s, ms, µs and ns;
 * of 0 it is s. */
struct duration_unit duration_unit_of(double seconds);

/* Three digits, whole numbers with all of theirs, and the unit; in arena. */
const char *duration_text(double seconds, struct arena *arena);

/* The same into text, which it returns. */
enum { DURATION_TEXT_SIZE = 32 };
const char *duration_text_write(double seconds, char text[DURATION_TEXT_SIZE]);

#endif
