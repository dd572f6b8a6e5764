/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/page_verdict.h"
#include "reports/document/basis.h"
#include "reports/document/criterion_words.h"
#include "reports/document/findings.h"
#include "reports/document/headline.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include "reports/writers/page_blocks.h"
#include "reports/writers/page_parts.h"
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- the answer ---- */

static void write_hero(const struct page *page)
{
    const struct html *html = &page->html;
    const struct page_hero *hero = &page->hero;
    const char *class = hero->tone == TONE_PLAIN ? "none" : page_blocks_class(hero->tone);
    fprintf(html->out, "<div class=\"hero %s\">", class);
    if (hero->tone != TONE_PLAIN)
        html_icon(html, class, class);
    fputs("<h2>", html->out);
    if (hero->word) {
        fprintf(html->out, "<span class=\"vd %s\">", class);
        html_text(html, hero->word);
        fputs("</span> ", html->out);
    }
    html_text(html, hero->clause);
    fputs("</h2>", html->out);
    if (hero->sentences && hero->sentences[0] != '\0') {
        fputs("<p>", html->out);
        html_text(html, hero->sentences);
        fputs("</p>", html->out);
    }
    fputs("</div>\n", html->out);
    page_blocks_write(html, page->lead, page->lead_end, page->title);
}

/* ---- tiles ---- */

/* What it was in the first setting, measured or set; NaN: that is not known. */
static double value_before(const struct page *page, const struct result_criterion *criterion)
{
    const struct result_metric *before =
        criterion_words_before(page->judged, page->shown, criterion);
    const struct scenario *first =
        headline_find_scenario(page->extras->set, page->judged->settings[0].name);
    if (!criterion->is_configured || !criterion->metric || page->shown == page->judged->settings)
        return before ? before->estimate.estimate : NAN;
    for (size_t i = 0; first && i < first->configured_count; i++)
        if (strcmp(first->configured[i].criterion.metric, criterion->metric) == 0)
            return first->configured[i].value;
    return NAN;
}

/* "75 % -> 18.8 %", both in one unit. */
static void write_values(const struct html *html, const struct page *page,
                         const struct result_criterion *criterion)
{
    double was = value_before(page, criterion);
    const struct digits_scale scale = criterion_words_scale(criterion, was);
    fputs("<div class=\"bg\">", html->out);
    if (isfinite(was)) {
        fputs("<span class=\"base\">", html->out);
        html_text(html, digits_scaled(was, &scale, html->arena));
        fputs(" \u2192</span> ", html->out);
    }
    fputs("<span class=\"prop\">", html->out);
    html_text(html, digits_scaled(criterion->estimate.estimate, &scale, html->arena));
    fputs("</span></div>", html->out);
}

/* It passes only with what another criterion says fails: lower than before, while more requests
 * fail than may. */
static bool is_eased(const struct page *page, const struct result_criterion *criterion)
{
    const struct result_metric *before =
        criterion_words_before(page->judged, page->shown, criterion);
    bool is_failing = false;
    for (size_t i = 0; i < page->shown->criterion_count; i++) {
        const struct result_criterion *other = &page->shown->criteria[i];
        is_failing |= other->verdict == VERDICT_FAIL && other->identity && other->identity->row &&
                      other->identity->row->role == ROLE_FAILURES;
    }
    bool is_upper = criterion->op == COMPARISON_LESS || criterion->op == COMPARISON_LESS_EQUAL;
    return is_failing && criterion->verdict == VERDICT_PASS && is_upper && before &&
           criterion->estimate.estimate < before->estimate.estimate;
}

static void write_bar(const struct html *html, const struct figure *bar)
{
    if (!bar)
        return;
    fputs("<div role=\"img\" aria-label=\"", html->out);
    html_text(html, bar->alt);
    fprintf(html->out, "\">%s</div>", bar->svg);
}

