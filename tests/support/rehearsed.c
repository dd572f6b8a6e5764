/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/rehearsed.h"
#include <string.h>

void rehearsed_run(struct fixture *fixture, const char *text, struct rehearsed *made)
{
    char *path = arena_printf(fixture->arena, "%s/scenario.json", fixture->folder);
    struct error err = {0};
    bool is_interrupted;
    file_write(path, text, strlen(text));
    fixture_read(fixture, &(struct scenario_request){.file = path, .rehearses = true});
    struct replications_options workers = {.threads = 2};
    bool is_fine = rollout_study_make(&fixture->set, fixture->arena, &made->rehearsal, &err) &&
                   rollout_study_find_warmup(&made->rehearsal, &workers, fixture->arena,
                                             &is_interrupted, &err);
    made->rehearsal.options.workers = workers;
    is_fine = is_fine && study_run(&made->rehearsal.setting, 1, &made->rehearsal.options,
                                   fixture->arena, &made->outcome, &err);
    if (!is_fine)
        fail_msg("%s", err.message);
}

const struct rehearsal_findings *rehearsed_find(struct fixture *fixture,
                                                const struct rehearsed *made)
{
    static const char *const command[] = {"capsim"};
    return rehearsal_findings_make(&made->rehearsal, &made->outcome, command, 1, fixture->arena);
}
