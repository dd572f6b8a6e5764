/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_deployed.h - a setting's values from a file that is deployed:
 *
 *     { "from": "deploy/.env", "map": { "DB_POOL_MAX": "resources.db_pool.max" } }
 *
 * Text becomes what a scenario writes: "12" the number 12, "true" a truth value; a bare number with
 * the map's "unit" text with that unit; Kubernetes' sizes (512Mi) get their B, and its thousandths
 * of a core (500m) become cores where the path ends in "cores"; what is equal to the map's "none"
 * becomes null. Whether a path takes that is seen when the tree is read, and the message points
 * into the file that is deployed. */
#ifndef CAPSIM_INPUTS_SCENARIO_READ_DEPLOYED_H
#define CAPSIM_INPUTS_SCENARIO_READ_DEPLOYED_H

#include "inputs/scenario/json_cursor.h"

/* A value for the tree. */
struct deployed_override {
    const char *path;
    json_t *value;                   /* the caller's to be freed          */
    const char *origin;              /* RFC 6901, of the key in the map   */
    const struct deployed_place *at; /* in the file that is deployed      */
};

/* Whether key of a setting is one of this reader's, and no path. */
bool read_deployed_is_own(const char *key);

/* The most values that a setting's map has. */
size_t read_deployed_count(const json_t *setting);

/* Fills list[*count], in the order of the map; none when the setting has no such keys. On an error,
 * too, what is in the list is the caller's. */
bool read_deployed(struct json_cursor *setting, struct deployed_override *list, size_t *count);

#endif
