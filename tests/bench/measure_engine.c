/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure_engine.h"
#include "inputs/scenario/scenario.h"
#include "tests/bench/bench_time.h"
#include <stdio.h>
#include <stdlib.h>

static const int64_t MINUTE_NS = INT64_C(60000000000);

static void stop_if(bool has_failed, const struct error *err)
{
    if (!has_failed)
        return;
    char text[1200];
    error_format(err, text, sizeof text);
    fprintf(stderr, "bench: %s\n", text);
    exit(1);
}

struct engine engine_open(const char *file, const char *setting, const struct override *overrides,
                          size_t override_count)
{
    struct engine engine = {.arena = arena_open(), .scratch = arena_open()};
    struct error err = {0};
    struct scenario_set *set = arena_alloc(engine.arena, sizeof *set);
    struct scenario_request request = {.file = file,
                                       .setting_names = &setting,
                                       .setting_count = setting ? 1 : 0,
                                       .overrides = overrides,
                                       .override_count = override_count};
    stop_if(!scenario_read(&request, engine.arena, set, &err), &err);
    /* A setting that is compared with another comes after it. */
    engine.spec = &set->settings[setting ? set->setting_count - 1 : 0].scenario;
    engine.model = model_compile(engine.spec, engine.arena, &err);
    stop_if(engine.model == NULL, &err);
    int64_t warmup = engine.spec->run.has_auto_warmup ? MINUTE_NS : engine.spec->run.warmup_ns;
    model_set_warmup(engine.model, warmup);
    engine.requests = model_expected_requests(engine.model, warmup + engine.spec->run.duration_ns);
    size_t columns;
    model_columns(engine.model, &columns);
    engine.space.value = arena_array(engine.arena, columns, sizeof(double));
    engine.space.weight = arena_array(engine.arena, columns, sizeof(double));
    engine.space.counts =
        arena_array(engine.arena, model_histogram_count(engine.model), sizeof(uint32_t *));
    return engine;
}

void engine_close(struct engine *engine)
{
    arena_close(engine->scratch);
    arena_close(engine->arena);
}

double engine_replicate(struct engine *engine)
{
    struct error err = {0};
    double start_s = bench_now_s();
    arena_reset(engine->scratch);
    bool is_done = model_replicate(engine->model, engine->replication++, engine->scratch,
                                   &engine->space, &err);
    double elapsed_s = bench_now_s() - start_s;
    stop_if(!is_done, &err);
    return 1e9 * elapsed_s / engine->requests;
}

double engine_metric(const struct engine *engine, const char *name)
{
    int column = model_find_column(engine->model, name);
    if (column == COLUMN_NONE) {
        fprintf(stderr, "bench: no metric %s\n", name);
        exit(1);
    }
    return engine->space.value[column];
}

double engine_study(const struct engine *engine, size_t replications, unsigned threads)
{
    struct study_setting setting = {.model = engine->model,
                                    .replicate = model_replicate,
                                    .histogram_count = model_histogram_count(engine->model)};
    setting.columns = model_columns(engine->model, &setting.column_count);
    struct study_options options = {.min_replications = replications,
                                    .max_replications = replications,
                                    .precision = 0.05,
                                    .confidence = 0.95,
                                    .workers = {.threads = threads}};
    struct study_outcome outcome;
    struct error err = {0};
    struct arena *arena = arena_open();
    double start_s = bench_now_s();
    bool is_done = study_run(&setting, 1, &options, arena, &outcome, &err);
    double elapsed_s = bench_now_s() - start_s;
    arena_close(arena);
    stop_if(!is_done, &err);
    return elapsed_s;
}
