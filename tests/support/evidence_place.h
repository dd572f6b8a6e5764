/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_place.h - a folder with a small scenario of one change and the evidence of it, written
 * by the program under test; for the tests of evidence, verify and score. */
#ifndef CAPSIM_TESTS_SUPPORT_EVIDENCE_PLACE_H
#define CAPSIM_TESTS_SUPPORT_EVIDENCE_PLACE_H

#include "tests/support/support.h"
#include <jansson.h>

struct evidence_place {
    char *folder;       /* to be removed by place_close */
    char scenario[300]; /* its path: folder/small.json  */
    char evidence[300]; /* folder/evidence              */
};

/* cmocka's set-up and tear-down of a group: *state is the place, its evidence written once. */
int place_open(void **state);
int place_close(void **state);

/* The path of a file of the evidence, or of the folder ("../small.json"); valid until the eighth
 * next call. */
const char *place_path(const struct evidence_place *place, const char *name);
/* A JSON file; its caller's. */
json_t *place_json(const char *path);

#endif
