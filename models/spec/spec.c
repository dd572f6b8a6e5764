/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/spec.h"
#include <string.h>

bool criterion_is_for(const struct criterion_spec *criterion, const char *setting,
                      bool has_settings)
{
    if (!criterion->settings)
        return !has_settings || strcmp(setting, "baseline") != 0;
    for (size_t i = 0; i < criterion->setting_count; i++)
        if (strcmp(criterion->settings[i], setting) == 0)
            return true;
    return false;
}

bool criterion_applies(const struct criterion_spec *criterion, const char *setting,
                       bool has_settings)
{
    return criterion->reach != REACH_ROLLOUT && criterion_is_for(criterion, setting, has_settings);
}

const char *criterion_span_word(enum criterion_span span)
{
    static const char *const words[] = {[SPAN_WHOLE] = NULL,
                                        [SPAN_IN_EVERY] = "in every",
                                        [SPAN_OVER] = "over",
                                        [SPAN_FOR] = "for"};
    return words[span];
}
