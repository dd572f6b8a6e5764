/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document.h - a report for people as a list of blocks, before it is text or Markdown.
 *
 * What is said, in which order and how it is rounded is decided once, by document_of_result; the
 * writers only lay it out. Texts are raw: a writer must clean or escape them. */
#ifndef CAPSIM_REPORTS_DOCUMENT_DOCUMENT_H
#define CAPSIM_REPORTS_DOCUMENT_DOCUMENT_H

#include "reports/result/result.h"
#include "reports/text/table.h"

enum block_kind {
    BLOCK_TITLE,
    BLOCK_STATEMENT, /* label, in its tone, then text: "PASS" "proposed: 5 of 5 criteria hold" */
    BLOCK_HEADING,
    BLOCK_PARAGRAPH,
    BLOCK_ITEM, /* may have a label in its tone before the text */
    BLOCK_TABLE,
    BLOCK_COMMAND /* words, each quoted for a shell */
};

struct block {
    enum block_kind kind;
    enum tone tone;
    const char *label, *text; /* label: one of our own words */
    const struct table *table;
    const char *anchor; /* of a table: its rows can be cited, as anchor-KEY; or NULL              */
    size_t key_columns; /* so many cells make the key of a row                                    */
    const char *const *words;
    size_t word_count;
    bool has_blank; /* behind the text, to be filled in by hand */
    const struct block *next;
};

struct document {
    const struct block *first;
    struct block *last;
    struct arena *arena;
    const char *blank; /* how a blank looks; NULL: there are none */
};

/* A document without blocks. */
struct document *document_make(struct arena *arena);

/* Adds a block at the end. document_add is for the kinds that are a text alone. */
void document_add(struct document *document, enum block_kind kind, const char *text);
/* The same with a blank behind the text, to be filled in by hand. */
void document_add_blank(struct document *document, enum block_kind kind, const char *text);
void document_add_statement(struct document *document, enum tone tone, const char *label,
                            const char *text);
void document_add_marked_item(struct document *document, enum tone tone, const char *label,
                              const char *text);
void document_add_table(struct document *document, const struct table *table);
/* A table whose rows can be cited: anchor and key_columns as in struct block. */
void document_add_cited_table(struct document *document, const struct table *table,
                              const char *anchor, size_t key_columns);
void document_add_command(struct document *document, const char *const *words, size_t word_count);

/* A name as a report shows it: whole, or its first columns and "..." when it is very long. */
const char *document_name(const struct document *document, const char *name);

/* "1 replication", "20 replications". */
const char *document_count(const struct document *document, size_t count, const char *thing);

#endif
