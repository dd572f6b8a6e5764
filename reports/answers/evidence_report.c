/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_report.h"
#include "reports/answers/evidence_files.h"
#include "reports/answers/evidence_sections.h"
#include "reports/answers/evidence_template.h"
#include "reports/document/findings.h"
#include "reports/files/memory_stream.h"
#include "reports/files/output.h"
#include "reports/text/number_text.h"
#include "reports/writers/report.h"
#include <inttypes.h>
#include <string.h>

static const char *title_of(const struct result *result)
{
    return result->title ? result->title : result->scenario_name;
}

static bool write_usual(struct evidence_making *making, FILE *out, struct error *err)
{
    const struct evidence *evidence = making->evidence;
    evidence_files_begin_text(
        making->document, evidence,
        arena_printf(making->arena, "Post-execution report: %s", title_of(evidence->result)),
        making->after->name);
    size_t sections, count;
    evidence_template_names(&sections, &count);
    for (size_t i = 0; i < sections; i++)
        evidence_sections_add(making, i);
    return document_markdown(making->document, out, err);
}

/* ---- by a template ------------------------------------------------------------------------ */

/* A metric of the setting after the change, before it, or what changes. */
static const char *word_metric(const struct evidence_making *making,
                               const struct evidence_placeholder *placeholder)
{
    bool is_before = strcmp(placeholder->name, "baseline") == 0;
    const struct result_setting *setting = is_before ? making->before : making->after;
    const struct result_metric *metric = result_find_metric(setting, placeholder->metric, 0);
    const struct result_difference *change = evidence_change_of(making, placeholder->metric);
    if (strcmp(placeholder->name, "difference") == 0)
        return change ? number_text_paired(&change->estimate, change->unit, true, making->arena)
                      : "-";
    return metric ? number_text_estimate(&metric->estimate, metric->unit, !setting->is_unstable,
                                         making->arena)
                  : "-";
}

static const char *word_command(const struct evidence_making *making)
{
    const struct result *result = making->evidence->result;
    const char *text = "";
    for (size_t i = 0; i < result->command_count; i++)
        text = arena_printf(making->arena, "%s%s%s", text, i > 0 ? " " : "", result->command[i]);
    return text;
}

static const char *word_count(const struct evidence_making *making, const char *name)
{
    size_t counts[] = {0, 0, making->after->criterion_count};
    for (size_t i = 0; i < making->after->criterion_count; i++) {
        counts[0] += making->after->criteria[i].verdict == VERDICT_PASS;
        counts[1] += making->after->criteria[i].verdict == VERDICT_FAIL;
    }
    size_t which = strcmp(name, "criteria_passed") == 0   ? 0
                   : strcmp(name, "criteria_failed") == 0 ? 1
                                                          : 2;
    return arena_printf(making->arena, "%zu", counts[which]);
}

static const char *word_of(const struct evidence_making *making, const char *name)
{
    const struct result *result = making->evidence->result;
    struct arena *arena = making->arena;
    const struct {
        const char *name, *text;
    } words[] = {
        {"title", title_of(result)},
        {"scenario", result->scenario_name},
        {"objective", evidence_objective(making)},
        {"setting", making->after->name},
        {"verdict", findings_word(making->after->verdict)},
        {"replications", arena_printf(arena, "%zu", making->after->replications)},
        {"duration", evidence_files_duration(result->duration_s, arena)},
        {"seed", arena_printf(arena, "%" PRIu64, result->seed)},
        {"digest", result->digest},
        {"version", result->version},
        {"command", word_command(making)},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].name, name) == 0)
            return words[i].text;
    return word_count(making, name);
}

/* A text of the scenario is no markup. It stands within a line, so what is special at the beginning
 * of one is not, and it has no line end. */
static bool write_word(struct evidence_making *making, const char *text, FILE *out,
                       struct error *err)
{
    static const char inside[] = "x ";
    struct memory_stream memory;
    struct document document = {.arena = making->arena, .blank = making->document->blank};
    document_add(&document, BLOCK_PARAGRAPH, arena_printf(making->arena, "%s%s", inside, text));
    memory_stream_open(&memory, making->arena);
    bool ok = document_markdown(&document, memory.stream, err);
    memory_stream_close(&memory);
    while (memory.size > 0 && memory.bytes[memory.size - 1] == '\n')
        memory.size--;
    size_t first = 0;
    while (first < memory.size && memory.bytes[first] != 'x')
        first++;
    first += strlen(inside);
    fwrite(memory.bytes + first, 1, memory.size - first, out);
    return ok;
}

static bool write_section(struct evidence_making *making, const char *name, FILE *out,
                          struct error *err)
{
    size_t sections, count, i = 0;
    const char *const *names = evidence_template_names(&sections, &count);
    struct document document = {.arena = making->arena, .blank = making->document->blank};
    struct evidence_making section = *making;
    section.document = &document;
    while (strcmp(names[i], name) != 0)
        i++;
    evidence_sections_add(&section, i);
    return document_markdown(&document, out, err);
}

/* What stands between placeholders, with what it has of blanks. */
static void write_plain(const char *text, size_t length, const char *blank, FILE *out)
{
    const char *end = text + length, *found;
    while ((found = strstr(text, EVIDENCE_BLANK)) != NULL && found < end) {
        fwrite(text, 1, (size_t)(found - text), out);
        fputs(blank, out);
        text = found + strlen(EVIDENCE_BLANK);
    }
    fwrite(text, 1, (size_t)(end - text), out);
}

static bool write_by(struct evidence_making *making, const struct evidence_template *form,
                     FILE *out, struct error *err)
{
    const char *at = form->text, *blank = making->document->blank;
    struct evidence_placeholder found;
    bool ok = true;
    for (; ok && evidence_template_next(at, making->arena, &found); at = found.end) {
        write_plain(at, (size_t)(found.begin - at), blank, out);
        if (found.part == EVIDENCE_SECTION)
            ok = write_section(making, found.name, out, err);
        else if (strcmp(found.name, "blank") == 0)
            fputs(blank, out);
        else
            ok = write_word(
                making, found.metric ? word_metric(making, &found) : word_of(making, found.name),
                out, err);
    }
    write_plain(at, strlen(at), blank, out);
    return ok && output_flush(out, err);
}

static bool write_report(const struct evidence *evidence, const char *blank, FILE *out,
                         struct error *err)
{
    const struct result *result = evidence->result;
    struct arena *arena = arena_open();
    struct document document = {.arena = arena, .blank = blank};
    struct evidence_making making = {evidence, &result->settings[evidence->before],
                                     &result->settings[evidence->after], &document, arena};
    bool is_written = evidence->form ? write_by(&making, evidence->form, out, err)
                                     : write_usual(&making, out, err);
    arena_close(arena);
    return is_written;
}

bool evidence_report_write(const void *context, FILE *out, struct error *err)
{
    return write_report(context, EVIDENCE_BLANK, out, err);
}

bool evidence_report_write_marked(const void *context, FILE *out, struct error *err)
{
    return write_report(context, EVIDENCE_MARK, out, err);
}
