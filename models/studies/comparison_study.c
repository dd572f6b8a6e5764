/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/comparison_study.h"
#include <math.h>

static bool check_common(const struct comparison_study *study, struct error *err)
{
    const struct model *from = study->plans[COMPARISON_FROM].models[0],
                       *to = study->plans[COMPARISON_TO].models[0];
    size_t columns;
    const struct column *column = model_columns(from, &columns);
    for (size_t c = 0; c < model_metric_count(from); c++)
        if (model_find_column(to, column[c].name) != COLUMN_NONE)
            return true;
    error_set_file(err, study->views[COMPARISON_TO].file);
    return error_set(err, STATUS_USAGE,
                     "has no resource or workload of a name that is also in the first scenario: "
                     "there is nothing to compare");
}

/* Comparing judges nothing, and the settings that criteria compare with stay out of it. */
bool comparison_study_make(struct comparison_study *study, struct arena *arena, struct error *err)
{
    for (int i = 0; i < COMPARISON_SIDES; i++) {
        study->specs[i].scenario.criterion_count = 0;
        study->views[i].settings = &study->specs[i];
        study->views[i].setting_count = 1;
        if (!plan_make(&study->views[i], arena, &study->plans[i], err))
            return false;
        study->settings[i] = study->plans[i].settings[0];
        study->made++;
    }
    study->options = study->plans[COMPARISON_FROM].options;
    return check_common(study, err);
}

static bool is_automatic(const struct comparison_study *study, int side)
{
    return study->specs[side].scenario.run.has_auto_warmup &&
           !model_is_time_varying(study->plans[side].models[0]);
}

/* Each side's warm-up; both get the longer of two that are automatic. */
static bool find_warmup(struct comparison_study *study, struct arena *arena, bool *is_stopped,
                        struct error *err)
{
    *is_stopped = false;
    double longest_s = 0;
    for (int i = 0; i < COMPARISON_SIDES && !*is_stopped; i++) {
        if (!plan_find_warmup(&study->plans[i], &study->options.workers, arena, is_stopped, err))
            return false;
        longest_s =
            is_automatic(study, i) ? fmax(longest_s, study->plans[i].warmup_s[0]) : longest_s;
    }
    for (int i = 0; i < COMPARISON_SIDES; i++) {
        study->settings[i].is_transient = study->plans[i].settings[0].is_transient;
        if (!is_automatic(study, i))
            continue;
        study->plans[i].warmup_s[0] = longest_s;
        model_set_warmup(study->plans[i].models[0], llround(longest_s * 1e9));
    }
    return true;
}

bool comparison_study_run(struct comparison_study *study,
                          const struct replications_options *workers, struct arena *arena,
                          struct error *err)
{
    const struct study_result *results;
    bool is_stopped;
    study->options.workers = *workers;
    replications_begin_phase(workers, "warm-up runs", 0);
    if (!find_warmup(study, arena, &is_stopped, err) || is_stopped)
        return false;
    replications_begin_phase(workers, "replications", 0);
    if (!study_run(study->settings, COMPARISON_SIDES, &study->options, arena, &study->outcome, err))
        return false;
    results = study->outcome.results;
    return results[COMPARISON_FROM].replications > 0 && results[COMPARISON_TO].replications > 0;
}

/* The inputs of both scenarios are the grounds of the answer. */
struct scenario_set comparison_study_inputs(const struct comparison_study *study,
                                            struct arena *arena)
{
    struct scenario_set joined = study->views[COMPARISON_FROM];
    joined.settings = study->specs;
    joined.setting_count = COMPARISON_SIDES;
    const struct scenario_set *other = &study->views[COMPARISON_TO];
    if (!study->are_two)
        return joined;
    size_t own = joined.input_count, count = own + 1 + other->input_count;
    const char **files = arena_array(arena, count, sizeof *files),
               **texts = arena_array(arena, count, sizeof *texts),
               **hashes = arena_array(arena, count, sizeof *hashes);
    size_t *lengths = arena_array(arena, count, sizeof *lengths);
    for (size_t i = 0; i < count; i++) {
        const struct scenario_set *set = i < own ? &study->views[COMPARISON_FROM] : other;
        size_t at = i < own ? i : i - own - 1;
        bool is_scenario = i == own;
        files[i] = is_scenario ? other->file : set->input_files[at];
        texts[i] = is_scenario ? other->text : set->input_texts[at];
        lengths[i] = is_scenario ? other->text_length : set->input_lengths[at];
        hashes[i] = is_scenario ? NULL : set->input_hashes[at];
    }
    joined.input_files = files;
    joined.input_texts = texts;
    joined.input_lengths = lengths;
    joined.input_hashes = hashes;
    joined.input_count = count;
    return joined;
}
