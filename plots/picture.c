/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/picture.h"
#include "plots/picture_makers.h"
#include "plots/rasterizer.h"
#include "plots/text_width.h"
#include "reports/text/layout.h"
#include <math.h>
#include <string.h>

const struct picture_kind picture_kinds[PICTURE_KINDS] = {
    {"timeline", "a rollout on one time axis: phases, metrics, alerts and rules",
     picture_make_timeline, true},
    {"criteria", "the share of each criterion's limit that is used, with intervals",
     picture_make_criteria, false},
    {"load-curve", "a criterion against the load, and where it breaks", picture_make_load, false},
    {"connections", "connections of a database over time, and how many it accepts",
     picture_make_connections, false},
    {"cycle", "cycle times of each setting, with their limit and when the next one is due",
     picture_make_cycle, false},
    {"response", "the tail of the response times of a workload, with its limit",
     picture_make_response, false},
    {"time", "where the response time goes: each step and each wait, to scale", picture_make_time,
     false},
    {"wait", "the tail of the waits for a resource, with its limit", picture_make_wait, false},
    {"differences", "key metrics of a setting against the baseline's", picture_make_differences,
     false},
    {"series", "metrics over time (--series of run), each window with its band",
     picture_make_series, true},
    {"sweep", "a size against its criteria: what passes, limits, where it begins",
     picture_make_sweep, false},
    {"heat", "two values against each other, with the border of what passes", picture_make_heat,
     false},
    {"arrivals", "arrivals over time, and how much more than at random they vary",
     picture_make_arrivals, false},
    {"quantiles", "quantiles of drafted laws against those that were seen", picture_make_quantiles,
     false},
    {"diagonal", "measured values against projected ones, on one diagonal", picture_make_diagonal,
     false},
    {"residuals", "measured values with the interval of one run", picture_make_residuals, false},
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
        struct picture picture = {0};
        struct error err = {0};
        if (picture_kinds[i].make(&request, &picture, &err))
            names = arena_printf(arena, "%s%s%s", names, names[0] != '\0' ? ", " : "",
                                 picture_kinds[i].name);
    }
    return names;
}

/* ---- drawing ---- */

#define FONTS "system-ui,-apple-system,Segoe UI,Roboto,Helvetica Neue,DejaVu Sans,Arial,sans-serif"

static const char *open_element(const struct picture *picture, const char *attributes, double above,
                                double margin, struct arena *arena)
{
    return arena_printf(arena,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%g %g %g %g\"%s "
                        "font-family=\"" FONTS "\" font-size=\"%g\">\n",
                        -margin, -above, picture->width + 2.0 * margin,
                        picture->height + above + margin, attributes, CANVAS_TEXT);
}

const char *picture_open_element(double width, double height, const char *attributes,
                                 struct arena *arena)
{
    const struct picture picture = {.width = width, .height = height};
    return open_element(&picture, attributes, 0.0, 0.0, arena);
}

/* ---- a file ---- */

enum { LINE_HEIGHT = 21, MARGIN = 12, MAX_LINES = 5 };

/* The headline above the picture: lines end at y = -12. Returns how far it reaches up. */
static double write_headline(struct canvas *canvas, const char *headline)
{
    const char *text = layout_clean(headline, canvas->arena), *lines[MAX_LINES];
    size_t count = 0;
    while (*text != '\0' && count < MAX_LINES) {
        const char *next;
        size_t length = text_width_break(text, CANVAS_HEADLINE, true, canvas->width, &next);
        lines[count] = arena_printf(canvas->arena, "%.*s", (int)length, text);
        if (++count == MAX_LINES && *next != '\0')
            lines[count - 1] = arena_printf(canvas->arena, "%s\u2026", lines[count - 1]);
        text = next;
    }
    for (size_t i = 0; i < count; i++)
        canvas_text(canvas, 0.0, -14.0 - LINE_HEIGHT * (double)(count - 1 - i), CANVAS_START,
                    (struct canvas_style){PALETTE_INK, true, CANVAS_HEADLINE}, lines[i]);
    return 14.0 + LINE_HEIGHT * (double)count;
}

