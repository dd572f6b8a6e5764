/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/program/import_report.h"
#include "inputs/program/main.h"
#include "inputs/telemetry/observed_json.h"
#include "plots/picture.h"
#include "reports/answers/import_answer.h"
#include "reports/files/memory_stream.h"
#include <math.h>

/* ---- the form as plain data ------------------------------------------------------------------ */

static void list_files(const struct observed *observed, struct arena *arena,
                       struct import_findings *found)
{
    struct import_file *files = arena_array(arena, observed->file_count, sizeof *files);
    for (size_t i = 0; i < observed->file_count; i++)
        files[i] = (struct import_file){observed->files[i].path, observed->files[i].format,
                                        observed->files[i].sign, observed->files[i].rows, 0};
    for (size_t i = 0; i < observed->drop_count; i++)
        files[observed->drops[i].file].dropped += observed->drops[i].rows;
    found->files = files;
    found->file_count = observed->file_count;
}

static void list_figures(const struct observed *observed, struct arena *arena,
                         struct import_findings *found)
{
    struct import_figure *figures = arena_array(arena, observed->figure_count, sizeof *figures);
    for (size_t i = 0; i < observed->figure_count; i++) {
        const struct observed_figure *from = observed->figures[i];
        double mean = from->form == OBSERVED_TOTAL ? from->value : from->mean;
        if (isnan(mean))
            continue;
        figures[found->figure_count++] = (struct import_figure){
            .kind = observed_kind_names[from->kind],
            .of = from->class[0] ? arena_printf(arena, "%s.%s", from->resource, from->class)
                                 : from->resource,
            .metric = from->metric,
            .unit = from->unit ? from->unit : "",
            .file = observed->files[from->file].path,
            .method = from->method ? from->method : "",
            .mean = mean,
            .error = from->standard_error,
            .p95 = from->form == OBSERVED_VALUES ? observed_quantile(from, 0.95) : NAN,
            .count = from->count};
    }
    found->figures = figures;
}

/* The first and the last window are not whole. */
static size_t add_rates(const struct observed *observed, const struct observed_arrivals *arrivals,
                        struct import_rate *rates)
{
    double width = (double)arrivals->window_ns / 1e9;
    double origin = (double)(arrivals->origin_ns - arrivals->first_ns) / 1e9;
    size_t edge = arrivals->window_count > 4, count = 0;
    for (size_t i = edge; i + edge < arrivals->window_count; i++)
        rates[count++] = (struct import_rate){
            observed->files[arrivals->file].path, origin + (double)i * width,
            origin + (double)(i + 1) * width, (double)arrivals->counts[i] / width};
    return count;
}

static void add_arrivals(const struct observed *observed, const struct observed_arrivals *arrivals,
                         struct import_rate *rates, struct import_dispersion *scales,
                         struct import_findings *found)
{
    found->rate_count += add_rates(observed, arrivals, rates + found->rate_count);
    for (size_t s = 0; s < OBSERVED_SCALES; s++) {
        const struct observed_scale *scale = &arrivals->scales[s];
        if (isnan(scale->dispersion) || scale->windows < 3)
            continue;
        scales[found->dispersion_count++] = (struct import_dispersion){
            observed->files[arrivals->file].path, (double)scale->window_ns / 1e9, scale->dispersion,
            scale->dispersion * sqrt(2 / ((double)scale->windows - 1))};
    }
}

/* Those that the draft was made of come first. */
static void list_arrivals(const struct observed *observed, const struct draft *draft,
                          struct arena *arena, struct import_findings *found)
{
    size_t windows = 0;
    for (size_t i = 0; i < observed->arrival_count; i++)
        windows += observed->arrivals[i]->window_count;
    struct import_rate *rates = arena_array(arena, windows, sizeof *rates);
    struct import_dispersion *scales = arena_array(
        arena, arena_multiply_sizes(observed->arrival_count, OBSERVED_SCALES), sizeof *scales);
    const struct observed_arrivals *first = draft ? draft->arrivals : NULL;
    if (first)
        add_arrivals(observed, first, rates, scales, found);
    for (size_t i = 0; i < observed->arrival_count; i++)
        if (observed->arrivals[i] != first)
            add_arrivals(observed, observed->arrivals[i], rates, scales, found);
    found->rates = rates;
    found->dispersions = scales;
}

/* ---- the draft as plain data ----------------------------------------------------------------- */

static const char *name_process(const struct draft *draft)
{
    if (draft->closed.is_closed)
        return "users who wait for their answers";
    switch (draft->fit.kind) {
    case ARRIVAL_FIT_MMPP:
        return "in bursts (two states)";
    case ARRIVAL_FIT_PROFILE:
        return "at a rate that drifts";
    case ARRIVAL_FIT_RENEWAL:
        return "at independent times";
    case ARRIVAL_FIT_TRACE:
        return "as recorded";
    default:
        return "at random (Poisson)";
    }
}

static void list_drafted_rate(const struct draft *draft, struct arena *arena,
                              struct import_findings *found)
{
    size_t count = draft->knot_count > 0 ? draft->knot_count : 2;
    struct import_drafted_rate *rates = arena_array(arena, count, sizeof *rates);
    if (draft->closed.is_closed || draft->fit.kind == ARRIVAL_FIT_TRACE)
        return;
    for (size_t i = 0; i < draft->knot_count; i++)
        rates[i] = (struct import_drafted_rate){draft->knots[i].at_s, draft->knots[i].rate_per_s};
    if (draft->knot_count == 0) {
        rates[0] = (struct import_drafted_rate){0, draft->rate_per_s};
        rates[1] = (struct import_drafted_rate){draft->length_s, draft->rate_per_s};
    }
    found->drafted = rates;
    found->drafted_count = count;
}

