/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/scenario.h"

#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/plain_json.h"
#include "inputs/json/wording.h"
#include "inputs/scenario/deadlock.h"
#include "inputs/scenario/overrides.h"
#include "inputs/scenario/read_assumptions.h"
#include "inputs/scenario/read_configured.h"
#include "inputs/scenario/read_criteria.h"
#include "inputs/scenario/read_resources.h"
#include "inputs/scenario/read_rollout.h"
#include "inputs/scenario/read_run.h"
#include "inputs/scenario/read_services.h"
#include "inputs/scenario/read_workloads.h"
#include "inputs/scenario/rollout_scope.h"
#include "inputs/scenario/uncertain.h"
#include "models/metrics/run_length.h"
#include "models/spec/pool_nesting.h"
#include "sim/base/duration_text.h"
#include "sim/base/spelling.h"
#include <stdio.h>
#include <string.h>

enum { FORMAT = 1, MAX_TITLE = 1000, MAX_DESCRIPTION = 100000, COMMAND_OVERLAYS = 3 };

/* What reading one file needs for all its settings. */
struct scenario_file {
    const struct scenario_request *request;
    struct arena *arena;
    struct scenario_set *set;
    struct error *err;
    json_t *file; /* the tree as written */
    struct input_list inputs;
    const char *const *names; /* of all settings, "baseline" first */
    size_t name_count;
    bool *is_chosen, *is_read;     /* [name_count] */
    struct setting_spec *settings; /* [name_count] */
};

static bool parse_file(struct scenario_file *job)
{
    struct scenario_set *set = job->set;
    set->file = arena_strdup(job->arena, job->request->file);
    set->text = job->request->text;
    set->text_length = job->request->text_length;
    if (!set->text &&
        !input_file_read(set->file, set->file, job->arena, &set->text, &set->text_length, job->err))
        return false;
    set->plain_length = set->text_length;
    set->plain = plain_json(set->text, &set->plain_length, job->arena);
    return json_text_parse(set->file, set->plain, set->plain_length, "a scenario", job->arena,
                           &job->file, job->err);
}

/* ---- one setting ----------------------------------------------------------------------------- */

static const char *const top_keys[] = {
    "capsim",    "name",     "title",    "description", "assumptions", "resources", "services",
    "workloads", "settings", "criteria", "memory",      "run",         "rollout",   NULL};

/* The format comes first: of a later format, nothing else can be judged. */
static bool check_format(struct json_cursor *root)
{
    if (!json_is_object(root->value))
        return cursor_fail_type(root, "an object (scenario)");
    struct json_cursor format = cursor_at(root, "capsim");
    if (format.value == NULL)
        return cursor_fail(root, "\"capsim\" is missing: the version of the format, %d", FORMAT);
    if (!json_is_integer(format.value) || json_integer_value(format.value) != FORMAT)
        return cursor_fail(&format, "this version reads format %d; got %s", FORMAT,
                           cursor_show(&format));
    return cursor_open(root, "scenario", top_keys);
}

static bool read_titles(struct json_cursor *root, struct scenario *scenario)
{
    struct json_cursor name = cursor_at(root, "name");
    cursor_at(root, "capsim");
    if (!cursor_get_text(root, "name", CURSOR_REQUIRED, MAX_TITLE, &scenario->name))
        return false;
    return cursor_check_name(&name, scenario->name, LOCATE_VALUE) &&
           cursor_get_text(root, "title", CURSOR_OPTIONAL, MAX_TITLE, &scenario->title) &&
           cursor_get_text(root, "description", CURSOR_OPTIONAL, MAX_DESCRIPTION,
                           &scenario->description);
}

static void warn_of_unused(struct parse_context *context, const struct scenario *scenario,
                           const struct resource_names *system, enum station_number kind)
{
    for (size_t i = 0; i < system->of[kind].count; i++)
        if (!system->of[kind].is_used[i])
            context_warn(context, "%s%s is never used",
                         resource_names_path_prefix(station_service(scenario, kind, i)),
                         station_name(scenario, kind, i));
}

