/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/audit_answer.h"
#include <math.h>

static const char *unit_name(enum interval_unit unit)
{
    static const char *const names[] = {[UNIT_NONE] = "",
                                        [UNIT_SECONDS] = "s",
                                        [UNIT_PER_SECOND] = "1/s",
                                        [UNIT_SHARE] = "1",
                                        [UNIT_BYTES] = "B"};
    return names[unit];
}

/* "210 at most", "0.9 s at least", "74.5 ms to 75.5 ms". Narrowing may miss
 * what follows of a figure that stands in two places, so that "no bound" is not "anything". */
static const char *bounds_text(struct interval bound, enum interval_unit unit, double highest,
                               struct arena *arena)
{
    const char *low = interval_net_text(bound.low, unit, arena);
    bool has_low = bound.low > 0, has_high = bound.high < highest;
    const char *high =
        has_high || isfinite(bound.high) ? interval_net_text(bound.high, unit, arena) : "";
    if (!has_low && !has_high)
        return "no bound found";
    if (isfinite(bound.high) && bound.high - bound.low <= 1e-6 * bound.high)
        return high;
    if (has_low && has_high)
        return arena_printf(arena, "%s to %s", low, high);
    return has_low ? arena_printf(arena, "%s at least", low)
                   : arena_printf(arena, "%s at most", high);
}

static const char *needed_text(const struct claims_audit *audit, size_t set, size_t k,
                               struct arena *arena)
{
    const struct claims *claims = audit->claims;
    const struct claim *claim = &claims->claim[audit->conflicts.set[set].claim[k]];
    const struct claims_figure *figure = &claims->figure[claim->figure];
    return bounds_text(audit->needed[set][k], figure->unit, figure->highest, arena);
}

/* ---- contradictions -------------------------------------------------------------------------- */

static void add_claims_of(struct answer *answer, const struct claims_audit *audit, size_t set)
{
    static const struct table_column columns[] = {{"claim", NULL, false},
                                                  {"figure", NULL, false},
                                                  {"claimed", NULL, true},
                                                  {"by the others", NULL, true},
                                                  {"source", NULL, false}};
    struct table *table = table_make(columns, 5, answer->arena);
    const struct interval_state *state = &audit->conflicts.set[set];
    for (size_t k = 0; k < state->claims; k++) {
        const struct claim *claim = &audit->claims->claim[state->claim[k]];
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(claim->text);
        row[1] = table_text(audit->claims->figure[claim->figure].name);
        row[2] = table_text(claim->value);
        row[3] = table_text(needed_text(audit, set, k, answer->arena));
        row[4] = table_text(claim->source ? claim->source : "");
    }
    table_drop_empty_columns(table);
    document_add_table(answer->document, table);
}

static void add_contradiction(struct answer *answer, const struct claims_audit *audit, size_t set)
{
    const struct interval_state *state = &audit->conflicts.set[set];
    struct arena *arena = answer->arena;
    document_add(answer->document, BLOCK_HEADING,
                 arena_printf(arena, "Contradiction %zu: %s", set + 1,
                              state->claims == 1
                                  ? "one claim that cannot be true"
                                  : arena_printf(arena, "%zu claims that cannot all be true",
                                                 state->claims)));
    for (size_t i = 0; i < state->lines; i++)
        document_add(answer->document, BLOCK_ITEM, state->line[i]);
    if (state->doubt)
        document_add(
            answer->document, BLOCK_PARAGRAPH,
            arena_printf(arena, "It rests on a supposition: %s is ruled out.", state->doubt));
    add_claims_of(answer, audit, set);
}

static void add_culprits(struct answer *answer, const struct claims_audit *audit)
{
    const struct interval_conflicts *found = &audit->conflicts;
    if (found->count == 0)
        return;
    document_add(answer->document, BLOCK_HEADING, "What would make the rest consistent");
    if (found->culprits == 0) {
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "No claim alone: without any one of them there is a contradiction left.");
    } else {
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "Any one of these claims left out leaves the others free of contradiction:");
        for (size_t i = 0; i < found->culprits; i++)
            document_add(answer->document, BLOCK_ITEM,
                         audit->claims->claim[found->culprit[i]].text);
    }
    if (!found->is_complete)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "There may be more contradictions than are listed.");
}

