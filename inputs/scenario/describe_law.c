/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/describe_law.h"

#include "inputs/json/wording.h"
#include <stdio.h>
#include <string.h>

static void format_value(double value, bool has_seconds, char text[QUANTITY_TEXT])
{
    if (has_seconds)
        quantity_format_duration(value, text);
    else
        snprintf(text, QUANTITY_TEXT, "%.4g", value);
}

void describe_law(const struct distribution *law, bool has_seconds, char text[DESCRIBE_LAW_SIZE])
{
    char a[QUANTITY_TEXT], b[QUANTITY_TEXT], c[QUANTITY_TEXT];
    format_value(law->a, has_seconds, a);
    format_value(law->b, has_seconds, b);
    format_value(law->c, has_seconds, c);
    switch (law->kind) {
    case DISTRIBUTION_LOGNORMAL:
        snprintf(text, DESCRIBE_LAW_SIZE, "lognormal: mu %.4g, sigma %.4g", law->a, law->b);
        break;
    case DISTRIBUTION_GAMMA:
        snprintf(text, DESCRIBE_LAW_SIZE, "gamma: shape %.4g, scale %s", law->a, b);
        break;
    case DISTRIBUTION_WEIBULL:
        snprintf(text, DESCRIBE_LAW_SIZE, "weibull: shape %.4g, scale %s", law->a, b);
        break;
    case DISTRIBUTION_PARETO:
        snprintf(text, DESCRIBE_LAW_SIZE, "pareto (Lomax): shape %.4g, scale %s", law->a, b);
        break;
    case DISTRIBUTION_HYPEREXPONENTIAL:
        snprintf(text, DESCRIBE_LAW_SIZE, "hyperexponential: mean %s with chance %.4g, else %s", b,
                 law->a, c);
        break;
    case DISTRIBUTION_EXPONENTIAL:
        snprintf(text, DESCRIBE_LAW_SIZE, "exponential: mean %s", a);
        break;
    default:
        snprintf(text, DESCRIBE_LAW_SIZE, "constant: %s", a);
        break;
    }
}

const char *describe_law_given(const struct json_cursor *at)
{
    char shown[WORDING_SIZE];
    if (!json_is_string(at->value))
        return cursor_show(at);
    return arena_strdup(at->context->arena, wording_shorten(json_string_value(at->value),
                                                            json_string_length(at->value), shown));
}
