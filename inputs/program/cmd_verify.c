/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subcommand verify: a report, an answer or a folder of evidence is made again from its
 * recorded inputs and compared with what was kept. */
#include "inputs/json/input_file.h"
#include "inputs/program/cmd_evidence.h"
#include "inputs/program/main.h"
#include "inputs/records/file_difference.h"
#include "inputs/records/run_record.h"
#include "reports/answers/evidence.h"
#include "sim/base/sha256.h"
#include "sim/base/version.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_OF_A_FILE = 5, OPEN_FOLDERS = 16, SHOWN_OF_A_HASH = 16 };

/* What is found out, line by line, and what it rests on. */
struct verification {
    const struct run_record *record;
    struct arena *arena;
    const char *scenario; /* to make it again from                   */
    const char *again;    /* the folder where it is made again       */
    const char *findings; /* lines, each with its line feed          */
    size_t files, blanks, filled;
    bool is_changed;      /* an input is not what it was             */
    bool is_other_result; /* the digest made again is another one    */
};

static void add_finding(struct verification *verification, const char *line)
{
    verification->findings =
        arena_printf(verification->arena, "%s  %s\n", verification->findings, line);
}

static bool is_there(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

/* ---- inputs ------------------------------------------------------------------------------ */

/* Whether the file has the recorded bytes; a finding if not. False with err: it cannot be read. */
static bool check_input(struct verification *verification, const char *path,
                        const struct run_record_input *input, struct error *err)
{
    const char *bytes;
    size_t length;
    char sha256[SHA256_HEX_SIZE];
    if (!input_file_read(path, path, verification->arena, &bytes, &length, err))
        return false;
    sha256_hex(bytes, length, sha256);
    if (strcmp(sha256, input->sha256) == 0)
        return true;
    verification->is_changed = true;
    add_finding(verification,
                arena_printf(verification->arena, "input changed: %s: sha256 was %.*s, is %.*s",
                             path, SHOWN_OF_A_HASH, input->sha256, SHOWN_OF_A_HASH, sha256));
    return true;
}

/* Where input number i is when the scenario is at `scenario`: the others lie below its folder. */
static const char *input_path(const struct verification *verification, const char *scenario,
                              size_t i)
{
    const char *slash = strrchr(scenario, '/');
    int folder = slash ? (int)(slash + 1 - scenario) : 0;
    return i == 0 ? scenario
                  : arena_printf(verification->arena, "%.*s%s", folder, scenario,
                                 verification->record->inputs[i].file);
}

static bool check_inputs_at(struct verification *verification, const char *scenario,
                            struct error *err)
{
    for (size_t i = 0; i < verification->record->input_count; i++)
        if (!check_input(verification, input_path(verification, scenario, i),
                         &verification->record->inputs[i], err))
            return false;
    return true;
}

/* Evidence is made again from its own copies; where the scenario that it was made from is still
 * there, that must not have changed since either. */
static bool check_inputs(struct verification *verification, struct error *err)
{
    const struct run_record *record = verification->record;
    const char *original = record->inputs[0].file;
    bool is_stdin = strcmp(original, "-") == 0;
    verification->scenario = original;
    if (record->kind == RECORD_EVIDENCE) {
        verification->scenario = arena_printf(verification->arena, "%s/inputs/%s", record->folder,
                                              main_evidence_input_name(original));
        if (!check_inputs_at(verification, verification->scenario, err))
            return false;
        return is_stdin || !is_there(original) || check_inputs_at(verification, original, err);
    }
    if (is_stdin) {
        error_set_file(err, record->file);
        return error_set(err, STATUS_INPUT,
                         "its scenario came from standard input, and there is no copy of it");
    }
    return check_inputs_at(verification, original, err);
}

/* ---- making it again --------------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

/* The folder that is there, or "". A process that ends for want of memory removes it, too, and one
 * that had none for that at first. */
static char folder_again[PATH_MAX];

static void remove_folder(void)
{
    if (folder_again[0] != '\0' &&
        nftw(folder_again, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) == 0)
        folder_again[0] = '\0';
}

static bool open_folder(struct verification *verification, struct error *err)
{
    const char *root = getenv("TMPDIR");
    char *path = arena_printf(verification->arena, "%s/capsim-verify-XXXXXX",
                              root && root[0] ? root : "/tmp");
    verification->again = path;
    if (mkdtemp(path)) {
        snprintf(folder_again, sizeof folder_again, "%s", path);
        (void)atexit(remove_folder); /* for an early end: it is removed after the comparison too */
        return true;
    }
    error_set_file(err, path);
    return error_set(err, STATUS_IO, "cannot make the folder: %s", strerror(errno));
}

/* The subcommand that made it, with its standard output thrown away: it has not been written to. */
static int run_silently(const struct cli *cli, struct arena *arena)
{
    int kept = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY), status;
    if (kept >= 0 && nowhere >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0) {
        status = main_dispatch(cli, arena);
        (void)fflush(stdout);
        dup2(kept, STDOUT_FILENO);
    } else {
        struct error err = {0};
        error_set_file(&err, "/dev/null");
        error_set(&err, STATUS_IO, "cannot be opened: %s", strerror(errno));
        status = main_complain(cli, &err);
    }
    if (nowhere >= 0)
        close(nowhere);
    if (kept >= 0)
        close(kept);
    return status;
}

