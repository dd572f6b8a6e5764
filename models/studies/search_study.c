/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/search_study.h"
#include "models/metrics/metric_catalogue.h"
#include "sim/study/judge.h"
#include <math.h>
#include <string.h>

static const struct vary *vary_of(const struct search_study *study)
{
    return &study->exploration.varied[0];
}

const char *search_study_value(const struct search_study *study, size_t candidate)
{
    return vary_value(vary_of(study), candidate, study->exploration.field.arena);
}

const struct probe *search_study_probe(const struct search_study *study,
                                       const struct search_tried *tried)
{
    return &study->exploration.field.probes.probes[tried->point.probe];
}

/* ---- judging a candidate ----------------------------------------------------------------- */

struct search_tried *search_study_find(const struct search_study *study, size_t candidate)
{
    struct search_tried *tried = study->tried;
    while (tried && tried->candidate != candidate)
        tried = tried->next;
    return tried;
}

/* The candidate, compiled. NULL with the error filled. */
static struct search_tried *compile(struct search_study *study, size_t candidate, struct error *err)
{
    struct search_tried *tried = search_study_find(study, candidate);
    const char *value = search_study_value(study, candidate);
    if (tried)
        return tried;
    tried = arena_alloc(study->exploration.field.arena, sizeof *tried);
    tried->candidate = candidate;
    if (!exploration_candidate(&study->exploration, &value, &tried->point, err))
        return NULL;
    tried->next = study->tried;
    study->tried = tried;
    return tried;
}

static struct search_tried *add(struct search_study *study, size_t candidate, struct error *err)
{
    struct candidate_field *field = &study->exploration.field;
    struct search_tried *tried = compile(study, candidate, err);
    bool is_stopped = false;
    if (!tried || tried->is_added)
        return tried;
    replications_begin_phase(&field->workers, "warm-up runs", 0);
    if (!candidate_find_warmup(field, &tried->point, &is_stopped, err))
        return NULL;
    if (is_stopped) {
        field->probes.is_interrupted = true;
        return NULL;
    }
    candidate_add(field, &tried->point, &(struct candidate_wanted){0});
    tried->is_added = true;
    return tried;
}

/* How far a criterion is from its limit, relative to it; above 0 when the estimates meet it. */
static double score_of_criterion(const struct study_setting *setting, size_t index,
                                 const struct study_decision *decision)
{
    const struct study_criterion *criterion = &setting->criteria[index];
    double score = INFINITY, value = fabs(decision->estimate.estimate);
    if (criterion->has_limit) {
        double scale = fabs(criterion->limit);
        bool is_share = strcmp(setting->columns[criterion->column].unit, "1") == 0;
        if (is_share && scale < 1)
            scale = fmin(scale, 1 - scale);
        score = decision->margin / fmax(scale > 0 ? scale : value, 1e-300);
    }
    if (criterion->reference >= 0) {
        const struct estimate *difference = &decision->difference;
        double change = difference->estimate / fmax(value, 1e-300);
        bool is_larger = judge_is_larger_better(setting, criterion);
        bool is_same = difference->low == 0 && difference->high == 0;
        score = fmin(score, is_same ? 1 : is_larger ? change : -change);
    }
    return score;
}

size_t search_study_binding(const struct search_study *study, const struct search_tried *tried,
                            double *score)
{
    const struct study_setting *setting =
        &tried->point.plan.settings[candidate_index(&tried->point)];
    size_t binding = 0;
    *score = NAN;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct study_decision *decision = &search_study_probe(study, tried)->decisions[i];
        double own = score_of_criterion(setting, i, decision);
        if (decision->verdict == VERDICT_FAIL)
            own = fmin(own, -1e-9);
        if (!(own >= *score)) {
            *score = own;
            binding = i;
        }
    }
    return binding;
}

size_t search_study_nearest(const struct search_study *study, const struct search_tried *tried)
{
    const struct probe *probe = search_study_probe(study, tried);
    const struct study_setting *setting =
        &tried->point.plan.settings[candidate_index(&tried->point)];
    double lowest = INFINITY, score;
    size_t nearest = search_study_binding(study, tried, &score);
    if (!probe->is_finished || probe->verdict == VERDICT_PASS)
        return nearest;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        score = score_of_criterion(setting, i, &probe->decisions[i]);
        if (probe->decisions[i].verdict == probe->verdict && score < lowest) {
            lowest = score;
            nearest = i;
        }
    }
    return nearest;
}

/* Whether a brief search may judge the candidate: it counts what the settings of its plan take. */
static bool can_afford(struct search_study *study, const struct search_tried *tried)
{
    const struct candidate *point = &tried->point;
    double cost = 0;
    if (study->most_requests == 0 || tried->is_added)
        return true;
    for (size_t i = study->requests > 0 ? candidate_index(point) : 0; i < point->brief.count; i++)
        cost += PROBE_SHORT_REPLICATIONS *
                model_expected_requests(point->brief.models[i], point->short_ns);
    study->is_cut = point->short_ns == 0 || study->requests + cost > study->most_requests;
    study->requests += cost;
    return !study->is_cut;
}

