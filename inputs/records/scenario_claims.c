/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/scenario_claims.h"

#include "inputs/records/claims_record.h"
#include "models/program/program.h"
#include "reports/files/memory_stream.h"
#include "reports/text/json_writer.h"
#include "sim/base/duration_text.h"
#include <math.h>
#include <string.h>

struct making {
    struct json_writer writer;
    struct arena *arena;
    const struct scenario_set *set;
    const struct setting_spec *setting;
    const struct model *model;
};

/* "0.082500000s", "70.000000000%": what is written is off by half of its last digit. */
static const char *value_text(double value, const char *unit, struct arena *arena)
{
    if (strcmp(unit, "1") == 0)
        return arena_printf(arena, "%.9f%%", 100 * value);
    if (strcmp(unit, "B") == 0)
        return arena_printf(arena, "%.0fB", value);
    return arena_printf(arena, "%.9f%s", value, unit);
}

static void add_claim(struct making *making, const char *words, const char *figure,
                      const char *value, const char *source)
{
    struct json_writer *writer = &making->writer;
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "claim", words);
    writer_named_string(writer, "metric", figure);
    writer_named_string(writer, "value", value);
    writer_named_string(writer, "source", source);
    writer_close(writer);
}

/* ---- loads ----------------------------------------------------------------------------------- */

/* A limiter has passes and no places; what nothing is offered to claims nothing. */
static bool has_places(const struct offered_load *load)
{
    return !load->is_passes && load->load > 0 && load->capacity > 0;
}

static void add_loads(struct making *making)
{
    size_t count;
    const struct offered_load *loads = model_offered_loads(making->model, &count);
    for (size_t i = 0; i < count; i++) {
        const struct offered_load *load = &loads[i];
        struct arena *arena = making->arena;
        if (!has_places(load))
            continue;
        add_claim(
            making,
            arena_printf(arena, "rates and holds ask for %.4g of %s", load->load, load->resource),
            arena_printf(arena, "%s.offered", load->resource), value_text(load->load, "", arena),
            "resources and workloads");
        add_claim(making, arena_printf(arena, "%s has %.4g", load->resource, load->capacity),
                  arena_printf(arena, "%s.places", load->resource),
                  value_text(load->capacity, "", arena), "resources");
    }
}

/* ---- workloads ------------------------------------------------------------------------------- */

static double unhindered_s(const struct making *making, const struct workload_spec *workload)
{
    double mean = 0;
    for (size_t c = 0; c < workload->class_count; c++)
        mean += workload->classes[c].share *
                program_expected_length(&making->setting->scenario, workload->classes[c].steps,
                                        workload->classes[c].step_count);
    return mean;
}

static void add_workloads(struct making *making)
{
    const struct scenario *scenario = &making->setting->scenario;
    struct arena *arena = making->arena;
    for (size_t w = 0; w < scenario->workload_count; w++) {
        const struct workload_spec *workload = &scenario->workloads[w];
        double mean = unhindered_s(making, workload);
        if (mean > 0)
            add_claim(making,
                      arena_printf(arena, "steps of %s take %s when nobody waits", workload->name,
                                   duration_text(mean, arena)),
                      arena_printf(arena, "%s.unhindered", workload->name),
                      value_text(mean, "s", arena), "workloads");
    }
}

/* ---- criteria -------------------------------------------------------------------------------- */

static bool is_claim(const struct making *making, const struct criterion_spec *criterion)
{
    return criterion->has_limit && criterion->span == SPAN_WHOLE && criterion->limit > 0 &&
           criterion_applies(criterion, making->setting->name, making->set->has_settings);
}

static void add_criteria(struct making *making)
{
    const struct scenario *scenario = &making->setting->scenario;
    for (size_t i = 0; i < scenario->criterion_count; i++) {
        const struct criterion_spec *criterion = &scenario->criteria[i];
        if (!is_claim(making, criterion))
            continue;
        bool is_least =
            criterion->op == COMPARISON_GREATER || criterion->op == COMPARISON_GREATER_EQUAL;
        int column = model_find_column(making->model, criterion->metric);
        size_t count;
        const char *unit =
            column == COLUMN_NONE ? "" : model_columns(making->model, &count)[column].unit;
        add_claim(making, criterion->expect, criterion->metric,
                  arena_printf(making->arena, "%s %s", is_least ? ">=" : "<=",
                               value_text(criterion->limit, unit, making->arena)),
                  arena_printf(making->arena, "criterion %s", criterion->name));
    }
}

