/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page keeps of its origin: how it was made, and copies of what was read. */
#include "reports/document/basis.h"
#include "reports/result/report_json.h"
#include "reports/text/digits.h"
#include "reports/writers/page_parts.h"
#include <string.h>

/* Larger files are named, not copied. */
enum { MOST_COPIED = 1 << 20 };

struct copy {
    const char *name, *text;
    size_t length;
};

/* Input number i of what the page rests on, as it was read; false: it is not kept whole. */
static bool find_copy(const struct page *page, size_t i, struct copy *copy)
{
    const struct scenario_set *set = page->extras->set;
    *copy = (struct copy){.name = page->result->inputs[i].file};
    if (i == 0) {
        copy->text = set->text;
        copy->length = set->text_length;
    }
    for (size_t k = 0; i > 0 && k < set->input_count; k++)
        if (strcmp(set->input_files[k], copy->name) == 0 && set->input_texts[k]) {
            copy->text = set->input_texts[k];
            copy->length = set->input_lengths[k];
        }
    return copy->text && copy->length <= MOST_COPIED;
}

static void write_record(const struct page *page)
{
    const struct html *html = &page->html;
    fputs("<details class=\"screen\"><summary>The record of how this page was "
          "made</summary>\n" HTML_RECORD,
          html->out);
    struct html_escape escape = {html};
    struct json_writer writer = writer_begin(html_escape_sink, &escape);
    writer_open_object(&writer, EMIT_LINES);
    writer_named_integer(&writer, "capsim_page", 1);
    writer_named_string(&writer, "kind", page->kind);
    report_json_provenance(&writer, page->result);
    writer_close(&writer);
    writer_end(&writer);
    fputs("</pre>\n</details>\n", html->out);
}

static void write_copy(const struct page *page, const struct copy *copy)
{
    const struct html *html = &page->html;
    fputs("<details class=\"screen\"><summary>", html->out);
    html_text(html, arena_printf(html->arena, "A copy of %s, %s", copy->name,
                                 digits_quantity((double)copy->length, "B", html->arena)));
    fputs("</summary>\n" HTML_COPY_NAME, html->out);
    html_source(html, copy->name, strlen(copy->name));
    fputs("</pre>\n" HTML_COPY_TEXT, html->out);
    html_source(html, copy->text, copy->length);
    fputs("</pre>\n</details>\n", html->out);
}

static void write_origin(const struct page *page)
{
    size_t missing = 0;
    struct copy copy;
    if (page->extras->is_in_folder) {
        fputs("<p>This page is part of a folder that keeps its inputs: <code>capsim verify</code> "
              "and the name of the folder makes all of it again and compares.</p>\n",
              page->html.out);
        return;
    }
    if (!page->extras->set) {
        fputs("<p>This page was made of a report, which has no copy of its scenario: verify the "
              "report, with the scenario behind it.</p>\n",
              page->html.out);
        return;
    }
    for (size_t i = 0; i < page->result->input_count; i++)
        missing += !find_copy(page, i, &copy);
    fputs(missing == 0
              ? "<p>This page holds a copy of all that it was made from: <code>capsim verify "
                "</code> and the name of this file makes it again and compares.</p>\n"
              : "<p>Not all files that this page was made from are copied into it: <code>capsim "
                "verify</code> needs the name of the scenario behind that of this file.</p>\n",
          page->html.out);
    write_record(page);
    for (size_t i = 0; i < page->result->input_count; i++)
        if (find_copy(page, i, &copy))
            write_copy(page, &copy);
}

void page_parts_add_provenance(struct page *page)
{
    struct document *document = document_make(page->html.arena);
    basis_add_origin(document, page->result);
    page_add_part(page, (struct page_part){
                            .link = "Provenance", .first = document->first, .write = write_origin});
}
