/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page says beyond its run: two brief searches, bounded by the requests that they simulate,
 * so that the same scenario gives the same page on every machine. */
#include "inputs/program/main.h"
#include "inputs/scenario/outlook_ranges.h"
#include "inputs/scenario/read_vary.h"
#include "inputs/scenario/setting_choice.h"
#include "plots/picture.h"
#include "reports/answers/exploration_answer.h"
#include "reports/answers/search_answer.h"
#include <string.h>

/* Some four seconds on two cores. */
static const double MOST_REQUESTS = 6e7;

/* Searches; NULL: nothing came of it. *is_broken: because it was interrupted. */
static struct search_study *search(struct job *job, const char *setting,
                                   const struct outlook_range *range, const char *resolution,
                                   enum search_aim aim, bool *is_broken)
{
    struct search_study *study = arena_alloc(job->arena, sizeof *study);
    struct error ignored = {0};
    job_close_exploration(job);
    if (!range->vary || *is_broken ||
        !vary_read_range(range->vary, job->arena, job->varied, &ignored) ||
        !vary_read_resolution(resolution, job->varied, job->arena, &study->search.resolution,
                              &ignored) ||
        !job_open_exploration(job, setting, &study->exploration, &ignored))
        return NULL;
    study->exploration.varied_count = 1;
    study->exploration.field.has_short = true;
    study->most_requests = MOST_REQUESTS;
    bool is_run = search_study_run(study, aim, &ignored);
    *is_broken =
        ignored.status == STATUS_OK && !study->is_cut && (!is_run || study->finding.is_interrupted);
    return is_run && study->finding.has_pass ? study : NULL;
}

/* The loads that were tried, as the answer of `limit` draws them. */
static const struct figure *draw_curve(const struct job *job, const struct search_study *study)
{
    if (!study)
        return NULL;
    struct scenario_set grounds = exploration_answer_grounds(&study->exploration);
    struct answer *answer = answer_begin(cli_subcommands[CLI_LIMIT].name, &grounds, job->command,
                                         job->command_count, job->arena);
    search_answer_add(answer, study, false);
    answer_finish(answer);
    json_t *root = main_tree_of(answer);
    const struct figure *curve = picture_make_figure("load-curve", root, job->arena);
    json_decref(root);
    return curve;
}

const struct outlook *job_outlook(struct job *job, const struct result *result,
                                  const char **interruption)
{
    const char *setting = headline_of_result(result, &job->set, job->arena).shown->name;
    size_t i = setting_choice_find(&job->set, setting);
    bool is_pass = result->verdict == VERDICT_PASS, is_broken = false;
    if (result->is_interrupted || i == job->set.setting_count || result->verdict == VERDICT_NONE)
        return NULL;
    struct outlook *outlook = arena_alloc(job->arena, sizeof *outlook);
    struct outlook_range size = outlook_range_of_size(&job->set, i, !is_pass, job->arena);
    struct outlook_range load = outlook_range_of_load(&job->set, i, job->arena);
    replications_begin_phase(&job->workers, "outlook", 0);
    outlook->setting = setting;
    search_answer_add_enough(
        search(job, setting, &size, VARY_DEFAULT_RESOLUTION, SEARCH_LOWEST, &is_broken), size.now,
        outlook);
    if (outlook->enough)
        outlook->path = arena_printf(job->arena, "%.*s", (int)strcspn(size.vary, "="), size.vary);
    if (is_pass) {
        const struct search_study *room =
            search(job, setting, &load, VARY_DEFAULT_RESOLUTION, SEARCH_HIGHEST, &is_broken);
        search_answer_add_room(room, load.now, load.noun, outlook);
        outlook->curve = draw_curve(job, room);
    }
    job_close_exploration(job);
    if (is_broken)
        *interruption = "interrupted; the page does without a part of what it says beyond the run";
    return outlook;
}
