/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/model_diagram.h"
#include "plots/model_box.h"
#include "plots/model_layout.h"
#include "plots/picture.h"
#include "plots/text_width.h"
#include "reports/document/headline.h"
#include "reports/text/digits.h"
#include <math.h>
#include <string.h>

enum { LEAST_BOX = 96 };
enum {
    MOST_BOX = 200,
    LEAST_GAP = 44,
    MOST_GAP = 140,
    BETWEEN = 24,
    LANE = 18,
    COPY = MODEL_BOX_COPY
};
enum { BAND_MARGIN = 20, STEP_ASIDE = 6, LIST_BELOW = 500, LIST_GAP = 34, LIST_CLOSE = 14 };

struct diagram {
    struct canvas canvas;
    const struct model_graph *graph;
    const struct model_layout *layout;
    struct arena *arena;
    struct canvas_box *boxes; /* [item_count] of an edge's lane: the line through its layer */
    double height;            /* of a box */
    double *widths, *gaps;    /* [layer_count] of its boxes; between it and the next layer */
    size_t *bands;            /* [layer_count] which band a layer is in */
    double *turns;            /* [link_count] the height at which it goes back to the next band */
    double margin;            /* at both sides, for lines between bands */
};

/* ---- places, from left to right ---- */

/* What each layer needs. */
static void measure(struct diagram *diagram)
{
    const struct model_layout *layout = diagram->layout;
    for (size_t layer = 0; layer < layout->layer_count; layer++) {
        diagram->widths[layer] = LEAST_BOX;
        diagram->gaps[layer] = LEAST_GAP;
    }
    for (size_t i = 0; i < layout->item_count; i++) {
        const struct model_item *item = &layout->items[i];
        if (!item->node)
            continue;
        double *width = &diagram->widths[item->layer];
        *width = fmin(fmax(*width, model_box_width(item->node)), MOST_BOX);
        diagram->height = fmax(diagram->height, model_box_height(item->node, false, false));
    }
    for (size_t l = 0; l < layout->link_count; l++) {
        const struct model_link *link = &layout->links[l];
        const struct model_node *node = layout->items[link->from].node;
        double *gap = &diagram->gaps[layout->items[link->from].layer];
        double label = text_width(link->label, CANVAS_TEXT, false) + 18.0;
        *gap = fmax(*gap, label + (node && node->has_copies ? 2.0 * COPY : 0.0));
    }
}

/* The width of the layers from first up to end. */
static double width_of_layers(const struct diagram *diagram, size_t first, size_t end)
{
    double width = 2.0 * COPY;
    for (size_t layer = first; layer < end; layer++)
        width += diagram->widths[layer] + (layer + 1 < end ? diagram->gaps[layer] : 0.0);
    return width;
}

/* As many bands as it takes, each with as many layers as the others where that fits. */
static void break_bands(struct diagram *diagram)
{
    size_t layers = diagram->layout->layer_count, band = 0, first = 0, most = layers;
    double room = diagram->canvas.width - 2.0 * diagram->margin;
    for (size_t bands = 1; bands <= layers; bands++) {
        bool fits = true;
        most = (layers + bands - 1) / bands;
        diagram->margin = bands > 1 ? BAND_MARGIN : 2.0;
        room = diagram->canvas.width - 2.0 * diagram->margin;
        for (size_t start = 0; start < layers; start += most)
            fits &= width_of_layers(diagram, start,
                                    start + most < layers ? start + most : layers) <= room;
        if (fits)
            break;
    }
    for (; first < layers; first += most, band++)
        for (size_t layer = first; layer < first + most && layer < layers; layer++)
            diagram->bands[layer] = band;
}

/* What is left over goes to the gaps and the boxes of a band, within reason. */
static void stretch(struct diagram *diagram, size_t first, size_t end)
{
    double room = diagram->canvas.width - 2.0 * diagram->margin;
    double left = room - width_of_layers(diagram, first, end), count = (double)(end - first);
    if (!(left > 0.0))
        return;
    for (size_t layer = first; layer + 1 < end; layer++)
        diagram->gaps[layer] += fmin(0.5 * left / fmax(count - 1.0, 1.0), MOST_GAP - LEAST_GAP);
    left = room - width_of_layers(diagram, first, end);
    for (size_t layer = first; layer < end; layer++)
        diagram->widths[layer] = fmin(diagram->widths[layer] + left / count, MOST_BOX);
}

