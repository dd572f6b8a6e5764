/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/evidence_place.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* 91 requests/s hold one of 13, and then of 31, for 75 ms on average; the time before that is from
 * a file. */
static const char small[] =
    "{ \"capsim\": 1, \"name\": \"small\", \"title\": \"A small change\",\n"
    "  \"resources\": { \"pool\": { \"kind\": \"connection_pool\", \"max\": 13,\n"
    "    \"idle_timeout\": \"30s\" } },\n"
    "  \"workloads\": { \"api\": {\n"
    "    \"arrivals\": { \"process\": \"poisson\", \"rate\": \"91/s\" },\n"
    "    \"steps\": [ { \"delay\": { \"dist\": \"empirical\", \"file\": \"data/think.txt\",\n"
    "      \"unit\": \"ms\" } }, { \"hold\": \"pool\", \"steps\": [ { \"delay\":\n"
    "      { \"dist\": \"exponential\", \"mean\": \"75ms\" } } ] } ] } },\n"
    "  \"settings\": { \"larger\": { \"resources.pool.max\": 31, \"resources.pool.min\": 4 } },\n"
    "  \"criteria\": [ { \"name\": \"busy\", \"expect\": \"pool.utilization < 70% for 20s\" },\n"
    "    { \"name\": \"p95\", \"expect\": \"api.response.p95 < 500ms\" } ],\n"
    "  \"run\": { \"duration\": \"60s\", \"warmup\": \"2s\", \"window\": \"5s\",\n"
    "    \"replications\": [40, 40], \"seed\": 7 } }\n";
static const char think[] = "1\n2\n3\n5\n8\n";

const char *place_path(const struct evidence_place *place, const char *name)
{
    static char paths[8][512];
    static int next;
    char *path = paths[next++ % 8];
    if (strncmp(name, "../", 3) == 0)
        snprintf(path, sizeof paths[0], "%s/%s", place->folder, name + 3);
    else
        snprintf(path, sizeof paths[0], "%s/%s", place->evidence, name);
    return path;
}

json_t *place_json(const char *path)
{
    char *text = file_read(path, NULL);
    json_error_t error;
    json_t *tree = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!tree)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    free(text);
    return tree;
}

int place_open(void **state)
{
    static struct evidence_place place;
    place.folder = folder_make();
    snprintf(place.scenario, sizeof place.scenario, "%s/small.json", place.folder);
    snprintf(place.evidence, sizeof place.evidence, "%s/evidence", place.folder);
    char data[300];
    snprintf(data, sizeof data, "%s/data", place.folder);
    assert_int_equal(mkdir(data, 0777), 0);
    file_write(place.scenario, small, strlen(small));
    file_write(place_path(&place, "../data/think.txt"), think, strlen(think));
    struct command_result run =
        capsim_run("run", place.scenario, "--evidence", place.evidence, "-q", NULL);
    if (run.status != 0)
        fail_msg("%s", run.error);
    command_result_free(&run);
    *state = &place;
    return 0;
}

int place_close(void **state)
{
    struct evidence_place *place = *state;
    folder_remove(place->folder);
    return 0;
}
