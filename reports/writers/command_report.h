/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_report.h - what a subcommand other than run found, as every writer reads it: facts and
 * tables of plain numbers for machines, a document for people, and the grounds that both rest on.
 *
 * The life of an answer: answer_begin - answer_add_..., and blocks into answer->document
 * (document.h: title, statements, paragraphs, tables of rounded texts) - answer_finish - the
 * writers. Everything lives in one arena. Numbers are in base units (s, 1/s, B, shares 0..1); NaN
 * is "nothing was observed".
 *
 * JSON: { "capsim_answer": 1, "kind": "sweep", "scenario", "provenance", "assumptions" as in a
 * report, "facts": { key: { "value", "unit" } or text }, then each table as an array of objects
 * under its key, "units": { table: { column: unit } }, "verdict", "interrupted" }. Like a report it
 * does not depend on threads, machine or time; provenance.digest is the SHA-256 of all from "facts"
 * on. CSV is the first table; a folder gets each as KEY.csv. */
#ifndef CAPSIM_REPORTS_WRITERS_COMMAND_REPORT_H
#define CAPSIM_REPORTS_WRITERS_COMMAND_REPORT_H

#include "reports/writers/report.h"

enum { ANSWER_MOST_FACTS = 64, ANSWER_MOST_TABLES = 16 };

struct answer_fact {
    const char *key, *text; /* text NULL: number and unit count */
    double number;
    const char *unit;
};

struct answer_table {
    const char *key;
    struct table *table;
};

struct answer {
    const char *kind;       /* the subcommand                                                    */
    struct result *grounds; /* inputs, assumptions, command; after answer_finish the digest too  */
    struct document *document;
    const struct block *first_of_grounds; /* in document; NULL before answer_finish               */
    struct answer_fact facts[ANSWER_MOST_FACTS];
    size_t fact_count;
    struct answer_table tables[ANSWER_MOST_TABLES];
    size_t table_count;
    enum verdict verdict; /* decides the exit status; VERDICT_NONE: 0 */
    bool is_interrupted;
    bool is_brief; /* the document leaves out the assumptions: they are in the baseline, a report */
    struct arena *arena;
};

/* An answer without findings; its document begins with the scenario's title. command: in normal
 * form (cli_normal_form). */
struct answer *answer_begin(const char *kind, const struct scenario_set *set,
                            const char *const *command, size_t command_count, struct arena *arena);

/* Adds a fact under a key that is new. */
void answer_add_number(struct answer *answer, const char *key, double number, const char *unit);
void answer_add_text(struct answer *answer, const char *key, const char *text);

/* Adds a table without rows under a key that is new, and returns it to be filled (table.h). */
struct table *answer_add_table(struct answer *answer, const char *key,
                               const struct table_column *columns, size_t count);

/* Adds the grounds (assumptions, provenance, the command that repeats it) to the document, and
 * works out the digest. Nothing may be added after it. */
void answer_finish(struct answer *answer);

/* The writers: false with STATUS_IO when the stream failed. They flush it. */
bool answer_text(const struct answer *answer, const struct report_style *style, FILE *out,
                 struct error *err);
bool answer_json(const struct answer *answer, FILE *out, struct error *err);
bool answer_csv(const struct answer *answer, FILE *out, struct error *err);
bool answer_markdown(const struct answer *answer, FILE *out, struct error *err);
bool answer_html(const struct answer *answer, const struct page_extras *extras, FILE *out,
                 struct error *err);

/* Writes KIND.html, KIND.json, KIND.txt, KIND.md, KEY.csv of each table, and run.json into folder
 * (folder.h). extras: for the page; may be NULL. */
bool answer_folder(const struct answer *answer, const struct page_extras *extras,
                   const struct run_facts *facts, const char *folder, struct error *err);

#endif