static size_t end_of_band(const struct diagram *diagram, size_t first)
{
    size_t end = first;
    while (end < diagram->layout->layer_count && diagram->bands[end] == diagram->bands[first])
        end++;
    return end;
}

static double height_of(const struct diagram *diagram, size_t item)
{
    return diagram->layout->items[item].node ? diagram->height : LANE;
}

static double height_of_layer(const struct diagram *diagram, size_t layer)
{
    double height = -BETWEEN;
    for (size_t i = 0; i < diagram->layout->item_count; i++)
        if (diagram->layout->items[i].layer == layer)
            height += height_of(diagram, i) + BETWEEN;
    return height;
}

static size_t find_item(const struct model_layout *layout, size_t layer, size_t place)
{
    for (size_t i = 0; i < layout->item_count; i++)
        if (layout->items[i].layer == layer && layout->items[i].place == place)
            return i;
    return SIZE_MAX;
}

static void place_layer(struct diagram *diagram, size_t layer, double left, double top)
{
    const struct model_layout *layout = diagram->layout;
    size_t item = find_item(layout, layer, 0);
    for (size_t place = 1; item != SIZE_MAX; item = find_item(layout, layer, place++)) {
        double height = height_of(diagram, item);
        diagram->boxes[item] =
            (struct canvas_box){left, top, left + diagram->widths[layer], top + height};
        top += height + BETWEEN;
    }
}

static size_t band_of(const struct diagram *diagram, size_t item)
{
    return diagram->bands[diagram->layout->items[item].layer];
}

static bool is_between_bands(const struct diagram *diagram, const struct model_link *link)
{
    return band_of(diagram, link->from) != band_of(diagram, link->to);
}

static size_t links_into_band(const struct diagram *diagram, size_t band)
{
    size_t count = 0;
    for (size_t l = 0; l < diagram->layout->link_count; l++) {
        const struct model_link *link = &diagram->layout->links[l];
        count += is_between_bands(diagram, link) && band_of(diagram, link->to) == band;
    }
    return count;
}

static double place_all(struct diagram *diagram)
{
    size_t layers = diagram->layout->layer_count;
    double top = 10.0;
    for (size_t first = 0, end; first < layers; first = end) {
        double height = 0.0, left = diagram->margin;
        end = end_of_band(diagram, first);
        stretch(diagram, first, end);
        if (first > 0)
            top += 36.0 + STEP_ASIDE * (double)links_into_band(diagram, diagram->bands[first]);
        for (size_t layer = first; layer < end; layer++)
            height = fmax(height, height_of_layer(diagram, layer));
        for (size_t layer = first; layer < end; layer++) {
            place_layer(diagram, layer, left,
                        top + (height - height_of_layer(diagram, layer)) / 2.0);
            left += diagram->widths[layer] + diagram->gaps[layer];
        }
        top += height;
    }
    return top;
}

/* ---- arrows ---- */

static double middle_of(const struct canvas_box *box)
{
    return (box->top + box->bottom) / 2.0;
}

/* Where lines out of an item begin. */
static double right_of(const struct diagram *diagram, size_t item)
{
    const struct model_node *node = diagram->layout->items[item].node;
    double aside = !node ? 0.0 : node->has_copies ? 2.0 * COPY + 2.0 : 2.0;
    return diagram->boxes[item].right + aside;
}

