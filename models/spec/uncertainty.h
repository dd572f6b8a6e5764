/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uncertainty.h - what an uncertain input may be. */
#ifndef CAPSIM_MODELS_SPEC_UNCERTAINTY_H
#define CAPSIM_MODELS_SPEC_UNCERTAINTY_H

#include "models/spec/spec.h"

/* The quantile u, 0 < u < 1, of what the input may be, over its central value. */
double uncertain_factor(const struct uncertain_input *input, double u);

#endif
