/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/criterion_place.h"
#include "inputs/json/locate.h"
#include <jansson.h>
#include <string.h>

int criterion_place_line(const struct scenario_set *set, const char *name, struct arena *arena)
{
    json_t *root = set->plain ? json_loadb(set->plain, set->plain_length, 0, NULL) : NULL;
    const json_t *criteria = json_object_get(root, "criteria");
    struct locate_place place = {1, 1};
    for (size_t i = 0; i < json_array_size(criteria); i++) {
        const json_t *criterion = json_array_get(criteria, i);
        const char *own = json_string_value(json_object_get(criterion, "name"));
        if (own && strcmp(own, name) == 0) {
            locate_pointer(set->plain, set->plain_length, arena_printf(arena, "/criteria/%zu", i),
                           LOCATE_VALUE, &place);
            break;
        }
    }
    json_decref(root);
    return place.line > 0 ? place.line : 1;
}
