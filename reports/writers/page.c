/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page.h"
#include "reports/files/shell_quote.h"
#include <string.h>

/* ---- blocks ---- */

static const char *class_of_tone(enum tone tone)
{
    static const char *const words[] = {
        [TONE_PLAIN] = "", [TONE_GOOD] = " good", [TONE_BAD] = " bad", [TONE_UNSURE] = " unsure"};
    return words[tone];
}

static void write_label(const struct html *html, const struct block *block)
{
    if (!block->label)
        return;
    fprintf(html->out, "<span class=\"label%s\">", class_of_tone(block->tone));
    html_text(html, block->label);
    fputs("</span> ", html->out);
}

static void write_command(const struct html *html, const struct block *block)
{
    fputs("<pre><code>", html->out);
    for (size_t i = 0; i < block->word_count; i++) {
        if (i > 0)
            fputc(' ', html->out);
        html_text(html, shell_quote(block->words[i], html->arena));
    }
    fputs("</code></pre>\n", html->out);
}

/* A table of many texts is hard to read through a narrow window: it is stacked there. */
static void write_table(const struct html *html, const struct block *block, const char *caption)
{
    size_t texts = 0;
    for (size_t i = 0; i < block->table->column_count; i++)
        texts += !block->table->columns[i].is_number;
    html_table(html, &(struct html_table){.table = block->table,
                                          .caption = caption,
                                          .anchor = block->anchor,
                                          .key_columns = block->key_columns,
                                          .is_stacked = texts > 2});
}

static void write_text(const struct html *html, const struct block *block, const char *tag)
{
    fprintf(html->out, "<%s>", tag);
    write_label(html, block);
    html_text(html, block->text);
    fprintf(html->out, "</%.2s>\n", tag);
}

static void write_block(const struct html *html, const struct block *block, int level,
                        const char **caption)
{
    switch (block->kind) {
    case BLOCK_TITLE:
        write_text(html, block, "h1");
        *caption = block->text;
        break;
    case BLOCK_STATEMENT:
        fprintf(html->out, "<p class=\"statement%s\">", class_of_tone(block->tone));
        write_label(html, block);
        html_text(html, block->text);
        fputs("</p>\n", html->out);
        break;
    case BLOCK_HEADING:
        write_text(html, block, level == 2 ? "h2" : "h3");
        *caption = block->text;
        break;
    case BLOCK_PARAGRAPH:
        write_text(html, block, "p");
        break;
    case BLOCK_ITEM:
        write_text(html, block, "li");
        break;
    case BLOCK_TABLE:
        write_table(html, block, *caption);
        break;
    case BLOCK_COMMAND:
        write_command(html, block);
        break;
    }
}

static void write_blocks(const struct html *html, const struct block *first,
                         const struct block *end, int level, const char *caption)
{
    bool is_in_list = false;
    for (const struct block *block = first; block && block != end; block = block->next) {
        if (is_in_list != (block->kind == BLOCK_ITEM))
            fputs(is_in_list ? "</ul>\n" : "<ul>\n", html->out);
        is_in_list = block->kind == BLOCK_ITEM;
        write_block(html, block, level, &caption);
    }
    if (is_in_list)
        fputs("</ul>\n", html->out);
}

void page_write_blocks(const struct html *html, const struct block *first, const struct block *end,
                       int level)
{
    write_blocks(html, first, end, level, "table");
}

/* ---- parts ---- */

static struct page_part *add_part(struct page *page, const char *heading)
{
    struct page_part *part = &page->parts[page->part_count++];
    *part = (struct page_part){.id = html_id(&page->html, heading), .heading = heading};
    return part;
}

void page_add_document(struct page *page, const struct document *document)
{
    struct page_part *last = NULL;
    if (!page->opening)
        page->opening = document->first;
    for (const struct block *block = document->first; block; block = block->next) {
        if (block->kind != BLOCK_HEADING || page->part_count == PAGE_MOST_PARTS)
            continue;
        if (last)
            last->end = block;
        last = add_part(page, block->text);
        last->first = block->next;
    }
}

void page_add_part(struct page *page, const char *heading, const struct block *first,
                   const struct block *end, void (*write)(const struct page *page))
{
    if (page->part_count == PAGE_MOST_PARTS)
        return;
    struct page_part *part = add_part(page, heading);
    part->first = first;
    part->end = end;
    part->write = write;
}

/* ---- pictures ---- */

static void write_figure(const struct html *html, const struct figure *figure)
{
    const char *id = html_id(html, arena_printf(html->arena, "picture-%s", figure->key));
    fprintf(html->out, "<figure id=\"%s\">\n<figcaption>", id);
    html_text(html, figure->headline);
    fprintf(html->out, "<a class=\"cite\" href=\"#%s\" aria-label=\"link to this picture\">#</a>",
            id);
    fputs("</figcaption>\n<div class=\"picture\" role=\"img\" aria-label=\"", html->out);
    html_text(html, figure->alt);
    fprintf(html->out, "\">%s</div>\n</figure>\n", figure->svg);
}

static void write_figures(const struct page *page)
{
    for (size_t i = 0; i < page->extras->figure_count; i++)
        write_figure(&page->html, &page->extras->figures[i]);
    if (page->extras->figure_count > 0 || !page->extras->no_figures)
        return;
    fputs("<p>", page->html.out);
    html_text(&page->html, page->extras->no_figures);
    fputs("</p>\n", page->html.out);
}

void page_add_figures(struct page *page)
{
    if (page->extras->figure_count > 0 || page->extras->no_figures)
        page_add_part(page, "In pictures", NULL, NULL, write_figures);
}

/* ---- the whole ---- */

static const struct block *first_heading(const struct block *block)
{
    while (block && block->kind != BLOCK_HEADING)
        block = block->next;
    return block;
}

static void write_links(const struct page *page)
{
    fputs("<nav aria-label=\"parts of this report\"><ul>\n", page->html.out);
    for (size_t i = 0; i < page->part_count; i++) {
        fprintf(page->html.out, "<li><a href=\"#%s\">", page->parts[i].id);
        html_text(&page->html, page->parts[i].heading);
        fputs("</a></li>\n", page->html.out);
    }
    fputs("</ul></nav>\n", page->html.out);
}

static void write_part(const struct page *page, const struct page_part *part)
{
    const struct html *html = &page->html;
    fprintf(html->out, "<section id=\"%s\">\n<h2>", part->id);
    html_text(html, part->heading);
    fputs("</h2>\n", html->out);
    write_blocks(html, part->first, part->end, 3, part->heading);
    if (part->write)
        part->write(page);
    fputs("</section>\n", html->out);
}

void page_write(const struct page *page, const char *title)
{
    html_write_head(&page->html, title);
    fputs("<header>\n", page->html.out);
    page_write_blocks(&page->html, page->opening, first_heading(page->opening), 2);
    fputs("</header>\n", page->html.out);
    write_links(page);
    fputs("<main>\n", page->html.out);
    for (size_t i = 0; i < page->part_count; i++)
        write_part(page, &page->parts[i]);
    fputs("</main>\n", page->html.out);
    html_write_foot(&page->html);
}
