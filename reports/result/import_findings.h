/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_findings.h - what telemetry showed and what was drafted from it, as a report tells it:
 * plain data. Times in s, rates in 1/s. */
#ifndef CAPSIM_REPORTS_RESULT_IMPORT_FINDINGS_H
#define CAPSIM_REPORTS_RESULT_IMPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct import_file {
    const char *path, *format, *sign;
    uint64_t rows, dropped;
};

struct import_figure {
    const char *kind, *of, *metric, *unit, *file, *method;
    double mean, error, p95; /* NaN: not known */
    uint64_t count;
};

/* Arrivals in one window. */
struct import_rate {
    const char *source;
    double start_s, end_s, per_s;
};

struct import_dispersion {
    const char *source;
    double window_s, index, error;
};

/* The drafted rate at a time; between two a straight line. */
struct import_drafted_rate {
    double at_s, per_s;
};

struct import_quantile {
    const char *class;
    double probability, observed_s, fitted_s;
};

struct import_setting {
    const char *path, *text;
};

struct import_finding {
    bool is_contradiction;
    const char *text;
};

struct import_note {
    const char *key, *text, *source;
};

struct import_findings {
    const char *process; /* "Poisson"; NULL: there is no draft */
    const char *why_not; /* of no draft */
    double rate_per_s;
    const struct import_file *files;
    const struct import_figure *figures;
    const struct import_rate *rates;
    const struct import_dispersion *dispersions;
    const struct import_drafted_rate *drafted;
    const struct import_quantile *quantiles;
    const struct import_setting *settings;
    const struct import_finding *findings;
    const struct import_note *notes;
    const char *const *unknown;
    size_t file_count, figure_count, rate_count, dispersion_count, drafted_count, quantile_count,
        setting_count, finding_count, note_count, unknown_count;
};

#endif
