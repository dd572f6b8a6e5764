/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/canvas.h"
#include "plots/text_width.h"
#include "reports/text/layout.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void canvas_open(struct canvas *canvas, double width, struct arena *arena)
{
    *canvas = (struct canvas){.arena = arena, .width = width, .room = 1 << 14};
    canvas->bytes = arena_alloc(arena, canvas->room);
}

/* items with room for one more of them. */
static void *grow(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t larger = *room > 0 ? 2 * *room : 64;
    void *made = arena_array(arena, larger, size);
    if (count > 0)
        memcpy(made, items, count * size);
    *room = larger;
    return made;
}

static void add(struct canvas *canvas, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct canvas *canvas, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t length = (size_t)vsnprintf(NULL, 0, format, arguments);
    while (canvas->room < canvas->size + length + 1) {
        char *larger = arena_alloc(canvas->arena, arena_multiply_sizes(canvas->room, 2));
        memcpy(larger, canvas->bytes, canvas->size);
        canvas->bytes = larger;
        canvas->room *= 2;
    }
    vsnprintf(canvas->bytes + canvas->size, length + 1, format, again);
    canvas->size += length;
    va_end(arguments);
    va_end(again);
}

/* A coordinate with one decimal: nobody sees less. Never -0, never what is no number. */
static double tenth(double value)
{
    double rounded = isfinite(value) ? round(10.0 * value) / 10.0 : 0.0;
    return rounded == 0.0 ? 0.0 : rounded;
}

static void reach(struct canvas *canvas, double y)
{
    canvas->lowest = fmax(canvas->lowest, y);
}

/* ---- texts ---- */

const char *canvas_escape(const char *raw, struct arena *arena)
{
    const char *text = layout_clean(raw, arena);
    static const char marks[] = "&<>\"'";
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    char *made = arena_alloc(arena, arena_add_sizes(arena_multiply_sizes(strlen(text), 6), 1)),
         *to = made;
    for (; *text != '\0'; text++) {
        const char *mark = strchr(marks, *text);
        if (mark) {
            memcpy(to, names[mark - marks], strlen(names[mark - marks]));
            to += strlen(names[mark - marks]);
        } else {
            *to++ = *text;
        }
    }
    *to = '\0';
    return made;
}

static double size_of(const struct canvas_style *style)
{
    return style->size > 0.0 ? style->size : CANVAS_TEXT;
}

struct canvas_box canvas_box_of(const char *text, double x, double y, enum canvas_anchor anchor,
                                const struct canvas_style *style)
{
    double size = size_of(style), width = text_width(text, size, style->is_bold);
    double left = anchor == CANVAS_START    ? x
                  : anchor == CANVAS_MIDDLE ? x - width / 2.0
                                            : x - width;
    return (struct canvas_box){left, y - CANVAS_ASCENT * size, left + width,
                               y + CANVAS_DESCENT * size};
}

void canvas_reserve(struct canvas *canvas, struct canvas_box box)
{
    canvas->texts = grow(canvas->arena, canvas->texts, canvas->text_count, &canvas->text_room,
                         sizeof *canvas->texts);
    canvas->texts[canvas->text_count++] = box;
}

struct canvas_box canvas_text_within(struct canvas *canvas, double x, double y, double room,
                                     enum canvas_anchor anchor, struct canvas_style style,
                                     const char *text)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    const char *full = layout_clean(text, canvas->arena);
    const char *shown = text_width_fit(full, size_of(&style), style.is_bold,
                                       fmin(room, canvas->width), canvas->arena);
    struct canvas_box box = canvas_box_of(shown, x, y, anchor, &style);
    double shift = box.left < 0.0              ? -box.left
                   : box.right > canvas->width ? canvas->width - box.right
                                               : 0.0;
    box.left += shift;
    box.right += shift;
    if (shown[0] == '\0')
        return box;
    add(canvas, "<text x=\"%g\" y=\"%g\"%s fill=\"%s\"", tenth(x + shift), tenth(y),
        anchors[anchor], palette_light[style.ink]);
    if (style.is_bold)
        add(canvas, " font-weight=\"600\"");
    if (style.size > 0.0)
        add(canvas, " font-size=\"%g\"", style.size);
    add(canvas, ">");
    if (strcmp(shown, full) != 0)
        add(canvas, "<title>%s</title>", canvas_escape(full, canvas->arena));
    add(canvas, "%s</text>\n", canvas_escape(shown, canvas->arena));
    canvas_reserve(canvas, box);
    reach(canvas, box.bottom);
    return box;
}