/* A row for each claim of each set, and one for each line of arithmetic. */
static void add_plain_sets(struct answer *answer, const struct claims_audit *audit)
{
    static const struct table_column of_claims[] = {
        {"set", NULL, true},         {"claim", NULL, false},      {"figure", NULL, false},
        {"unit", NULL, false},       {"claimed_low", NULL, true}, {"claimed_high", NULL, true},
        {"needed_low", NULL, true},  {"needed_high", NULL, true}, {"source", NULL, false},
        {"supposition", NULL, false}};
    static const struct table_column of_lines[] = {{"set", NULL, true}, {"line", NULL, false}};
    struct table *claims = answer_add_table(answer, "contradictions", of_claims, 10);
    struct table *lines = answer_add_table(answer, "arithmetic", of_lines, 2);
    for (size_t set = 0; set < audit->conflicts.count; set++) {
        const struct interval_state *state = &audit->conflicts.set[set];
        for (size_t k = 0; k < state->claims; k++) {
            const struct claim *claim = &audit->claims->claim[state->claim[k]];
            const struct claims_figure *figure = &audit->claims->figure[claim->figure];
            struct table_cell *row = table_add_row(claims);
            row[0] = table_number((double)set + 1);
            row[1] = table_text(claim->text);
            row[2] = table_text(figure->name);
            row[3] = table_text(unit_name(figure->unit));
            row[4] = table_number(claim->low);
            row[5] = table_number(isfinite(claim->high) ? claim->high : NAN);
            row[6] = table_number(audit->needed[set][k].low);
            row[7] = table_number(isfinite(audit->needed[set][k].high) ? audit->needed[set][k].high
                                                                       : NAN);
            row[8] = table_text(claim->source ? claim->source : "");
            row[9] = table_text(state->doubt ? state->doubt : "");
        }
        for (size_t i = 0; i < state->lines; i++) {
            struct table_cell *row = table_add_row(lines);
            row[0] = table_number((double)set + 1);
            row[1] = table_text(state->line[i]);
        }
    }
}

/* ---- what follows ---------------------------------------------------------------------------- */

/* All that is claimed of a figure, "75%, 40%"; NULL: nothing. has_left_out: some of it was. */
static const char *claimed_of(const struct claims_audit *audit, size_t figure, bool *has_left_out,
                              struct arena *arena)
{
    const char *text = NULL;
    *has_left_out = false;
    for (size_t i = 0; i < audit->claims->claims; i++) {
        const struct claim *claim = &audit->claims->claim[i];
        if (claim->figure != figure)
            continue;
        text = text ? arena_printf(arena, "%s, %s", text, claim->value) : claim->value;
        *has_left_out |= audit->is_left_out[i];
    }
    return text;
}

/* Figures whose claims say all that is known of them teach nothing. */
static bool is_narrower(const struct claims_audit *audit, size_t figure)
{
    double low = 0, high = audit->claims->figure[figure].highest;
    for (size_t i = 0; i < audit->claims->claims; i++)
        if (audit->claims->claim[i].figure == figure && !audit->is_left_out[i]) {
            low = fmax(low, audit->claims->claim[i].low);
            high = fmin(high, audit->claims->claim[i].high);
        }
    struct interval now = audit->follows[figure];
    return now.low > low * (1 + 1e-6) || now.high < high * (1 - 1e-6);
}