/* Says of each pool that is too small for requests which hold several at once what is enough. */
static void warn_of_nestings(const struct scenario *scenario, struct parse_context *context)
{
    for (size_t p = 0; p < scenario->pool_count; p++) {
        const struct pool_spec *pool = &scenario->pools[p];
        struct pool_nesting nesting = pool_nesting_of(scenario, p);
        if (nesting.depth == 0 || pool->max >= nesting.size)
            continue;
        if (nesting.size == POOL_NESTING_UNBOUNDED)
            context_warn(context,
                         "%s " POOL_NESTING_WORDS "requests hold %lld of it at once and any number "
                         "of them may come: no size is safe, a limit around the outer hold is",
                         pool->name, (long long)nesting.depth);
        else
            context_warn(context,
                         "%s " POOL_NESTING_WORDS "%lld requests hold up to %lld of its %lld at "
                         "once; from %lld it cannot",
                         pool->name, (long long)nesting.requests, (long long)nesting.depth,
                         (long long)pool->max, (long long)nesting.size);
    }
}

static bool read_system(struct json_cursor *root, struct resource_names *system,
                        struct scenario *scenario)
{
    struct json_cursor resources = cursor_at(root, "resources"), memory = cursor_at(root, "memory");
    struct json_cursor services = cursor_at(root, "services"), workloads;
    if (!read_resources(&resources, system) || !read_services(&services, system) ||
        !read_resources_find_databases(&resources, system) ||
        !cursor_require(root, "workloads", &workloads) ||
        !read_workloads(&workloads, system, &scenario->workloads, &scenario->workload_count) ||
        !deadlock_check(system, root->context))
        return false;
    scenario->memory.is_given = system->of[STATION_BUFFER].count > 0;
    if (!read_memory(&memory, resource_names_pools(system), system->of[STATION_POOL].count,
                     &scenario->memory))
        return false;
    for (size_t kind = 0; kind < STATION_KINDS; kind++) {
        const struct station_place *place = &station_kinds[kind]->place;
        const void *list = system->of[kind].specs;
        memcpy((char *)scenario + place->list, &list, sizeof list);
        memcpy((char *)scenario + place->number, &system->of[kind].count, sizeof(size_t));
        if (kind != STATION_LIMITER && kind != STATION_BUFFER) /* of those it was said before */
            warn_of_unused(root->context, scenario, system, (enum station_number)kind);
    }
    scenario->services = system->services;
    scenario->service_count = system->service_count;
    warn_of_nestings(scenario, root->context);
    return true;
}

/* Somebody who writes a warm-up and a load test without a start may think that it begins with the
 * run, warm up and all: then nothing of it would be measured. */
static bool check_load_tests(struct json_cursor *root, const struct scenario *scenario)
{
    struct json_cursor workloads = cursor_at(root, "workloads");
    if (scenario->run.has_auto_warmup || scenario->run.warmup_ns == 0)
        return true;
    for (size_t w = 0; w < scenario->workload_count; w++) {
        const struct workload_spec *workload = &scenario->workloads[w];
        if (workload->arrivals.process != ARRIVAL_LOAD_TEST || workload->arrivals.has_start)
            continue;
        struct json_cursor named = cursor_at(&workloads, workload->name);
        struct json_cursor at = cursor_at(&named, "arrivals");
        return cursor_fail(&at,
                           "is a load test beside a warm-up of %.6g s, which is not measured: give "
                           "\"start\": \"0s\" to begin it when measuring begins (later, so that "
                           "pools can fill first), or \"warmup\": \"0s\" in run",
                           (double)scenario->run.warmup_ns / 1e9);
    }
    return true;
}

/* Arrivals that end say themselves how long a run is. */
static bool check_auto(struct json_cursor *run, const struct scenario *scenario)
{
    struct json_cursor at = cursor_at(run, "duration");
    for (size_t w = 0; w < scenario->workload_count; w++) {
        enum arrival_process process = scenario->workloads[w].arrivals.process;
        if (process == ARRIVAL_TRACE || process == ARRIVAL_LOAD_TEST)
            return cursor_fail(&at,
                               "\"auto\" is for arrivals that go on, and those of %s are a %s: say "
                               "how long",
                               scenario->workloads[w].name,
                               process == ARRIVAL_TRACE ? "trace" : "load test");
    }
    return true;
}

static const char AUTO_LENGTH[] = "run.duration";

