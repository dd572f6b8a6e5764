/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence_template.h"
#include "sim/base/spelling.h"
#include <string.h>

/* Sections, then words, then what a metric follows. */
static const char *const names[] = {"header",          "summary",        "timeline",
                                    "settings",        "criteria",       "baseline_and_result",
                                    "load_test",       "monitoring",     "rehearsal",
                                    "incidents",       "rollback",       "checklist",
                                    "assessment",      "decision",       "appendix",
                                    "title",           "scenario",       "objective",
                                    "setting",         "verdict",        "criteria_passed",
                                    "criteria_failed", "criteria_total", "replications",
                                    "duration",        "seed",           "digest",
                                    "version",         "command",        "blank",
                                    "projected",       "baseline",       "difference"};
enum { SECTIONS = 15, METRICS = 3, NAMES = sizeof names / sizeof names[0], LONGEST = 120 };

const char *const *evidence_template_names(size_t *sections, size_t *count)
{
    *sections = SECTIONS;
    *count = NAMES;
    return names;
}

static size_t find_name(const char *name)
{
    size_t i = 0;
    while (i < NAMES && strcmp(names[i], name) != 0)
        i++;
    return i;
}

bool evidence_template_next(const char *from, struct arena *arena,
                            struct evidence_placeholder *found)
{
    const char *begin = strstr(from, "{{"), *end = begin ? strstr(begin, "}}") : NULL;
    if (!end)
        return false;
    const char *at = begin + 2 + strspn(begin + 2, " ");
    size_t length = strcspn(at, " }");
    const char *rest = at + length + strspn(at + length, " ");
    *found = (struct evidence_placeholder){.begin = begin, .end = end + 2};
    found->name = arena_printf(arena, "%.*s", (int)length, at);
    size_t i = find_name(found->name);
    found->part = i < SECTIONS          ? EVIDENCE_SECTION
                  : i < NAMES - METRICS ? EVIDENCE_WORD
                                        : EVIDENCE_METRIC;
    if (found->part == EVIDENCE_METRIC)
        found->metric = arena_printf(arena, "%.*s", (int)strcspn(rest, " }"), rest);
    return true;
}

/* The place of `at` as line and column, in characters. */
static bool fail_at(const struct evidence_template *form, const char *at, struct error *err)
{
    err->line = err->column = 1;
    for (const char *c = form->text; c < at; c++) {
        bool is_end = *c == '\n';
        err->line += is_end;
        err->column = is_end ? 1 : err->column + (((unsigned char)*c & 0xC0) != 0x80);
    }
    error_set_file(err, form->file);
    return false;
}

#define fail(form, at, err, ...)                                                                   \
    (error_set((err), STATUS_INPUT, __VA_ARGS__), fail_at((form), (at), (err)))

static bool fail_unknown(const struct evidence_template *form, const char *at, const char *name,
                         struct error *err)
{
    enum { SHOWN = 5 };
    const char *nearest[SHOWN];
    spelling_rank(name, names, NAMES, nearest, SHOWN);
    return fail(form, at, err,
                "unknown placeholder \"%s\"; the nearest of %d are %s, %s, %s, %s, %s", name, NAMES,
                nearest[0], nearest[1], nearest[2], nearest[3], nearest[4]);
}

static bool is_alone(const struct evidence_template *form,
                     const struct evidence_placeholder *placeholder)
{
    const char *before = placeholder->begin, *after = placeholder->end;
    while (before > form->text && (before[-1] == ' ' || before[-1] == '\t'))
        before--;
    after += strspn(after, " \t\r");
    return (before == form->text || before[-1] == '\n') && (*after == '\n' || *after == '\0');
}

static bool check_one(const struct evidence_template *form,
                      const struct evidence_placeholder *placeholder,
                      bool (*has_metric)(const void *context, const char *name),
                      const void *context, struct error *err)
{
    const char *at = placeholder->begin, *name = placeholder->name;
    if (placeholder->part == EVIDENCE_SECTION && !is_alone(form, placeholder))
        return fail(form, at, err, "{{%s}} is a section: it must be alone on its line", name);
    if (placeholder->part == EVIDENCE_METRIC && placeholder->metric[0] == '\0')
        return fail(form, at, err, "a metric is due behind \"%s\", such as {{%s api.response.p95}}",
                    name, name);
    return placeholder->part != EVIDENCE_METRIC || has_metric(context, placeholder->metric) ||
           fail(form, at, err, "no metric \"%s\" in this scenario; --format csv lists them",
                placeholder->metric);
}

bool evidence_template_check(const struct evidence_template *form,
                             bool (*has_metric)(const void *context, const char *name),
                             const void *context, struct error *err)
{
    struct arena *arena = arena_open();
    struct evidence_placeholder found;
    const char *at = form->text;
    bool ok = true;
    if (strlen(form->text) != form->length || strpbrk(form->text, "\001\002\003\004\033"))
        ok = fail(form, form->text, err, "is no text: it has control characters");
    for (; ok && (at = strstr(at, "{{")) != NULL; at = ok ? found.end : at) {
        size_t line = strcspn(at, "\n");
        const char *end = strstr(at, "}}");
        if (!end || end > at + line || end - at > LONGEST)
            ok = fail(form, at, err, "\"{{\" is not closed by \"}}\" on its line");
        else if (!evidence_template_next(at, arena, &found) || find_name(found.name) == NAMES)
            ok = fail_unknown(form, at, found.name, err);
        else
            ok = check_one(form, &found, has_metric, context, err);
    }
    arena_close(arena);
    return ok;
}
