/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said beside what is made. */
#include "inputs/cli/complaint.h"
#include "inputs/cli/terminal.h"
#include "inputs/json/json_text.h"
#include "inputs/program/main.h"
#include "inputs/program/ranks.h"
#include "plots/criterion_bar.h"
#include "plots/model_diagram.h"
#include "plots/picture.h"
#include "reports/answers/evidence_make.h"
#include "reports/files/memory_stream.h"
#include "reports/files/output.h"
#include "sim/base/utf8.h"
#include <stdio.h>
#include <string.h>

struct answer *job_begin_answer(const struct job *job, const struct scenario_set *set)
{
    return answer_begin(cli_subcommands[job->cli->subcommand].name, set, job->command,
                        job->command_count, job->arena);
}

void job_warn(struct job *job, const struct plan *plan, const struct result *result)
{
    size_t count;
    const struct plan_warning *warnings = plan_list_all_warnings(plan, job->arena, &count);
    progress_erase(&job->progress);
    if (job->is_quiet || job->cli->format == CLI_TEXT)
        return;
    for (size_t i = 0; i < count; i++)
        complaint_warn(warnings[i].setting, warnings[i].text, stderr);
    warnings = result ? result_failed_checks(result, job->arena, &count) : NULL;
    for (size_t i = 0; warnings && i < count; i++)
        complaint_warn(warnings[i].setting, warnings[i].text, stderr);
}

int main_complain(const struct cli *cli, const struct error *err)
{
    char text[1024];
    error_format(err, text, sizeof text);
    program_ranks_note(text);
    complaint_write(cli, err, stderr);
    return error_exit_code(err->status);
}

int main_complain_of_output(const struct cli *cli, struct error *err)
{
    error_set_file(err, "standard output");
    return terminal_is_abandoned(stdout) ? error_exit_code(STATUS_IO) : main_complain(cli, err);
}

/* Paths and names are anybody's: no control reaches a terminal but line breaks and tabs. */
static void print_clean(const char *text)
{
    while (*text != '\0') {
        const char *start = text;
        uint32_t character = utf8_next(&text);
        bool is_broken = character == UTF8_REPLACEMENT && text - start == 1;
        if (is_broken || (utf8_is_control(character) && character != '\n' && character != '\t'))
            fputc('?', stdout);
        else
            fwrite(start, 1, (size_t)(text - start), stdout);
    }
}

int main_print(const struct cli *cli, const char *text)
{
    struct error err = {0};
    print_clean(text);
    return output_flush(stdout, &err) ? EXIT_PASS : main_complain_of_output(cli, &err);
}

int main_print_finding(const struct cli *cli, const char *text, bool is_fault)
{
    int status = main_print(cli, text);
    return status == EXIT_PASS && is_fault ? EXIT_FAIL : status;
}

json_t *main_tree_of(const struct answer *answer)
{
    struct arena *scratch = arena_open();
    struct memory_stream text;
    struct error err = {0};
    memory_stream_open(&text, scratch);
    bool is_written = answer_write(answer, REPORT_JSON, NULL, NULL, text.stream, &err);
    memory_stream_close(&text);
    if (!is_written) /* for want of memory */
        arena_library_memory(NULL);
    json_t *root = is_written ? json_loadb(text.bytes, text.size, 0, NULL) : NULL;
    arena_close(scratch);
    return root;
}

void main_draw_pictures(const struct job *job, const struct answer *answer,
                        struct page_extras *extras)
{
    const struct result *judged = answer->result ? answer->result : answer->judged;
    const struct scenario_set *set = job->set.setting_count > 0 ? &job->set : &job->other;
    json_t *root = main_tree_of(answer);
    if (root)
        picture_fill_page(root, set, answer->arena, extras);
    if (judged)
        criterion_bar_fill_page(judged, answer->arena, extras);
    if (set->setting_count > 0) {
        extras->set = set;
        extras->model = model_diagram_make(set, judged, answer->arena);
    }
    json_decref(root);
}

/* Each picture that the report can give, as a file of its own. */
static void add_picture_files(struct evidence *evidence, const struct answer *answer,
                              const struct page_extras *extras)
{
    struct arena *arena = answer->arena;
    json_t *root = main_tree_of(answer);
    const struct picture_request request = {.root = root, .set = extras->set, .arena = arena};
    for (size_t i = 0; i < PICTURE_KINDS && root; i++) {
        const struct picture_kind *kind = &picture_kinds[i];
        const char *bytes, *words = kind->summary;
        size_t size;
        struct error err = {0};
        for (size_t k = 0; k < extras->figure_count; k++)
            if (strcmp(extras->figures[k].key, kind->name) == 0)
                words = extras->figures[k].headline;
        if (picture_draw(kind, &request, &bytes, &size, &err))
            evidence_add_text(evidence, arena_printf(arena, "pictures/%s.svg", kind->name), bytes,
                              words);
    }
    json_decref(root);
}

void main_add_pages(const struct job *job, struct evidence *evidence, const struct answer *answer)
{
    struct page_extras *extras = arena_alloc(answer->arena, sizeof *extras);
    main_draw_pictures(job, answer, extras);
    extras->is_in_folder = true;
    evidence_add_page(evidence, answer, extras, answer->arena);
    if (extras->set)
        evidence_add_text(
            evidence, "pictures/model.svg",
            model_diagram_draw(extras->set, answer->result, PICTURE_WIDE, answer->arena),
            "what was simulated");
    add_picture_files(evidence, answer, extras);
}