/* What the whole replications of candidates simulate: those that were run, or the first `first`. */
static double whole_requests(const struct search_study *study, const size_t *candidates,
                             size_t count, size_t first)
{
    double requests = 0;
    for (size_t i = 0; i < count; i++) {
        const struct search_tried *tried = search_study_find(study, candidates[i]);
        size_t run = search_study_probe(study, tried)->replications[PROBE_WHOLE];
        requests += (double)(first > 0 ? first : run) *
                    model_expected_requests(candidate_model(&tried->point),
                                            tried->point.spec->scenario.run.duration_ns);
    }
    return requests;
}

/* Whether a brief search may judge candidates by whole replications. */
static bool can_afford_whole(const struct search_study *study, const size_t *candidates,
                             size_t count)
{
    size_t first = study->exploration.field.probes.options.min_replications;
    return study->requests + whole_requests(study, candidates, count, first) <=
           study->most_requests;
}

/* Those without short replications are judged for good at once. */
static bool run_probes(struct search_study *study, const size_t *candidates, size_t count,
                       bool for_good, struct error *err)
{
    struct probe_set *probes = &study->exploration.field.probes;
    size_t *cheap = arena_array(study->exploration.field.arena, count, sizeof *cheap);
    size_t *whole = arena_array(study->exploration.field.arena, count, sizeof *whole);
    size_t cheap_count = 0, whole_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct search_tried *tried = compile(study, candidates[i], err);
        if (!tried || !can_afford(study, tried) || !add(study, candidates[i], err))
            return false;
        if (for_good || tried->point.short_ns == 0)
            whole[whole_count++] = tried->point.probe;
        else
            cheap[cheap_count++] = tried->point.probe;
    }
    replications_begin_phase(&probes->options.workers, "replications", 0);
    return probe_set_run(probes, cheap, cheap_count, PROBE_SHORT, err) &&
           probe_set_run(probes, whole, whole_count, PROBE_WHOLE, err) && !probes->is_interrupted;
}

static bool judge(void *context, const size_t *candidates, size_t count, bool for_good,
                  struct search_answer *answers, struct error *err)
{
    struct search_study *study = context;
    bool is_brief = study->most_requests > 0;
    bool is_whole = for_good && (!is_brief || can_afford_whole(study, candidates, count));
    if (!run_probes(study, candidates, count, is_whole, err))
        return false;
    if (is_whole && is_brief)
        study->requests += whole_requests(study, candidates, count, 0);
    for (size_t i = 0; i < count; i++) {
        const struct search_tried *tried = search_study_find(study, candidates[i]);
        const struct probe *probe = search_study_probe(study, tried);
        answers[i] =
            (struct search_answer){.verdict = probe->verdict, .is_final = probe->is_finished};
        size_t binding = search_study_binding(study, tried, &answers[i].score);
        if (probe->verdict == VERDICT_FAIL)
            answers[i].reason = 1 + binding;
    }
    return true;
}

/* ---- where to begin ---------------------------------------------------------------------- */

/* Whether no station has more load than it can bear, or than a criterion allows; worked out without
 * simulating. */
static bool is_load_allowed(const struct search_study *study, const struct search_tried *tried)
{
    const struct candidate *point = &tried->point;
    const struct study_setting *setting = &point->plan.settings[candidate_index(point)];
    if (!(point->utilization < 1))
        return false;
    for (size_t i = 0; i < setting->criterion_count; i++) {
        const struct criterion_spec *criterion =
            candidate_criterion(&study->exploration.field, point, i);
        const struct metric_identity *is = setting->columns[setting->criteria[i].column].identity;
        bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
        if (!criterion->has_limit || !is_upper || is->row->role != ROLE_USE ||
            is->statistic != STATISTIC_MEAN || is->is_worst)
            continue;
        if (model_offered_utilization(candidate_model(point), is->resource) >= criterion->limit)
            return false;
    }
    return true;
}

/* The candidate at which the loads begin or cease to be allowed: both ends are compiled, then the
 * middle of what is left. */
static bool find_guess(struct search_study *study, struct error *err)
{
    size_t low = 0, high = vary_of(study)->count - 1;
    const struct search_tried *first = compile(study, low, err);
    const struct search_tried *last = first ? compile(study, high, err) : NULL;
    if (!last)
        return false;
    bool is_low_allowed = is_load_allowed(study, first);
    study->search.guess = SEARCH_NONE;
    if (isnan(first->point.utilization) || is_low_allowed == is_load_allowed(study, last))
        return true;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const struct search_tried *tried = compile(study, middle, err);
        if (!tried)
            return false;
        if (is_load_allowed(study, tried) == is_low_allowed)
            low = middle;
        else
            high = middle;
    }
    study->search.guess = high;
    return true;
}

bool search_study_run(struct search_study *study, enum search_aim aim, struct error *err)
{
    struct probe_set *probes = &study->exploration.field.probes;
    probes->most_whole = study->most_requests > 0 ? 2 * probes->options.min_replications : 0;
    if (!find_guess(study, err))
        return false;
    const struct candidate *point = &study->tried->point;
    if (point->plan.settings[candidate_index(point)].criterion_count == 0) {
        error_set_file(err, study->exploration.field.set->file);
        return error_set(err, STATUS_USAGE,
                         "no criterion applies to \"%s\": there is nothing that a value could pass",
                         study->exploration.field.setting);
    }
    study->search.count = vary_of(study)->count;
    study->search.aim = aim;
    study->search.judge = judge;
    study->search.context = study;
    return search_run(&study->search, study->exploration.field.arena, &study->finding, err) &&
           study->finding.point_count > 0;
}
