/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any words, one a line, as the answers of `init`: refused with a message, one by one or together,
 * or a scenario that can be simulated. A missing or a refused answer is that in brackets. */
#include "inputs/guide/scenario_template.h"
#include "inputs/scenario/scenario.h"
#include "models/studies/plan.h"
#include "tests/fuzz/target.h"

#include <string.h>

enum { MAX_QUESTIONS = 32 };

static const char *choose(const struct starter_question *question, const char *answer)
{
    struct error err = {0};
    if (!answer || !answer[0])
        return question->fallback;
    bool fits = starter_check(question, answer, &err);
    target_check_outcome(fits, &err);
    return fits ? answer : question->fallback;
}

static void check_starter(const struct starter *starter, char *lines, struct arena *arena)
{
    const char *answers[MAX_QUESTIONS];
    for (size_t q = 0; q < starter->question_count; q++)
        answers[q] = choose(&starter->questions[q], lines ? strsep(&lines, "\n") : NULL);
    struct scenario_set set = {0};
    struct plan plan;
    struct error err = {0};
    const char *text = starter_write(starter, answers, arena, &err);
    target_check_outcome(text != NULL, &err);
    if (!text)
        return;
    const struct scenario_request request = {
        .file = "starter.json", .text = text, .text_length = strlen(text)};
    target_require(scenario_read(&request, arena, &set, &err));
    if (!plan_make(&set, arena, &plan, &err))
        target_require_at(false, err.message, __FILE__, __LINE__);
    scenario_close(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    for (size_t i = 0; i < STARTER_TEMPLATES; i++)
        check_starter(&starters[i], target_text(bytes, size, arena), arena);
    arena_close(arena);
    return 0;
}
