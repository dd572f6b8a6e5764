/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/html.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include "sim/base/version.h"
#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <string.h>

/* Primes keep chains short whatever the names have in common. */
enum { ID_BUCKETS = 1021 };
enum { MAX_ID_LENGTH = 120 };

struct taken {
    const char *id;
    struct taken *next;
};

struct html_ids {
    struct taken *buckets[ID_BUCKETS];
};

struct html html_begin(FILE *out, struct arena *arena)
{
    struct html html = {.out = out, .arena = arena};
    html.ids = arena_alloc(arena, sizeof *html.ids);
    static const char *const own[] = {"icon-good", "icon-bad", "icon-unsure",
                                      "icon-warn", "verdict",  "record"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        html_id(&html, own[i]);
    return html;
}

/* ---- text ---- */

void html_text(const struct html *html, const char *text)
{
    for (const char *at = layout_clean(text, html->arena); *at != '\0'; at++)
        switch (*at) {
        case '&':
            fputs("&amp;", html->out);
            break;
        case '<':
            fputs("&lt;", html->out);
            break;
        case '>':
            fputs("&gt;", html->out);
            break;
        case '"':
            fputs("&quot;", html->out);
            break;
        case '\'':
            fputs("&#39;", html->out);
            break;
        default:
            fputc(*at, html->out);
        }
}

void html_path(const struct html *html, const char *path)
{
    for (const char *at = path; *at != '\0'; at++)
        if (isalnum((unsigned char)*at) || strchr("._-/", *at))
            fputc(*at, html->out);
        else
            fprintf(html->out, "%%%02X", (unsigned char)*at);
}

void html_source(const struct html *html, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        bool is_markup = byte == '&' || byte == '<' || byte == '>' || byte == '"' || byte == '\'';
        if (is_markup || (byte < ' ' && byte != '\n') || byte == 127)
            fprintf(html->out, "&#%d;", byte);
        else
            fputc(byte, html->out);
    }
}

void html_escape_sink(void *context, const char *bytes, size_t size)
{
    const struct html_escape *escape = context;
    html_source(escape->html, bytes, size);
}

static bool is_taken(const struct html_ids *ids, const char *id, size_t *bucket)
{
    size_t hash = 0;
    for (const char *at = id; *at != '\0'; at++)
        hash = hash * 31 + (unsigned char)*at;
    *bucket = hash % ID_BUCKETS;
    for (const struct taken *taken = ids->buckets[*bucket]; taken; taken = taken->next)
        if (strcmp(taken->id, id) == 0)
            return true;
    return false;
}

const char *html_id(const struct html *html, const char *text)
{
    char *base = arena_strdup(html->arena, text);
    size_t length = strlen(base);
    if (length > MAX_ID_LENGTH)
        base[MAX_ID_LENGTH] = '\0';
    for (char *at = base; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '.' && *at != '_')
            *at = '-';
    size_t bucket;
    const char *id = base;
    for (size_t copy = 2; is_taken(html->ids, id, &bucket); copy++)
        id = arena_printf(html->arena, "%s-%zu", base, copy);
    struct taken *taken = arena_alloc(html->arena, sizeof *taken);
    *taken = (struct taken){id, html->ids->buckets[bucket]};
    html->ids->buckets[bucket] = taken;
    return id;
}

/* ---- the page around its content ---- */

static void write_policy(FILE *out)
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
    sha256_init(&hash);
    for (size_t i = 0; i < HTML_STYLES; i++)
        sha256_update(&hash, strlen(html_styles[i]), (const uint8_t *)html_styles[i]);
    sha256_digest(&hash, sizeof digest, digest);
    base64_encode_raw(text, sizeof digest, digest);
    fprintf(out,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n",
            text);
}

/* Each verdict has a shape of its own beside its colour. */
static void write_icons(FILE *out)
{
    static const char *const icons[][2] = {
        {"good", "<circle cx=\"8\" cy=\"8\" r=\"8\" fill=\"currentColor\"/>"
                 "<path d=\"M4 8.4 7 11.2 12.2 5\" fill=\"none\" class=\"ip\" "
                 "stroke-width=\"2.2\"/>"},
        {"bad", "<path d=\"M0 0H16V16H0z\" fill=\"currentColor\"/>"
                "<path d=\"M4 4 12 12M12 4 4 12\" fill=\"none\" class=\"ip\" "
                "stroke-width=\"2.4\"/>"},
        {"unsure", "<path d=\"M8 0 16 8 8 16 0 8z\" fill=\"currentColor\"/>"
                   "<path d=\"M4.6 8H11.4\" fill=\"none\" class=\"ip\" stroke-width=\"2.4\"/>"},
        {"warn", "<path d=\"M8 1 16 15H0z\" fill=\"currentColor\"/>"
                 "<path d=\"M8 6V10.5M8 12V13.7\" fill=\"none\" class=\"ip\" "
                 "stroke-width=\"2\"/>"}};
    fputs("<svg class=\"defs\" aria-hidden=\"true\"><defs>", out);
    for (size_t i = 0; i < sizeof icons / sizeof icons[0]; i++)
        fprintf(out, "<symbol id=\"icon-%s\" viewBox=\"0 0 16 16\">%s</symbol>", icons[i][0],
                icons[i][1]);
    fputs("</defs></svg>\n", out);
}

