/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/picture_makers.h"
#include <math.h>

void picture_begin(struct canvas *canvas, const struct picture_request *request, double usual)
{
    canvas_open(canvas, request->width > 0.0 ? request->width : usual, request->arena);
}

void picture_finish(struct picture *picture, const struct canvas *canvas)
{
    picture->content = canvas_content(canvas);
    picture->width = canvas->width;
    picture->height = ceil(canvas->lowest) + 4.0;
}