/* Where a label may stand: over or under the ends of its line. */
static void place_label(struct diagram *diagram, double x1, double y1, double x2, double y2,
                        const char *label)
{
    double middle = (x1 + x2) / 2.0;
    const struct canvas_box area = {0.0, 0.0, diagram->canvas.width, 1e6};
    const struct canvas_place places[] = {
        {middle, y1 - 8.0, CANVAS_MIDDLE},  {middle, y2 - 8.0, CANVAS_MIDDLE},
        {middle, y1 + 16.0, CANVAS_MIDDLE}, {middle, y2 + 16.0, CANVAS_MIDDLE},
        {x1 + 4.0, y1 - 8.0, CANVAS_START}, {x2 - 8.0, y2 - 8.0, CANVAS_END},
        {x1 + 4.0, y1 + 16.0, CANVAS_START}};
    if (label[0] != '\0')
        canvas_place(&diagram->canvas, places, sizeof places / sizeof places[0], &area,
                     (struct canvas_style){.ink = PALETTE_INK}, label);
}

/* Within a band: across, up or down in the gap, across. turn: which of the gap's lines turns. */
static void draw_link(struct diagram *diagram, const struct model_link *link, double turn)
{
    const struct canvas_box *to = &diagram->boxes[link->to];
    double x1 = right_of(diagram, link->from), y1 = middle_of(&diagram->boxes[link->from]);
    double x2 = to->left - 2.0, y2 = middle_of(to), turns = (x1 + x2) / 2.0 + turn;
    double end = link->is_last ? x2 - 7.0 : to->right;
    const struct canvas_point points[] = {{x1, y1}, {turns, y1}, {turns, y2}, {end, y2}};
    canvas_curve(&diagram->canvas, points, 4, PALETTE_INK2, 1.0);
    if (link->is_last)
        canvas_head(&diagram->canvas, x2, y2, 1, 4.0, PALETTE_INK);
}

/* From the end of a band to the next: down at the right, back in between, down at the left. */
static void draw_turn(struct diagram *diagram, const struct model_link *link, double number,
                      double between)
{
    const struct canvas_box *to = &diagram->boxes[link->to];
    double x1 = right_of(diagram, link->from), y1 = middle_of(&diagram->boxes[link->from]);
    double x2 = to->left - 2.0, y2 = middle_of(to), aside = fmin(number, 2.0) * 4.0;
    double right = diagram->canvas.width - 4.0 - aside, left = 4.0 + aside;
    double end = link->is_last ? x2 - 7.0 : to->right;
    const struct canvas_point points[] = {{x1, y1},        {right, y1}, {right, between},
                                          {left, between}, {left, y2},  {end, y2}};
    canvas_curve(&diagram->canvas, points, 6, PALETTE_INK2, 1.0);
    if (link->is_last)
        canvas_head(&diagram->canvas, x2, y2, 1, 4.0, PALETTE_INK);
}

static double bottom_of_band(const struct diagram *diagram, size_t band)
{
    double bottom = 0.0;
    for (size_t i = 0; i < diagram->layout->item_count; i++)
        if (band_of(diagram, i) == band)
            bottom = fmax(bottom, diagram->boxes[i].bottom);
    return bottom;
}

/* Lines that turn in one gap do so at different places: 0, 6, -6, 12 ... from its middle. */
static double turn_of(size_t number, double gap)
{
    double steps = (double)((number + 1) / 2) * STEP_ASIDE;
    return fmax(-gap / 3.0, fmin(gap / 3.0, number % 2 == 1 ? steps : -steps));
}

static void draw_links(struct diagram *diagram)
{
    const struct model_layout *layout = diagram->layout;
    size_t *turns = arena_array(diagram->arena, layout->layer_count, sizeof *turns);
    for (size_t l = 0; l < layout->link_count; l++) {
        const struct model_link *link = &layout->links[l];
        size_t layer = layout->items[link->from].layer;
        bool is_level = fabs(middle_of(&diagram->boxes[link->from]) -
                             middle_of(&diagram->boxes[link->to])) < 0.5;
        if (is_between_bands(diagram, link)) {
            double number = (double)turns[layer]++;
            diagram->turns[l] =
                bottom_of_band(diagram, diagram->bands[layer]) + 18.0 + STEP_ASIDE * number;
            draw_turn(diagram, link, number, diagram->turns[l]);
        } else {
            draw_link(diagram, link,
                      is_level ? 0.0 : turn_of(turns[layer]++, diagram->gaps[layer]));
        }
    }
}

