/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random_findings.h - reports and answers made up for the pictures: any number of settings,
 * criteria, values and names, also absurd ones. */
#ifndef CAPSIM_TESTS_SUPPORT_RANDOM_FINDINGS_H
#define CAPSIM_TESTS_SUPPORT_RANDOM_FINDINGS_H

#include <jansson.h>
#include <stdint.h>

enum findings_kind {
    FINDINGS_REPORT,    /* settings, criteria, differences, series, cycles, steps */
    FINDINGS_SWEEP,     /* one value varies: of a load, or of a size */
    FINDINGS_GRID,      /* two do */
    FINDINGS_REHEARSAL, /* timeline, rules, series */
    FINDINGS_WHY,       /* a breakdown */
    FINDINGS_BACKTEST,  /* what was measured and projected */
    FINDINGS_CALIBRATE, /* the same of one run */
    FINDINGS_IMPORT,    /* arrivals, their dispersion, quantiles */
    FINDINGS_KINDS
};

/* The same for the same seed; to be freed with json_decref. Values span from 0 and tiny to 1e9
 * times a limit; some are null; names may be as long as a paragraph, or in any script. */
json_t *random_findings(enum findings_kind kind, uint64_t seed);

#endif
