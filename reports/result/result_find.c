/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/result/result.h"
#include <string.h>

const struct result_metric *result_find_metric(const struct result_setting *setting,
                                               const char *name, size_t hint)
{
    if (hint < setting->metric_count && strcmp(setting->metrics[hint].name, name) == 0)
        return &setting->metrics[hint];
    for (size_t i = 0; i < setting->metric_count; i++)
        if (strcmp(setting->metrics[i].name, name) == 0)
            return &setting->metrics[i];
    return NULL;
}