static const char *write_file(const struct picture *picture, bool is_light, struct arena *arena)
{
    struct canvas head;
    canvas_open(&head, picture->width, arena);
    double above = write_headline(&head, picture->headline);
    const char *scheme = is_light ? "" : arena_printf(arena, "<style>%s</style>\n", palette_scheme);
    const char *size =
        arena_printf(arena, " width=\"%g\" height=\"%g\"", picture->width + 2.0 * MARGIN,
                     picture->height + above + MARGIN);
    return arena_printf(
        arena,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n%s<title>%s</title>\n<desc>%s</desc>\n%s"
        "<rect x=\"%d\" y=\"%g\" width=\"100%%\" height=\"100%%\" fill=\"%s\"/>\n%s%s</svg>\n",
        open_element(picture, size, above, MARGIN, arena), canvas_escape(picture->headline, arena),
        canvas_escape(picture->alt, arena), scheme, -MARGIN, -above, palette_light[PALETTE_PAPER],
        canvas_content(&head), picture->content);
}

bool picture_draw(const struct picture_kind *kind, const struct picture_request *request,
                  const char **bytes, size_t *size, struct error *err)
{
    struct picture picture = {0};
    if (!kind->make(request, &picture, err))
        return false;
    *bytes = write_file(&picture, request->format == PICTURE_PNG, request->arena);
    *size = strlen(*bytes);
    return request->format == PICTURE_SVG ||
           rasterizer_draw(*bytes, request->arena, bytes, size, err);
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

enum { MAX_FIGURES = PICTURE_KINDS };

static bool make_svg(const struct picture_kind *kind, struct picture_request request, double width,
                     const char *class, struct picture *picture, const char **svg)
{
    struct error err = {0};
    request.width = width;
    if (!kind->make(&request, picture, &err))
        return false;
    *svg = arena_printf(request.arena, "%s%s</svg>\n",
                        open_element(picture, class, 0.0, 0.0, request.arena), picture->content);
    return true;
}

static bool make_figure(const struct picture_kind *kind, const struct picture_request *request,
                        struct figure *figure)
{
    struct picture picture = {0}, other = {0};
    const char *narrow, *wide, *phone;
    if (!make_svg(kind, *request, PICTURE_NARROW, "", &picture, &narrow) ||
        !make_svg(kind, *request, PICTURE_PHONE, " class=\"narrow\"", &other, &phone) ||
        !make_svg(kind, *request, PICTURE_WIDE, " class=\"wide\"", &picture, &wide))
        return false;
    *figure = (struct figure){.key = kind->name,
                              .headline = picture.headline,
                              .alt = picture.alt,
                              .svg = narrow,
                              .svg_wide = arena_printf(request->arena, "%s%s", wide, phone),
                              .note = picture.note,
                              .is_wide = kind->is_wide};
    return true;
}

const struct figure *picture_make_figure(const char *name, const json_t *root, struct arena *arena)
{
    const struct picture_request request = {.root = root, .arena = arena};
    const struct picture_kind *kind = picture_find_kind(name);
    struct figure *figure = arena_alloc(arena, sizeof *figure);
    return kind && make_figure(kind, &request, figure) ? figure : NULL;
}

void picture_fill_page(const json_t *root, const struct scenario_set *set, struct arena *arena,
                       struct page_extras *extras)
{
    const struct picture_request request = {.root = root, .set = set, .arena = arena};
    struct figure *figures = arena_array(arena, MAX_FIGURES, sizeof *figures);
    size_t count = 0;
    for (size_t i = 0; i < PICTURE_KINDS && count < MAX_FIGURES; i++)
        count += make_figure(&picture_kinds[i], &request, &figures[count]);
    extras->figures = figures;
    extras->figure_count = count;
}
