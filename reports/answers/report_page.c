/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/report_page.h"
#include "reports/answers/bottleneck_answer.h"

#include <string.h>

static const struct scenario *find_scenario(const struct scenario_set *set, const char *name)
{
    for (size_t i = 0; i < set->setting_count; i++)
        if (strcmp(set->settings[i].name, name) == 0)
            return &set->settings[i].scenario;
    return NULL;
}

/* Where the time goes in the setting that is judged; NULL where that has no answer, or when it was
 * interrupted. *interruption: what to say of an interruption, if there was one. */
static const struct answer *explain(const struct result *result, const struct scenario_set *set,
                                    const struct replications_options *workers, struct arena *arena,
                                    const char **interruption)
{
    struct bottleneck *why = arena_alloc(arena, sizeof *why);
    struct error ignored = {0};
    const struct scenario *spec = find_scenario(set, result_subject(result)->name);
    if (result->is_interrupted || !spec || !bottleneck_make(set, spec, arena, why, &ignored))
        return NULL;
    replications_begin_phase(workers, "explanations", 0);
    bool is_found = bottleneck_study_run(why, workers, arena, &ignored);
    if (!is_found && ignored.status == STATUS_OK)
        *interruption = "interrupted; the page does without an explanation of where the time goes";
    else if (is_found && why->is_interrupted)
        *interruption = "interrupted; the page's explanation rests on what was finished";
    if (!is_found)
        return NULL;
    struct answer *answer = answer_begin("why", set, result->command, result->command_count, arena);
    bottleneck_answer_add(answer, why);
    answer_finish(answer);
    return answer;
}

struct answer *report_page_make(const struct result *result, const struct scenario_set *set,
                                const struct answer *size,
                                const struct replications_options *workers,
                                struct page_extras *extras, struct arena *arena)
{
    const struct answer **beside = arena_array(arena, 2, sizeof *beside);
    const char *interruption = NULL;
    struct answer *answer = answer_of_result(result, arena);
    const struct answer *why = explain(result, set, workers, arena, &interruption);
    if (interruption) {
        answer->is_interrupted = true;
        answer->interruption = interruption;
    }
    extras->answers = beside;
    if (size)
        beside[extras->answer_count++] = size;
    if (why)
        beside[extras->answer_count++] = why;
    return answer;
}