/* "2 h": for 20 relaxation times of "db" (40 s each) */
static bool settle_length(struct json_cursor *run, struct scenario *scenario)
{
    struct parse_context *context = run->context;
    char value[QUANTITY_TEXT];
    if (!scenario->run.has_auto_duration)
        return true;
    if (!check_auto(run, scenario))
        return false;
    struct run_length length = run_length_find(scenario, context->arena);
    scenario->run.duration_ns = length.length_ns;
    quantity_format_duration((double)length.length_ns / 1e9, value);
    const char *note = arena_printf(context->arena, "auto: %s", length.reason);
    if (length.is_cut)
        note = arena_printf(context->arena,
                            "auto: %s would take %s, which is too much: what needs it stays "
                            "undecided",
                            length.reason, duration_text(length.wanted_s, context->arena));
    context_assume(context, AUTO_LENGTH, arena_strdup(context->arena, value), note, true);
    return true;
}

static bool read_scenario(const struct scenario_file *job, struct parse_context *context,
                          struct scenario *scenario)
{
    struct json_cursor root = cursor_of_root(context), run;
    struct json_cursor criteria, assumptions, rollout;
    struct resource_names system = {0};
    if (!check_format(&root) || !read_titles(&root, scenario))
        return false;
    criteria = cursor_at(&root, "criteria");
    assumptions = cursor_at(&root, "assumptions");
    rollout = cursor_at(&root, "rollout");
    cursor_at(&root, "settings");
    resource_names_begin(&system, context);
    system.workload_names = json_object();
    bool ok = read_system(&root, &system, scenario);
    for (size_t kind = 0; kind < STATION_KINDS; kind++)
        json_decref(system.of[kind].names);
    json_decref(system.workload_names);
    if (!ok || !cursor_require(&root, "run", &run) || !read_run(&run, &scenario->run) ||
        !check_load_tests(&root, scenario) ||
        !read_criteria(&criteria, job->names, job->name_count, scenario) ||
        !read_rollout(&rollout, job->names, job->name_count, scenario, &job->set->rollout) ||
        !settle_length(&run, scenario) || !read_assumptions(&assumptions, scenario) ||
        !read_configured_settle(&root, scenario))
        return false;
    scenario->warnings = context->warnings;
    scenario->warning_count = context->warning_count;
    return cursor_close(&root);
}

static struct parse_context start_reading(struct scenario_file *job, const char *setting,
                                          json_t *root)
{
    return (struct parse_context){.arena = job->arena,
                                  .err = job->err,
                                  .file = job->set->file,
                                  .text = job->set->plain,
                                  .length = job->set->plain_length,
                                  .root = root,
                                  .setting = setting,
                                  .inputs = &job->inputs,
                                  .copies = job->request->copies,
                                  .copy_count = job->request->copy_count,
                                  .observer = job->request->observer};
}

static bool read_setting(struct scenario_file *job, const char *name, struct setting_spec *setting)
{
    bool is_written = strcmp(name, "baseline") == 0;
    size_t room = overrides_count_all(job->file, name, job->request);
    struct override *overrides = arena_array(job->arena, room, sizeof *overrides);
    json_t *root = json_deep_copy(job->file);
    struct parse_context context = start_reading(job, is_written ? NULL : name, root);
    context.override_places =
        arena_array(job->arena, room + COMMAND_OVERLAYS, sizeof *context.override_places);
    *setting = (struct setting_spec){.name = name, .overrides = overrides};
    setting->scenario.setting = name;
    const struct scenario_request *request = job->request;
    bool ok =
        overrides_apply_named(&context, job->file, name, overrides, &setting->override_count) &&
        overrides_apply_request(&context, request, overrides, &setting->override_count) &&
        uncertain_settle(&context, request->draws, request->draw_count, &job->set->uncertain) &&
        read_scenario(job, &context, &setting->scenario);
    setting->scenario.run.series = request->series;
    setting->scenario.run.series_count = request->series_count;
    json_decref(root);
    return ok;
}

/* ---- which settings -------------------------------------------------------------------------- */

static size_t find_name(const struct scenario_file *job, const char *name)
{
    size_t i = 0;
    while (i < job->name_count && strcmp(job->names[i], name) != 0)
        i++;
    return i;
}

