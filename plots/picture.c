/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/picture.h"
#include "plots/gnuplot.h"
#include "plots/picture_makers.h"
#include "plots/style.h"
#include "plots/svg.h"
#include "reports/text/layout.h"
#include <string.h>

const struct picture_kind picture_kinds[PICTURE_KINDS] = {
    {"criteria", "how much of each criterion's limit is used up, with intervals",
     picture_make_criteria},
    {"series", "metrics over time (--series of run), each window with its band",
     picture_make_series},
    {"connections", "connections of a database through a rollout, and how many it accepts",
     picture_make_connections},
    {"cycle", "the tail of the cycle times, with their limit and when the next one is due",
     picture_make_cycle},
    {"response", "the tail of the response times of a workload, with its limit",
     picture_make_response},
    {"wait", "the tail of the waits for a resource, with its limit", picture_make_wait},
    {"differences", "key metrics of each setting against the baseline's", picture_make_differences},
    {"sweep", "a size against its criteria: what passes, limits, the value chosen",
     picture_make_sweep},
    {"heat", "two values against each other, with the line between pass and fail",
     picture_make_heat},
};

const struct picture_kind *picture_find_kind(const char *name)
{
    for (size_t i = 0; i < PICTURE_KINDS; i++)
        if (strcmp(picture_kinds[i].name, name) == 0)
            return &picture_kinds[i];
    return NULL;
}

const char *picture_list_kinds(const json_t *root, struct arena *arena)
{
    const char *names = "";
    const struct picture_request request = {.root = root, .arena = arena};
    for (size_t i = 0; i < PICTURE_KINDS; i++) {
        struct picture picture;
        struct error err = {0};
        if (picture_kinds[i].make(&request, &picture, &err))
            names = arena_printf(arena, "%s%s%s", names, names[0] != '\0' ? ", " : "",
                                 picture_kinds[i].name);
    }
    return names;
}

/* ---- drawing ---- */

/* Two lines of so many characters fit above a picture. */
enum { HEADLINE_CHARACTERS = 74, LINE_HEIGHT = 19, FIRST_HEADLINE = 201 };

static int write_headline(struct script *script, const char *headline, int height, bool is_png)
{
    const char *text = layout_shorten(layout_clean(headline, script->arena),
                                      2 * HEADLINE_CHARACTERS - 8, script->arena);
    int lines = 0;
    while (*text != '\0') {
        const char *next;
        size_t length = layout_break(text, HEADLINE_CHARACTERS, &next);
        script_add(script, "set label %d ", FIRST_HEADLINE + lines);
        script_text(script, arena_printf(script->arena, "%.*s", (int)length, text));
        script_add(script,
                   " at screen %.4f, screen %.4f left noenhanced font 'sans-serif%s' front\n",
                   8.0 / PICTURE_WIDTH, 1.0 - (double)(16 + LINE_HEIGHT * lines) / height,
                   is_png ? ",10.5" : ",14");
        text = next;
        lines++;
    }
    return lines;
}

void picture_begin(struct script *script, const struct picture_request *request,
                   const char *headline, int height, int left, int right)
{
    if (request->format == PICTURE_PNG)
        script_add(
            script,
            "set terminal pngcairo size %d,%d font 'sans-serif,9.75' fontscale 2 linewidth 2 "
            "pointscale 2 noenhanced\n",
            2 * PICTURE_WIDTH, 2 * height);
    else
        script_add(script, "set terminal svg size %d,%d dynamic font 'sans-serif,13' noenhanced\n",
                   PICTURE_WIDTH, height);
    script_add(script, "%s", plot_style);
    int lines = request->is_in_page
                    ? 0
                    : write_headline(script, headline, height, request->format == PICTURE_PNG);
    script_add(script, "set lmargin %d\nset rmargin %d\nset tmargin at screen %.4f\n", left, right,
               1.0 - (double)(14 + LINE_HEIGHT * lines + (lines > 0 ? 6 : 0)) / height);
}

/* What gnuplot wrote for the picture. */
static bool draw_raw(const struct picture_kind *kind, const struct picture_request *request,
                     struct picture *picture, char **raw, size_t *size, struct error *err)
{
    return kind->make(request, picture, err) &&
           gnuplot_draw(picture->script, request->arena, raw, size, err);
}

bool picture_draw(const struct picture_kind *kind, const struct picture_request *request,
                  const char **bytes, size_t *size, struct error *err)
{
    struct picture picture;
    char *raw;
    if (!draw_raw(kind, request, &picture, &raw, size, err))
        return false;
    *bytes = raw;
    if (request->format == PICTURE_SVG) {
        *bytes = svg_for_file(raw, picture.headline, picture.alt, request->arena);
        *size = strlen(*bytes);
    }
    return true;
}

/* ---- for a file ---- */

enum picture_format picture_format_of(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    return dot && strcmp(dot, ".png") == 0 ? PICTURE_PNG : PICTURE_SVG;
}

/* What the JSON lacks, and what it could give instead. */
static void explain(const char *file, const char *kind, const struct picture_request *request,
                    struct error *err)
{
    if (err->status != STATUS_INPUT)
        return;
    const char *reason = arena_strdup(request->arena, err->message);
    const char *kinds = picture_list_kinds(request->root, request->arena);
    *err = (struct error){0};
    error_set_file(err, file);
    error_set(err, STATUS_INPUT, "no picture of kind %s: %s; kinds that it can give: %s", kind,
              reason, kinds[0] != '\0' ? kinds : "none");
}

/* The first kind that the JSON has what is needed for. */
static const struct picture_kind *first_kind(const struct picture_request *request)
{
    const char *names = picture_list_kinds(request->root, request->arena);
    return picture_find_kind(arena_printf(request->arena, "%.*s", (int)strcspn(names, ","), names));
}

bool picture_draw_named(const char *name, const char *file, const struct picture_request *request,
                        const char **bytes, size_t *size, struct error *err)
{
    const struct picture_kind *kind = name ? picture_find_kind(name) : first_kind(request);
    if (!kind) {
        error_set_file(err, file);
        return error_set(err, STATUS_INPUT, "it has nothing that a picture could be made of");
    }
    if (picture_draw(kind, request, bytes, size, err))
        return true;
    explain(file, kind->name, request, err);
    return false;
}

/* ---- for a page ---- */

enum { MAX_FIGURES = 3 };

static bool draw_figure(const struct picture_kind *kind, const struct picture_request *request,
                        struct figure *figure, struct error *err)
{
    struct picture picture;
    char *raw;
    size_t size;
    if (!draw_raw(kind, request, &picture, &raw, &size, err))
        return false;
    *figure = (struct figure){
        .key = kind->name,
        .headline = picture.headline,
        .alt = picture.alt,
        .svg = svg_for_page(raw, arena_printf(request->arena, "%s-", kind->name), request->arena)};
    return true;
}

void picture_fill_page(const json_t *root, struct arena *arena, struct page_extras *extras)
{
    const struct picture_request request = {.root = root, .is_in_page = true, .arena = arena};
    struct figure *figures = arena_array(arena, MAX_FIGURES, sizeof *figures);
    size_t count = 0;
    for (size_t i = 0; i < PICTURE_KINDS && count < MAX_FIGURES; i++) {
        struct error err = {0};
        if (draw_figure(&picture_kinds[i], &request, &figures[count], &err))
            count++;
        else if (err.status == STATUS_IO)
            extras->no_figures = arena_printf(arena, "The pictures are missing: %s.",
                                              arena_strdup(arena, err.message));
    }
    extras->figures = figures;
    extras->figure_count = count;
}
