/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/search_answer.h"
#include "reports/answers/exploration_answer.h"
#include "reports/document/findings.h"
#include "reports/text/number_text.h"
#include <stdlib.h>
#include <string.h>

static const struct vary *vary_of(const struct search_study *study)
{
    return &study->exploration.varied[0];
}

static const struct search_tried *tried_of(const struct search_study *study, size_t index)
{
    return search_study_find(study, study->finding.points[index].candidate);
}

static const char *measured(const struct search_study *study, const struct search_tried *tried,
                            size_t criterion)
{
    const struct study_setting *setting =
        &tried->point.plan.settings[candidate_index(&tried->point)];
    const struct study_decision *decision = &search_study_probe(study, tried)->decisions[criterion];
    const char *unit = setting->columns[setting->criteria[criterion].column].unit;
    bool is_stable = !model_is_unstable(candidate_model(&tried->point));
    return number_text_estimate(&decision->estimate, unit, is_stable,
                                study->exploration.field.arena);
}

static const char *expected(const struct search_study *study, const struct criterion_spec *spec)
{
    if (!spec->no_worse_than)
        return spec->expect;
    return arena_printf(study->exploration.field.arena, "%s, no worse than %s", spec->expect,
                        spec->no_worse_than);
}

/* Of a claim about one run that fails although the mean of the runs keeps its limit: "; 5 of 12
 * runs break it". */
static const char *describe_count(const struct search_study *study,
                                  const struct search_tried *tried, size_t criterion)
{
    const struct probe *probe = search_study_probe(study, tried);
    const struct study_criterion *of = &probe->settings[PROBE_WHOLE].criteria[criterion];
    const struct study_decision *decision = &probe->decisions[criterion];
    if (!of->counting || decision->failed == 0 ||
        !verdict_meets(decision->estimate.estimate, of->op, of->limit))
        return "";
    return arena_printf(study->exploration.field.arena, "; %zu of %zu %sruns break it",
                        decision->failed, decision->failed + decision->held,
                        probe->stage == PROBE_SHORT ? "short " : "");
}

/* "53 fails: pool utilization (70.776 ± 0.089 %, expected db_pool.utilization < 70%)" */
static const char *describe_fail(const struct search_study *study, size_t candidate)
{
    struct arena *arena = study->exploration.field.arena;
    const struct search_tried *tried = search_study_find(study, candidate);
    const struct probe *probe = search_study_probe(study, tried);
    const char *text = arena_printf(arena, "%s fails", search_study_value(study, candidate));
    size_t said = 0;
    for (size_t i = 0; i < probe->settings[PROBE_WHOLE].criterion_count; i++) {
        const struct criterion_spec *spec =
            candidate_criterion(&study->exploration.field, &tried->point, i);
        if (probe->decisions[i].verdict == VERDICT_FAIL)
            text = arena_printf(arena, "%s%s %s (%s, expected %s%s)", text, said++ > 0 ? ";" : ":",
                                spec->name, measured(study, tried, i), expected(study, spec),
                                describe_count(study, tried, i));
    }
    return text;
}

/* "54 to 57 are undecided; ", or "". is_low: below the pass. */
static const char *describe_undecided(const struct search_study *study,
                                      const struct search_edge *edge, bool is_low)
{
    struct arena *arena = study->exploration.field.arena;
    if (edge->undecided == 0)
        return "";
    size_t near = edge->nearest == SEARCH_NONE ? edge->pass : edge->nearest;
    size_t further = edge->undecided - 1;
    const char *text = search_study_value(study, near);
    if (further == 0)
        return arena_printf(arena, "%s is undecided; ", text);
    return arena_printf(arena, "%s to %s are undecided; ", text,
                        search_study_value(study, is_low ? near - further : near + further));
}

/* What ends the run of passes on one side. is_low: below it. */
static const char *describe_edge(const struct search_study *study, const struct search_edge *edge,
                                 bool is_low)
{
    struct arena *arena = study->exploration.field.arena;
    const char *side = is_low ? "below" : "above";
    const char *undecided = describe_undecided(study, edge, is_low);
    if (edge->fail != SEARCH_NONE)
        return arena_printf(arena, "%s: %s%s%s", side, undecided, describe_fail(study, edge->fail),
                            edge->skipped > 0 ? "; values between were not searched" : "");
    if (edge->undecided > 0)
        return arena_printf(arena, "%s: %sno value fails", side, undecided);
    if (edge->skipped > 0)
        return arena_printf(arena, "%s: not searched yet", side);
    return arena_printf(arena, "%s: %s, the %s value, passes: what lies beyond was not searched",
                        side, search_study_value(study, edge->pass), is_low ? "lowest" : "highest");
}

