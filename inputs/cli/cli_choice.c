/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/cli_choice.h"
#include "inputs/json/wording.h"
#include "sim/base/spelling.h"
#include <string.h>

size_t cli_choice_find(const char *name, const char *what, const char *const *names, size_t count,
                       struct error *err)
{
    char shown[WORDING_SIZE], list[200] = "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return i;
        wording_append(list, sizeof list, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    const char *meant = spelling_nearest(name, names, count);
    error_set(err, STATUS_USAGE, "unknown %s %s; there are %s%s%s%s", what,
              wording_quote(name, shown), list, meant ? "; did you mean '" : "", meant ? meant : "",
              meant ? "'?" : "");
    return count;
}

size_t cli_choice_find_value(const char *option, const char *value, const char *const *names,
                             size_t count, struct arena *arena, struct error *err)
{
    const char *list = "";
    char shown[WORDING_SIZE];
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], value) == 0)
            return i;
        list = arena_printf(arena, "%s%s%s", list, i > 0 ? ", " : "", names[i]);
    }
    const char *nearest = spelling_nearest(value, names, count);
    error_set(err, STATUS_USAGE, "%s must be one of %s, got %s%s%s%s", option, list,
              wording_quote(value, shown), nearest ? "; did you mean " : "", nearest ? nearest : "",
              nearest ? "?" : "");
    return count;
}
