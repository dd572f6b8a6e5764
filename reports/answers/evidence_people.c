/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_people.h"
#include "reports/answers/evidence_files.h"
#include "reports/document/findings.h"
#include "reports/text/number_text.h"

enum { MOST_COLUMNS = 12 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

void evidence_people_add_row(struct table *table, const char *const *texts)
{
    struct table_cell *row = table_add_row(table);
    size_t column = 0;
    while (texts[column]) {
        row[column] = table_text(texts[column]);
        column++;
    }
    for (; column < table->column_count; column++)
        row[column] = table_blank();
}

struct table *evidence_people_table(const char *const *names, size_t count, struct arena *arena)
{
    struct table_column columns[MOST_COLUMNS] = {{NULL, NULL, false}};
    for (size_t i = 0; i < count; i++)
        columns[i].name = names[i];
    return table_make(columns, count, arena);
}

void evidence_people_append(struct document *document, const char *of, const struct document *from)
{
    for (const struct block *block = from->first; block; block = block->next)
        switch (block->kind) {
        case BLOCK_TABLE:
            document_add_table(document, block->table);
            break;
        case BLOCK_COMMAND:
            document_add_command(document, block->words, block->word_count);
            break;
        case BLOCK_STATEMENT:
            document_add_statement(document, block->tone, block->label, block->text);
            break;
        case BLOCK_ITEM:
            document_add_marked_item(document, block->tone, block->label, block->text);
            break;
        case BLOCK_HEADING:
            document_add(document, block->kind,
                         arena_printf(document->arena, "%s: %s", of, block->text));
            break;
        case BLOCK_TITLE:
        case BLOCK_PARAGRAPH:
            document_add(document, block->kind, block->text);
        }
}

/* A table of which each row begins with one of these texts. */
static void add_lines(struct document *document, const char *const *names, size_t columns,
                      const char *const *lines, size_t count)
{
    struct table *table = evidence_people_table(names, columns, document->arena);
    for (size_t i = 0; i < count; i++)
        evidence_people_add_row(table, (const char *const[]){lines[i], NULL});
    document_add_table(document, table);
}

static void add_blanks(struct document *document, const char *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        document_add_blank(document, BLOCK_ITEM, items[i]);
}

/* ---- timeline ---- */

void evidence_people_add_timeline(struct document *document, const struct evidence *evidence)
{
    static const char *const names[] = {"phase", "step", "projected", "actual", "remarks"};
    struct arena *arena = document->arena;
    const struct evidence_test *test = evidence->test;
    const char *length = evidence_files_duration(evidence->result->duration_s, arena);
    const char *takes = evidence->rehearsal ? evidence->rehearsal->takes : "-";
    const char *sent = test ? arena_printf(arena, "%lld requests, %lld at a time",
                                           (long long)test->requests, (long long)test->concurrency)
                            : "-";
    const char *const steps[][3] = {{"before", "approval obtained", "-"},
                                    {"before", "checklist completed", "-"},
                                    {"before", "stakeholders notified", "-"},
                                    {"before", "change window started", "-"},
                                    {"during", "change applied", "-"},
                                    {"during", "rolling restart started", "-"},
                                    {"during", "rolling restart completed", takes},
                                    {"during", "first verification started", "-"},
                                    {"during", "first verification completed", "-"},
                                    {"after", "load test started", "-"},
                                    {"after", "load test completed", sent},
                                    {"after", "sustained monitoring started", "-"},
                                    {"after", "sustained monitoring completed", length},
                                    {"after", "phase declared complete", "-"},
                                    {"all", "total, in minutes", "-"}};
    struct table *table = evidence_people_table(names, COUNT(names), arena);
    for (size_t i = 0; i < COUNT(steps); i++)
        evidence_people_add_row(table,
                                (const char *const[]){steps[i][0], steps[i][1], steps[i][2], NULL});
    document_add(document, BLOCK_HEADING, "Timeline");
    document_add_table(document, table);
}

/* ---- incidents ---- */

void evidence_people_add_incidents(struct document *document)
{
    static const char *const incident[] = {"severity",   "detected", "description", "impact",
                                           "resolution", "duration", "evidence"};
    static const char *const severities[] = {"P0", "P1", "P2"};
    static const char *const anomaly[] = {"anomaly", "detected", "description",
                                          "impact",  "findings", "action"};
    static const char *const anomalies[] = {"1", "2"};
    document_add(document, BLOCK_HEADING, "Incidents");
    document_add_blank(document, BLOCK_ITEM, "Total of severity P0, P1, P2: ");
    document_add(document, BLOCK_PARAGRAPH,
                 "One row for each, with its severity; \"none\" where there was none.");
    add_lines(document, incident, COUNT(incident), severities, COUNT(severities));
    document_add(document, BLOCK_PARAGRAPH, "Further incidents, and what else is to say of them:");
    document_add_blank(document, BLOCK_PARAGRAPH, "");
    document_add(document, BLOCK_HEADING, "Anomalies");
    document_add(document, BLOCK_PARAGRAPH,
                 "What was unlike the projection without being an incident.");
    add_lines(document, anomaly, COUNT(anomaly), anomalies, COUNT(anomalies));
}

/* ---- rollback ---- */

/* The rules of the scenario's rollout, each with room for what became of it. */
static void add_triggers(struct document *document, const struct evidence *evidence)
{
    static const char *const names[] = {"trigger", "reached"};
    const struct rollout_spec *rollout = evidence->set ? evidence->set->rollout : NULL;
    struct arena *arena = document->arena;
    struct table *table = evidence_people_table(names, COUNT(names), arena);
    for (size_t i = 0; rollout && i < rollout->rollback_count; i++) {
        const struct rollout_rule *rule = &rollout->rollbacks[i];
        const char *text = rule->when.expect;
        if (rule->is_relative)
            text = arena_printf(arena, "%s worse than before by %s", text,
                                number_text_quantity(rule->margin, "1", arena));
        if (rule->for_ns > 0)
            text = arena_printf(arena, "%s, for %s", text,
                                evidence_files_duration((double)rule->for_ns / 1e9, arena));
        evidence_people_add_row(table, (const char *const[]){text, NULL});
    }
    evidence_people_add_row(table, (const char *const[]){"any incident of severity P0", NULL});
    evidence_people_add_row(table, (const char *const[]){NULL, NULL}); /* one of their own */
    document_add_table(document, table);
}

void evidence_people_add_rollback(struct document *document, const struct evidence *evidence)
{
    static const char *const items[] = {"Triggered, or not: ",
                                        "Trigger condition: ",
                                        "Time of the trigger: ",
                                        "Reason: ",
                                        "Rollback initiated: ",
                                        "Configuration reverted: ",
                                        "Restart completed: ",
                                        "Verified: ",
                                        "Duration: ",
                                        "Root cause: ",
                                        "Corrective actions: "};
    static const char *const names[] = {"check after a rollback", "result"};
    static const char *const checks[] = {"settings as before the change", "error rate as before",
                                         "latency as before", "stable"};
    document_add(document, BLOCK_HEADING, "Rollback");
    if (evidence->rehearsal)
        evidence_people_append(document, NULL, evidence->rehearsal->rollback);
    else
        document_add(document, BLOCK_PARAGRAPH,
                     "Not projected: capsim rehearse does, for a scenario with a \"rollout\".");
    add_triggers(document, evidence);
    add_blanks(document, items, COUNT(items));
    add_lines(document, names, COUNT(names), checks, COUNT(checks));
}

/* ---- evidence ---- */

void evidence_people_add_checklist(struct document *document, const struct evidence *evidence)
{
    static const char *const names[] = {"phase", "evidence", "projected in", "measured in",
                                        "there"};
    const char *test = evidence->test ? "post_change/synthetic_load_test_results.json" : "-";
    const char *const items[][3] = {
        {"before", "health snapshot", "pre_change/pre_change_metrics.json"},
        {"before", "configuration", "pre_change/pre_change_config.json"},
        {"before", "active connections", "pre_change/pre_change_connections.txt"},
        {"before", "error rate", "pre_change/pre_change_error_rate.txt"},
        {"before", "latency", "pre_change/pre_change_latency.json"},
        {"before", "commit", "-"},
        {"during", "deployment log", "-"},
        {"during", "difference of the configuration", "during_change/config_diff.txt"},
        {"during", "restart log", evidence->rehearsal ? "during_change/rehearsal.json" : "-"},
        {"during", "screenshots", "-"},
        {"after", "configuration", "during_change/post_change_config.json"},
        {"after", "load test results", test},
        {"after", "sustained monitoring", "post_change/sustained_monitoring.json"},
        {"after", "error rate compared", "post_change/error_rate_comparison.txt"},
        {"after", "latency compared", "post_change/latency_comparison.json"},
        {"after", "commit", "-"}};
    struct table *table = evidence_people_table(names, COUNT(names), document->arena);
    for (size_t i = 0; i < COUNT(items); i++)
        evidence_people_add_row(table,
                                (const char *const[]){items[i][0], items[i][1], items[i][2], NULL});
    document_add(document, BLOCK_HEADING, "Evidence");
    document_add_table(document, table);
    document_add_blank(document, BLOCK_ITEM, "Location: ");
}

/* ---- the end ---- */

void evidence_people_add_assessment(struct document *document, const struct evidence *evidence)
{
    static const char *const names[] = {"criteria", "projected", "actual"};
    static const char *const items[] = {
        "Outcome: ", "Confidence (high, medium, low), and why: ",
        "How the measured figures compare with the projected ones (capsim score): ",
        "What the model left out: "};
    const struct result_setting *after = &evidence->result->settings[evidence->after];
    struct arena *arena = document->arena;
    size_t passed = 0, failed = 0, total = after->criterion_count;
    for (size_t i = 0; i < total; i++) {
        passed += after->criteria[i].verdict == VERDICT_PASS;
        failed += after->criteria[i].verdict == VERDICT_FAIL;
    }
    const char *const rows[][2] = {
        {"total", arena_printf(arena, "%zu", total)},
        {"passed", arena_printf(arena, "%zu", passed)},
        {"failed", arena_printf(arena, "%zu", failed)},
        {"undecided", arena_printf(arena, "%zu", total - passed - failed)},
        {"rate",
         total > 0 ? number_text_quantity((double)passed / (double)total, "1", arena) : "-"}};
    struct table *table = evidence_people_table(names, COUNT(names), arena);
    for (size_t i = 0; i < COUNT(rows); i++)
        evidence_people_add_row(table, (const char *const[]){rows[i][0], rows[i][1], NULL});
    document_add(document, BLOCK_HEADING, "Assessment");
    document_add_table(document, table);
    document_add(document, BLOCK_PARAGRAPH,
                 "Confidence: high (90 to 100 %) when all criteria passed without an incident or "
                 "an anomaly; medium (70 to 90 %) when all passed with minor anomalies; low when "
                 "some failed or the change was rolled back.");
    add_blanks(document, items, COUNT(items));
}

static void add_recommendations(struct document *document)
{
    static const char *const items[] = {
        "Actions of the next 24 hours: ", "Readiness for the next phase: ", "What went well: ",
        "What to improve: ", "What was a surprise: "};
    document_add(document, BLOCK_HEADING, "Recommendations and lessons");
    add_blanks(document, items, COUNT(items));
}

static void add_notifications(struct document *document)
{
    static const char *const names[] = {"notified", "what", "when", "status"};
    static const char *const roles[] = {"executive operator", "product lead", "business lead",
                                        "on-call engineer", "development team"};
    document_add(document, BLOCK_HEADING, "Notifications");
    add_lines(document, names, COUNT(names), roles, COUNT(roles));
}

void evidence_people_add_decision(struct document *document)
{
    static const char *const items[] = {
        "Phase (complete, incomplete, deferred): ", "Next phase (approved, conditional, denied): ",
        "Decision: "};
    static const char *const names[] = {"role", "name", "signature", "date", "time"};
    static const char *const roles[] = {"production engineering lead", "executive operator",
                                        "author", "reviewer", "operations"};
    add_recommendations(document);
    add_notifications(document);
    document_add(document, BLOCK_HEADING, "Decision");
    add_blanks(document, items, COUNT(items));
    document_add(document, BLOCK_HEADING, "Sign-off");
    add_lines(document, names, COUNT(names), roles, COUNT(roles));
}