static void draw_labels(struct diagram *diagram)
{
    for (size_t l = 0; l < diagram->layout->link_count; l++) {
        const struct model_link *link = &diagram->layout->links[l];
        const struct canvas_box *from = &diagram->boxes[link->from];
        const struct canvas_box *to = &diagram->boxes[link->to];
        if (is_between_bands(diagram, link))
            place_label(diagram, 4.0, diagram->turns[l] + 2.0, diagram->canvas.width - 4.0,
                        diagram->turns[l] + 2.0, link->label);
        else
            place_label(diagram, right_of(diagram, link->from), middle_of(from), to->left,
                        middle_of(to), link->label);
    }
}

static const struct canvas_box *only_box(const struct diagram *diagram, size_t layer)
{
    const struct canvas_box *found = NULL;
    for (size_t i = 0; i < diagram->layout->item_count; i++)
        if (diagram->layout->items[i].layer == layer) {
            if (found)
                return NULL;
            found = &diagram->boxes[i];
        }
    return found;
}

/* The way back with the response, where the way there is one line; else its figures alone. */
static void draw_response(struct diagram *diagram, double bottom)
{
    struct canvas *canvas = &diagram->canvas;
    const struct canvas_style style = {.ink = PALETTE_INK};
    size_t layers = diagram->layout->layer_count;
    const struct canvas_box *first = only_box(diagram, 0), *last = only_box(diagram, layers - 1);
    if (!diagram->graph->response)
        return;
    if (!first || !last || first == last || diagram->bands[layers - 1] > 0) {
        canvas_text(canvas, 2.0, bottom + 26.0, CANVAS_START, style, diagram->graph->response);
        return;
    }
    double x1 = (last->left + last->right) / 2.0, x2 = (first->left + first->right) / 2.0;
    double y = bottom + 14.0;
    const struct canvas_point points[] = {
        {x1, last->bottom + 2.0}, {x1, y}, {x2, y}, {x2, first->bottom + 8.0}};
    canvas_path(canvas, points, 4, PALETTE_INK2, 0.8);
    canvas_head(canvas, x2, first->bottom + 2.0, 0, 4.0, PALETTE_INK);
    canvas_text(canvas, (x1 + x2) / 2.0, y + 14.0, CANVAS_MIDDLE, style, diagram->graph->response);
}

static void draw_bands(struct diagram *diagram)
{
    const struct model_layout *layout = diagram->layout;
    diagram->widths = arena_array(diagram->arena, layout->layer_count, sizeof *diagram->widths);
    diagram->gaps = arena_array(diagram->arena, layout->layer_count, sizeof *diagram->gaps);
    diagram->bands = arena_array(diagram->arena, layout->layer_count, sizeof *diagram->bands);
    diagram->turns = arena_array(diagram->arena, layout->link_count, sizeof *diagram->turns);
    measure(diagram);
    break_bands(diagram);
    double bottom = place_all(diagram);
    diagram->canvas.lowest = bottom;
    for (size_t i = 0; i < layout->item_count; i++)
        if (layout->items[i].node)
            canvas_reserve(&diagram->canvas, diagram->boxes[i]);
    draw_links(diagram);
    for (size_t i = 0; i < layout->item_count; i++)
        if (layout->items[i].node)
            model_box_draw(&diagram->canvas, layout->items[i].node, diagram->boxes[i], false, NULL);
    draw_labels(diagram);
    draw_response(diagram, bottom);
}

/* ---- below each other ---- */

/* "from api, web": where requests come from, but for the box above. *label: of the way from that;
 * NULL: none comes from there. */
static const char *word_from(const struct diagram *diagram, const struct model_node *node,
                             const struct model_node *above, const char **label)
{
    const char *text = NULL;
    const struct model_graph *graph = diagram->graph;
    *label = NULL;
    for (size_t e = 0; e < graph->edge_count; e++) {
        const struct model_node *from = &graph->nodes[graph->edges[e].from];
        if (&graph->nodes[graph->edges[e].to] != node)
            continue;
        if (from == above)
            *label = graph->edges[e].label;
        else
            text = text ? arena_printf(diagram->arena, "%s, %s", text, from->title)
                        : arena_printf(diagram->arena, "from %s", from->title);
    }
    return text;
}

