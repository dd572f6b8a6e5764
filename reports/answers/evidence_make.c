/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_make.h"
#include "reports/answers/evidence_template.h"
#include "reports/answers/rehearsal_answer.h"
#include "reports/files/output.h"
#include "reports/result/provenance.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* How much larger a p95 a load test should be able to tell from the limit: 600 ms from 500 ms. */
static const double TOLD_APART = 1.2;

/* The scenario, and beside it the files that it names, which are below its folder. */
static void add_inputs(struct evidence *evidence, const struct scenario_set *set,
                       const char *scenario, struct arena *arena)
{
    struct evidence_input *inputs = arena_array(arena, 1 + set->input_count, sizeof *inputs);
    const char *slash = strrchr(scenario, '/');
    int folder = slash ? (int)(slash + 1 - scenario) : 0;
    inputs[0] = (struct evidence_input){
        .name = provenance_copy_name(set->file, set->input_files, set->input_count, arena),
        .text = set->text,
        .length = set->text_length};
    for (size_t i = 0; i < set->input_count; i++)
        inputs[1 + i] = (struct evidence_input){
            .name = set->input_files[i],
            .text = set->input_texts[i],
            .length = set->input_lengths[i],
            .sha256 = set->input_hashes[i],
            .path = arena_printf(arena, "%.*s%s", folder, scenario, set->input_files[i])};
    evidence->inputs = inputs;
    evidence->input_count = 1 + set->input_count;
}

struct evidence *evidence_make(const struct result *result, const struct scenario_set *set,
                               size_t before, size_t after, const char *scenario,
                               struct arena *arena)
{
    struct evidence *evidence = arena_alloc(arena, sizeof *evidence);
    *evidence = (struct evidence){.result = result, .before = before, .after = after, .set = set};
    add_inputs(evidence, set, scenario, arena);
    return evidence;
}

static bool write_form(const void *context, FILE *out, struct error *err)
{
    const struct evidence_template *form = context;
    fwrite(form->text, 1, form->length, out);
    return output_flush(out, err);
}

void evidence_add_form(struct evidence *evidence, const struct evidence_template *form)
{
    assert(evidence->extra_count < EVIDENCE_MOST_EXTRAS);
    evidence->form = form;
    evidence->extra_words[evidence->extra_count] = "the form that " EVIDENCE_REPORT " was made by";
    evidence->extras[evidence->extra_count++] =
        (struct folder_file){EVIDENCE_TEMPLATE, write_form, form};
}

/* The p95 that the subject's requests may have at most, or NaN. */
static double limit_of_p95(const struct scenario *spec, const char *subject, struct arena *arena)
{
    const char *metric = arena_printf(arena, "%s.response.p95", subject);
    for (size_t i = 0; i < spec->criterion_count; i++) {
        const struct criterion_spec *criterion = &spec->criteria[i];
        if (strcmp(criterion->metric, metric) == 0 && criterion->has_limit &&
            criterion->op <= COMPARISON_LESS_EQUAL)
            return criterion->limit;
    }
    return NAN;
}

void evidence_add_test(struct evidence *evidence, const struct scenario *spec,
                       const struct load_test_study *study, struct arena *arena)
{
    struct evidence_test *made = arena_alloc(arena, sizeof *made);
    const struct result *run = evidence->result;
    const struct result *result =
        result_make(&study->plan, &study->outcome, run->command, run->command_count, arena);
    *made = (struct evidence_test){.requests = study->test.requests,
                                   .concurrency = study->test.concurrency,
                                   .workload = spec->workloads[synthetic_test_subject(spec)].name,
                                   .name = SYNTHETIC_TEST_NAME,
                                   .found = &result->settings[0]};
    const struct result_metric *p95 =
        result_find_metric(made->found, SYNTHETIC_TEST_NAME ".response.p95", 0);
    double truth = p95->estimate.estimate;
    made->a_s = limit_of_p95(spec, made->workload, arena);
    if (isnan(made->a_s))
        made->a_s = truth;
    made->b_s = TOLD_APART * made->a_s;
    const struct study_result *found = &study->outcome.results[0];
    made->p95 = resolution_of(found->values + (p95 - made->found->metrics), found->started,
                              study->plan.settings[0].column_count, truth, made->a_s, made->b_s,
                              run->confidence, arena);
    evidence->test = made;
}

static void add_extra(struct evidence *evidence, struct folder_file file, const char *words)
{
    if (evidence->extra_count == EVIDENCE_MOST_EXTRAS)
        return;
    evidence->extra_words[evidence->extra_count] = words;
    evidence->extras[evidence->extra_count++] = file;
}

/* The file of the answer's folder called name, under another. */
static void add_named(struct evidence *evidence, const struct folder_file *files, size_t count,
                      const char *name, const char *called)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, name) == 0)
            add_extra(evidence, (struct folder_file){called, files[i].write, files[i].context},
                      NULL);
}

void evidence_add_page(struct evidence *evidence, const struct answer *answer,
                       const struct page_extras *extras, struct arena *arena)
{
    size_t count;
    const struct folder_file *files = answer_files(answer, extras, NULL, arena, &count);
    add_named(evidence, files, count, "report.html", "report.html");
}

static bool write_text(const void *context, FILE *out, struct error *err)
{
    fputs(context, out);
    return output_flush(out, err);
}

void evidence_add_text(struct evidence *evidence, const char *name, const char *text,
                       const char *words)
{
    add_extra(evidence, (struct folder_file){name, write_text, text}, words);
}

void evidence_add_rehearsal(struct evidence *evidence, const struct rehearsal_findings *findings,
                            const struct answer *answer, const struct page_extras *extras,
                            struct arena *arena)
{
    size_t count;
    const struct folder_file *files = answer_files(answer, extras, NULL, arena, &count);
    evidence->rehearsal = rehearsal_answer_for_evidence(findings, arena);
    add_named(evidence, files, count, "rehearse.html", "during_change/rehearsal.html");
    add_named(evidence, files, count, "rehearse.json", "during_change/rehearsal.json");
    add_named(evidence, files, count, "timeline.csv", "during_change/projected_timeline.csv");
    add_named(evidence, files, count, "rules.csv", "during_change/projected_rules.csv");
    add_named(evidence, files, count, "series.csv", "during_change/projected_series.csv");
}