static void give_option(struct cli *cli, enum cli_option_name name, const char *value,
                        struct arena *arena)
{
    const char **values = arena_array(arena, 1, sizeof *values);
    values[0] = value;
    cli->given[name] = (struct cli_values){values, 1};
}

/* What cannot change a result is no part of a record's command, and would write where its author
 * likes. */
static void drop_options(struct cli *cli)
{
    for (size_t i = 0; i < CLI_OPTIONS; i++)
        if (!cli_options[i].changes_result)
            cli->given[i] = (struct cli_values){0};
}

/* True when it was made again; else *status says how the program ends. */
static bool make_again(const struct cli *cli, struct verification *verification, int *status)
{
    const struct run_record *record = verification->record;
    struct error err = {0};
    struct cli then;
    if (!cli_parse((int)record->command_count, record->command, verification->arena, &then, &err)) {
        error_set_file(&err, record->file);
        *status = main_complain(cli, &err);
        return false;
    }
    if (then.subcommand == CLI_SCORE) {
        error_set_file(&err, record->file);
        error_set(&err, STATUS_INPUT,
                  "rests on measured values: verify the evidence that they were held against");
        *status = main_complain(cli, &err);
        return false;
    }
    drop_options(&then);
    then.scenario_label = record->inputs[0].file;
    then.scenario = verification->scenario;
    then.threads = cli->threads;
    then.is_quiet = true;
    const char *out = verification->again;
    if (then.subcommand == CLI_BASELINE)
        out = arena_printf(verification->arena, "%s/report.json", out);
    if (record->kind == RECORD_EVIDENCE)
        give_option(&then, CLI_OPTION_EVIDENCE, out, verification->arena);
    else
        then.out = out;
    *status = run_silently(&then, verification->arena);
    return *status == EXIT_PASS || *status == EXIT_FAIL || *status == EXIT_UNDECIDED;
}

/* ---- comparing --------------------------------------------------------------------------- */

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), size = strlen(ending);
    return length >= size && strcmp(text + length - size, ending) == 0;
}

static void tell_difference(struct verification *verification, const char *name,
                            const struct file_difference *difference)
{
    const char *what = verification->is_other_result ? "results differ" : "edited";
    add_finding(verification,
                arena_printf(verification->arena, "%s: %s: %s: kept %s, now %s", what, name,
                             difference->where, difference->kept ? difference->kept : "nothing",
                             difference->now ? difference->now : "nothing"));
}

/* A later version is said once, not wherever it stands. */
static bool is_version(const struct file_difference *difference)
{
    return ends_with(difference->where, "/provenance/version");
}

static void tell_differences(struct verification *verification, const char *name,
                             const struct file_differences *found)
{
    size_t shown = 0, skipped = 0;
    for (size_t i = 0; i < found->count && i < MAX_FILE_DIFFERENCES; i++)
        if (is_version(&found->list[i]))
            skipped++;
        else if (shown < SHOWN_OF_A_FILE) {
            tell_difference(verification, name, &found->list[i]);
            shown++;
        }
    if (found->count > shown + skipped)
        add_finding(verification, arena_printf(verification->arena, "%s: and %zu more", name,
                                               found->count - shown - skipped));
    if (found->has_same_values)
        add_finding(verification,
                    arena_printf(verification->arena,
                                 "edited: %s: the same values, but not the same bytes", name));
}

/* Compares the kept file with the same made again. */
static bool compare_file(struct verification *verification, const char *name, const char *kept_path,
                         const char *now_path, struct error *err)
{
    const char *kept, *now;
    size_t length, now_length;
    struct file_differences *found = arena_alloc(verification->arena, sizeof *found);
    verification->files++;
    if (!is_there(kept_path)) {
        add_finding(verification, arena_printf(verification->arena, "missing: %s", name));
        return true;
    }
    if (!input_file_read(kept_path, kept_path, verification->arena, &kept, &length, err) ||
        !input_file_read(now_path, now_path, verification->arena, &now, &now_length, err))
        return false;
    if (strlen(kept) != length) {
        add_finding(verification,
                    arena_printf(verification->arena, "edited: %s: a NUL byte", name));
        return true;
    }
    if (ends_with(name, ".json"))
        file_difference_json(kept, now, verification->arena, found);
    else
        file_difference_text(kept, now, ends_with(name, ".md") ? EVIDENCE_BLANK : NULL,
                             verification->arena, found);
    verification->blanks += found->blanks;
    verification->filled += found->filled;
    tell_differences(verification, name, found);
    return true;
}

