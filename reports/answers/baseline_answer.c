/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/baseline_answer.h"
#include "reports/result/report_json.h"

enum { DIGEST_SHOWN = 12 };

struct answer *baseline_answer_make(const struct result *result, const char *source,
                                    const struct regression_approval *approvals, size_t count,
                                    struct arena *arena)
{
    struct answer *answer = answer_of_result(result, arena);
    struct report_kept *kept = arena_alloc(arena, sizeof *kept);
    *kept = (struct report_kept){source, approvals, count};
    answer->kept = kept;
    return answer;
}

static const char *tell_approval(const struct answer *answer,
                                 const struct regression_approval *approval, const char *path)
{
    const char *text = arena_printf(answer->arena, "%s: approved: %s\n", path, approval->reason);
    for (size_t i = 0; i < approval->change_count; i++)
        text = arena_printf(answer->arena, "%s  %s\n", text, approval->changes[i]);
    return arena_printf(answer->arena, "%s  digest %.16s -> %.16s\n", text, approval->from,
                        approval->to);
}

const char *baseline_answer_tell(const struct answer *answer, bool is_approved, const char *path)
{
    const struct result *result = answer->result;
    const char *verdict = verdict_name(result->verdict);
    size_t count = answer->kept->approval_count;
    if (is_approved && count > 0)
        return tell_approval(answer, &answer->kept->approvals[count - 1], path);
    return arena_printf(answer->arena, "%s: saved, verdict %s, %zu replications, digest %.16s\n",
                        path, verdict ? verdict : "none", result->settings[0].replications,
                        result->digest);
}

void baseline_answer_add_approvals(struct answer *answer,
                                   const struct regression_baseline *baseline)
{
    struct document *document = answer->document;
    struct arena *arena = answer->arena;
    if (baseline->approval_count == 0)
        return;
    answer_add_number(answer, "approvals", (double)baseline->approval_count, "");
    answer_add_text(answer, "approved", baseline->approvals[baseline->approval_count - 1].reason);
    document_add(document, BLOCK_HEADING, "Changes that were approved");
    for (size_t i = baseline->approval_count; i-- > 0;) {
        const struct regression_approval *approval = &baseline->approvals[i];
        document_add_statement(document, TONE_PLAIN, "APPROVED",
                               arena_printf(arena, "%s%s%s (digest %.*s -> %.*s)", approval->reason,
                                            approval->by ? ", by " : "",
                                            approval->by ? approval->by : "", DIGEST_SHOWN,
                                            approval->from, DIGEST_SHOWN, approval->to));
        for (size_t k = 0; k < approval->change_count; k++)
            document_add(document, BLOCK_ITEM, approval->changes[k]);
    }
}
