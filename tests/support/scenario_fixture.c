/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/scenario_fixture.h"

#include <stdlib.h>
#include <string.h>

int fixture_open(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->folder = folder_make();
    fixture->arena = arena_open();
    *state = fixture;
    return 0;
}

int fixture_close(void **state)
{
    struct fixture *fixture = *state;
    scenario_close(&fixture->set);
    arena_close(fixture->arena);
    folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

void fixture_read(struct fixture *fixture, const struct scenario_request *request)
{
    struct error err = {0};
    if (!scenario_read(request, fixture->arena, &fixture->set, &err)) {
        char message[2048];
        error_format(&err, message, sizeof message);
        fail_msg("%s", message);
    }
}

const struct scenario *fixture_setting(const struct fixture *fixture, size_t index)
{
    assert_true(index < fixture->set.setting_count);
    return &fixture->set.settings[index].scenario;
}

void fixture_copy(struct fixture *fixture, const char *source, const char *name)
{
    size_t size;
    char *from = source_path(source), *text = file_read(from, &size);
    file_write(arena_printf(fixture->arena, "%s/%s", fixture->folder, name), text, size);
    free(text);
    free(from);
}

const struct scenario *fixture_read_text(struct fixture *fixture, const char *text)
{
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    file_write(path, text, strlen(text));
    fixture_read(fixture, &(struct scenario_request){.file = path});
    return fixture_setting(fixture, 0);
}

const struct scenario *fixture_read_system(struct fixture *fixture, const char *resources,
                                           const char *arrivals, const char *steps)
{
    return fixture_read_text(fixture,
                             arena_printf(fixture->arena,
                                          "{ \"capsim\": 1, \"name\": \"s\", \"resources\": %s,"
                                          "\"workloads\": { \"w\": { \"arrivals\": %s,"
                                          "\"steps\": %s } }, \"run\": { \"duration\": \"1h\" } }",
                                          resources, arrivals, steps));
}
