/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/picture_scan.h"
#include "plots/text_width.h"
#include "tests/support/support.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Coordinates are written with one decimal. */
static const double ROUNDING = 0.11;

/* An arrow's figure stands at most so far above or below it. */
static const double BESIDE = 18.0;

/* ---- reading ---- */

/* The text of an attribute in the tag at `tag`; "" when it has none. */
static void attribute(const char *tag, const char *name, char *value, size_t room)
{
    const char *end = strchr(tag, '>');
    char wanted[64];
    snprintf(wanted, sizeof wanted, " %s=\"", name);
    const char *found = strstr(tag, wanted);
    value[0] = '\0';
    if (!found || found > end)
        return;
    found += strlen(wanted);
    size_t length = strcspn(found, "\"");
    assert_true(length < room);
    memcpy(value, found, length);
    value[length] = '\0';
}

static double number(const char *tag, const char *name)
{
    char value[64];
    attribute(tag, name, value, sizeof value);
    return value[0] != '\0' ? strtod(value, NULL) : NAN;
}

/* What is shown between `from` and `end`, its entities resolved and its tooltip left out. */
static void content(const char *from, const char *end, char *text, size_t room)
{
    static const char *const entities[][2] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}};
    static const char close[] = "</title>";
    size_t length = 0;
    if (strncmp(from, "<title>", 7) == 0)
        from = strstr(from, close) + strlen(close);
    while (from < end) {
        size_t step = 1;
        char shown = *from;
        for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
            if (strncmp(from, entities[i][0], strlen(entities[i][0])) == 0) {
                shown = entities[i][1][0];
                step = strlen(entities[i][0]);
            }
        assert_true(length + 1 < room);
        text[length++] = shown;
        from += step;
    }
    text[length] = '\0';
}

static void read_text(struct picture_scan *scan, const char *tag)
{
    struct scan_text *found = &scan->texts[scan->text_count++];
    char anchor[16], weight[16];
    double x = number(tag, "x"), y = number(tag, "y"), size = number(tag, "font-size");
    attribute(tag, "text-anchor", anchor, sizeof anchor);
    attribute(tag, "font-weight", weight, sizeof weight);
    content(strchr(tag, '>') + 1, strstr(tag, "</text>"), found->text, sizeof found->text);
    if (isnan(size))
        size = CANVAS_TEXT;
    double width = text_width(found->text, size, weight[0] != '\0');
    double left = strcmp(anchor, "end") == 0      ? x - width
                  : strcmp(anchor, "middle") == 0 ? x - width / 2.0
                                                  : x;
    found->box = (struct canvas_box){left, y - 0.78 * size, left + width, y + 0.22 * size};
}

static void read_path(struct picture_scan *scan, const char *tag, struct arena *arena)
{
    struct scan_path *path = &scan->paths[scan->path_count++];
    const char *at = strstr(tag, " d=\"") + 4, *end = strchr(at, '"');
    size_t room = (size_t)(end - at) / 2 + 1;
    attribute(tag, "class", path->kind, sizeof path->kind);
    path->count = 0;
    path->points = arena_array(arena, room, sizeof *path->points);
    path->is_begin = arena_array(arena, room, sizeof *path->is_begin);
    while (at < end && *at != 'z') {
        char *next;
        assert_true(*at == 'M' || *at == 'L');
        path->is_begin[path->count] = *at == 'M';
        path->points[path->count].x = strtod(at + 1, &next);
        path->points[path->count++].y = strtod(next, &next);
        at = next;
    }
}

static void read_corners(struct picture_scan *scan, struct canvas_point one,
                         struct canvas_point other, struct arena *arena)
{
    struct scan_path *path = &scan->paths[scan->path_count++];
    *path = (struct scan_path){.count = 2};
    path->points = arena_array(arena, 2, sizeof *path->points);
    path->is_begin = arena_array(arena, 2, sizeof *path->is_begin);
    path->points[0] = one;
    path->points[1] = other;
    path->is_begin[0] = path->is_begin[1] = true;
}

static size_t count_of(const char *svg, char first)
{
    size_t count = 0;
    for (; *svg != '\0'; svg++)
        count += *svg == first;
    return count;
}

