/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/uncertainty.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

double uncertain_factor(const struct uncertain_input *input, double u)
{
    if (input->is_range)
        return input->low + (input->high - input->low) * u;
    double variance = log1p(input->error * input->error);
    return exp(sqrt(variance) * gsl_cdf_ugaussian_Pinv(u) - variance / 2);
}
