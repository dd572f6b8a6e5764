/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_tolerances.h - --tolerance [METRIC=]SHARE, given any number of times. */
#ifndef CAPSIM_INPUTS_RECORDS_READ_TOLERANCES_H
#define CAPSIM_INPUTS_RECORDS_READ_TOLERANCES_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/study/regression.h"

/* The tolerances in the order given, in arena; NULL with a STATUS_USAGE error. */
const struct regression_tolerance *tolerances_read(const char *const *texts, size_t count,
                                                   struct arena *arena, struct error *err);

#endif
