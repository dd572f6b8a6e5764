/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was made is written, for every subcommand alike. */
#include "inputs/cli/annotation.h"
#include "inputs/cli/interruption.h"
#include "inputs/cli/terminal.h"
#include "inputs/program/main.h"
#include "inputs/program/ranks.h"
#include "inputs/records/baseline_record.h"
#include "inputs/scenario/criterion_place.h"
#include "reports/answers/baseline_answer.h"
#include "reports/files/output.h"
#include "reports/writers/report_junit.h"
#include <stdio.h>
#include <string.h>

static const enum report_format formats[CLI_FORMATS] = {[CLI_TEXT] = REPORT_TEXT,
                                                        [CLI_JSON] = REPORT_JSON,
                                                        [CLI_CSV] = REPORT_CSV,
                                                        [CLI_MARKDOWN] = REPORT_MARKDOWN,
                                                        [CLI_HTML] = REPORT_HTML};

static int interrupted(const char *text)
{
    interruption_tell(text, stderr);
    return EXIT_INTERRUPTED;
}

/* The first status that says something. */
static int first_of(int one, int other)
{
    return one != EXIT_PASS ? one : other;
}

struct run_facts job_facts(const struct job *job)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct run_facts){.started = job->started,
                              .elapsed_s = (double)(now.tv_sec - job->begin.tv_sec) +
                                           1e-9 * (double)(now.tv_nsec - job->begin.tv_nsec),
                              .host = job->host,
                              .threads = job->workers.threads,
                              .ranks = program_ranks() ? program_ranks()->link->count : 0};
}

static int write_evidence(const struct job *job, const struct made *made)
{
    struct error err = made->evidence_err;
    if (!job->evidence)
        return EXIT_PASS;
    if (!made->evidence && err.status == STATUS_OK)
        return interrupted(interruption_left_no_evidence);
    if (made->evidence && evidence_write(made->evidence, job->evidence, &err))
        return EXIT_PASS;
    return main_complain(job->cli, &err);
}

static int write_junit(const struct job *job, const struct answer *answer)
{
    struct error err = {0};
    return !job->junit || answer_save_junit(answer, job->junit, &err)
               ? EXIT_PASS
               : main_complain(job->cli, &err);
}

/* To --out: a folder; or a page, which may be all that there is. */
static int write_out(const struct job *job, const struct made *made,
                     const struct page_extras *extras)
{
    struct error err = {0};
    struct run_facts facts = job_facts(job);
    facts.kept = made->kept;
    facts.computed = made->computed;
    bool is_page = made->is_page && (made->is_page_alone || answer_is_page(job->out));
    bool is_written = is_page ? answer_save(made->answer, REPORT_HTML, extras, job->out, &err)
                              : answer_folder(made->answer, extras, &facts, job->out, &err);
    return is_written ? EXIT_PASS : main_complain(job->cli, &err);
}

/* The folder first: it must be whole even if whoever reads standard output stops early. Standard
 * output all the same when the folder fails: the study may have taken hours. */
static int write_answer(const struct job *job, const struct made *made)
{
    const struct answer *answer = made->answer;
    enum report_format format = made->is_page ? REPORT_HTML : formats[job->format];
    /* mpirun hands its ranks a terminal whatever its own output is. */
    bool is_own = !program_ranks();
    struct report_style style = {.has_colour = is_own && terminal_has_colour(stdout),
                                 .width = is_own ? terminal_width(stdout) : TERMINAL_WIDTH};
    struct page_extras extras = made->extras;
    struct error err = {0};
    if ((job->out || format == REPORT_HTML) && !made->is_page_alone)
        main_draw_pictures(job, answer, &extras);
    int status = job->out ? write_out(job, made, &extras) : EXIT_PASS;
    if (made->is_page && job->out)
        return status;
    if (!answer_write(answer, format, &style, &extras, stdout, &err) || !output_flush(stdout, &err))
        return main_complain_of_output(job->cli, &err);
    return status;
}

static int write_baseline(const struct job *job, const struct answer *answer)
{
    struct error err = {0};
    const char *then = cli_value(job->cli, CLI_OPTION_BASELINE); /* that is approved */
    const char *path = job->out ? job->out
                       : then   ? then
                                : baseline_record_path(job->cli->scenario, job->arena);
    if (answer->is_interrupted)
        return interrupted(interruption_left_no_baseline);
    return answer_save(answer, REPORT_JSON, NULL, path, &err)
               ? main_print(job->cli, baseline_answer_tell(answer, then != NULL, path))
               : main_complain(job->cli, &err);
}

/* A comparison names its criteria "criterion: NAME". */
static int line_of(const struct job *job, const char *name, struct arena *arena)
{
    static const char prefix[] = "criterion: ";
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
        name += sizeof prefix - 1;
    return criterion_place_line(&job->set, name, arena);
}

/* Each criterion, or each figure that was compared, that does not pass. */
static void annotate(const struct job *job, const struct answer *answer)
{
    const struct junit_case *cases = answer->cases;
    size_t count = answer->case_count;
    if (!annotation_is_wanted())
        return;
    if (!cases && answer->result)
        cases = report_junit_criteria(answer->result, answer->arena, &count);
    for (size_t i = 0; i < count; i++)
        if (cases[i].verdict == VERDICT_FAIL || cases[i].verdict == VERDICT_UNDECIDED)
            annotation_write(
                &(struct annotation){
                    .is_warning = cases[i].verdict == VERDICT_UNDECIDED,
                    .file = job->cli->scenario,
                    .line = line_of(job, cases[i].name, answer->arena),
                    .title = arena_printf(answer->arena, "%s: %s", cases[i].suite, cases[i].name),
                    .message = cases[i].message ? cases[i].message : "fails"},
                stderr);
}

/* Whoever counts the points must not take them for all. */
static int incomplete(const struct job *job, const struct made *made)
{
    return made->incomplete.status == STATUS_OK ? EXIT_PASS
                                                : main_complain(job->cli, &made->incomplete);
}

static void tell_kept(const struct job *job, const struct made *made)
{
    if (made->kept > 0 && !job->is_quiet)
        fprintf(stderr, "capsim: %zu points were kept from before, %zu were computed now\n",
                made->kept, made->computed);
}

int job_write(struct job *job, const struct made *made, bool is_made, const struct error *err)
{
    static const int statuses[] = {[VERDICT_PASS] = EXIT_PASS,
                                   [VERDICT_FAIL] = EXIT_FAIL,
                                   [VERDICT_UNDECIDED] = EXIT_UNDECIDED,
                                   [VERDICT_NONE] = EXIT_PASS};
    progress_erase(&job->progress);
    tell_kept(job, made);
    if (!is_made && err->status != STATUS_OK)
        return main_complain(job->cli, err);
    if (!is_made)
        return interrupted(made->nothing ? made->nothing : interruption_left_nothing);
    if (made->told)
        return first_of(main_print(job->cli, made->told), incomplete(job, made));
    if (made->answer->kept)
        return write_baseline(job, made->answer);
    annotate(job, made->answer);
    int junit = write_junit(job, made->answer), evidence = write_evidence(job, made);
    int status = first_of(write_answer(job, made), first_of(evidence, junit));
    if (made->answer->is_interrupted)
        return first_of(status, interrupted(made->answer->interruption));
    status = first_of(status, incomplete(job, made));
    return first_of(status, statuses[made->answer->verdict]);
}