/* Whether a criterion's estimate is the same, to the bit, at all values that were simulated with as
 * many replications as the first: all meet the same customers, so what varies has no part in it. */
static bool is_independent(const struct search_study *study, size_t criterion)
{
    const struct probe *first = search_study_probe(study, tried_of(study, 0));
    size_t compared = 0;
    for (size_t i = 1; i < study->finding.point_count; i++) {
        const struct probe *probe = search_study_probe(study, tried_of(study, i));
        if (probe->replications[PROBE_SHORT] != first->replications[PROBE_SHORT] ||
            probe->replications[PROBE_WHOLE] != first->replications[PROBE_WHOLE])
            continue;
        if (!(probe->decisions[criterion].estimate.estimate ==
              first->decisions[criterion].estimate.estimate))
            return false;
        compared++;
    }
    return compared > 0;
}

/* Says that what varies changes nothing, of the criteria that fail everywhere, or of all. */
static void add_independence(const struct search_study *study, struct answer *answer)
{
    const struct search_tried *first = tried_of(study, 0);
    const struct probe *probe = search_study_probe(study, first);
    size_t count = probe->settings[PROBE_WHOLE].criterion_count, independent = 0;
    const char *names = "";
    for (size_t c = 0; c < count; c++) {
        if (!is_independent(study, c))
            continue;
        independent++;
        if (study->finding.has_pass || probe->decisions[c].verdict != VERDICT_PASS)
            names =
                arena_printf(answer->arena, "%s%s%s (%s)", names, *names ? ", " : "",
                             candidate_criterion(&study->exploration.field, &first->point, c)->name,
                             measured(study, first, c));
    }
    if (*names && (!study->finding.has_pass || independent == count))
        document_add_statement(
            answer->document, TONE_UNSURE, "CHANGES NOTHING",
            arena_printf(answer->arena, "%s does not change %s", vary_of(study)->path, names));
}

static void add_edge_facts(const struct search_study *study, struct answer *answer)
{
    const struct search_finding *finding = &study->finding;
    answer_add_text(answer, "passing_from", search_study_value(study, finding->low.pass));
    answer_add_text(answer, "passing_to", search_study_value(study, finding->high.pass));
    if (finding->low.fail != SEARCH_NONE)
        answer_add_text(answer, "fails_below", search_study_value(study, finding->low.fail));
    if (finding->high.fail != SEARCH_NONE)
        answer_add_text(answer, "fails_above", search_study_value(study, finding->high.fail));
    answer_add_number(answer, "undecided_below", (double)finding->low.undecided, "");
    answer_add_number(answer, "undecided_above", (double)finding->high.undecided, "");
    answer_add_number(answer, "not_searched_below", (double)finding->low.skipped, "");
    answer_add_number(answer, "not_searched_above", (double)finding->high.skipped, "");
}

/* ", to 1 % of it": how much nearer the end may be. */
static const char *how_near(const struct search_study *study, const struct search_edge *asked)
{
    if (study->finding.is_interrupted && asked->fail != SEARCH_NONE)
        return arena_printf(study->exploration.field.arena, "; the end lies between it and %s",
                            search_study_value(study, asked->fail));
    if (study->finding.is_interrupted || asked->skipped == 0 || asked->fail == SEARCH_NONE)
        return "";
    return arena_printf(study->exploration.field.arena, "; %s does not",
                        search_study_value(study, asked->fail));
}

/* A value that passed in so many replications may still seize up one day. */
static void add_deadlock(const struct search_study *study, const struct search_tried *tried,
                         struct answer *answer)
{
    const struct scenario *scenario = &tried->point.spec->scenario;
    for (size_t i = 0; i < scenario->warning_count; i++)
        findings_add_deadlock(answer->document, search_study_value(study, tried->candidate),
                              scenario->warnings[i]);
}

