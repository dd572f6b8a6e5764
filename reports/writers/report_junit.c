/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/writers/report_junit.h"
#include "reports/files/output.h"
#include "reports/text/layout.h"
#include "reports/text/number_text.h"
#include <math.h>
#include <string.h>

/* As an attribute's value. Control characters are not allowed in XML even as references. */
static void write_escaped(const char *text, struct arena *arena, FILE *out)
{
    for (text = layout_clean(text, arena); *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static void write_attribute(const char *name, const char *text, struct arena *arena, FILE *out)
{
    fprintf(out, " %s=\"", name);
    write_escaped(text, arena, out);
    fputc('"', out);
}

static void write_case(const struct junit_case *test, const char *name, struct arena *arena,
                       FILE *out)
{
    bool has_failed = test->verdict == VERDICT_FAIL,
         is_undecided = test->verdict == VERDICT_UNDECIDED;
    fputs("    <testcase", out);
    write_attribute("classname", arena_printf(arena, "%s.%s", name, test->suite), arena, out);
    write_attribute("name", test->name, arena, out);
    if (!has_failed && !is_undecided) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, ">\n      <%s", has_failed ? "failure" : "error");
    write_attribute("message", test->message, arena, out);
    fprintf(out, " type=\"%s\"/>\n    </testcase>\n", verdict_name(test->verdict));
}

static size_t count_verdicts(const struct junit_case *cases, size_t count, enum verdict verdict)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += cases[i].verdict == verdict;
    return found;
}

static void write_counts(const struct junit_case *cases, size_t count, FILE *out)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", count,
            count_verdicts(cases, count, VERDICT_FAIL),
            count_verdicts(cases, count, VERDICT_UNDECIDED));
}

bool report_junit(const char *name, const struct junit_case *cases, size_t count, FILE *out,
                  struct error *err)
{
    struct arena *arena = arena_open();
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
    write_attribute("name", name, arena, out);
    write_counts(cases, count, out);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && strcmp(cases[end].suite, cases[i].suite) == 0; end++)
            ;
        fputs("  <testsuite", out);
        write_attribute("name", cases[i].suite, arena, out);
        write_counts(cases + i, end - i, out);
        for (size_t k = i; k < end; k++)
            write_case(&cases[k], name, arena, out);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    arena_close(arena);
    return output_flush(out, err);
}

/* "expected db_pool.utilization < 70%, is 93.78 ± 0.11 %" */
static const char *word_criterion(const struct result_criterion *criterion, struct arena *arena)
{
    const char *text =
        arena_printf(arena, "expected %s, is %s", criterion->expect,
                     number_text_estimate(&criterion->estimate, criterion->unit, true, arena));
    if (!isfinite(criterion->difference.estimate))
        return text;
    return arena_printf(arena, "%s, difference %s", text,
                        number_text_paired(&criterion->difference, criterion->unit, true, arena));
}

const struct junit_case *report_junit_criteria(const struct result *result, struct arena *arena,
                                               size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        *count += result->settings[i].criterion_count;
    struct junit_case *cases = arena_array(arena, *count, sizeof *cases);
    size_t n = 0;
    for (size_t i = 0; i < result->setting_count; i++)
        for (size_t k = 0; k < result->settings[i].criterion_count; k++, n++) {
            const struct result_criterion *criterion = &result->settings[i].criteria[k];
            cases[n] = (struct junit_case){.suite = result->settings[i].name,
                                           .name = criterion->name,
                                           .verdict = criterion->verdict,
                                           .message = word_criterion(criterion, arena)};
        }
    return cases;
}