static bool is_claimed(const struct making *making, const char *figure)
{
    const struct scenario *scenario = &making->setting->scenario;
    for (size_t i = 0; i < scenario->criterion_count; i++)
        if (is_claim(making, &scenario->criteria[i]) &&
            strcmp(scenario->criteria[i].metric, figure) == 0)
            return true;
    return false;
}

/* ---- laws ------------------------------------------------------------------------------------ */

/* What stands in a law though nobody claims anything of it. */
static void add_unknown(struct making *making, const char *figure, const char *kind)
{
    if (!is_claimed(making, figure))
        writer_named_string(&making->writer, figure, kind);
}

static void write_unknown(struct making *making)
{
    const struct scenario *scenario = &making->setting->scenario;
    size_t count;
    const struct offered_load *loads = model_offered_loads(making->model, &count);
    for (size_t i = 0; i < count; i++)
        if (has_places(&loads[i]))
            add_unknown(making, arena_printf(making->arena, "%s.utilization", loads[i].resource),
                        "share");
    for (size_t w = 0; w < scenario->workload_count; w++)
        if (unhindered_s(making, &scenario->workloads[w]) > 0)
            add_unknown(
                making,
                arena_printf(making->arena, "%s.response.mean", scenario->workloads[w].name),
                "time");
}

static void write_law(struct making *making, const char *law, const char *const (*roles)[2],
                      size_t count, const char *name)
{
    struct json_writer *writer = &making->writer;
    writer_open_object(writer, EMIT_LINE);
    writer_named_string(writer, "law", law);
    if (name)
        writer_named_string(writer, "name", name);
    for (size_t i = 0; i < count; i++)
        writer_named_string(writer, roles[i][0], roles[i][1]);
    writer_close(writer);
}

static void write_laws(struct making *making)
{
    const struct scenario *scenario = &making->setting->scenario;
    struct arena *arena = making->arena;
    size_t count;
    const struct offered_load *loads = model_offered_loads(making->model, &count);
    for (size_t i = 0; i < count; i++) {
        const char *name = loads[i].resource;
        const char *const roles[][2] = {{"share", arena_printf(arena, "%s.utilization", name)},
                                        {"part", arena_printf(arena, "%s.offered", name)},
                                        {"whole", arena_printf(arena, "%s.places", name)}};
        if (has_places(&loads[i]))
            write_law(making, "share", roles, 3, "utilization = offered load / places");
    }
    for (size_t w = 0; w < scenario->workload_count; w++) {
        const char *name = scenario->workloads[w].name;
        const char *const roles[][2] = {{"part", arena_printf(arena, "%s.unhindered", name)},
                                        {"whole", arena_printf(arena, "%s.response.mean", name)}};
        if (unhindered_s(making, &scenario->workloads[w]) > 0)
            write_law(making, "part", roles, 2, "a response lasts at least as long as its steps");
    }
}

bool scenario_claims_make(const struct scenario_set *set, size_t setting, const struct model *model,
                          struct arena *arena, struct claims *claims, struct error *err)
{
    struct memory_stream memory;
    memory_stream_open(&memory, arena);
    struct making making = {.arena = arena,
                            .set = set,
                            .setting = &set->settings[setting],
                            .model = model,
                            .writer = writer_begin(writer_to_stream, memory.stream)};
    struct json_writer *writer = &making.writer;
    writer_open_object(writer, EMIT_LINES);
    writer_named_integer(writer, "capsim_claims", 1);
    writer_named_string(writer, "name", making.setting->scenario.name);
    writer_key(writer, "claims");
    writer_open_array(writer, EMIT_LINES);
    add_loads(&making);
    add_workloads(&making);
    add_criteria(&making);
    writer_close(writer);
    writer_key(writer, "unknown");
    writer_open_object(writer, EMIT_LINE);
    write_unknown(&making);
    writer_close(writer);
    writer_key(writer, "laws");
    writer_open_array(writer, EMIT_LINES);
    write_laws(&making);
    writer_close(writer);
    writer_close(writer);
    writer_end(writer);
    memory_stream_close(&memory);
    return claims_record_parse(set->file, memory.bytes, memory.size, arena, claims, err);
}