static void add_passing(const struct search_study *study, struct answer *answer)
{
    const struct search_finding *finding = &study->finding;
    struct arena *arena = answer->arena;
    bool is_size = study->search.aim == SEARCH_LOWEST;
    const struct search_edge *asked = is_size ? &finding->low : &finding->high;
    const char *value = search_study_value(study, asked->pass);
    answer->verdict = VERDICT_PASS;
    if (!finding->is_interrupted)
        answer_add_text(answer, is_size ? "smallest" : "largest", value);
    add_edge_facts(study, answer);
    document_add_statement(answer->document, finding->is_interrupted ? TONE_UNSURE : TONE_GOOD,
                           finding->is_interrupted ? "SO FAR"
                           : is_size               ? "SMALLEST"
                                                   : "LARGEST",
                           arena_printf(arena, "%s = %s passes every criterion of %s%s",
                                        vary_of(study)->path, value,
                                        study->exploration.field.setting, how_near(study, asked)));
    add_deadlock(study, search_study_find(study, asked->pass), answer);
    document_add(answer->document, BLOCK_ITEM, describe_edge(study, &finding->low, true));
    document_add(answer->document, BLOCK_ITEM, describe_edge(study, &finding->high, false));
    document_add(answer->document, BLOCK_ITEM,
                 arena_printf(arena, "passing range: %s to %s",
                              search_study_value(study, finding->low.pass),
                              search_study_value(study, finding->high.pass)));
    if (finding->has_gap)
        document_add_statement(answer->document, TONE_UNSURE, "NOT ONE RANGE",
                               "other values pass beyond one that fails: see the table");
}

/* The criteria that failed at every value that was simulated: no search can help them. */
static const char *names_of_hopeless(const struct search_study *study)
{
    const struct search_finding *finding = &study->finding;
    const struct search_tried *first = tried_of(study, 0);
    struct arena *arena = study->exploration.field.arena;
    const char *names = "";
    for (size_t c = 0; c < search_study_probe(study, first)->settings[PROBE_WHOLE].criterion_count;
         c++) {
        size_t failing = 0;
        for (size_t i = 0; i < finding->point_count; i++)
            failing +=
                search_study_probe(study, tried_of(study, i))->decisions[c].verdict == VERDICT_FAIL;
        if (failing == finding->point_count)
            names = arena_printf(
                arena, "%s%s%s", names, *names ? ", " : "",
                candidate_criterion(&study->exploration.field, &first->point, c)->name);
    }
    return names;
}

static void add_no_pass(const struct search_study *study, struct answer *answer)
{
    const struct search_finding *finding = &study->finding;
    const struct vary *vary = vary_of(study);
    struct arena *arena = answer->arena;
    const struct search_tried *best = search_study_find(study, finding->best);
    const char *range = arena_printf(arena, "%s to %s", search_study_value(study, 0),
                                     search_study_value(study, vary->count - 1));
    bool is_open = finding->has_undecided || finding->is_interrupted;
    answer->verdict = is_open ? VERDICT_UNDECIDED : VERDICT_FAIL;
    answer_add_text(answer, "best", search_study_value(study, finding->best));
    document_add_statement(
        answer->document, is_open ? TONE_UNSURE : TONE_BAD, is_open ? "UNDECIDED" : "NONE",
        arena_printf(arena,
                     finding->is_interrupted
                         ? "no value of %s from %s has passed yet every criterion of %s"
                     : is_open ? "no value of %s from %s surely passes every criterion of %s"
                               : "no value of %s from %s passes every criterion of %s",
                     vary->path, range, study->exploration.field.setting));
    document_add(answer->document, BLOCK_ITEM,
                 search_study_probe(study, best)->verdict == VERDICT_FAIL
                     ? arena_printf(arena, "nearest: %s", describe_fail(study, finding->best))
                     : arena_printf(arena, "nearest: %s is undecided: %s",
                                    search_study_value(study, finding->best),
                                    exploration_answer_names(&study->exploration, &best->point,
                                                             VERDICT_UNDECIDED, arena)));
    const char *hopeless = names_of_hopeless(study);
    if (*hopeless)
        document_add(answer->document, BLOCK_ITEM,
                     arena_printf(arena, "fail at every value simulated: %s", hopeless));
}

static void add_tables(const struct search_study *study, struct answer *answer)
{
    static const struct table_column columns[] = {{"value", NULL, false},
                                                  {"verdict", NULL, false},
                                                  {"short_replications", "", true},
                                                  {"whole_replications", "", true},
                                                  {"warmup", "s", true},
                                                  {"binding", NULL, false}};
    struct table *table =
        answer_add_table(answer, "steps", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < study->finding.point_count; i++) {
        const struct search_tried *tried = tried_of(study, i);
        const struct probe *probe = search_study_probe(study, tried);
        const struct candidate *point = &tried->point;
        size_t binding = search_study_nearest(study, tried);
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(search_study_value(study, tried->candidate));
        row[1] = table_text(probe->is_finished ? verdict_name(probe->verdict) : "open");
        row[2] = table_number((double)probe->replications[PROBE_SHORT]);
        row[3] = table_number((double)probe->replications[PROBE_WHOLE]);
        row[4] = table_number(point->plan.warmup_s[candidate_index(point)]);
        row[5] = table_text(candidate_criterion(&study->exploration.field, point, binding)->name);
    }
    struct table *criteria = exploration_answer_add_criteria_table(answer);
    for (size_t i = 0; i < study->finding.point_count; i++)
        exploration_answer_add_criteria(
            &study->exploration, criteria, &tried_of(study, i)->point,
            search_study_value(study, study->finding.points[i].candidate));
}

