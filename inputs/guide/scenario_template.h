/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_template.h - a first scenario, from a few answers: what `capsim init` writes.
 *
 * JSON has no comments: what a beginner should know stands in "description" and in the notes of
 * "assumptions", which every report prints until a source is put there. */
#ifndef CAPSIM_INPUTS_GUIDE_SCENARIO_TEMPLATE_H
#define CAPSIM_INPUTS_GUIDE_SCENARIO_TEMPLATE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"

enum starter_template {
    STARTER_POOL,
    STARTER_COLLECTORS,
    STARTER_WEB,
    STARTER_QUEUE,
    STARTER_POOLER,
    STARTER_TEMPLATES
};
enum starter_kind { STARTER_NAME, STARTER_RATE, STARTER_DURATION, STARTER_COUNT, STARTER_SHARE };

struct starter_question {
    const char *key;      /* "rate": --set rate=200/s answers it          */
    const char *prompt;   /* what is asked                                 */
    const char *fallback; /* the answer that is taken when none is given   */
    enum starter_kind kind;
};

struct starter {
    const char *name, *summary;
    const struct starter_question *questions;
    size_t question_count;
    const char *text; /* the scenario, with @key@ where an answer belongs */
};

/* Of system_templates.c. */
extern const struct starter_question starter_web_questions[];
extern const char starter_web_text[];
extern const struct starter_question starter_queue_questions[];
extern const char starter_queue_text[];
extern const struct starter_question starter_pooler_questions[];
extern const char starter_pooler_text[];

extern const struct starter starters[STARTER_TEMPLATES];

/* True if answer fits the question; else err says what is accepted. */
bool starter_check(const struct starter_question *question, const char *answer, struct error *err);

/* The scenario's text; answers[question_count] have been checked one by one. NULL with a
 * STATUS_USAGE error when they do not go together, such as a 95th percentile of ten times the
 * mean. */
const char *starter_write(const struct starter *starter, const char *const *answers,
                          struct arena *arena, struct error *err);

#endif
