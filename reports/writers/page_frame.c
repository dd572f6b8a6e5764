/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page_frame.h"
#include "reports/writers/page_blocks.h"
#include "reports/writers/page_verdict.h"

static void write_header(const struct page *page)
{
    const struct html *html = &page->html;
    fputs("<header><h1>", html->out);
    html_text(html, page->title);
    fputs("</h1><span class=\"k\">capsim ", html->out);
    html_text(html, page->kind);
    fprintf(html->out, " \u00b7 digest %.16s</span></header>\n", page->result->digest);
}

static void write_contents(const struct page *page)
{
    const struct html *html = &page->html;
    fputs("<nav aria-label=\"Contents\"><p class=\"k\">On this page</p>\n<ol>\n"
          "<li><a href=\"#verdict\">Verdict</a></li>\n",
          html->out);
    for (size_t i = 0; i < page->part_count; i++) {
        fprintf(html->out, "<li><a href=\"#%s\">", page->parts[i].id);
        html_text(html, page->parts[i].link);
        fputs("</a></li>\n", html->out);
    }
    fputs("</ol></nav>\n", html->out);
}

static void write_part(const struct page *page, const struct page_part *part)
{
    const struct html *html = &page->html;
    fprintf(html->out, "<section id=\"%s\"%s>\n<h2>", part->id,
            part->is_on_screen ? " class=\"screen\"" : "");
    html_text(html, part->heading);
    fputs("</h2>\n", html->out);
    page_blocks_write(html, part->first, part->end, part->heading);
    if (part->write)
        part->write(page);
    fputs("</section>\n", html->out);
}

/* Contents come before the verdict, where a side column has them; the grid puts them behind it
 * where there is none. */
void page_frame_write(const struct page *page)
{
    const struct html *html = &page->html;
    html_write_head(html, page->hero.word
                              ? arena_printf(html->arena, "%s: %s", page->hero.word, page->title)
                              : page->title);
    fputs("<div class=\"pg\">\n", html->out);
    write_header(page);
    write_contents(page);
    page_verdict_write(page);
    fputs("<main>\n", html->out);
    for (size_t i = 0; i < page->part_count; i++)
        write_part(page, &page->parts[i]);
    html_write_footer(html);
    fputs("</main>\n</div>\n", html->out);
    html_write_foot(html);
}
