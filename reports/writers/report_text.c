/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/document.h"
#include "reports/files/output.h"
#include "reports/files/shell_quote.h"
#include "reports/text/layout.h"
#include "reports/text/text_table.h"
#include "reports/writers/report.h"

enum { INDENT = 2, GAP = 2 };

struct text_writer {
    FILE *out;
    struct arena *arena;
    int width;
    bool has_colour;
};

/* Writes text broken into lines of the writer's width, each behind `indent` spaces; the first line
 * has `used` columns already. */
static void write_wrapped(const struct text_writer *writer, const char *text, int used, int indent)
{
    const char *rest = layout_clean(text, writer->arena);
    do {
        int width = writer->width - used;
        size_t bytes = layout_break(rest, width, &text);
        fprintf(writer->out, "%.*s\n", (int)bytes, rest);
        rest = text;
        used = indent;
        if (*rest != '\0')
            fprintf(writer->out, "%*s", indent, "");
    } while (*rest != '\0');
}

/* The block's label, when it has one, and its text behind it, in lines that go on at `indent`. */
static void write_labelled(const struct text_writer *writer, const struct block *block, int used,
                           int indent)
{
    if (block->label) {
        fprintf(writer->out, "%s%s%s  ", text_table_colour(block->tone, writer->has_colour),
                block->label, text_table_colour_end(block->tone, writer->has_colour));
        used += layout_width(block->label) + GAP;
    }
    write_wrapped(writer, block->text, used, indent);
}

/* Lines are broken between words only, each but the last with a backslash: what is copied from here
 * must run. A word wider than the screen is written whole. */
static void write_command(const struct text_writer *writer, const struct block *block)
{
    int used = INDENT;
    fprintf(writer->out, "%*s", INDENT, "");
    for (size_t i = 0; i < block->word_count; i++) {
        const char *word = shell_quote(block->words[i], writer->arena);
        int width = layout_width(word);
        bool is_last = i + 1 == block->word_count;
        if (i > 0 && used + 1 + width + (is_last ? 0 : 2) > writer->width) {
            fprintf(writer->out, " \\\n%*s", 2 * INDENT, "");
            used = 2 * INDENT;
        } else if (i > 0) {
            fputc(' ', writer->out);
            used++;
        }
        fprintf(writer->out, "%s", word);
        used += width;
    }
    fputc('\n', writer->out);
}

static bool needs_gap(const struct block *before, const struct block *block)
{
    bool is_after_text = before->kind == BLOCK_HEADING || before->kind == BLOCK_PARAGRAPH;
    switch (block->kind) {
    case BLOCK_TITLE:
    case BLOCK_HEADING:
        return true;
    case BLOCK_STATEMENT:
        return before->kind != BLOCK_STATEMENT && before->kind != BLOCK_HEADING;
    case BLOCK_PARAGRAPH:
        return before->kind != BLOCK_HEADING && before->kind != BLOCK_TABLE;
    case BLOCK_ITEM:
    case BLOCK_TABLE:
    case BLOCK_COMMAND:
        return !is_after_text && before->kind != BLOCK_ITEM;
    }
    return true;
}

static void write_block(const struct text_writer *writer, const struct block *block)
{
    switch (block->kind) {
    case BLOCK_TITLE:
    case BLOCK_HEADING:
        write_wrapped(writer, block->text, 0, 0);
        break;
    case BLOCK_PARAGRAPH:
        fprintf(writer->out, "%*s", INDENT, "");
        write_wrapped(writer, block->text, INDENT, INDENT);
        break;
    case BLOCK_ITEM:
        fprintf(writer->out, "%*s- ", INDENT, "");
        write_labelled(writer, block, 2 * INDENT, 2 * INDENT);
        break;
    case BLOCK_STATEMENT:
        write_labelled(writer, block, 0, INDENT);
        break;
    case BLOCK_TABLE:
        text_table_write(block->table, writer->width, writer->has_colour, writer->arena,
                         writer->out);
        break;
    case BLOCK_COMMAND:
        write_command(writer, block);
        break;
    }
}

bool document_text(const struct document *document, const struct report_style *style, FILE *out,
                   struct error *err)
{
    struct arena *arena = arena_open();
    int width = style->width > TEXT_TABLE_NARROWEST ? style->width : TEXT_TABLE_NARROWEST;
    struct text_writer writer = {out, arena, width, style->has_colour};
    const struct block *before = NULL;
    for (const struct block *block = document->first; block; block = block->next) {
        if (before && needs_gap(before, block))
            fputc('\n', out);
        write_block(&writer, block);
        before = block;
    }
    arena_close(arena);
    return output_flush(out, err);
}
