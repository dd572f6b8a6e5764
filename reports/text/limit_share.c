/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/limit_share.h"
#include <math.h>
#include <string.h>

double limit_share_of(double value, bool is_lower_limit, double limit, const char *unit)
{
    double share = value / limit;
    if (is_lower_limit) {
        bool is_share = strcmp(unit, "1") == 0 && limit > 0.5;
        share = is_share ? (1.0 - value) / (1.0 - limit) : limit / value;
    }
    if (!isfinite(limit) || isnan(value))
        return NAN;
    return isnan(share) ? 0.0 : fmax(share, 0.0);
}
