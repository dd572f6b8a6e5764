/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/document/load_lines.h"
#include "reports/text/digits.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

enum { SHOWN = 4 }; /* stations in a line */

/* Beyond this many times a load is not said to be near anything. */
static const double MOST_TIMES = 100;

static double utilization(const struct offered_load *load)
{
    return load->load / load->capacity;
}

/* Of what there really is: what a database does not accept cannot be used. */
static double binding(const struct offered_load *load)
{
    return load->load / (load->accepted > 0.0 ? load->accepted : load->capacity);
}

/* "37.5 of 50", "90/s of 100/s" */
static const char *amount_text(const struct offered_load *load, struct arena *arena)
{
    const char *unit = load->is_passes ? "/s" : "";
    const char *accepted =
        load->accepted > 0.0 ? arena_printf(arena, ", %.4g accepted", load->accepted) : "";
    return arena_printf(arena, "%.4g%s of %.4g%s%s", load->load, unit, load->capacity, unit,
                        accepted);
}

static void add_overload(struct document *document, const struct result_setting *setting,
                         const struct offered_load *load)
{
    struct arena *arena = document->arena;
    const char *share = number_text_quantity(utilization(load), "1", arena);
    const char *what =
        load->bound
            ? arena_printf(arena,
                           "its queue is bounded by %s alone: at least %s of that "
                           "load must fail, and waits are of those served",
                           load->bound, number_text_quantity(1 - 1 / utilization(load), "1", arena))
            : "nothing bounds its queue: overloaded, still growing at the end; values "
              "are of this finite run";
    document_add_statement(document, TONE_BAD, "OVERLOADED",
                           arena_printf(arena, "%s: %s: offered load %s (%s): %s",
                                        document_name(document, setting->name),
                                        document_name(document, load->resource), share,
                                        amount_text(load, arena), what));
}

/* The most loaded station that is not overloaded and not yet shown; NULL: none. */
static const struct offered_load *next_most(const struct result_setting *setting, const bool *shown)
{
    const struct offered_load *most = NULL;
    for (size_t i = 0; i < setting->load_count; i++) {
        const struct offered_load *load = &setting->loads[i];
        if (!shown[i] && !load->is_too_much && (!most || binding(load) > binding(most)))
            most = load;
    }
    return most;
}

static bool has_overload(const struct result_setting *setting)
{
    for (size_t i = 0; i < setting->load_count; i++)
        if (setting->loads[i].is_too_much)
            return true;
    return false;
}

/* "; full at 1.33 times this load": not later, for what waits or is tried again needs more. */
static const char *full_text(const struct offered_load *most, struct arena *arena)
{
    double times = 1 / binding(most);
    if (!(times > 1) || !(times < MOST_TIMES))
        return "";
    return arena_printf(arena, "; full at %s times this load", digits_capacity(times, arena));
}

/* "db_pool 75 % (37.5 of 50), postgres 46.88 % (7.5 of 16); full at 1.33 times this load"; NULL:
 * there is none. */
static const char *line_of(const struct document *document, const struct result_setting *setting)
{
    struct arena *arena = document->arena;
    bool *shown = arena_array(arena, setting->load_count, sizeof *shown);
    const char *text = NULL;
    size_t count = 0;
    const struct offered_load *load, *first = NULL;
    while ((load = next_most(setting, shown)) != NULL) {
        shown[load - setting->loads] = true;
        if (++count > SHOWN)
            continue;
        first = first ? first : load;
        const char *one = arena_printf(arena, "%s %s (%s)", document_name(document, load->resource),
                                       number_text_quantity(utilization(load), "1", arena),
                                       amount_text(load, arena));
        text = text ? arena_printf(arena, "%s, %s", text, one) : one;
    }
    if (count > SHOWN)
        text = arena_printf(arena, "%s and %zu below", text, count - SHOWN);
    return text && !has_overload(setting)
               ? arena_printf(arena, "%s%s", text, full_text(first, arena))
               : text;
}

/* Whether an earlier setting has the same line; those that share it are named with the first. */
static bool is_said(const char *const *lines, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (lines[i] && strcmp(lines[i], lines[number]) == 0)
            return true;
    return false;
}

static const char *names_with(const struct document *document, const struct result *result,
                              const char *const *lines, size_t number)
{
    const char *names = NULL;
    for (size_t i = number; i < result->setting_count; i++) {
        if (!lines[i] || strcmp(lines[i], lines[number]) != 0)
            continue;
        const char *name = document_name(document, result->settings[i].name);
        names = names ? arena_printf(document->arena, "%s, %s", names, name) : name;
    }
    return names;
}

void load_lines_add(struct document *document, const struct result *result)
{
    const char **lines = arena_array(document->arena, result->setting_count, sizeof *lines);
    for (size_t s = 0; s < result->setting_count; s++) {
        const struct result_setting *setting = &result->settings[s];
        lines[s] = line_of(document, setting);
        for (size_t i = 0; i < setting->load_count; i++)
            if (setting->loads[i].is_too_much)
                add_overload(document, setting, &setting->loads[i]);
    }
    for (size_t s = 0; s < result->setting_count; s++)
        if (lines[s] && !is_said(lines, s))
            document_add_statement(document, TONE_PLAIN, "OFFERED LOAD",
                                   arena_printf(document->arena, "%s: %s",
                                                names_with(document, result, lines, s), lines[s]));
}
