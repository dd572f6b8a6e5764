/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_index.h"
#include "reports/document/findings.h"
#include "reports/document/headline.h"
#include "reports/files/output.h"
#include "reports/writers/page_frame.h"
#include "reports/writers/page_parts.h"
#include <string.h>

/* A page, and what its one part lists. */
struct index_page {
    struct page page; /* the first, so that the part finds the rest */
    const struct evidence_index *index;
};

static const struct {
    const char *name, *words;
} known[] = {
    {"report.html", "the whole report as a page: verdict, model, figures, inputs"},
    {EVIDENCE_REPORT, "the report after the change; what only people or production can tell is "
                      "left blank"},
    {"report.txt", "the report as text"},
    {"report.json", "the report for programs, with series of the key metrics"},
    {"evidence.json", "what this folder is, and the SHA-256 of every other file"},
    {"pre_change/pre_change_metrics.json", "every metric before the change"},
    {"pre_change/pre_change_config.json", "the configuration before the change"},
    {"pre_change/pre_change_latency.json", "response times and waits before the change"},
    {"pre_change/pre_change_error_rate.txt", "error rates before the change"},
    {"pre_change/pre_change_connections.txt", "connections before the change"},
    {"during_change/config_diff.txt", "what the change is, setting by setting"},
    {"during_change/post_change_config.json", "the configuration after the change"},
    {"during_change/rehearsal.html", "the rollout as rehearsed, as a page"},
    {"during_change/rehearsal.json", "the same for programs"},
    {"during_change/projected_timeline.csv", "the phases of the rollout"},
    {"during_change/projected_rules.csv", "how likely each alert and rollback rule is to fire"},
    {"during_change/projected_series.csv", "metrics over the time of the rollout"},
    {"post_change/sustained_monitoring.json", "the key metrics over time after the change"},
    {"post_change/error_rate_comparison.txt", "error rates before and after"},
    {"post_change/latency_comparison.json", "response times and waits before and after"},
    {"post_change/projected_metrics.json", "every metric after the change"},
    {"post_change/synthetic_load_test_results.json",
     "the load test that will be run, as projected"}};

static const char *words_of(const struct evidence *evidence, const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].words;
    for (size_t i = 0; i < evidence->extra_count; i++)
        if (strcmp(evidence->extras[i].name, name) == 0 && evidence->extra_words[i])
            return evidence->extra_words[i];
    return "";
}

static void write_item(const struct html *html, const char *name, const char *words)
{
    fputs("<li><a href=\"", html->out);
    html_path(html, name);
    fputs("\">", html->out);
    html_text(html, name);
    fputs("</a>", html->out);
    if (words[0] != '\0') {
        fputs(": ", html->out);
        html_text(html, words);
    }
    fputs("</li>\n", html->out);
}

/* The files that stand below no folder, the page first. */
static void write_reports(const struct index_page *page)
{
    const struct html *html = &page->page.html;
    fputs("<h3>The report</h3>\n<ul>\n", html->out);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        bool is_there = strcmp(known[i].name, "evidence.json") == 0;
        for (size_t k = 0; k < page->index->count && !strchr(known[i].name, '/'); k++)
            is_there |= strcmp(page->index->files[k].name, known[i].name) == 0;
        if (is_there)
            write_item(html, known[i].name, known[i].words);
    }
    fputs("</ul>\n", html->out);
}

/* The files below one folder. */
static void write_group(const struct index_page *page, const char *heading, const char *folder)
{
    const struct html *html = &page->page.html;
    const struct evidence_index *index = page->index;
    size_t count = 0;
    for (size_t i = 0; i < index->count; i++) {
        const char *name = index->files[i].name;
        if (strncmp(name, folder, strlen(folder)) != 0)
            continue;
        if (count++ == 0)
            fprintf(html->out, "<h3>%s</h3>\n<ul>\n", heading);
        write_item(html, name, words_of(index->evidence, name));
    }
    if (count > 0)
        fputs("</ul>\n", html->out);
}

static void write_inputs(const struct index_page *page)
{
    const struct html *html = &page->page.html;
    const struct evidence *evidence = page->index->evidence;
    fputs("<h3>What was simulated</h3>\n<ul>\n", html->out);
    for (size_t i = 0; i < evidence->input_count; i++)
        write_item(html, arena_printf(html->arena, "inputs/%s", evidence->inputs[i].name),
                   i == 0 ? "the scenario" : "a file that the scenario names");
    fputs("</ul>\n", html->out);
}

static void write_files(const struct page *page)
{
    const struct index_page *index = (const struct index_page *)page;
    fputs("<p>All of it is projected by simulation: nothing here was measured.</p>\n",
          page->html.out);
    write_reports(index);
    write_group(index, "Before the change", "pre_change/");
    write_group(index, "During the change", "during_change/");
    write_group(index, "After the change", "post_change/");
    write_group(index, "Pictures", "pictures/");
    write_inputs(index);
}

bool evidence_index_write(const void *context, FILE *out, struct error *err)
{
    static const struct page_extras extras = {.is_in_folder = true};
    const struct evidence_index *index = context;
    const struct result *result = index->evidence->result;
    struct arena *arena = arena_open();
    struct index_page *made = arena_alloc(arena, sizeof *made);
    const struct headline headline = headline_of_result(result, index->evidence->set, arena);
    made->index = index;
    made->page = (struct page){.html = html_begin(out, arena),
                               .result = result,
                               .extras = &extras,
                               .kind = "evidence",
                               .title = result->title ? result->title : result->scenario_name,
                               .hero = {.tone = findings_tone(headline.verdict),
                                        .word = findings_word(headline.verdict),
                                        .clause = headline.clause,
                                        .sentences = headline.sentences}};
    page_add_part(&made->page, (struct page_part){.link = "Files",
                                                  .heading = "What this folder holds",
                                                  .write = write_files});
    page_parts_add_provenance(&made->page);
    page_frame_write(&made->page);
    arena_close(arena);
    return output_flush(out, err);
}
