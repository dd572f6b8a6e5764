/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_report.h - what a subcommand found, and every format that it can be written in.
 *
 * Of run that is a result (result.h); of all others facts and tables of plain numbers for machines,
 * a document for people, and the grounds that both rest on.
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

#include "reports/files/folder.h"
#include "reports/writers/report.h"

enum { ANSWER_MOST_FACTS = 64, ANSWER_MOST_TABLES = 16 };

struct answer_fact {
    const char *key, *text; /* text NULL: number and unit count */
    double number;
    const char *unit;
};

struct answer_table {
    const char *key;
    struct table *table; /* NULL: make makes it of the result when it is written */
    const struct table *(*make)(const struct result *result, struct arena *arena);
};

struct junit_case;  /* report_junit.h */
struct report_kept; /* report_json.h */

struct answer {
    const char *kind;               /* the subcommand; "report" of a run: its files are called so */
    const struct result *result;    /* of a run; NULL: of another subcommand */
    const struct report_kept *kept; /* of a baseline: what its JSON keeps besides */
    const struct result *grounds;   /* inputs, assumptions, command; once finished the digest too */
    struct document *document;      /* NULL of a run: it is made when it is written */
    const struct block *first_of_grounds; /* in document; NULL before answer_finish               */
    struct answer_fact facts[ANSWER_MOST_FACTS];
    size_t fact_count;
    struct answer_table tables[ANSWER_MOST_TABLES];
    size_t table_count;
    enum verdict verdict;           /* decides the exit status; VERDICT_NONE: 0 */
    const char *clause, *sentences; /* the verdict in words, for a page; NULL: the document's first
                                       statement is */
    const struct result *judged; /* whose criteria and self-checks the verdict rests on; or NULL */
    bool is_interrupted;
    bool is_brief; /* the document leaves out the assumptions: they are in the baseline, a report */
    const char *interruption; /* what to say beside it when it was interrupted */
    const char *scenario;     /* text of a scenario that was made: scenario.json in a folder */
    const struct junit_case *cases; /* [case_count] for answer_junit; a run has its criteria */
    size_t case_count;
    struct arena *arena;
};

/* The answer of `run`, finished. The result must outlive it. */
struct answer *answer_of_result(const struct result *result, struct arena *arena);

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

/* Writes the answer in one format: false with STATUS_IO when the stream failed. Flushes it. style:
 * of text, NULL: 100 columns; extras: of a page, may be NULL. */
bool answer_write(const struct answer *answer, enum report_format format,
                  const struct report_style *style, const struct page_extras *extras, FILE *out,
                  struct error *err);

/* The test cases of a check, or the criteria of a run, as JUnit XML (report_junit.h). */
bool answer_junit(const struct answer *answer, FILE *out, struct error *err);

/* The same to the file at path, all or nothing. */
bool answer_save(const struct answer *answer, enum report_format format,
                 const struct page_extras *extras, const char *path, struct error *err);
bool answer_save_junit(const struct answer *answer, const char *path, struct error *err);

/* Whether a path names a page: it ends in .html or .htm. */
bool answer_is_page(const char *path);

/* The files of its folder, in arena: KIND.html, KIND.json, KIND.txt, KIND.md, KEY.csv of each
 * table, and, with facts, run.json; of a baseline the JSON alone. extras: for the page; may be
 * NULL. All must outlive the list. */
const struct folder_file *answer_files(const struct answer *answer,
                                       const struct page_extras *extras,
                                       const struct run_facts *facts, struct arena *arena,
                                       size_t *count);

/* Writes them into folder, all or none (folder.h). */
bool answer_folder(const struct answer *answer, const struct page_extras *extras,
                   const struct run_facts *facts, const char *folder, struct error *err);

/* Whether a check of a model says that its results may not be relied on is told here alone: adds a
 * statement for each self-check of a study's result that failed. name: of what was studied. */
void answer_add_failed_checks(struct answer *answer, const char *name, const struct model *model,
                              const struct study_result *result);

#endif
