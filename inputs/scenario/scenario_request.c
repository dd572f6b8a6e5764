/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/scenario_request.h"
#include "inputs/json/locate.h"
#include <inttypes.h>
#include <string.h>

void scenario_request_add_setting(struct scenario_request *request, const char *name,
                                  struct arena *arena)
{
    const char **names = arena_array(arena, request->setting_count + 1, sizeof *names);
    for (size_t i = 0; i < request->setting_count; i++)
        names[i] = request->setting_names[i];
    names[request->setting_count++] = name;
    request->setting_names = names;
}

bool scenario_request_take_key(struct scenario_request *request, struct arena *arena)
{
    const char **names = arena_array(arena, request->series_count, sizeof *names);
    size_t count = 0;
    for (size_t i = 0; i < request->series_count; i++)
        if (strcmp(request->series[i], "key") != 0)
            names[count++] = request->series[i];
    bool has_key = count < request->series_count;
    request->series = names;
    request->series_count = count;
    return has_key;
}

void scenario_request_repeat(struct scenario_request *request, const struct scenario_request *then,
                             uint64_t seed, struct arena *arena)
{
    if (request->setting_count == 0) {
        request->setting_names = then->setting_names;
        request->setting_count = then->setting_count;
    }
    if (request->override_count == 0) {
        request->overrides = then->overrides;
        request->override_count = then->override_count;
    }
    if (!request->duration)
        request->duration = then->duration;
    if (!request->replications)
        request->replications = then->replications;
    if (!request->seed)
        request->seed = arena_printf(arena, "%" PRIu64, seed);
}

void scenario_place_error(const struct scenario_set *set, struct error *err)
{
    struct locate_place place;
    if (err->line == 0 && err->pointer[0] &&
        locate_pointer(set->plain, set->plain_length, err->pointer, LOCATE_VALUE, &place)) {
        err->line = place.line;
        err->column = place.column;
    }
}

/* Whether "run.duration" is the path of what "/run/duration" points at. */
static bool is_path_of(const char *path, const char *pointer)
{
    if (*pointer++ != '/')
        return false;
    while (*path && (*path == *pointer || (*path == '.' && *pointer == '/')))
        path++, pointer++;
    return *path == *pointer;
}

void scenario_blame_option(const struct scenario_request *request, struct arena *arena,
                           struct error *err)
{
    const char *option = NULL;
    for (size_t i = 0; i < request->override_count; i++)
        if (is_path_of(request->overrides[i].path, err->pointer))
            option = arena_printf(arena, "--set %s=%s", request->overrides[i].path,
                                  request->overrides[i].value);
    if (request->duration && is_path_of("run.duration", err->pointer))
        option = arena_printf(arena, "--duration %s", request->duration);
    if (option) {
        error_set_file(err, option);
        err->pointer[0] = '\0';
        err->line = err->column = 0;
    }
}

/* "1 setting", "2 settings" */
static const char *counted(struct arena *arena, size_t count, const char *one, const char *many)
{
    return arena_printf(arena, "%zu %s", count, count == 1 ? one : many);
}

const char *scenario_tell_valid(const struct scenario_set *set, struct arena *arena)
{
    struct error named = {0};
    const struct scenario *first = &set->settings[0].scenario;
    size_t resources =
        first->pool_count + first->cpu_count + first->limiter_count + first->buffer_count;
    error_set_file(&named, set->file);
    return arena_printf(
        arena, "%s: valid: %s, %s, %s, %s\n", named.file,
        counted(arena, set->setting_count, "setting", "settings"),
        counted(arena, first->criterion_count + first->configured_count, "criterion", "criteria"),
        counted(arena, resources, "resource", "resources"),
        counted(arena, first->workload_count, "workload", "workloads"));
}
