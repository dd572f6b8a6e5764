/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page_blocks.h"
#include "reports/files/shell_quote.h"
#include <string.h>

const char *page_blocks_class(enum tone tone)
{
    static const char *const words[] = {[TONE_PLAIN] = "",
                                        [TONE_GOOD] = "good",
                                        [TONE_BAD] = "bad",
                                        [TONE_UNSURE] = "unsure",
                                        [TONE_WARN] = "warn"};
    return words[tone];
}

static void write_label(const struct html *html, const struct block *block)
{
    if (!block->label)
        return;
    fprintf(html->out, "<span class=\"label %s\">", page_blocks_class(block->tone));
    html_text(html, block->label);
    fputs("</span> ", html->out);
}

void page_blocks_command(const struct html *html, const char *const *words, size_t count)
{
    fputs("<pre class=\"command\"><code>", html->out);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? " <span>" : "<span>", html->out);
        html_text(html, shell_quote(words[i], html->arena));
        fputs("</span>", html->out);
    }
    fputs("</code></pre>\n", html->out);
}

static void write_text(const struct html *html, const struct block *block, const char *tag)
{
    fprintf(html->out, "<%s>", tag);
    write_label(html, block);
    html_text(html, block->text);
    fprintf(html->out, "</%.2s>\n", tag);
}

static void write_statement(const struct html *html, const struct block *block)
{
    fprintf(html->out, "<p class=\"statement %s\">", page_blocks_class(block->tone));
    write_label(html, block);
    html_text(html, block->text);
    fputs("</p>\n", html->out);
}

static void write_block(const struct html *html, const struct block *block, const char **caption)
{
    switch (block->kind) {
    case BLOCK_TITLE:
        write_text(html, block, "h2");
        break;
    case BLOCK_STATEMENT:
        write_statement(html, block);
        break;
    case BLOCK_HEADING:
        write_text(html, block, "h3");
        *caption = block->text;
        break;
    case BLOCK_PARAGRAPH:
        write_text(html, block, "p");
        break;
    case BLOCK_ITEM:
        write_text(html, block, "li");
        break;
    case BLOCK_TABLE:
        html_table(html, &(struct html_table){.table = block->table,
                                              .caption = *caption,
                                              .anchor = block->anchor,
                                              .key_columns = block->key_columns});
        break;
    case BLOCK_COMMAND:
        page_blocks_command(html, block->words, block->word_count);
        break;
    }
}

void page_blocks_write(const struct html *html, const struct block *first, const struct block *end,
                       const char *caption)
{
    bool is_in_list = false;
    for (const struct block *block = first; block && block != end; block = block->next) {
        if (is_in_list != (block->kind == BLOCK_ITEM))
            fputs(is_in_list ? "</ul>\n" : "<ul>\n", html->out);
        is_in_list = block->kind == BLOCK_ITEM;
        write_block(html, block, &caption);
    }
    if (is_in_list)
        fputs("</ul>\n", html->out);
}

void page_blocks_figure(const struct html *html, const struct figure *figure,
                        enum page_figure place, bool has_caption)
{
    const char *id = html_id(html, arena_printf(html->arena, "picture-%s", figure->key));
    fprintf(html->out, "<figure id=\"%s\">\n", id);
    if (has_caption) {
        fputs("<figcaption>", html->out);
        html_text(html, figure->headline);
        fprintf(html->out,
                "<a class=\"cite\" href=\"#%s\" aria-label=\"link to this picture\">#</a>"
                "</figcaption>\n",
                id);
    }
    fputs("<div class=\"picture\" role=\"img\" aria-label=\"", html->out);
    html_text(html, figure->alt);
    fprintf(html->out, "\">%s</div>\n",
            place == PAGE_FIGURE_ALONE && figure->svg_wide ? figure->svg_wide : figure->svg);
    if (figure->note) {
        fputs("<p>", html->out);
        html_text(html, figure->note);
        fputs("</p>\n", html->out);
    }
    fputs("</figure>\n", html->out);
}