struct canvas_box canvas_text(struct canvas *canvas, double x, double y, enum canvas_anchor anchor,
                              struct canvas_style style, const char *text)
{
    return canvas_text_within(canvas, x, y, canvas->width, anchor, style, text);
}

/* ---- clear places ---- */

/* Liang and Barsky: true if a part of the piece lies in the box. */
static bool meets(const struct canvas_box *box, const struct canvas_point piece[2])
{
    double dx = piece[1].x - piece[0].x, dy = piece[1].y - piece[0].y, from = 0.0, to = 1.0;
    const double step[4] = {-dx, dx, -dy, dy};
    const double room[4] = {piece[0].x - box->left, box->right - piece[0].x, piece[0].y - box->top,
                            box->bottom - piece[0].y};
    for (int i = 0; i < 4; i++) {
        if (step[i] == 0.0 && room[i] < 0.0)
            return false;
        if (step[i] < 0.0)
            from = fmax(from, room[i] / step[i]);
        else if (step[i] > 0.0)
            to = fmin(to, room[i] / step[i]);
    }
    return from <= to;
}

bool canvas_is_free(const struct canvas *canvas, const struct canvas_box *box)
{
    for (size_t i = 0; i < canvas->text_count; i++) {
        const struct canvas_box *other = &canvas->texts[i];
        if (box->left < other->right && other->left < box->right && box->top < other->bottom &&
            other->top < box->bottom)
            return false;
    }
    for (size_t i = 0; i < canvas->stroke_count; i++)
        if (meets(box, canvas->strokes[i]))
            return false;
    return true;
}

bool canvas_place(struct canvas *canvas, const struct canvas_place *places, size_t count,
                  const struct canvas_box *area, struct canvas_style style, const char *text)
{
    const char *clean = layout_clean(text, canvas->arena);
    for (size_t i = 0; i < count; i++) {
        struct canvas_box box =
            canvas_box_of(clean, places[i].x, places[i].y, places[i].anchor, &style);
        struct canvas_box wide = {box.left - 3.0, box.top - 1.0, box.right + 3.0, box.bottom + 1.0};
        if (!isfinite(places[i].x) || !isfinite(places[i].y) || box.left < area->left ||
            box.right > area->right || box.top < area->top || box.bottom > area->bottom ||
            !canvas_is_free(canvas, &wide))
            continue;
        canvas_text(canvas, places[i].x, places[i].y, places[i].anchor, style, clean);
        return true;
    }
    return false;
}

/* ---- shapes ---- */

static void record(struct canvas *canvas, double x1, double y1, double x2, double y2)
{
    canvas->strokes = grow(canvas->arena, canvas->strokes, canvas->stroke_count,
                           &canvas->stroke_room, sizeof *canvas->strokes);
    canvas->strokes[canvas->stroke_count][0] = (struct canvas_point){x1, y1};
    canvas->strokes[canvas->stroke_count++][1] = (struct canvas_point){x2, y2};
}

void canvas_rect(struct canvas *canvas, double left, double top, double right, double bottom,
                 enum palette fill)
{
    if (!(right > left) || !(bottom > top))
        return;
    add(canvas, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"%s\"/>\n", tenth(left),
        tenth(top), tenth(right - left), tenth(bottom - top), palette_light[fill]);
    reach(canvas, bottom);
}

enum { HATCH = 6 };

void canvas_hatch(struct canvas *canvas, double left, double top, double right, double bottom)
{
    canvas_rect(canvas, left, top, right, bottom, PALETTE_UND_BG);
    add(canvas, "<path stroke=\"%s\" stroke-width=\"1.5\" fill=\"none\" d=\"",
        palette_light[PALETTE_UND]);
    double height = bottom - top;
    for (double x = left - height; x < right; x += HATCH) {
        double from = fmax(x, left), to = fmin(x + height, right);
        if (to > from)
            add(canvas, "M%g %gL%g %g", tenth(from), tenth(bottom - (from - x)), tenth(to),
                tenth(bottom - (to - x)));
    }
    add(canvas, "\"/>\n");
}

