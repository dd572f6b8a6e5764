/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/model_box.h"
#include "plots/text_width.h"
#include <math.h>

enum { PADDING = 11, TITLE_AT = 20, SORT_AT = 36, LINE = 16, BARS = 14 };

bool model_box_has_bars(const struct model_node *node)
{
    return isfinite(node->before) || isfinite(node->after);
}

double model_box_width(const struct model_node *node)
{
    double width = fmax(text_width(node->title, CANVAS_TEXT, true),
                        text_width(node->sort, CANVAS_TEXT, false));
    for (size_t i = 0; i < node->line_count; i++)
        width = fmax(width, text_width(node->lines[i], CANVAS_TEXT, false));
    return width + 2.0 * PADDING;
}

static void draw_bar(struct canvas *canvas, double left, double right, double top, double use,
                     enum palette ink)
{
    canvas_rect(canvas, left, top, right, top + 5.0, PALETTE_GRID);
    if (use > 0.0)
        canvas_rect(canvas, left, top, left + fmin(use, 1.0) * (right - left), top + 5.0, ink);
}

static void draw_bars(struct canvas *canvas, const struct model_node *node, struct canvas_box box)
{
    double left = box.left + PADDING, right = box.right - PADDING, top = box.bottom - 17.0;
    if (isfinite(node->before))
        draw_bar(canvas, left, right, top, node->before, PALETTE_BASE);
    if (isfinite(node->after))
        draw_bar(canvas, left, right, top + 7.0, node->after,
                 node->fails ? PALETTE_FAIL : PALETTE_PROP);
}

void model_box_draw(struct canvas *canvas, const struct model_node *node, struct canvas_box box,
                    bool is_flat, const char *from)
{
    const struct canvas_style title = {.ink = PALETTE_INK, .is_bold = true};
    const struct canvas_style sort = {.ink = PALETTE_INK2}, plain = {.ink = PALETTE_INK};
    double left = box.left + PADDING, room = box.right - box.left - 2.0 * PADDING;
    double sort_room = is_flat ? fmin(text_width(node->sort, CANVAS_TEXT, false), room / 2.0) : 0.0;
    for (int copy = 2; node->has_copies && copy > 0; copy--)
        canvas_frame(canvas,
                     (struct canvas_box){
                         box.left + MODEL_BOX_COPY * copy, box.top - MODEL_BOX_COPY * copy,
                         box.right + MODEL_BOX_COPY * copy, box.bottom - MODEL_BOX_COPY * copy},
                     PALETTE_INK2);
    canvas_frame(canvas, box, PALETTE_INK2);
    canvas_text_within(canvas, left, box.top + TITLE_AT, room - sort_room - (is_flat ? 8.0 : 0.0),
                       CANVAS_START, title, node->title);
    if (is_flat)
        canvas_text_within(canvas, box.right - PADDING, box.top + TITLE_AT, sort_room, CANVAS_END,
                           sort, node->sort);
    else
        canvas_text_within(canvas, left, box.top + SORT_AT, room, CANVAS_START, sort, node->sort);
    double y = box.top + (is_flat ? TITLE_AT + 2.0 : SORT_AT + 2.0);
    for (size_t i = 0; i < node->line_count; i++)
        canvas_text_within(canvas, left, y += LINE, room, CANVAS_START, plain, node->lines[i]);
    if (from)
        canvas_text_within(canvas, left, y + LINE, room, CANVAS_START, sort, from);
    draw_bars(canvas, node, box);
}

double model_box_height(const struct model_node *node, bool is_flat, bool has_from)
{
    double lines = LINE * (double)(node->line_count + (has_from ? 1 : 0));
    return (is_flat ? TITLE_AT + 12.0 : SORT_AT + 16.0) + lines +
           (model_box_has_bars(node) ? BARS : 0.0);
}