static double draw_below(struct diagram *diagram, const struct model_node *node,
                         const struct model_node *above, double bottom)
{
    struct canvas *canvas = &diagram->canvas;
    const char *label, *from = word_from(diagram, node, above, &label);
    double top = above ? bottom + (label ? LIST_GAP : LIST_CLOSE) : 10.0, x = 40.0;
    if (node->has_copies)
        top += 2.0 * COPY;
    double height = model_box_height(node, true, from != NULL);
    double end = top - (node->has_copies ? 2.0 * COPY : 0.0) - 2.0;
    if (label) {
        canvas_line(canvas, x, bottom + 2.0, x, end - 7.0, PALETTE_INK2, 1.0);
        canvas_head(canvas, x, end, 2, 4.0, PALETTE_INK);
        canvas_text(canvas, x + 12.0, (bottom + end) / 2.0 + 3.0, CANVAS_START,
                    (struct canvas_style){.ink = PALETTE_INK}, label);
    }
    model_box_draw(canvas, node, (struct canvas_box){2.0, top, canvas->width - 12.0, top + height},
                   true, from);
    return top + height;
}

static void draw_list(struct diagram *diagram)
{
    const struct model_layout *layout = diagram->layout;
    const struct model_node *above = NULL;
    double bottom = 0.0;
    for (size_t layer = 0; layer < layout->layer_count; layer++) {
        size_t item = find_item(layout, layer, 0);
        for (size_t place = 1; item != SIZE_MAX; item = find_item(layout, layer, place++)) {
            const struct model_node *node = layout->items[item].node;
            if (!node)
                continue;
            bottom = draw_below(diagram, node, above, bottom);
            above = node;
        }
    }
    if (diagram->graph->response)
        canvas_text(&diagram->canvas, 2.0, bottom + 22.0, CANVAS_START,
                    (struct canvas_style){.ink = PALETTE_INK}, diagram->graph->response);
}

/* ---- all of it ---- */

static const char *draw(struct model_graph *graph, double width, const char *class,
                        struct arena *arena)
{
    struct diagram diagram = {.graph = graph, .arena = arena};
    canvas_open(&diagram.canvas, width, arena);
    diagram.layout = model_layout_make(graph, arena);
    diagram.boxes = arena_array(arena, diagram.layout->item_count, sizeof *diagram.boxes);
    if (width < LIST_BELOW)
        draw_list(&diagram);
    else
        draw_bands(&diagram);
    return arena_printf(
        arena, "%s%s</svg>\n",
        picture_open_element(width, ceil(diagram.canvas.lowest) + 6.0, class, arena),
        canvas_content(&diagram.canvas));
}

static struct model_graph *make_graph(const struct scenario_set *set, const struct result *judged,
                                      struct arena *arena)
{
    const char *name = judged && judged->setting_count > 0
                           ? result_subject(judged)->name
                           : set->settings[set->setting_count - 1].name;
    const struct scenario *after = headline_find_scenario(set, name);
    const struct scenario *before = &set->settings[0].scenario;
    if (!after)
        after = &set->settings[set->setting_count - 1].scenario;
    struct model_graph *graph =
        model_graph_make(before == after ? NULL : before, after, judged, arena);
    return graph->node_count > 0 ? graph : NULL;
}

const char *model_diagram_draw(const struct scenario_set *set, const struct result *judged,
                               double width, struct arena *arena)
{
    struct model_graph *graph = make_graph(set, judged, arena);
    return graph ? draw(graph, width, "", arena) : NULL;
}

/* "api (workload: 500 requests/s), application (step: 120 ms mean) ...; api to application ..." */
static const char *word_alt(const struct model_graph *graph, struct arena *arena)
{
    const char *text = "What was simulated:";
    for (size_t i = 0; i < graph->node_count; i++) {
        const struct model_node *node = &graph->nodes[i];
        text = arena_printf(arena, "%s%s %s (%s", text, i > 0 ? ";" : "", node->title, node->sort);
        for (size_t k = 0; k < node->line_count; k++)
            text = arena_printf(arena, "%s, %s", text, node->lines[k]);
        if (isfinite(node->after))
            text = arena_printf(arena, "%s, %s in use", text,
                                digits_quantity(node->after, "1", arena));
        text = arena_printf(arena, "%s)", text);
    }
    for (size_t e = 0; e < graph->edge_count; e++)
        text = arena_printf(arena, "%s%s %s to %s", text,
                            e > 0 ? "," : ". Ways:", graph->nodes[graph->edges[e].from].title,
                            graph->nodes[graph->edges[e].to].title);
    return text;
}