static void write_tile(const struct page *page, size_t number)
{
    const struct html *html = &page->html;
    const struct result_criterion *criterion = &page->shown->criteria[number];
    const char *class = page_blocks_class(findings_tone(criterion->verdict));
    size_t setting = (size_t)(page->shown - page->judged->settings);
    const struct figure *bar =
        page_find_bar(page, arena_printf(html->arena, "%zu-%zu", setting, number));
    const char *span = criterion_words_span(criterion);
    fputs("<div class=\"tile\"><div class=\"hd\"><span>", html->out);
    html_text(html, layout_shorten(criterion->name, 60, html->arena));
    fprintf(html->out, "</span><b class=\"vd %s\">", class);
    html_icon(html, class, class);
    fprintf(html->out, " %s</b></div>", findings_word(criterion->verdict));
    write_values(html, page, criterion);
    write_bar(html, bar);
    fputs("<p>", html->out);
    if (span[0] != '\0') {
        html_text(html, span);
        fputs("; ", html->out);
    }
    html_text(html, criterion_words_distance(criterion, html->arena));
    if (is_eased(page, criterion))
        fputs("; lower because requests fail", html->out);
    fputs("</p></div>\n", html->out);
}

/* How much more load there is room for; the limits are in the other tiles. */
static void write_room(const struct page *page)
{
    const struct html *html = &page->html;
    const struct outlook *outlook = page->extras->outlook;
    if (!outlook || !(outlook->room > 0) || strcmp(outlook->setting, page->shown->name) != 0)
        return;
    bool is_open = outlook->breaks == NULL;
    fputs("<div class=\"tile\"><div class=\"hd\"><span>room for growth</span><b class=\"vd "
          "prop\">",
          html->out);
    html_text(html, arena_printf(html->arena, "%s%s \u00d7", is_open ? "at least " : "",
                                 digits_capacity(outlook->room / outlook->load, html->arena)));
    fputs("</b></div><div class=\"bg\"><span class=\"base\">", html->out);
    html_text(html, digits_number(outlook->load, html->arena));
    fputs(" \u2192</span> <span class=\"prop\">", html->out);
    html_text(html, digits_capacity(outlook->room, html->arena));
    fputs("</span></div>", html->out);
    write_bar(html, page_find_bar(page, PAGE_ROOM_BAR));
    fputs("<p>", html->out);
    html_text(html, arena_printf(
                        html->arena, "%s; %s", outlook->noun,
                        is_open ? "more was not searched"
                                : arena_printf(html->arena, "%s is the first limit",
                                               layout_shorten(outlook->breaks, 40, html->arena))));
    fputs("</p></div>\n", html->out);
}

/* What it costs to know, where more replications would tell. */
static void write_way(const struct page *page)
{
    const struct html *html = &page->html;
    size_t runs =
        page->judged->verdict == VERDICT_UNDECIDED ? page_decision_replications(page->shown) : 0;
    if (runs <= page->shown->replications)
        return;
    fputs("<div class=\"tile unsure\"><div class=\"hd\"><span>a way to a verdict</span></div>"
          "<div class=\"bg\">",
          html->out);
    html_text(html,
              arena_printf(html->arena, "%s more",
                           digits_number((double)(runs - page->shown->replications), html->arena)));
    fputs("</div><p>", html->out);
    html_text(html, arena_printf(html->arena,
                                 "replications of %s would probably decide what is too near its "
                                 "limit; other ways are below",
                                 digits_quantity(page->judged->duration_s, "s", html->arena)));
    fputs("</p></div>\n", html->out);
}

/* Where several settings are judged the tiles are of one. */
static void write_whose(const struct page *page)
{
    size_t judged = 0;
    for (size_t i = 0; i < page->judged->setting_count; i++)
        judged += page->judged->settings[i].criterion_count > 0;
    if (judged < 2)
        return;
    fputs("<p class=\"whose\">Criteria of ", page->html.out);
    html_text(&page->html, layout_shorten(page->shown->name, 60, page->html.arena));
    fputs("; those of every setting are below.</p>\n", page->html.out);
}

