/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/program/calibrate_levels.h"

#include "inputs/json/input_file.h"
#include "inputs/scenario/scenario_written.h"
#include "inputs/telemetry/load_levels.h"
#include "inputs/telemetry/telemetry.h"
#include <math.h>
#include <string.h>

bool calibrate_levels_are_meant(const struct job *job, struct error *err)
{
    const char *path = cli_value(job->cli, CLI_OPTION_MEASURED), *text;
    size_t length;
    if (strcmp(path, "-") == 0 || !input_file_read(path, path, job->arena, &text, &length, err))
        return false;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    return text[strspn(text, " \t\r\n")] != '{';
}

/* The processors that --free names, or the only ones. */
static const struct cpu_spec *find_processors(const struct job *job,
                                              const struct scenario *scenario, struct error *err)
{
    const struct cli_values *frees = &job->cli->given[CLI_OPTION_FREE];
    const struct cpu_spec *found = NULL;
    const char *names = "";
    for (size_t i = 0; i < scenario->cpu_count; i++) {
        const struct cpu_spec *cpu = &scenario->cpus[i];
        const char *part = arena_printf(job->arena, ".%s.contention.", cpu->name);
        for (size_t k = 0; k < frees->count; k++)
            if (strstr(frees->values[k], part))
                return cpu;
        found = cpu;
        names = arena_printf(job->arena, "%s%s%s", names, i > 0 ? ", " : "", cpu->name);
    }
    if (scenario->cpu_count == 1)
        return found;
    if (scenario->cpu_count == 0)
        error_set(err, STATUS_INPUT,
                  "load levels tell the contention of a \"cpu\" or a \"database\", and the "
                  "scenario has none");
    else
        error_set(err, STATUS_USAGE,
                  "load levels are of one of %s: say which with --free "
                  "resources.NAME.contention.sigma=0:1",
                  names);
    return NULL;
}

static bool read_levels(struct job *job, struct levels_found *found, struct error *err)
{
    const struct cli_values *measured = &job->cli->given[CLI_OPTION_MEASURED];
    struct telemetry *telemetry = telemetry_create(job->arena);
    struct usl_level *levels = arena_array(job->arena, USL_FIT_MAX, sizeof *levels);
    for (size_t i = 0; i < measured->count; i++)
        if (!telemetry_read(telemetry, measured->values[i], measured->values[i], NULL, err))
            return false;
    found->level = levels;
    found->count = load_levels_list(telemetry->observed, levels);
    if (found->count > 0)
        return true;
    error_set_file(err, measured->values[0]);
    return error_set(err, STATUS_INPUT,
                     "tells no load level: a table with clients and tps is due, reports of pgbench "
                     "with as many clients each, or measured values as JSON");
}

bool calibrate_levels_fit(struct job *job, const struct setting_spec *setting,
                          struct levels_found *found, struct error *err)
{
    const struct cpu_spec *cpu = find_processors(job, &setting->scenario, err);
    if (!cpu)
        return false;
    *found = (struct levels_found){.servers = (double)cpu->cores_milli / 1000,
                                   .confidence = setting->scenario.run.confidence,
                                   .resource = cpu->name,
                                   .scenario = job->request.file};
    if (job->cli->given[CLI_OPTION_HOLD_OUT].count > 0)
        return error_set(err, STATUS_USAGE, "--hold-out is for metrics, not for load levels");
    if (!read_levels(job, found, err))
        return false;
    found->fit = usl_fit(found->level, found->count, found->servers);
    return true;
}

static struct found_value coefficient(const struct job *job, const struct levels_found *found,
                                      const char *name, double value, double error)
{
    struct arena *arena = job->arena;
    return (struct found_value){
        .path = arena_printf(arena, "resources.%s.contention.%s", found->resource, name),
        .value = arena_printf(arena, "%.9g", value),
        .note = arena_printf(arena, "calibrated by %zu load levels: %.4g, standard error %.2g",
                             found->count, value, error),
        .source = cli_value(job->cli, CLI_OPTION_MEASURED),
        .relative_error = value > 0 ? error / value : NAN};
}

bool calibrate_levels_write(struct job *job, const struct setting_spec *setting,
                            const struct levels_found *found, const char **text, struct error *err)
{
    size_t count = setting->override_count;
    struct override *overrides = arena_array(job->arena, count + 1, sizeof *overrides);
    for (size_t i = 0; i < count; i++)
        overrides[i] = setting->overrides[i];
    overrides[count] =
        (struct override){arena_printf(job->arena, "resources.%s.contention", found->resource),
                          "{ \"sigma\": 0, \"kappa\": 0 }"};
    const struct found_value values[] = {
        coefficient(job, found, "sigma", found->fit.sigma, found->fit.sigma_error),
        coefficient(job, found, "kappa", found->fit.kappa, found->fit.kappa_error)};
    return scenario_written(&job->other, overrides, count + 1, values, 2, job->arena, text, err);
}