/* The criterion that decides each value, the replications that it took. */
static const struct table *table_for_people(const struct search_study *study, struct arena *arena)
{
    const struct table_column columns[] = {
        {"value", NULL, true},     {"verdict", NULL, false}, {"nearest criterion", NULL, false},
        {"expected", NULL, false}, {"measured", NULL, true}, {"short", NULL, true},
        {"whole", NULL, true}};
    struct table *table = table_make(columns, sizeof columns / sizeof columns[0], arena);
    for (size_t i = 0; i < study->finding.point_count; i++) {
        const struct search_tried *tried = tried_of(study, i);
        const struct probe *probe = search_study_probe(study, tried);
        size_t binding = search_study_nearest(study, tried);
        const struct criterion_spec *spec =
            candidate_criterion(&study->exploration.field, &tried->point, binding);
        struct table_cell *row = table_add_row(table);
        row[0] = table_text(search_study_value(study, tried->candidate));
        row[1] = probe->is_finished ? exploration_answer_verdict_cell(probe->verdict)
                                    : table_text("open");
        row[2] = table_text(spec->name);
        row[3] = table_text(expected(study, spec));
        row[4] = table_text(measured(study, tried, binding));
        row[5] = table_text(arena_printf(arena, "%zu", probe->replications[PROBE_SHORT]));
        row[6] = table_text(arena_printf(arena, "%zu", probe->replications[PROBE_WHOLE]));
    }
    return table;
}

static bool has_open(const struct search_study *study)
{
    for (size_t i = 0; i < study->finding.point_count; i++)
        if (!search_study_probe(study, tried_of(study, i))->is_finished)
            return true;
    return false;
}

void search_answer_add(struct answer *answer, const struct search_study *study, bool has_warnings)
{
    const struct vary *vary = vary_of(study);
    answer_add_text(answer, "setting", study->exploration.field.setting);
    answer->is_interrupted = study->finding.is_interrupted;
    answer_add_text(answer, "path", vary->path);
    answer_add_text(answer, "searched_from", search_study_value(study, 0));
    answer_add_text(answer, "searched_to", search_study_value(study, vary->count - 1));
    if (answer->is_interrupted)
        document_add_statement(answer->document, TONE_UNSURE, "INTERRUPTED",
                               "the search did not end; these are the values that it judged");
    if (study->finding.has_pass)
        add_passing(study, answer);
    else
        add_no_pass(study, answer);
    add_independence(study, answer);
    document_add(answer->document, BLOCK_HEADING, "Values that were simulated");
    document_add_table(answer->document, table_for_people(study, answer->arena));
    if (has_open(study))
        document_add(answer->document, BLOCK_PARAGRAPH,
                     "open: short replications did not decide it, and nothing came to depend on "
                     "it.");
    add_tables(study, answer);
    exploration_answer_add_effort(&study->exploration, answer, (double)vary->count);
    if (has_warnings)
        exploration_answer_add_warnings(&study->exploration, answer);
}

void search_answer_add_enough(const struct search_study *study, double now, struct outlook *outlook)
{
    if (!study)
        return;
    const char *value = search_study_value(study, study->finding.low.pass);
    if (strtod(value, NULL) != now)
        outlook->enough = value;
    const struct search_edge *edge = &study->finding.low;
    outlook->is_rough =
        edge->nearest != SEARCH_NONE &&
        !search_study_probe(study, search_study_find(study, edge->nearest))->is_finished;
}

void search_answer_add_room(const struct search_study *study, double now, const char *noun,
                            struct outlook *outlook)
{
    if (!study)
        return;
    const struct search_edge *edge = &study->finding.high;
    size_t beyond = edge->nearest != SEARCH_NONE ? edge->nearest : edge->fail;
    if (beyond == SEARCH_NONE && edge->pass + 1 < study->search.count)
        return; /* it was cut short */
    outlook->load = now;
    outlook->room = strtod(search_study_value(study, edge->pass), NULL);
    outlook->noun = noun;
    if (beyond == SEARCH_NONE)
        return;
    const struct search_tried *tried = search_study_find(study, beyond);
    outlook->breaks = candidate_criterion(&study->exploration.field, &tried->point,
                                          search_study_nearest(study, tried))
                          ->name;
}
