/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/document.h"
#include "reports/files/output.h"
#include "reports/files/shell_quote.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include "reports/writers/report.h"
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static bool is_word(char character)
{
    return isalnum((unsigned char)character) || (unsigned char)character >= 0x80;
}

/* True if the character would be markup here. Metric names are full of underscores and criteria of
 * comparisons: those that mark nothing stay readable. */
static bool is_markup(const char *text, const char *at)
{
    switch (*at) {
    case '_':
        return at == text || !is_word(at[-1]) || !is_word(at[1]);
    case '<':
        return is_word(at[1]) || (at[1] != '\0' && strchr("/!?", at[1]));
    case '&':
    case '#': /* an entity; a reference to an issue */
        return is_word(at[1]) || at[1] == '#';
    default:
        return *at != '\0' && strchr("\\`*[]|~$", *at) != NULL;
    }
}

/* The colon of "https://", the point of "www.": a bare address becomes a link without markup. */
static bool is_address(const char *text, const char *at)
{
    return (*at == ':' && at[1] == '/' && at[2] == '/') ||
           (*at == '.' && at - text >= 3 && strncasecmp(at - 3, "www", 3) == 0);
}

/* What would make a block's text a list, a quotation or a heading: the offset of the character to
 * be escaped, or -1. */
static long block_marker(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    if (digits > 0 && (text[digits] == '.' || text[digits] == ')'))
        return (long)digits;
    return text[0] != '\0' && strchr("-+>#", text[0]) ? 0 : -1;
}

/* What a blank begins with: a text that looks like one is none. */
#define BLANK_BEGINS "‹"

static void write_escaped(const char *text, bool is_block, struct arena *arena, FILE *out)
{
    text = layout_clean(text, arena);
    text += strspn(text, " ");
    long marker = is_block ? block_marker(text) : -1;
    for (const char *at = text; *at != '\0'; at++) {
        if (strncmp(at, BLANK_BEGINS, strlen(BLANK_BEGINS)) == 0) {
            fputs("&lsaquo;", out);
            at += strlen(BLANK_BEGINS) - 1;
            continue;
        }
        if (is_markup(text, at) || at - text == marker || is_address(text, at))
            fputc('\\', out);
        fputc(*at, out);
        if (*at == '@' && is_word(at[1])) /* neither somebody's name nor an address of mail */
            fputs("<!-- -->", out);
    }
}

static void write_cell(const struct table_cell *cell, const char *blank, struct arena *arena,
                       FILE *out)
{
    if (cell->is_blank) {
        fputs(blank, out);
        return;
    }
    char number[NUMBER_TEXT_SIZE] = "";
    bool is_bold = cell->tone == TONE_BAD || cell->tone == TONE_UNSURE;
    if (!cell->text && isfinite(cell->number))
        number_text_shortest(cell->number, number);
    const char *mark = is_bold && cell->text && cell->text[0] != '\0' ? "**" : "";
    fprintf(out, "%s", mark);
    if (cell->text)
        write_escaped(cell->text, false, arena, out);
    else
        fprintf(out, "%s", number);
    fprintf(out, "%s", mark);
}

static void write_table(const struct table *table, const char *blank, struct arena *arena,
                        FILE *out)
{
    for (size_t column = 0; column < table->column_count; column++) {
        fprintf(out, "| ");
        write_escaped(table->columns[column].name, false, arena, out);
        fputc(' ', out);
    }
    fprintf(out, "|\n");
    for (size_t column = 0; column < table->column_count; column++)
        fprintf(out, "| %s ", table->columns[column].is_number ? "---:" : ":---");
    fprintf(out, "|\n");
    for (size_t row = 0; row < table->row_count; row++) {
        for (size_t column = 0; column < table->column_count; column++) {
            fprintf(out, "| ");
            write_cell(table_cell_at(table, row, column), blank, arena, out);
            fputc(' ', out);
        }
        fprintf(out, "|\n");
    }
}

static size_t longest_run(const char *text, char character)
{
    size_t longest = 0, run = 0;
    for (; *text != '\0'; text++) {
        run = *text == character ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* The fence must be longer than any row of backticks in the command. */
static void write_command(const struct block *block, struct arena *arena, FILE *out)
{
    const char *command = "";
    for (size_t i = 0; i < block->word_count; i++)
        command = arena_printf(arena, "%s%s%s", command, i > 0 ? " " : "",
                               shell_quote(block->words[i], arena));
    size_t ticks = longest_run(command, '`') + 1;
    ticks = ticks < 3 ? 3 : ticks;
    for (size_t i = 0; i < ticks; i++)
        fputc('`', out);
    fprintf(out, "sh\n%s\n", command);
    for (size_t i = 0; i < ticks; i++)
        fputc('`', out);
    fputc('\n', out);
}

static void write_text(const struct block *block, const char *blank, struct arena *arena, FILE *out)
{
    if (block->label)
        fprintf(out, "**%s** ", block->label);
    write_escaped(block->text, !block->label, arena, out);
    if (block->has_blank)
        fputs(blank, out);
    fputc('\n', out);
}

static void write_block(const struct block *block, const char *blank, struct arena *arena,
                        FILE *out)
{
    static const char *const starts[] = {
        [BLOCK_TITLE] = "# ",   [BLOCK_STATEMENT] = "", [BLOCK_HEADING] = "## ",
        [BLOCK_PARAGRAPH] = "", [BLOCK_ITEM] = "- ",    [BLOCK_TABLE] = "",
        [BLOCK_COMMAND] = ""};
    fprintf(out, "%s", starts[block->kind]);
    if (block->kind == BLOCK_TABLE)
        write_table(block->table, blank, arena, out);
    else if (block->kind == BLOCK_COMMAND)
        write_command(block, arena, out);
    else
        write_text(block, blank, arena, out);
}

bool document_markdown(const struct document *document, FILE *out, struct error *err)
{
    struct arena *arena = arena_open();
    const char *blank = document->blank ? document->blank : "";
    const struct block *before = NULL;
    for (const struct block *block = document->first; block; block = block->next) {
        bool is_in_list = before && before->kind == BLOCK_ITEM && block->kind == BLOCK_ITEM;
        if (before && !is_in_list)
            fputc('\n', out);
        write_block(block, blank, arena, out);
        before = block;
    }
    arena_close(arena);
    return output_flush(out, err);
}
