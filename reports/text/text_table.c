/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/text_table.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

/* INDENT before a line, GAP between columns. */
enum { INDENT = 2, GAP = 2, NARROWEST = 2, NARROW_TEXT = 12, NARROW_ANY = 8, WIDE_HEADING = 24 };

/* How far a column may shrink. To fit, texts first lose width down to their longest word, then down
 * to NARROW_TEXT, and numbers down to the widest of them, but no heading is broken inside a word;
 * then the table is cut; what is still too wide goes down to NARROW_ANY. */
enum squeeze { SQUEEZE_NONE, SQUEEZE_TO_WORDS, SQUEEZE_TO_NARROW, SQUEEZE_ANY, SQUEEZES };

struct shape {
    int width;           /* as written */
    int least[SQUEEZES]; /* descending */
};

/* The lines of a part of a table: from..to are columns, the first column stands before them. */
struct part {
    const struct table *table;
    const char **texts; /* [rows * columns], clean */
    struct shape *shapes;
    size_t from, to;
    bool has_colour;
    FILE *out;
};

const char *text_table_colour(enum tone tone, bool has_colour)
{
    static const char *const starts[] = {[TONE_PLAIN] = "",
                                         [TONE_GOOD] = "\033[32m",
                                         [TONE_BAD] = "\033[31m",
                                         [TONE_UNSURE] = "\033[33m",
                                         [TONE_WARN] = "\033[33m"};
    return has_colour ? starts[tone] : "";
}

const char *text_table_colour_end(enum tone tone, bool has_colour)
{
    return has_colour && tone != TONE_PLAIN ? "\033[0m" : "";
}

static const char *cell_text(const struct table_cell *cell, struct arena *arena)
{
    if (cell->text)
        return layout_clean(cell->text, arena);
    if (!isfinite(cell->number))
        return "";
    char *text = arena_alloc(arena, NUMBER_TEXT_SIZE);
    number_text_shortest(cell->number, text);
    return text;
}