static bool fail_no_setting(struct scenario_file *job, const char *name)
{
    char shown[WORDING_SIZE];
    const char *meant = spelling_nearest(name, job->names, job->name_count);
    wording_shorten(name, strlen(name), shown);
    if (meant != NULL)
        error_set(job->err, STATUS_USAGE, "%s has no such setting; did you mean \"%s\"?",
                  job->set->file, meant);
    else
        error_set(job->err, STATUS_USAGE, "%s has no such setting; it has %s%s%s", job->set->file,
                  job->names[0], job->name_count > 1 ? ", " : " only",
                  job->name_count > 1 ? job->names[1] : "");
    if (meant == NULL && job->name_count > 2)
        wording_append(job->err->message, sizeof job->err->message, " and %zu more",
                       job->name_count - 2);
    error_set_file(job->err, arena_printf(job->arena, "--setting %s", shown));
    return false;
}

static bool choose_settings(struct scenario_file *job)
{
    if (job->request->rehearses)
        job->is_chosen[0] = true; /* whichever, to see what the rollout says */
    for (size_t i = 0; i < job->request->setting_count; i++) {
        size_t index = find_name(job, job->request->setting_names[i]);
        if (index == job->name_count)
            return fail_no_setting(job, job->request->setting_names[i]);
        job->is_chosen[index] = true;
    }
    bool takes_all = job->request->setting_count == 0 && !job->request->rehearses;
    for (size_t i = 0; i < job->name_count && takes_all; i++)
        job->is_chosen[i] = true;
    return true;
}

/* Chooses what the criteria that count for a setting compare it with. */
static void choose_references(struct scenario_file *job, const struct setting_spec *setting)
{
    const struct scenario *scenario = &setting->scenario;
    for (size_t i = 0; i < scenario->criterion_count; i++) {
        const struct criterion_spec *criterion = &scenario->criteria[i];
        if (criterion->no_worse_than != NULL &&
            criterion_applies(criterion, setting->name, job->set->has_settings))
            job->is_chosen[find_name(job, criterion->no_worse_than)] = true;
    }
}

static bool read_chosen(struct scenario_file *job)
{
    bool is_complete = false;
    while (!is_complete) {
        is_complete = true;
        for (size_t i = 0; i < job->name_count; i++) {
            if (!job->is_chosen[i] || job->is_read[i])
                continue;
            if (!read_setting(job, job->names[i], &job->settings[i]))
                return false;
            job->is_read[i] = true;
            is_complete = false;
            choose_references(job, &job->settings[i]);
        }
    }
    return true;
}

static const struct setting_spec *find_read(const struct scenario_file *job, const char *name)
{
    size_t index = find_name(job, name);
    return job->is_read[index] ? &job->settings[index] : NULL;
}

/* The two settings of the rollout. What it says is known when any setting has been read. */
static bool read_both_ends(struct scenario_file *job)
{
    const struct rollout_spec *rollout = job->set->rollout;
    if (rollout == NULL) {
        error_set_file(job->err, job->request->file);
        return error_set(job->err, STATUS_INPUT,
                         "has no \"rollout\": there is nothing to rehearse");
    }
    job->is_chosen[find_name(job, rollout->from)] = true;
    job->is_chosen[find_name(job, rollout->to)] = true;
    return read_chosen(job);
}

/* Whenever both ends are there. */
static bool check_rollout(struct scenario_file *job, struct parse_context *context)
{
    const struct rollout_spec *rollout = job->set->rollout;
    if (rollout == NULL)
        return true;
    const struct setting_spec *from = find_read(job, rollout->from);
    const struct setting_spec *to = find_read(job, rollout->to);
    if (from == NULL || to == NULL)
        return true;
    struct rollout_spec *checked = arena_alloc(job->arena, sizeof *checked);
    *checked = *rollout;
    job->set->rollout = checked;
    return rollout_scope_check(context, checked, from, to);
}

static void fill_inputs(struct scenario_file *job)
{
    struct scenario_set *set = job->set;
    set->input_files = job->inputs.files;
    set->input_texts = job->inputs.texts;
    set->input_lengths = job->inputs.lengths;
    set->input_hashes = job->inputs.hashes;
    set->input_count = job->inputs.count;
}

static struct assumption *find_length(const struct setting_spec *setting)
{
    const struct scenario *scenario = &setting->scenario;
    for (size_t i = 0; i < scenario->assumption_count; i++)
        if (scenario->assumptions[i].is_default &&
            strcmp(scenario->assumptions[i].key, AUTO_LENGTH) == 0)
            return (struct assumption *)&scenario->assumptions[i];
    return NULL;
}