/* What a pooler's visits are made of is not what was seen. */
static void list_quantiles(const struct draft *draft, struct arena *arena,
                           struct import_findings *found)
{
    struct import_quantile *quantiles =
        arena_array(arena, draft->class_count * DRAFT_SEEN, sizeof *quantiles);
    for (size_t c = 0; c < draft->class_count; c++) {
        const struct draft_class *class = &draft->classes[c];
        for (size_t i = 0; i < DRAFT_SEEN && class->has_seen && !(class->visits > 0); i++) {
            /* Beyond the last ten values there is nothing to see. */
            if ((1 - draft_probabilities[i]) * (double)class->count < 10)
                break;
            quantiles[found->quantile_count++] =
                (struct import_quantile){class->name, draft_probabilities[i], class->seen_s[i],
                                         draft_law_quantile(&class->work, draft_probabilities[i])};
        }
    }
    found->quantiles = quantiles;
}

static void list_draft(const struct draft *draft, struct arena *arena,
                       struct import_findings *found)
{
    struct import_note *notes = arena_array(arena, draft->note_count, sizeof *notes);
    for (size_t i = 0; i < draft->note_count; i++)
        notes[i] =
            (struct import_note){draft->notes[i].key, draft->notes[i].note, draft->notes[i].source};
    found->process = name_process(draft);
    found->rate_per_s = draft->rate_per_s;
    found->notes = notes;
    found->note_count = draft->note_count;
    found->unknown = draft->unknown;
    found->unknown_count = draft->unknown_count;
    list_drafted_rate(draft, arena, found);
    list_quantiles(draft, arena, found);
}

static void list_texts(const struct observed *observed, struct arena *arena,
                       struct import_findings *found)
{
    struct import_setting *settings = arena_array(arena, observed->setting_count, sizeof *settings);
    struct import_finding *findings = arena_array(arena, observed->finding_count, sizeof *findings);
    for (size_t i = 0; i < observed->setting_count; i++)
        settings[i] =
            (struct import_setting){observed->settings[i].path, observed->settings[i].text};
    for (size_t i = 0; i < observed->finding_count; i++)
        findings[i] = (struct import_finding){observed->findings[i].is_contradiction,
                                              observed->findings[i].text};
    found->settings = settings;
    found->setting_count = observed->setting_count;
    found->findings = findings;
    found->finding_count = observed->finding_count;
}

/* ---- the grounds ----------------------------------------------------------------------------- */

/* The drafted scenario, or the form, as a file that was read. */
static const char *text_of(const struct imported *imported, struct arena *arena, size_t *length)
{
    struct memory_stream memory;
    memory_stream_open(&memory, arena);
    if (imported->draft)
        draft_write(imported->draft, memory.stream);
    else
        observed_json_write(imported->telemetry->observed, memory.stream);
    memory_stream_close(&memory);
    *length = memory.size;
    return memory.bytes;
}

/* What the draft's notes say of its figures. */
static void list_assumptions(const struct draft *draft, struct arena *arena,
                             struct scenario *scenario)
{
    struct assumption *list = arena_array(arena, draft->note_count, sizeof *list);
    for (size_t i = 0; i < draft->note_count; i++)
        list[i] = (struct assumption){.key = draft->notes[i].key,
                                      .value = "",
                                      .note = draft->notes[i].note,
                                      .source = draft->notes[i].source[0] ? draft->notes[i].source
                                                                          : NULL};
    scenario->assumptions = list;
    scenario->assumption_count = draft->note_count;
    scenario->run.seed = 1;
}

static struct scenario_set *make_set(const struct imported *imported, struct arena *arena)
{
    const struct observed *observed = imported->telemetry->observed;
    size_t count = observed->file_count;
    struct scenario_set *set = arena_alloc(arena, sizeof *set);
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    const char **files = arena_array(arena, count, sizeof *files);
    const char **hashes = arena_array(arena, count, sizeof *hashes);
    for (size_t i = 0; i < count; i++) {
        files[i] = observed->files[i].path;
        hashes[i] = observed->files[i].sha256;
    }
    setting->name = "imported";
    setting->scenario.name = imported->draft ? imported->draft->name : "imported";
    setting->scenario.title = "What telemetry shows, and the scenario that was drafted from it";
    *set = (struct scenario_set){.file = imported->draft ? "scenario.json" : "observed.json",
                                 .settings = setting,
                                 .setting_count = 1,
                                 .input_files = files,
                                 .input_texts = arena_array(arena, count, sizeof(char *)),
                                 .input_lengths = arena_array(arena, count, sizeof(size_t)),
                                 .input_hashes = hashes,
                                 .input_count = count};
    if (imported->draft)
        list_assumptions(imported->draft, arena, &setting->scenario);
    set->text = text_of(imported, arena, &set->text_length);
    return set;
}

const struct answer *import_report_make(const struct cli *cli, const struct imported *imported,
                                        struct arena *arena, struct page_extras *extras)
{
    const struct observed *observed = imported->telemetry->observed;
    struct import_findings found = {.why_not = imported->why_not, .rate_per_s = NAN};
    size_t words;
    const char *const *command = cli_normal_form(cli, arena, &words);
    list_files(observed, arena, &found);
    list_figures(observed, arena, &found);
    list_arrivals(observed, imported->draft, arena, &found);
    list_texts(observed, arena, &found);
    if (imported->draft)
        list_draft(imported->draft, arena, &found);
    struct answer *answer =
        answer_begin("import", make_set(imported, arena), command, words, arena);
    import_answer_add(answer, &found);
    answer_finish(answer);
    json_t *root = main_tree_of(answer);
    if (root)
        picture_fill_page(root, NULL, arena, extras);
    json_decref(root);
    return answer;
}
