/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deployed_scan.h - where the readers of formats put what they find, and what is asked for stays.
 */
#ifndef CAPSIM_INPUTS_DEPLOYED_DEPLOYED_SCAN_H
#define CAPSIM_INPUTS_DEPLOYED_DEPLOYED_SCAN_H

#include "inputs/deployed/deployed.h"
#include "inputs/json/locate.h"

enum { DEPLOYED_MAX_LEVELS = 200, DEPLOYED_MAX_VALUES = 1000000 };

struct deployed_scan {
    const struct deployed_request *request;
    struct arena *arena;   /* of what stays              */
    struct arena *scratch; /* gone when the scan is over */
    struct deployed_value *values;
    struct error *err;
    const char **names; /* the paths seen, for "did you mean"; at most DEPLOYED_NAMES */
    size_t name_count;
    size_t value_count; /* seen so far */
};

enum { DEPLOYED_NAMES = 10000 };

/* One value of the file. */
struct deployed_found {
    const char *path;
    const char *text; /* need not stay */
    enum deployed_kind kind;
    const char *trouble; /* why it cannot be taken, as in "is a list"; NULL: nothing */
    struct locate_place place;
};

/* Keeps it if it is asked for. False: that is an error, or there are too many. */
bool deployed_scan_offer(struct deployed_scan *scan, const struct deployed_found *found);

/* Sets the error, STATUS_INPUT, at the place. Returns false. */
bool deployed_scan_fail(struct deployed_scan *scan, struct locate_place place, const char *message);

/* path and key with a dot between; in scratch. */
const char *deployed_scan_below(struct deployed_scan *scan, const char *path, const char *key);

/* Whether text is a number as JSON writes it. */
bool deployed_is_number(const char *text);

/* The readers: false with the error when the file is not of the format. */
bool deployed_scan_env(struct deployed_scan *scan);
bool deployed_scan_json(struct deployed_scan *scan);
bool deployed_scan_toml(struct deployed_scan *scan);
bool deployed_scan_yaml(struct deployed_scan *scan);

#endif