/* Settings are compared on the same customers, so they run as long as the one that needs most. */
static void unify_lengths(struct setting_spec *settings, size_t count)
{
    const struct setting_spec *longest = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct run_spec *run = &settings[i].scenario.run;
        if (run->has_auto_duration &&
            (!longest || run->duration_ns > longest->scenario.run.duration_ns))
            longest = &settings[i];
    }
    for (size_t i = 0; longest && i < count; i++) {
        struct setting_spec *setting = &settings[i];
        if (!setting->scenario.run.has_auto_duration)
            continue;
        setting->scenario.run.duration_ns = longest->scenario.run.duration_ns;
        if (find_length(setting) && find_length(longest))
            *find_length(setting) = *find_length(longest);
    }
}

static void fill_set(struct scenario_file *job)
{
    struct scenario_set *set = job->set;
    for (size_t i = 0; i < job->name_count; i++)
        if (job->is_read[i])
            job->settings[set->setting_count++] = job->settings[i];
    set->settings = job->settings;
    unify_lengths(job->settings, set->setting_count);
    fill_inputs(job);
}
static bool read_settings(struct scenario_file *job)
{
    struct parse_context context = start_reading(job, NULL, job->file);
    struct json_cursor root = cursor_of_root(&context);
    if (!check_format(&root) || !overrides_list_names(&context, &job->names, &job->name_count))
        return false;
    job->set->has_settings = json_object_size(json_object_get(job->file, "settings")) > 0;
    job->is_chosen = arena_array(job->arena, job->name_count, sizeof *job->is_chosen);
    job->is_read = arena_array(job->arena, job->name_count, sizeof *job->is_read);
    job->settings = arena_array(job->arena, job->name_count, sizeof *job->settings);
    return choose_settings(job) && read_chosen(job) &&
           (!job->request->rehearses || read_both_ends(job)) && check_rollout(job, &context);
}

/* Whatever comes of the reading, scenario_close finds what is open. */
static void list_traces(struct scenario_file *job)
{
    size_t count = 0;
    for (const struct trace_input *t = job->inputs.traces; t != NULL; t = t->next)
        count++;
    int *descriptors = arena_array(job->arena, count, sizeof *descriptors);
    job->set->trace_descriptors = descriptors;
    job->set->trace_count = count;
    for (const struct trace_input *t = job->inputs.traces; t != NULL; t = t->next)
        *descriptors++ = t->trace.descriptor;
}

void scenario_close(struct scenario_set *set)
{
    for (size_t i = 0; i < set->trace_count; i++)
        trace_file_close(set->trace_descriptors[i]);
    set->trace_count = 0;
}

static bool read_whole(struct scenario_file *job)
{
    *job->set = (struct scenario_set){0};
    bool ok = parse_file(job) && read_settings(job);
    list_traces(job);
    if (ok)
        fill_set(job);
    else
        scenario_close(job->set);
    return ok;
}

bool scenario_read(const struct scenario_request *request, struct arena *arena,
                   struct scenario_set *set, struct error *err)
{
    struct scenario_file job = {.request = request, .arena = arena, .set = set, .err = err};
    bool ok = read_whole(&job);
    scenario_close_file(&job);
    if (ok && request->label)
        set->file = request->label;
    return ok;
}

bool scenario_open(const struct scenario_request *request, struct arena *arena,
                   struct scenario_file **file, struct scenario_set *set, struct error *err)
{
    *file = arena_alloc(arena, sizeof **file);
    **file = (struct scenario_file){.request = request, .arena = arena, .set = set, .err = err};
    return read_whole(*file);
}

bool scenario_read_variant(struct scenario_file *file, const char *name,
                           const struct override *overrides, size_t count,
                           struct setting_spec *variant, struct error *err)
{
    const struct scenario_request *given = file->request;
    struct scenario_request request = *given;
    size_t own = given->override_count;
    struct override *all = arena_array(file->arena, own + count, sizeof *all);
    if (own > 0)
        memcpy(all, given->overrides, own * sizeof *all);
    if (count > 0)
        memcpy(all + own, overrides, count * sizeof *all);
    request.overrides = all;
    request.override_count = own + count;
    request.varied_count = count;
    file->request = &request;
    file->err = err;
    bool ok = read_setting(file, file->names[find_name(file, name)], variant);
    file->request = given;
    list_traces(file);
    fill_inputs(file);
    return ok;
}

void scenario_close_file(struct scenario_file *file)
{
    if (file)
        json_decref(file->file);
}