void canvas_line(struct canvas *canvas, double x1, double y1, double x2, double y2,
                 enum palette ink, double width)
{
    add(canvas, "<path stroke=\"%s\" stroke-width=\"%g\" fill=\"none\" d=\"M%g %gL%g %g\"/>\n",
        palette_light[ink], width, tenth(x1), tenth(y1), tenth(x2), tenth(y2));
    reach(canvas, fmax(y1, y2));
}

void canvas_limit(struct canvas *canvas, double x1, double y1, double x2, double y2)
{
    add(canvas,
        "<path stroke=\"%s\" stroke-width=\"1.6\" stroke-dasharray=\"6 4\" fill=\"none\" "
        "d=\"M%g %gL%g %g\"/>\n",
        palette_light[PALETTE_INK], tenth(x1), tenth(y1), tenth(x2), tenth(y2));
    record(canvas, x1, y1, x2, y2);
    reach(canvas, fmax(y1, y2));
}

static bool is_there(const struct canvas_point *point)
{
    return isfinite(point->x) && isfinite(point->y);
}

void canvas_curve(struct canvas *canvas, const struct canvas_point *points, size_t count,
                  enum palette ink, double width)
{
    add(canvas,
        "<path stroke=\"%s\" stroke-width=\"%g\" stroke-linejoin=\"round\" fill=\"none\" "
        "class=\"curve\" d=\"",
        palette_light[ink], width);
    for (size_t i = 0; i < count; i++) {
        bool is_joined = i > 0 && is_there(&points[i - 1]);
        if (!is_there(&points[i]))
            continue;
        add(canvas, "%c%g %g", is_joined ? 'L' : 'M', tenth(points[i].x), tenth(points[i].y));
        if (is_joined)
            record(canvas, points[i - 1].x, points[i - 1].y, points[i].x, points[i].y);
    }
    add(canvas, "\"/>\n");
    for (size_t i = 0; i < count; i++)
        if (is_there(&points[i]) && (i == 0 || !is_there(&points[i - 1])) &&
            (i + 1 == count || !is_there(&points[i + 1])))
            canvas_dot(canvas, points[i].x, points[i].y, 3.0, ink);
}

void canvas_band(struct canvas *canvas, const double *x, const double *low, const double *high,
                 size_t count, enum palette ink)
{
    for (size_t i = 0, end; i < count; i = end + 1) {
        for (end = i; end < count && isfinite(low[end]) && isfinite(high[end]);)
            end++;
        if (end < i + 2)
            continue;
        add(canvas, "<path class=\"band\" fill=\"%s\" fill-opacity=\"0.22\" d=\"",
            palette_light[ink]);
        for (size_t k = i; k < end; k++)
            add(canvas, "%c%g %g", k == i ? 'M' : 'L', tenth(x[k]), tenth(high[k]));
        for (size_t k = end; k-- > i;)
            add(canvas, "L%g %g", tenth(x[k]), tenth(low[k]));
        add(canvas, "z\"/>\n");
    }
}

void canvas_dot(struct canvas *canvas, double x, double y, double radius, enum palette ink)
{
    add(canvas, "<circle cx=\"%g\" cy=\"%g\" r=\"%g\" fill=\"%s\"/>\n", tenth(x), tenth(y), radius,
        palette_light[ink]);
    record(canvas, x - radius, y, x + radius, y);
    record(canvas, x, y - radius, x, y + radius);
}

void canvas_whisker(struct canvas *canvas, double x1, double y1, double x2, double y2)
{
    bool is_level = y1 == y2, has_caps = hypot(x2 - x1, y2 - y1) > 3.0;
    double dx = is_level ? 0.0 : 3.0, dy = is_level ? 3.0 : 0.0;
    canvas_line(canvas, x1, y1, x2, y2, PALETTE_INK, 1.6);
    if (has_caps) {
        canvas_line(canvas, x1 - dx, y1 - dy, x1 + dx, y1 + dy, PALETTE_INK, 1.6);
        canvas_line(canvas, x2 - dx, y2 - dy, x2 + dx, y2 + dy, PALETTE_INK, 1.6);
    }
    record(canvas, x1, y1, x2, y2);
}

enum palette canvas_verdict_ink(const char *verdict)
{
    return strcmp(verdict, "pass") == 0   ? PALETTE_PASS
           : strcmp(verdict, "fail") == 0 ? PALETTE_FAIL
                                          : PALETTE_UND;
}

