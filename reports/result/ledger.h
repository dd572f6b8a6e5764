/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.h - what was projected and what was measured then, pair by pair, as plain data. */
#ifndef CAPSIM_REPORTS_RESULT_LEDGER_H
#define CAPSIM_REPORTS_RESULT_LEDGER_H

#include "sim/stats/backtest.h"

struct ledger_metric {
    const char *name, *unit; /* unit as of struct column: "s", "1/s", "B", "1", "" */
};

struct ledger {
    const char *name, *title;
    double confidence;                  /* of the one-run intervals */
    const char *const *pair;            /* [pairs] in order of time */
    const struct ledger_metric *metric; /* by the entries' numbers */
    const struct backtest_entry *entry;
    size_t pairs, metrics, entries;
};

#endif
