/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.h - the pieces of a page: escaped text, ids that are unique in it, tables, and the page's
 * head with its policy.
 *
 * Whatever comes from a scenario passes through html_text, html_attribute or html_id: nothing in it
 * can become markup. A page loads nothing and runs nothing: the policy in its head allows its one
 * style sheet, by its hash, and no more. */
#ifndef CAPSIM_REPORTS_TEXT_HTML_H
#define CAPSIM_REPORTS_TEXT_HTML_H

#include "reports/text/table.h"
#include <stdio.h>

struct html_ids;

struct html {
    FILE *out;
    struct arena *arena;
    struct html_ids *ids; /* those that are taken */
};

/* A page that is written to out; nothing is written yet. */
struct html html_begin(FILE *out, struct arena *arena);

/* Everything before the body's content, and everything behind it. title: plain text. */
void html_write_head(const struct html *html, const char *title);
void html_write_foot(const struct html *html);
/* By whom it was written, as the last of what it says. */
void html_write_footer(const struct html *html);

/* An icon beside its word: "good", "bad", "unsure" or "warn", in the colour of a class. */
void html_icon(const struct html *html, const char *name, const char *class);

/* text, cleaned of controls and escaped: between tags, and between the quotes of an attribute. */
void html_text(const struct html *html, const char *text);

/* The relative address of a file below the page's own folder. */
void html_path(const struct html *html, const char *path);

/* Bytes as they are, but for what would be markup and for controls, which are references: what was
 * written can be read back (page_record.h). */
void html_source(const struct html *html, const char *text, size_t length);

/* The same as a sink of a JSON writer (json_writer.h). */
struct html_escape {
    const struct html *html;
};
void html_escape_sink(void *context, const char *bytes, size_t size);

/* The beginnings of the elements, each a pre, with a page's record, and with the name and the text
 * of each copy. */
#define HTML_RECORD "<pre class=\"source\" id=\"record\">"
#define HTML_COPY_NAME "<pre class=\"copy\">"
#define HTML_COPY_TEXT "<pre class=\"source\">"

/* A new id made of text: letters, digits, dots and underscores stay, anything else becomes '-', and
 * a number is appended when the id is taken. */
const char *html_id(const struct html *html, const char *text);

/* What html_table needs beside the table itself. */
struct html_table {
    const struct table *table;
    const char *caption; /* what it shows, for those who cannot see its surroundings          */
    const char *anchor;  /* rows get ids: anchor-KEY...; NULL: none                           */
    size_t key_columns;  /* so many cells make a row's key; the first is the row's header     */
    bool is_unlinked;    /* rows have their ids but no visible link to them */
    bool is_form;        /* empty cells are to be filled in by hand */
    size_t strong; /* the column whose figures matter most; 0: none                             */
    const char *const *label_of; /* [rows] in words, above the row's key; NULL: none            */
    const double *bar_of; /* [rows] 0..1: a bar behind the last column; NULL: none             */
    const char *const *group_of; /* [rows] what this row and those behind it are of, told above it;
                                    NULL: as the row before. The array NULL: nothing is told    */
};

/* A table as wide as its surroundings; on a phone each row becomes a block in which each value
 * stands below the name of its column. */
void html_table(const struct html *html, const struct html_table *spec);

/* The page's style sheet, in pieces. */
enum { HTML_STYLES = 7 };
extern const char *const html_styles[HTML_STYLES];

#endif