void canvas_verdict(struct canvas *canvas, double x, double y, double radius, const char *verdict)
{
    enum palette ink = canvas_verdict_ink(verdict);
    double r = radius, h = radius + 0.8;
    if (ink == PALETTE_PASS)
        add(canvas, "<circle cx=\"%g\" cy=\"%g\" r=\"%g\" fill=\"%s\"/>\n", tenth(x), tenth(y), r,
            palette_light[ink]);
    else if (ink == PALETTE_FAIL)
        add(canvas,
            "<path stroke=\"%s\" stroke-width=\"2.4\" fill=\"none\" d=\"M%g %gL%g %gM%g %gL%g "
            "%g\"/>\n",
            palette_light[ink], tenth(x - r), tenth(y - r), tenth(x + r), tenth(y + r),
            tenth(x - r), tenth(y + r), tenth(x + r), tenth(y - r));
    else
        add(canvas,
            "<path stroke=\"%s\" stroke-width=\"2\" fill=\"%s\" d=\"M%g %gL%g %gL%g %gL%g "
            "%gz\"/>\n",
            palette_light[ink], palette_light[PALETTE_PAPER], tenth(x), tenth(y - h), tenth(x + h),
            tenth(y), tenth(x), tenth(y + h), tenth(x - h), tenth(y));
    record(canvas, x - r, y, x + r, y);
    record(canvas, x, y - r, x, y + r);
}

void canvas_arrow(struct canvas *canvas, double x, double y, int direction, enum palette ink)
{
    static const double shapes[4][6] = {
        {-5, 4, 5, 4, 0, -5}, {-4, -5, -4, 5, 5, 0}, {-5, -4, 5, -4, 0, 5}, {4, -5, 4, 5, -5, 0}};
    const double *at = shapes[direction];
    add(canvas, "<path class=\"beyond\" fill=\"%s\" d=\"M%g %gL%g %gL%g %gz\"/>\n",
        palette_light[ink], tenth(x + at[0]), tenth(y + at[1]), tenth(x + at[2]), tenth(y + at[3]),
        tenth(x + at[4]), tenth(y + at[5]));
    record(canvas, x - 5.0, y, x + 5.0, y);
}

void canvas_head(struct canvas *canvas, double x, double y, int direction, double half,
                 enum palette ink)
{
    static const double back[4][2] = {{0, 8}, {-8, 0}, {0, -8}, {8, 0}};
    double dx = back[direction][0], dy = back[direction][1], aside = half / 8.0;
    add(canvas, "<path class=\"head\" fill=\"%s\" d=\"M%g %gL%g %gL%g %gz\"/>\n",
        palette_light[ink], tenth(x), tenth(y), tenth(x + dx + aside * dy),
        tenth(y + dy + aside * dx), tenth(x + dx - aside * dy), tenth(y + dy - aside * dx));
}

void canvas_frame(struct canvas *canvas, struct canvas_box box, enum palette ink)
{
    add(canvas,
        "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" rx=\"6\" fill=\"%s\" "
        "stroke=\"%s\"/>\n",
        tenth(box.left), tenth(box.top), tenth(box.right - box.left), tenth(box.bottom - box.top),
        palette_light[PALETTE_PAPER], palette_light[ink]);
    reach(canvas, box.bottom);
}

void canvas_path(struct canvas *canvas, const struct canvas_point *points, size_t count,
                 enum palette ink, double width)
{
    add(canvas, "<path stroke=\"%s\" stroke-width=\"%g\" fill=\"none\" d=\"", palette_light[ink],
        width);
    for (size_t i = 0; i < count; i++)
        if (is_there(&points[i]))
            add(canvas, "%c%g %g", i == 0 || !is_there(&points[i - 1]) ? 'M' : 'L',
                tenth(points[i].x), tenth(points[i].y));
    add(canvas, "\"/>\n");
}

/* ---- the picture ---- */

void canvas_spread(double *wanted, size_t count, double gap, double top, double bottom)
{
    for (size_t i = 0; i < count; i++)
        wanted[i] = fmax(wanted[i], i > 0 ? wanted[i - 1] + gap : top);
    for (size_t i = count; i-- > 0;)
        wanted[i] = fmin(wanted[i], i + 1 < count ? wanted[i + 1] - gap : bottom);
}

const char *canvas_content(const struct canvas *canvas)
{
    canvas->bytes[canvas->size] = '\0';
    return canvas->bytes;
}
