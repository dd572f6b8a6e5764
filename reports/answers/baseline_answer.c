/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/baseline_answer.h"

struct answer *baseline_answer_make(const struct result *result, const char *source,
                                    struct arena *arena)
{
    struct answer *answer = answer_of_result(result, arena);
    answer->source = source;
    return answer;
}

const char *baseline_answer_tell(const struct answer *answer, const char *path)
{
    const struct result *result = answer->result;
    const char *verdict = verdict_name(result->verdict);
    return arena_printf(answer->arena, "%s: saved, verdict %s, %zu replications, digest %.16s\n",
                        path, verdict ? verdict : "none", result->settings[0].replications,
                        result->digest);
}