/* The walk over the files made again, in the order of their names. */
static struct {
    char **names;
    size_t count, room;
    size_t skipped; /* length of the folder's name and its slash */
    struct arena *arena;
} walk;

static int note_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    if (kind != FTW_F || strcmp(path + walk.skipped, "run.json") == 0)
        return 0;
    if (walk.count == walk.room) {
        size_t room = walk.room ? 2 * walk.room : 64;
        char **names = arena_array(walk.arena, room, sizeof *names);
        if (walk.count > 0)
            memcpy(names, walk.names, walk.count * sizeof *names);
        walk.names = names;
        walk.room = room;
    }
    walk.names[walk.count++] = arena_strdup(walk.arena, path + walk.skipped);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool compare_folder(struct verification *verification, struct error *err)
{
    walk.names = NULL;
    walk.count = walk.room = 0;
    walk.skipped = strlen(verification->again) + 1;
    walk.arena = verification->arena;
    if (nftw(verification->again, note_file, OPEN_FOLDERS, FTW_PHYS) != 0) {
        error_set_file(err, verification->again);
        return error_set(err, STATUS_IO, "cannot be read: %s", strerror(errno));
    }
    if (walk.count > 0)
        qsort(walk.names, walk.count, sizeof *walk.names, by_name);
    for (size_t i = 0; i < walk.count; i++) {
        const char *name = walk.names[i];
        if (strncmp(name, "inputs/", 7) != 0 && /* those were compared by their hashes */
            !compare_file(
                verification, name,
                arena_printf(verification->arena, "%s/%s", verification->record->folder, name),
                arena_printf(verification->arena, "%s/%s", verification->again, name), err))
            return false;
    }
    return true;
}

/* The file made again that says how: of the kept one's kind. */
static const char *file_made_again(const struct verification *verification)
{
    const struct run_record *record = verification->record;
    const char *name = record->kind == RECORD_EVIDENCE ? "evidence.json"
                       : record->kind == RECORD_ANSWER
                           ? arena_printf(verification->arena, "%s.json", record->command[1])
                           : "report.json";
    return arena_printf(verification->arena, "%s/%s", verification->again, name);
}

static bool compare_all(struct verification *verification, struct error *err)
{
    struct run_record now;
    const char *path = file_made_again(verification);
    if (!run_record_read(path, verification->arena, &now, err))
        return false;
    verification->is_other_result = strcmp(now.digest, verification->record->digest) != 0;
    if (verification->is_other_result)
        add_finding(verification,
                    arena_printf(verification->arena, "results differ: digest was %.*s, is %.*s",
                                 SHOWN_OF_A_HASH, verification->record->digest, SHOWN_OF_A_HASH,
                                 now.digest));
    if (verification->record->folder)
        return compare_folder(verification, err);
    return compare_file(verification, verification->record->file, verification->record->file, path,
                        err);
}

/* ---- the subcommand ---------------------------------------------------------------------- */

static int tell(const struct cli *cli, const struct verification *verification)
{
    const struct run_record *record = verification->record;
    const char *what = record->folder ? record->folder : record->file;
    struct arena *arena = verification->arena;
    if (verification->findings[0] != '\0') {
        int status =
            main_print(cli, arena_printf(arena, "differs: %s\n%s", what, verification->findings));
        return status == EXIT_PASS ? EXIT_FAIL : status;
    }
    const char *filled = "";
    if (verification->blanks > 0)
        filled = arena_printf(arena, ", %zu of %zu blanks filled in", verification->filled,
                              verification->blanks);
    return main_print(cli, arena_printf(arena, "identical: %s: %zu file%s, digest %.*s%s\n", what,
                                        verification->files, verification->files == 1 ? "" : "s",
                                        SHOWN_OF_A_HASH, record->digest, filled));
}

/* Makes it again and compares, unless an input has changed: then its figures must differ. */
static int repeat(const struct cli *cli, struct verification *verification)
{
    struct error err = {0};
    int status;
    if (verification->is_changed)
        return tell(cli, verification);
    if (!open_folder(verification, &err))
        return main_complain(cli, &err);
    bool is_made = make_again(cli, verification, &status);
    bool is_compared = is_made && compare_all(verification, &err);
    remove_folder();
    if (!is_made)
        return status;
    return is_compared ? tell(cli, verification) : main_complain(cli, &err);
}

int main_verify(const struct cli *cli, struct arena *arena)
{
    struct error err = {0};
    struct run_record record;
    struct verification verification = {.record = &record, .arena = arena, .findings = ""};
    if (!run_record_read(cli->scenario, arena, &record, &err))
        return main_complain(cli, &err);
    if (strcmp(record.version, CAPSIM_VERSION) != 0)
        add_finding(&verification, arena_printf(arena, "version changed: was %.32s, is %s",
                                                record.version, CAPSIM_VERSION));
    if (!check_inputs(&verification, &err))
        return main_complain(cli, &err);
    return repeat(cli, &verification);
}
