/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dotted_path.h - "resources.db_pool.max": a place in the JSON tree by dotted path.
 *
 * A part is a key of an object or a position, from 0, in a list. */
#ifndef CAPSIM_INPUTS_JSON_DOTTED_PATH_H
#define CAPSIM_INPUTS_JSON_DOTTED_PATH_H

#include "sim/base/arena.h"
#include <jansson.h>
#include <stdbool.h>

/* How far a path leads. */
struct dotted_path {
    json_t *parent;      /* of the last part that was looked for: the deepest that exists */
    const char *known;   /* the path of parent, "" for the root                           */
    const char *part;    /* looked for in parent                                          */
    json_t *value;       /* what is there; NULL: nothing                                  */
    bool is_last;        /* part is the last of the path: parent could take a value       */
    const char *pointer; /* RFC 6901, of the part                                         */
};

/* Follows path from root. Everything new is in arena. */
struct dotted_path dotted_path_follow(json_t *root, const char *path, struct arena *arena);

/* Why the path ends where it does, with what is there and the nearest spelling; in arena. */
const char *dotted_path_explain(const struct dotted_path *end, struct arena *arena);

/* A key as a part of an RFC 6901 pointer: ~ becomes ~0, / becomes ~1; in arena. */
const char *dotted_path_escape(const char *key, struct arena *arena);

#endif