static void add_follows(struct answer *answer, const struct claims_audit *audit)
{
    static const struct table_column machines[] = {{"figure", NULL, false},
                                                   {"unit", NULL, false},
                                                   {"low", NULL, true},
                                                   {"high", NULL, true},
                                                   {"claimed", NULL, false}};
    static const struct table_column people[] = {
        {"figure", NULL, false}, {"follows", NULL, true}, {"claimed", NULL, true}};
    struct arena *arena = answer->arena;
    struct table *plain = answer_add_table(answer, "follows", machines, 5);
    struct table *shown = table_make(people, 3, arena);
    for (size_t i = 0; i < audit->claims->figures; i++) {
        const struct claims_figure *figure = &audit->claims->figure[i];
        struct interval bound = audit->follows[i];
        bool has_left_out;
        const char *claimed = claimed_of(audit, i, &has_left_out, arena);
        struct table_cell *row = table_add_row(plain);
        row[0] = table_text(figure->name);
        row[1] = table_text(unit_name(figure->unit));
        row[2] = table_number(bound.low);
        row[3] = table_number(isfinite(bound.high) ? bound.high : NAN);
        row[4] = table_text(claimed ? claimed : "");
        if (!is_narrower(audit, i))
            continue;
        row = table_add_row(shown);
        row[0] = table_text(figure->name);
        row[1] = table_text(bounds_text(bound, figure->unit, figure->highest, arena));
        row[2] = table_toned(claimed ? claimed : "nothing", has_left_out ? TONE_BAD : TONE_PLAIN);
    }
    if (shown->row_count == 0)
        return;
    document_add(answer->document, BLOCK_HEADING, "What follows, beside what is claimed");
    if (audit->conflicts.count > 0)
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "From the claims in the order of the file, without those that contradict what "
                     "stands before them:");
    for (size_t i = 0; i < audit->claims->claims; i++)
        if (audit->is_left_out[i])
            document_add(answer->document, BLOCK_ITEM,
                         arena_printf(arena, "left out: %s", audit->claims->claim[i].text));
    document_add_table(answer->document, shown);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static size_t count_doubtful(const struct interval_conflicts *found)
{
    size_t doubtful = 0;
    for (size_t i = 0; i < found->count; i++)
        doubtful += found->set[i].doubt != NULL;
    return doubtful;
}

static void add_statement(struct answer *answer, const struct claims_audit *audit, size_t doubtful)
{
    struct arena *arena = answer->arena;
    size_t count = audit->conflicts.count;
    const char *claims = document_count(answer->document, audit->claims->claims, "claim");
    answer->verdict = count == 0          ? VERDICT_PASS
                      : count == doubtful ? VERDICT_UNDECIDED
                                          : VERDICT_FAIL;
    document_add_statement(
        answer->document,
        count == 0          ? TONE_GOOD
        : count == doubtful ? TONE_UNSURE
                            : TONE_BAD,
        count == 0          ? "PASS"
        : count == doubtful ? "UNDECIDED"
                            : "FAIL",
        count == 0 ? arena_printf(arena, "nothing contradicts the %s", claims)
                   : arena_printf(arena, "%s among the %s%s",
                                  document_count(answer->document, count, "contradiction"), claims,
                                  count == doubtful ? ", each by a supposition" : ""));
    document_add(answer->document, BLOCK_PARAGRAPH,
                 count == 0
                     ? "That they can all be true does not make them so: only the laws that the "
                       "file names were tried."
                     : "Each contradiction is a smallest set: without any one of its claims the "
                       "others can all be true.");
}

void audit_answer_add(struct answer *answer, const struct claims_audit *audit)
{
    size_t doubtful = count_doubtful(&audit->conflicts);
    answer->is_brief = true;
    add_statement(answer, audit, doubtful);
    answer_add_number(answer, "claims", (double)audit->claims->claims, "");
    answer_add_number(answer, "contradictions", (double)audit->conflicts.count, "");
    answer_add_number(answer, "by_supposition", (double)doubtful, "");
    answer_add_text(answer, "complete", audit->conflicts.is_complete ? "yes" : "no");
    add_plain_sets(answer, audit);
    for (size_t i = 0; i < audit->conflicts.count; i++)
        add_contradiction(answer, audit, i);
    add_culprits(answer, audit);
    add_follows(answer, audit);
}