void html_write_head(const struct html *html, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", html->out);
    write_policy(html->out);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
          html->out);
    html_text(html, title);
    fputs("</title>\n<style>", html->out);
    for (size_t i = 0; i < HTML_STYLES; i++)
        fputs(html_styles[i], html->out);
    fputs("</style>\n</head>\n<body>\n", html->out);
    write_icons(html->out);
}

void html_icon(const struct html *html, const char *name, const char *class)
{
    fprintf(html->out, "<svg class=\"m %s\" aria-hidden=\"true\"><use href=\"#icon-%s\"/></svg>",
            class, name);
}

void html_write_footer(const struct html *html)
{
    fputs("<footer>Written by capsim " CAPSIM_VERSION
          ". One file: it loads nothing and runs no program. A row is cited by the address of its "
          "#.</footer>\n",
          html->out);
}

void html_write_foot(const struct html *html)
{
    fputs("</body>\n</html>\n", html->out);
}

/* ---- tables ---- */

static const char *class_of(enum tone tone)
{
    static const char *const words[] = {[TONE_PLAIN] = "",
                                        [TONE_GOOD] = " good",
                                        [TONE_BAD] = " bad",
                                        [TONE_UNSURE] = " unsure",
                                        [TONE_WARN] = " warn"};
    return words[tone];
}