struct picture_scan picture_scan(const char *svg, struct arena *arena)
{
    struct picture_scan scan = {0};
    size_t room = count_of(svg, '<');
    char box[128], *at = box;
    scan.texts = arena_array(arena, room, sizeof *scan.texts);
    scan.paths = arena_array(arena, room, sizeof *scan.paths);
    attribute(strstr(svg, "<svg"), "viewBox", box, sizeof box);
    scan.view.left = strtod(at, &at);
    scan.view.top = strtod(at, &at);
    scan.view.right = scan.view.left + strtod(at, &at);
    scan.view.bottom = scan.view.top + strtod(at, &at);
    for (const char *tag = strchr(svg, '<'); tag; tag = strchr(tag + 1, '<')) {
        if (strncmp(tag, "<text ", 6) == 0) {
            read_text(&scan, tag);
        } else if (strncmp(tag, "<path ", 6) == 0) {
            read_path(&scan, tag, arena);
        } else if (strncmp(tag, "<circle ", 8) == 0) {
            double x = number(tag, "cx"), y = number(tag, "cy"), r = number(tag, "r");
            read_corners(&scan, (struct canvas_point){x - r, y - r},
                         (struct canvas_point){x + r, y + r}, arena);
        } else if (strncmp(tag, "<rect ", 6) == 0 && !strstr(tag, "100%")) {
            double x = number(tag, "x"), y = number(tag, "y");
            read_corners(&scan, (struct canvas_point){x, y},
                         (struct canvas_point){x + number(tag, "width"), y + number(tag, "height")},
                         arena);
        }
    }
    return scan;
}

/* ---- claims ---- */

static void check_inside(const struct picture_scan *scan, const char *name)
{
    const struct canvas_box *view = &scan->view;
    for (size_t i = 0; i < scan->text_count; i++) {
        const struct canvas_box *box = &scan->texts[i].box;
        if (box->left < view->left - ROUNDING || box->right > view->right + ROUNDING ||
            box->top < view->top - ROUNDING || box->bottom > view->bottom + ROUNDING)
            fail_msg("%s: \"%s\" leaves the picture: %g to %g, %g to %g", name, scan->texts[i].text,
                     box->left, box->right, box->top, box->bottom);
    }
    for (size_t i = 0; i < scan->path_count; i++)
        for (size_t k = 0; k < scan->paths[i].count; k++) {
            struct canvas_point at = scan->paths[i].points[k];
            if (!(at.x >= view->left - ROUNDING && at.x <= view->right + ROUNDING &&
                  at.y >= view->top - ROUNDING && at.y <= view->bottom + ROUNDING))
                fail_msg("%s: a shape %s leaves the picture at %g, %g", name, scan->paths[i].kind,
                         at.x, at.y);
        }
}

static void check_apart(const struct picture_scan *scan, const char *name)
{
    for (size_t i = 0; i < scan->text_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct canvas_box *a = &scan->texts[i].box, *b = &scan->texts[k].box;
            if (a->left + ROUNDING < b->right && b->left + ROUNDING < a->right &&
                a->top + ROUNDING < b->bottom && b->top + ROUNDING < a->bottom)
                fail_msg("%s: \"%s\" and \"%s\" overlap at %g, %g", name, scan->texts[i].text,
                         scan->texts[k].text, a->left, a->bottom);
        }
}

static void check_arrows(const struct picture_scan *scan, const char *name)
{
    for (size_t i = 0; i < scan->path_count; i++) {
        const struct scan_path *arrow = &scan->paths[i];
        bool has_figure = false;
        if (strcmp(arrow->kind, "beyond") != 0)
            continue;
        double x = arrow->points[2].x, y = (arrow->points[0].y + arrow->points[1].y) / 2.0;
        for (size_t k = 0; k < scan->text_count; k++) {
            const struct canvas_box *box = &scan->texts[k].box;
            bool has_digit = strpbrk(scan->texts[k].text, "0123456789") != NULL;
            has_figure |= has_digit && fabs((box->top + box->bottom) / 2.0 - y) < BESIDE;
        }
        if (!has_figure)
            fail_msg("%s: no figure beside the arrow at %g, %g", name, x, y);
        for (size_t k = 0; k < scan->path_count; k++)
            for (size_t p = 0; p < scan->paths[k].count; p++)
                if (strcmp(scan->paths[k].kind, "curve") == 0 &&
                    hypot(scan->paths[k].points[p].x - x, scan->paths[k].points[p].y - y) < 5.0)
                    fail_msg("%s: a curve leads to the arrow at %g, %g", name, x, y);
    }
}

void picture_scan_check(const char *svg, const char *name, struct arena *arena)
{
    struct picture_scan scan = picture_scan(svg, arena);
    check_inside(&scan, name);
    check_apart(&scan, name);
    check_arrows(&scan, name);
}