static void write_tiles(const struct page *page)
{
    const struct html *html = &page->html;
    const struct result_setting *setting = page->shown;
    if (!page->judged || setting->criterion_count == 0)
        return;
    size_t *order = arena_array(html->arena, setting->criterion_count, sizeof *order);
    size_t more = setting->criterion_count > PAGE_VERDICT_MOST_TILES
                      ? setting->criterion_count - PAGE_VERDICT_MOST_TILES
                      : 0;
    criterion_words_order(setting, order);
    write_whose(page);
    fputs("<div class=\"tiles\">\n", html->out);
    for (size_t i = 0; i < setting->criterion_count - more; i++)
        write_tile(page, order[i]);
    write_room(page);
    write_way(page);
    fputs("</div>\n", html->out);
    if (more > 0)
        fprintf(html->out, "<p class=\"k\">%zu more criteria are in their table.</p>\n", more);
}

/* ---- chips ---- */

/* icon: of html_icon, "" for none; is_task: a reviewer must act on it. */
static void write_chip(const struct page *page, const char *link, const char *icon, bool is_task,
                       const char *text)
{
    const struct html *html = &page->html;
    const struct page_part *part = page_find_part(page, link);
    if (!part)
        return;
    fprintf(html->out, "<li><a href=\"#%s\"%s>", part->id, is_task ? " class=\"act\"" : "");
    if (icon[0] != '\0')
        html_icon(html, icon, icon);
    html_text(html, text);
    fputs("</a></li>\n", html->out);
}

static void write_source_chip(const struct page *page)
{
    const struct result *result = page->result;
    size_t without = 0, given = 0;
    for (size_t i = 0; i < result->assumption_count; i++) {
        given += !result->assumptions[i].is_default;
        without += !result->assumptions[i].is_default && !result->assumptions[i].source;
    }
    const char *text = without > 0 ? arena_printf(page->html.arena, "%zu input%s without a source",
                                                  without, without == 1 ? "" : "s")
                       : given > 0 ? arena_printf(page->html.arena, "%zu input%s with a source",
                                                  given, given == 1 ? "" : "s")
                                   : "inputs have no sources";
    bool is_task = without > 0 || given == 0;
    write_chip(page, "Inputs", is_task ? "warn" : "good", is_task, text);
}

static size_t count_warnings(const struct result *result)
{
    size_t count = 0;
    for (size_t i = 0; result && i < result->setting_count; i++)
        count += result->settings[i].warning_count;
    return count;
}

static void write_check_chip(const struct page *page)
{
    const struct basis_checks checks = basis_summarize_checks(page->judged);
    if (checks.count == 0)
        return;
    const char *text = checks.failed > 0
                           ? arena_printf(page->html.arena, "%zu of %zu self-checks fail",
                                          checks.failed, checks.count)
                           : arena_printf(page->html.arena, "%zu of %zu self-checks hold",
                                          checks.count, checks.count);
    write_chip(page, "Checks and defaults", checks.failed > 0 ? "bad" : "good", checks.failed > 0,
               text);
}

static void write_chips(const struct page *page)
{
    const struct html *html = &page->html;
    const struct result *judged = page->judged;
    size_t warnings = count_warnings(judged);
    fputs("<ul class=\"chips\">\n", html->out);
    write_source_chip(page);
    if (judged)
        write_check_chip(page);
    if (warnings > 0)
        write_chip(page, "Warnings", "warn", true,
                   arena_printf(html->arena, "%zu warning%s", warnings, warnings == 1 ? "" : "s"));
    if (judged && judged->setting_count > 0)
        write_chip(page, page_find_part(page, "Criteria") ? "Criteria" : "Provenance", "", false,
                   arena_printf(html->arena, "%s confidence, %zu \u00d7 %s simulated",
                                number_text_quantity(judged->confidence, "1", html->arena),
                                page->shown->replications,
                                digits_quantity(judged->duration_s, "s", html->arena)));
    write_chip(page, "Provenance", "", false,
               arena_printf(html->arena, "repeat: seed %" PRIu64, page->result->seed));
    fputs("</ul>\n", html->out);
}

void page_verdict_write(const struct page *page)
{
    fputs("<div id=\"verdict\">\n", page->html.out);
    write_hero(page);
    write_tiles(page);
    write_chips(page);
    fputs("</div>\n", page->html.out);
}
