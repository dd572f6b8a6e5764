/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/view.h"
#include <math.h>
#include <string.h>

double view_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *view_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

const json_t *view_settings(const json_t *root)
{
    const json_t *settings = json_object_get(root, "settings");
    return json_is_array(settings) && json_array_size(settings) > 0 ? settings : NULL;
}

const json_t *view_setting(const json_t *root, const char *name)
{
    const json_t *settings = view_settings(root);
    for (size_t i = 0; i < json_array_size(settings); i++)
        if (strcmp(view_text(json_array_get(settings, i), "name"), name) == 0)
            return json_array_get(settings, i);
    return NULL;
}

const json_t *view_subject(const json_t *root)
{
    const json_t *settings = view_settings(root);
    size_t count = json_array_size(settings);
    for (size_t i = count; i-- > 0;)
        if (json_array_size(json_object_get(json_array_get(settings, i), "criteria")) > 0)
            return json_array_get(settings, i);
    return count > 0 ? json_array_get(settings, count - 1) : NULL;
}

const json_t *view_metric(const json_t *setting, const char *name)
{
    return json_object_get(json_object_get(setting, "metrics"), name);
}

const json_t *view_criterion_on(const json_t *setting, const char *metric)
{
    const json_t *criteria = json_object_get(setting, "criteria");
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const json_t *criterion = json_array_get(criteria, i);
        if (isfinite(view_number(criterion, "limit")) &&
            !json_is_string(json_object_get(criterion, "span")) &&
            strcmp(view_text(criterion, "metric"), metric) == 0)
            return criterion;
    }
    return NULL;
}