static const char **clean_cells(const struct table *table, struct arena *arena)
{
    size_t count = table->row_count * table->column_count;
    const char **texts = arena_array(arena, count, sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = cell_text(&table->cells[i], arena);
    return texts;
}

static int at_least(int a, int b)
{
    return a > b ? a : b;
}

static int at_most(int a, int b)
{
    return a < b ? a : b;
}

static int longest_word(const char *text)
{
    int longest = 0;
    while (*text != '\0') {
        size_t bytes = strcspn(text, " ");
        int width = layout_width_of(text, bytes);
        longest = width > longest ? width : longest;
        text += bytes + strspn(text + bytes, " ");
    }
    return longest;
}

/* Whether lines of `width` columns break text only at spaces and behind dots, slashes and
 * underscores. */
static bool keeps_words(const char *text, int width)
{
    while (*text != '\0') {
        const char *next;
        size_t bytes = layout_break(text, width, &next);
        if (*next != '\0' && text[bytes] != ' ' && !strchr("._/", text[bytes - 1]))
            return false;
        text = next;
    }
    return true;
}

/* The least columns in which a heading is not broken inside a word of reasonable length. */
static int heading_width(const char *name)
{
    int most = at_most(layout_width(name), WIDE_HEADING), width = at_most(most, NARROWEST);
    while (width < most && !keeps_words(name, width))
        width++;
    return width;
}

static struct shape measure_column(const struct table *table, const char *const *texts,
                                   size_t column, struct arena *arena)
{
    int cells = 1, words = 1;
    for (size_t row = 0; row < table->row_count; row++) {
        const char *text = texts[row * table->column_count + column];
        cells = at_least(cells, layout_width(text));
        words = at_least(words, longest_word(text));
    }
    const char *name = layout_clean(table->columns[column].name, arena);
    int natural = at_least(cells, layout_width(name)), heading = heading_width(name);
    bool is_number = table->columns[column].is_number;
    struct shape shape = {.width = natural};
    shape.least[SQUEEZE_NONE] = natural;
    shape.least[SQUEEZE_TO_WORDS] =
        is_number ? natural : at_most(natural, at_least(at_least(words, heading), NARROW_TEXT));
    shape.least[SQUEEZE_TO_NARROW] =
        at_least(heading, is_number ? cells : at_most(natural, NARROW_TEXT));
    shape.least[SQUEEZE_ANY] = at_most(shape.least[SQUEEZE_TO_NARROW], NARROW_ANY);
    return shape;
}

static struct shape *measure(const struct table *table, const char *const *texts,
                             struct arena *arena)
{
    struct shape *shapes = arena_array(arena, table->column_count, sizeof *shapes);
    for (size_t column = 0; column < table->column_count; column++)
        shapes[column] = measure_column(table, texts, column, arena);
    return shapes;
}

/* Columns stand in a part as the first, then from..to - 1. */
static size_t next_column(const struct part *part, size_t column)
{
    return column == 0 && part->from > 0 ? part->from : column + 1;
}

static int part_width(const struct part *part)
{
    int width = INDENT - GAP;
    for (size_t column = 0; column < part->to; column = next_column(part, column))
        width += GAP + part->shapes[column].width;
    return width;
}

/* Narrows the widest column that may be narrowed, by one; false when none may. */
static bool narrow(struct part *part, enum squeeze squeeze)
{
    struct shape *widest = NULL;
    for (size_t column = 0; column < part->to; column = next_column(part, column)) {
        struct shape *shape = &part->shapes[column];
        if (shape->width > shape->least[squeeze] && (!widest || shape->width > widest->width))
            widest = shape;
    }
    if (widest)
        widest->width--;
    return widest != NULL;
}

/* Sets part->to to the end of the columns that fit beside the first, at least one of them, and
 * their widths. */
static void fit(struct part *part, int width)
{
    int used = INDENT + part->shapes[0].least[SQUEEZE_TO_NARROW];
    size_t column = part->from > 0 ? part->from : 1;
    part->to = column < part->table->column_count ? column + 1 : column;
    for (; column < part->table->column_count; column++) {
        used += GAP + part->shapes[column].least[SQUEEZE_TO_NARROW];
        if (used > width && column + 1 > part->to)
            break;
        part->to = column + 1;
    }
    for (size_t i = 0; i < part->table->column_count; i++)
        part->shapes[i].width = part->shapes[i].least[SQUEEZE_NONE];
    for (enum squeeze squeeze = SQUEEZE_TO_WORDS; squeeze < SQUEEZES; squeeze++)
        while (part_width(part) > width && narrow(part, squeeze))
            ;
}

static void write_spaces(int count, FILE *out)
{
    fprintf(out, "%*s", count > 0 ? count : 0, "");
}

/* Writes one screen line of a row: of each column the next line of its text, which moves on.
 * Returns whether any text is left. Spaces are written only before something. */
static bool write_line(const struct part *part, const char **rest, const enum tone *tones)
{
    int pending = INDENT;
    bool is_left = false;
    for (size_t column = 0; column < part->to; column = next_column(part, column)) {
        int width = part->shapes[column].width;
        const char *text = rest[column];
        size_t bytes = layout_break(text, width, &rest[column]);
        int free_columns = width - layout_width_of(text, bytes);
        int before = part->table->columns[column].is_number ? free_columns : 0;
        if (bytes > 0) {
            write_spaces(pending + before, part->out);
            fprintf(part->out, "%s%.*s%s", text_table_colour(tones[column], part->has_colour),
                    (int)bytes, text, text_table_colour_end(tones[column], part->has_colour));
            pending = free_columns - before + GAP;
        } else {
            pending += width + GAP;
        }
        is_left = is_left || *rest[column] != '\0';
    }
    fputc('\n', part->out);
    return is_left;
}

static void write_row(const struct part *part, const char **rest, const enum tone *tones)
{
    while (write_line(part, rest, tones))
        ;
}

static void write_names(const struct part *part, const char **rest, const enum tone *plain,
                        struct arena *arena)
{
    bool has_names = false;
    for (size_t i = 0; i < part->table->column_count; i++) {
        rest[i] = layout_clean(part->table->columns[i].name, arena);
        has_names = has_names || rest[i][0] != '\0';
    }
    if (!has_names)
        return;
    write_row(part, rest, plain);
    int pending = INDENT;
    for (size_t column = 0; column < part->to; column = next_column(part, column)) {
        write_spaces(pending, part->out);
        for (int i = 0; i < part->shapes[column].width; i++)
            fputc('-', part->out);
        pending = GAP;
    }
    fputc('\n', part->out);
}

static void write_part(const struct part *part, struct arena *arena)
{
    const struct table *table = part->table;
    size_t count = table->column_count;
    const char **rest = arena_array(arena, count, sizeof *rest);
    enum tone *tones = arena_array(arena, count, sizeof *tones);
    write_names(part, rest, tones, arena);
    for (size_t row = 0; row < table->row_count; row++) {
        for (size_t column = 0; column < count; column++) {
            rest[column] = part->texts[row * count + column];
            tones[column] = table_cell_at(table, row, column)->tone;
        }
        write_row(part, rest, tones);
    }
}

void text_table_write(const struct table *table, int width, bool has_colour, struct arena *arena,
                      FILE *out)
{
    if (table->column_count == 0)
        return;
    const char **texts = clean_cells(table, arena);
    struct part part = {.table = table,
                        .texts = texts,
                        .shapes = measure(table, texts, arena),
                        .has_colour = has_colour,
                        .out = out};
    do {
        if (part.to > 0)
            fputc('\n', out);
        part.from = part.to;
        fit(&part, width);
        write_part(&part, arena);
    } while (part.to < table->column_count);
}
