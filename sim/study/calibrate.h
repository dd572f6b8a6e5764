/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calibrate.h - the values of a few free inputs with which a simulation shows what was measured.
 *
 * The measured run is one run, so what it may differ by is the spread of one run: residuals are
 * whitened by the covariance of the metrics over replications (shrunk towards its diagonal, for few
 * replications know few correlations), with the error of the measurement and that of the simulated
 * mean. All simulations use one seed: common random numbers make the metrics smooth in the inputs,
 * and differences of a few percent are derivatives. Inputs are varied in the unit of their range
 * (or of its logarithm); a start is found among the middle and a Latin hypercube, then Levenberg's
 * and Marquardt's steps, within the range, are taken while they help. The covariance is that of
 * where the step began, so that no step gains by making the noise greater.
 *
 * Standard errors are those of the curvature, with the correlations that the shrunk weights leave
 * out (White's sandwich); directions that the data cannot tell are read from
 * the singular values of the Jacobian in units of noise over the whole range. Metrics held out take
 * no part and are compared on another seed. Bounded: at most
 * CALIBRATE_STEPS (2 inputs + 3) + 5 inputs + 5 simulations. Sources: More (1978) for the steps;
 * Ledoit & Wolf (2004) for the shrinkage; White, Econometrica 48 (1980), for the errors; Kennedy &
 * O'Hagan, JRSS B 63 (2001) for the setting. */
#ifndef CAPSIM_SIM_STUDY_CALIBRATE_H
#define CAPSIM_SIM_STUDY_CALIBRATE_H

#include "sim/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALIBRATE_INPUTS = 8, CALIBRATE_STEPS = 15 };

struct calibrate_input {
    double low, high;    /* finite, low < high */
    bool is_logarithmic; /* varied by its logarithm: low > 0 */
};

struct calibrate_metric {
    double measured;
    double error; /* of the measurement itself (rounding, sampling), >= 0 */
    bool is_held_out;
};

/* What a simulation with these inputs shows: mean[metrics] over its replications and
 * covariance[i * metrics + j] of ONE replication of the measured length. Returns how many
 * replications that were (>= 2), 0 if these inputs cannot be simulated; a metric that was not
 * observed is NaN in mean. The same inputs and seed must give the same bytes. */
typedef size_t calibrate_simulate(void *context, const double *inputs, uint64_t seed, double *mean,
                                  double *covariance);

struct calibrate_task {
    const struct calibrate_input *input;
    size_t inputs; /* 1 to CALIBRATE_INPUTS */
    const struct calibrate_metric *metric;
    size_t metrics;
    calibrate_simulate *simulate;
    void *context;
    uint64_t seed;     /* seed + 1 for what is held out */
    double confidence; /* of the intervals */
};

struct calibrate_value {
    double value, error, low, high; /* the interval in the input's own scale, within its range */
    bool is_identified;             /* its error is below that of knowing its range alone */
    bool is_at_bound;
};

/* NaN where the metric was not observed. */
struct calibrate_residual {
    double simulated, sd; /* sd of one run, the fitted inputs' error with it where held out */
    double low, high;     /* where one run falls */
    double z;             /* (measured - simulated) / sd */
    bool is_inside;
};

struct calibration {
    bool is_fitted; /* else why */
    const char *why;
    struct calibrate_value value[CALIBRATE_INPUTS];
    double correlation[CALIBRATE_INPUTS * CALIBRATE_INPUTS];
    double condition;  /* greatest over least singular value */
    size_t unresolved; /* directions in which the whole range changes the metrics by less than
                          twice the noise */
    double direction[CALIBRATE_INPUTS];        /* the least resolved one, in units of the ranges */
    const struct calibrate_residual *residual; /* [metrics] */
    double distance;                           /* whitened residuals, squared and added */
    double p;       /* chance of so much, if the model is right; NaN with nothing left over */
    size_t degrees; /* metrics fitted less inputs that are identified */
    size_t simulations;
    bool has_converged;
};

/* At least as many metrics that are not held out as inputs, or it is not fitted. */
struct calibration calibrate(const struct calibrate_task *task, struct arena *arena);

#endif
