/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every shipped scenario, in each of its settings, once through the engine: the laws that hold
 * exactly hold, and requests of every workload complete. */
#include "inputs/scenario/scenario.h"
#include "models/engine/model_internal.h"
#include "tests/support/exact_laws.h"
#include "tests/support/replicate_once.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_laws_hold(const char *name, const struct once *once)
{
    struct arena *arena = arena_open();
    const char *broken = exact_laws_find_broken(once->model, &once->observation, 1e-9, arena);
    if (broken)
        fail_msg("%s: %s", name, broken);
    arena_close(arena);
}

static void assert_something_completes(const char *name, const struct once *once)
{
    const struct scenario *spec = once->model->spec;
    for (size_t w = 0; w < spec->workload_count; w++) {
        char metric[256];
        snprintf(metric, sizeof metric, "%s.throughput", spec->workloads[w].name);
        if (!(once_value(once, metric) > 0))
            fail_msg("%s: no %s completes", name, spec->workloads[w].name);
    }
}

/* What is shown does not need all of a long run. */
static struct scenario shorten(const struct scenario *scenario)
{
    const int64_t most_ns = INT64_C(1200000000000);
    struct scenario shorter = *scenario;
    shorter.criterion_count = 0;
    if (shorter.run.duration_ns > most_ns)
        shorter.run.duration_ns = most_ns;
    if (shorter.run.window_ns > shorter.run.duration_ns)
        shorter.run.window_ns = shorter.run.duration_ns;
    return shorter;
}

static void run_file(const char *path, const char *name)
{
    struct arena *arena = arena_open(), *each = arena_open();
    struct scenario_request request = {.file = path};
    struct scenario_set set;
    struct error err = {0};
    if (!scenario_read(&request, arena, &set, &err))
        fail_msg("%s: %s", name, err.message);
    for (size_t i = 0; i < set.setting_count; i++) {
        const struct scenario scenario = shorten(&set.settings[i].scenario);
        struct once once = replicate_once(&scenario, 0, each);
        assert_laws_hold(name, &once);
        assert_something_completes(name, &once);
        arena_reset(each);
    }
    scenario_close(&set);
    arena_close(each);
    arena_close(arena);
}

static void shipped_scenarios_run(void **state)
{
    char *folder = source_path("inputs/scenarios"), path[4096];
    DIR *dir = opendir(folder);
    int files = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)); files += strstr(path, ".json") != NULL) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".json"))
            run_file(path, entry->d_name);
    }
    assert_true(files >= 10);
    closedir(dir);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped_scenarios_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