/* How the requests of the only workload come; "" where there are several. */
static const char *word_process(const struct scenario *spec, struct arena *arena)
{
    static const char *const words[] = {
        [ARRIVAL_POISSON] = "requests arrive at random (Poisson)",
        [ARRIVAL_RENEWAL] = "requests arrive one by one, with gaps of one law",
        [ARRIVAL_MMPP] = "requests arrive at random, by turns more and fewer",
        [ARRIVAL_CLOSED] = "each customer waits for the answer before asking again",
        [ARRIVAL_LOAD_TEST] = "requests are those of a load test",
        [ARRIVAL_TRACE] = "requests arrive as they were recorded",
        [ARRIVAL_CYCLE] = "jobs come in cycles",
        [ARRIVAL_NONE] = ""};
    const char *text = spec->workload_count == 1 ? words[spec->workloads[0].arrivals.process] : "";
    return text[0] != '\0' ? arena_printf(arena, "%s: %s. ", spec->workloads[0].name, text) : "";
}

static const char *word_note(const struct model_graph *graph, struct arena *arena)
{
    bool has_any = false;
    for (size_t i = 0; i < graph->node_count; i++)
        has_any |= model_box_has_bars(&graph->nodes[i]);
    const char *bars = !has_any ? ""
                       : graph->before
                           ? arena_printf(arena, "Bars: share in use, %s above, %s below.",
                                          graph->before->setting, graph->after->setting)
                           : "Bars: share in use.";
    const char *text = arena_printf(arena, "%s%s%s", word_process(graph->after, arena), bars,
                                    graph->is_cut ? " The scenario has more than is drawn." : "");
    return text[0] != '\0' ? text + (text[0] == ' ') : NULL;
}

/* Pools of which all connections together are more than their database accepts. */
static const char *word_headline(const struct model_graph *graph, struct arena *arena)
{
    const struct scenario *after = graph->after;
    const struct pool_spec *only = NULL;
    size_t count = 0;
    for (size_t p = 0; p < after->pool_count; p++)
        if (after->pools[p].draws_on_database) {
            only = &after->pools[p];
            count++;
        }
    if (count != 1)
        return "What was simulated";
    const struct cpu_spec *cpu = &after->cpus[only->database];
    int64_t accepted = cpu->max_connections - cpu->reserved;
    if ((double)only->max * (double)only->copies <= (double)accepted)
        return "What was simulated";
    return arena_printf(arena, "%s connections for %s pool%s of %s",
                        digits_exact((double)accepted, arena),
                        digits_exact((double)only->copies, arena), only->copies == 1 ? "" : "s",
                        digits_exact((double)only->max, arena));
}

const struct figure *model_diagram_make(const struct scenario_set *set, const struct result *judged,
                                        struct arena *arena)
{
    struct model_graph *graph = set->setting_count > 0 ? make_graph(set, judged, arena) : NULL;
    if (!graph)
        return NULL;
    struct figure *figure = arena_alloc(arena, sizeof *figure);
    const char *alt = word_alt(graph, arena);
    const char *wide = draw(graph, PICTURE_WIDE, " class=\"wide\"", arena);
    struct model_graph *again = make_graph(set, judged, arena);
    *figure = (struct figure){.key = "model",
                              .headline = word_headline(graph, arena),
                              .alt = alt,
                              .note = word_note(graph, arena),
                              .is_wide = true};
    figure->svg_wide =
        arena_printf(arena, "%s%s", wide, draw(again, PICTURE_PHONE, " class=\"narrow\"", arena));
    figure->svg = figure->svg_wide;
    return figure;
}
