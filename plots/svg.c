/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/svg.h"
#include "plots/script.h"
#include "reports/text/html.h"
#include <string.h>

/* What gnuplot writes stands on lines of its own: groups that are opened and closed on neighbouring
 * lines hold nothing, and titles name nothing but the number of a curve. */
static bool is_empty_group(const char *line, const char *next)
{
    next += strspn(next, " \t");
    return strncmp(line, "<g ", 3) == 0 && strncmp(next, "</g>\n", 5) == 0;
}

static bool is_noise(const char *line)
{
    line += strspn(line, " \t");
    return *line == '\n' || strncmp(line, "<title>", 7) == 0 || strncmp(line, "<desc>", 6) == 0;
}

/* The place behind an attribute's opening quote where a prefix belongs, for what starts at `at`; or
 * NULL. */
static const char *reference_at(const char *at)
{
    static const char *const marks[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (strncmp(at, marks[i], strlen(marks[i])) == 0)
            return at + strlen(marks[i]);
    return NULL;
}

static void write_line(struct script *script, const char *line, size_t length, const char *prefix,
                       bool *is_in_tag)
{
    for (const char *at = line; at < line + length;) {
        const char *reference = *is_in_tag ? reference_at(at) : NULL;
        if (reference) {
            script_add(script, "%.*s%s", (int)(reference - at), at, prefix);
            at = reference;
            continue;
        }
        if (!*is_in_tag && *at == '>')
            script_add(script, "&gt;");
        else
            fputc(*at, script->out);
        *is_in_tag = *at == '<' || (*is_in_tag && *at != '>');
        at++;
    }
}

/* Everything between gnuplot's <svg ...> and </svg>. */
static void write_content(struct script *script, const char *raw, const char *prefix)
{
    bool is_in_tag = false;
    const char *line = strstr(raw, "<svg"), *end = NULL;
    line = line ? strchr(line, '>') : NULL;
    line = line ? line + 1 : "";
    for (; *line != '\0'; line = end) {
        end = line + strcspn(line, "\n");
        end += *end == '\n';
        if (strncmp(line, "</svg>", 6) == 0)
            break;
        if (is_empty_group(line, end)) {
            end += strcspn(end, "\n") + 1;
            continue;
        }
        const char *title = strstr(line, "<title>");
        if (title && title < end && title > line && strncmp(line, "\t<g id", 6) == 0) {
            write_line(script, line, (size_t)(title - line), prefix, &is_in_tag);
            fputc('\n', script->out);
        } else if (!is_noise(line)) {
            write_line(script, line, (size_t)(end - line), prefix, &is_in_tag);
        }
    }
}

/* "0 0 560 340" of gnuplot's own element. */
static const char *view_box(const char *raw, struct arena *arena)
{
    const char *box = strstr(raw, "viewBox=\"");
    box = box ? box + strlen("viewBox=\"") : "0 0 560 340\"";
    return arena_printf(arena, "%.*s", (int)strcspn(box, "\""), box);
}

static void write_opening(struct script *script, const char *raw)
{
    script_add(script,
               "<svg viewBox=\"%s\" xmlns=\"http://www.w3.org/2000/svg\" "
               "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n",
               view_box(raw, script->arena));
}

const char *svg_for_page(const char *raw, const char *prefix, struct arena *arena)
{
    struct script script;
    script_open(&script, arena);
    write_opening(&script, raw);
    write_content(&script, raw, prefix);
    script_add(&script, "</svg>");
    return script_close(&script);
}

const char *svg_for_file(const char *raw, const char *title, const char *description,
                         struct arena *arena)
{
    struct script script;
    script_open(&script, arena);
    const struct html html = {.out = script.out, .arena = arena};
    script_add(&script, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    write_opening(&script, raw);
    script_add(&script, "<title>");
    html_text(&html, title);
    script_add(&script, "</title>\n<desc>");
    html_text(&html, description);
    script_add(&script, "</desc>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n");
    write_content(&script, raw, "");
    script_add(&script, "</svg>\n");
    return script_close(&script);
}