/* A number's line is not broken before its unit, nor behind a "\u00b1"; its minus is one. */
static const char *bind_units(const char *text, struct arena *arena)
{
    static const char space[] = "\u00a0", plus_minus[] = "\u00b1", minus[] = "\u2212";
    char *made = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(text), 3), 1));
    char *to = made;
    for (const char *at = text; *at != '\0'; at++) {
        bool is_behind = at - text >= 2 && memcmp(at - 2, plus_minus, 2) == 0;
        bool is_bound = is_behind || isalpha((unsigned char)at[1]) || at[1] == '%' || at[1] == '/';
        if (*at == ' ' && is_bound) {
            memcpy(to, space, 2);
            to += 2;
        } else if (*at == '-' && isdigit((unsigned char)at[1]) &&
                   (at == text || strchr(" [", at[-1]))) {
            memcpy(to, minus, 3);
            to += 3;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return made;
}

static void write_value(const struct html *html, const struct table_cell *cell)
{
    char number[NUMBER_TEXT_SIZE] = "";
    if (!cell->text && isfinite(cell->number))
        number_text_shortest(cell->number, number);
    html_text(html, cell->text ? cell->text : number);
}

static void write_figure(const struct html *html, const struct table_cell *cell)
{
    if (cell->text)
        html_text(html, bind_units(cell->text, html->arena));
    else
        write_value(html, cell);
}

/* Bars made of letters are for plain text: a page has pictures. */
static const char *without_bars(const char *text, struct arena *arena)
{
    const char *bar = strstr(text, "\u2588");
    size_t length = bar ? (size_t)(bar - text) : strlen(text);
    while (bar && length > 0 && text[length - 1] == ' ')
        length--;
    return arena_printf(arena, "%.*s", (int)length, text);
}

/* Names and JSON may be broken behind their dots, underscores and commas, where the page is narrow;
 * numbers not. */
static void write_name(const struct html *html, const struct table_cell *cell)
{
    if (!cell->text) {
        write_value(html, cell);
        return;
    }
    const char *text = without_bars(layout_clean(cell->text, html->arena), html->arena);
    while (*text != '\0') {
        size_t length = strcspn(text, "._,");
        length += text[length] != '\0';
        html_text(html, arena_printf(html->arena, "%.*s", (int)length, text));
        text += length;
        if (*text != '\0' && *text != ' ' && !isdigit((unsigned char)*text))
            fputs("<wbr>", html->out);
    }
}

static void write_row_header(const struct html *html, const struct html_table *spec, size_t row,
                             const char *id)
{
    const char *class = spec->table->columns[0].is_number ? " class=\"number\"" : "";
    fprintf(html->out, "<th scope=\"row\" role=\"rowheader\"%s>", class);
    if (spec->label_of) {
        html_text(html, spec->label_of[row]);
        fputs(" <span class=\"sub\">", html->out);
    }
    write_name(html, table_cell_at(spec->table, row, 0));
    if (id) {
        fprintf(html->out, "<a class=\"cite\" href=\"#%s\" aria-label=\"link to ", id);
        write_value(html, table_cell_at(spec->table, row, 0));
        fputs("\">#</a>", html->out);
    }
    if (spec->label_of)
        fputs("</span>", html->out);
    fputs("</th>", html->out);
}

/* Beyond this a text is no word beside a label. */
enum { LONG_TEXT = 24 };

static void write_cell(const struct html *html, const struct html_table *spec, size_t row,
                       size_t column)
{
    const struct table_cell *cell = table_cell_at(spec->table, row, column);
    const struct table_column *head = &spec->table->columns[column];
    bool is_long = cell->text && !head->is_number &&
                   layout_width(layout_clean(cell->text, html->arena)) > LONG_TEXT;
    fprintf(html->out, "<td class=\"%s%s%s%s\" role=\"cell\" data-label=\"",
            head->is_number ? "number" : "text", is_long ? " long" : "", class_of(cell->tone),
            spec->strong > 0 && spec->strong == column ? " key" : "");
    html_text(html, head->name[0] != '\0' ? head->name : "result");
    fputs("\">", html->out);
    if (cell->tone == TONE_WARN)
        html_icon(html, "warn", "warn");
    if (head->is_number)
        write_figure(html, cell);
    else
        write_name(html, cell);
    fputs("</td>", html->out);
}

/* A bar needs no words of its own: its number stands beside it. */
static void write_bar(const struct html *html, double part)
{
    fputs("<td class=\"bars\" aria-hidden=\"true\">", html->out);
    if (isfinite(part))
        fprintf(html->out,
                "<svg class=\"share\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\">"
                "<rect class=\"full\" width=\"100\" height=\"10\"/>"
                "<rect class=\"part\" width=\"%.2f\" height=\"10\"/></svg>",
                fmin(fmax(part, 0.0), 1.0) * 100.0);
    fputs("</td>", html->out);
}

static const char *row_id(const struct html *html, const struct html_table *spec, size_t row)
{
    const char *text = spec->anchor;
    for (size_t i = 0; i < spec->key_columns; i++) {
        const struct table_cell *cell = table_cell_at(spec->table, row, i);
        text = arena_printf(html->arena, "%s-%s", text, cell->text ? cell->text : "");
    }
    return html_id(html, text);
}

/* A row over all columns with what the rows below it are of. */
static void write_group(const struct html *html, const struct html_table *spec, const char *group)
{
    fprintf(html->out,
            "<tr class=\"group\" role=\"row\"><th scope=\"row\" role=\"rowheader\" "
            "colspan=\"%zu\">",
            spec->table->column_count);
    html_text(html, group);
    fputs("</th></tr>\n", html->out);
}

static void write_row(const struct html *html, const struct html_table *spec, size_t row)
{
    const char *id = spec->anchor ? row_id(html, spec, row) : NULL;
    fputs("<tr role=\"row\"", html->out);
    if (id)
        fprintf(html->out, " id=\"%s\"", id);
    fputc('>', html->out);
    write_row_header(html, spec, row, spec->is_unlinked ? NULL : id);
    for (size_t column = 1; column < spec->table->column_count; column++)
        write_cell(html, spec, row, column);
    if (spec->bar_of)
        write_bar(html, spec->bar_of[row]);
    fputs("</tr>\n", html->out);
}

/* "margin", or "time [s]" where all numbers of a column have one unit. */
static void write_heads(const struct html *html, const struct html_table *spec)
{
    fputs("<thead role=\"rowgroup\"><tr role=\"row\">", html->out);
    for (size_t i = 0; i < spec->table->column_count; i++) {
        const struct table_column *column = &spec->table->columns[i];
        fprintf(html->out, "<th scope=\"col\" role=\"columnheader\"%s>",
                column->is_number ? " class=\"number\"" : "");
        html_text(html, column->name[0] != '\0' ? column->name : "result");
        if (column->unit && column->unit[0] != '\0')
            fprintf(html->out, " [%s]", column->unit);
        fputs("</th>", html->out);
    }
    if (spec->bar_of)
        fputs("<td class=\"bars\"></td>", html->out);
    fputs("</tr></thead>\n", html->out);
}

/* With so many columns their numbers may be broken. */
enum { WIDE_FROM = 7 };

void html_table(const struct html *html, const struct html_table *spec)
{
    fprintf(html->out, "<table class=\"cd%s%s%s\" role=\"table\" aria-label=\"",
            spec->table->column_count >= WIDE_FROM ? " wide" : "", spec->is_form ? " sign" : "",
            spec->label_of ? " side" : "");
    html_text(html, spec->caption);
    fputs("\">\n", html->out);
    write_heads(html, spec);
    fputs("<tbody role=\"rowgroup\">\n", html->out);
    for (size_t row = 0; row < spec->table->row_count; row++) {
        if (spec->group_of && spec->group_of[row])
            write_group(html, spec, spec->group_of[row]);
        write_row(html, spec, row);
    }
    fputs("</tbody></table>\n", html->out);
}
