/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/load_levels.h"

#include "sim/stats/usl_fit.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static double total_of(const struct observed *observed, size_t file, const char *metric)
{
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *figure = observed->figures[i];
        if (figure->file == file && figure->form == OBSERVED_TOTAL &&
            strcmp(figure->resource, "requests") == 0 && strcmp(figure->metric, metric) == 0)
            return figure->value;
    }
    return NAN;
}

size_t load_levels_list(const struct observed *observed, struct usl_level levels[USL_FIT_MAX])
{
    size_t count = 0;
    for (size_t f = 0; f < observed->file_count && count < USL_FIT_MAX; f++) {
        double clients = total_of(observed, f, "users"), tps = total_of(observed, f, "tps");
        if (clients > 0 && tps > 0)
            levels[count++] = (struct usl_level){clients, tps, NAN};
    }
    for (size_t i = 0; i < observed->level_count && count < USL_FIT_MAX; i++)
        levels[count++] =
            (struct usl_level){observed->levels[i].clients, observed->levels[i].per_s, NAN};
    return count;
}

static size_t count_different(const struct usl_level *levels, size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        size_t before = 0;
        while (before < i && fabs(levels[before].concurrency - levels[i].concurrency) > 0.5)
            before++;
        different += before == i;
    }
    return different;
}

static void tell_fit(struct observed *observed, const struct usl_fit *fit, size_t levels)
{
    char peak[60] = "without a peak";
    if (isfinite(fit->peak))
        snprintf(peak, sizeof peak, "most at %.3g clients", fit->peak);
    observed_find(observed, false,
                  "contention by %zu load levels (Universal Scalability Law): one client does "
                  "%.4g/s, sigma = %.3g +- %.2g, kappa = %.3g +- %.2g, %s%s: \"contention\": { "
                  "\"sigma\": %.4g, \"kappa\": %.4g }",
                  levels, fit->rate, fit->sigma, fit->sigma_error, fit->kappa, fit->kappa_error,
                  peak,
                  fit->is_identified ? "" : "; these levels do not tell the coefficients apart",
                  fit->sigma, fit->kappa);
}

bool load_levels_tell(struct observed *observed)
{
    struct usl_level levels[USL_FIT_MAX];
    size_t count = load_levels_list(observed, levels), different = count_different(levels, count);
    if (different < 2)
        return false;
    struct usl_fit fit = usl_fit(levels, count, INFINITY);
    if (fit.is_fitted)
        tell_fit(observed, &fit, different);
    else
        observed_find(observed, false, "contention by %zu load levels is not known: %s", different,
                      fit.why);
    return fit.is_fitted && fit.is_identified;
}
