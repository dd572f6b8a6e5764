/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/verification.h"
#include "inputs/json/input_file.h"
#include "inputs/records/file_difference.h"
#include "reports/files/memory_stream.h"
#include "sim/base/sha256.h"
#include "sim/base/version.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SHOWN_OF_A_FILE = 5, SHOWN_OF_A_HASH = 16 };

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
        verification->scenario = run_record_scenario_copy(record, verification->arena);
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

bool verification_begin(struct verification *verification, const struct run_record *record,
                        const char *blank, struct arena *arena, struct error *err)
{
    *verification =
        (struct verification){.record = record, .blank = blank, .arena = arena, .findings = ""};
    if (strcmp(record->version, CAPSIM_VERSION) != 0)
        add_finding(verification, arena_printf(arena, "version changed: was %.32s, is %s",
                                               record->version, CAPSIM_VERSION));
    return check_inputs(verification, err);
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

/* Compares the kept file with `now`, the same made again. */
static void compare_texts(struct verification *verification, const char *name, const char *kept,
                          const char *now)
{
    struct file_differences *found = arena_alloc(verification->arena, sizeof *found);
    if (ends_with(name, ".json"))
        file_difference_json(kept, now, verification->arena, found);
    else
        file_difference_text(kept, now, ends_with(name, ".md") ? verification->blank : NULL,
                             verification->arena, found);
    verification->blanks += found->blanks;
    verification->filled += found->filled;
    tell_differences(verification, name, found);
}

static bool compare_file(struct verification *verification, const char *name, const char *kept_path,
                         const struct folder_file *again, struct error *err)
{
    const char *kept;
    size_t length;
    verification->files++;
    if (!is_there(kept_path)) {
        add_finding(verification, arena_printf(verification->arena, "missing: %s", name));
        return true;
    }
    struct arena *scratch = arena_open();
    struct memory_stream now;
    memory_stream_open(&now, scratch);
    bool is_made = again->write(again->context, now.stream, err);
    memory_stream_close(&now);
    bool is_read = is_made && input_file_read(kept_path, kept_path, scratch, &kept, &length, err);
    if (is_read && strlen(kept) != length)
        add_finding(verification,
                    arena_printf(verification->arena, "edited: %s: a NUL byte", name));
    else if (is_read)
        compare_texts(verification, name, kept, now.bytes);
    arena_close(scratch);
    return is_read;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct folder_file *)a)->name, ((const struct folder_file *)b)->name);
}

/* In the order of their names; the inputs were compared by their hashes. */
static bool compare_folder(struct verification *verification, const struct folder_file *files,
                           size_t count, struct error *err)
{
    struct folder_file *sorted = arena_array(verification->arena, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = files[i];
    if (count > 0)
        qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 0; i < count; i++)
        if (strncmp(sorted[i].name, "inputs/", 7) != 0 &&
            !compare_file(verification, sorted[i].name,
                          arena_printf(verification->arena, "%s/%s", verification->record->folder,
                                       sorted[i].name),
                          &sorted[i], err))
            return false;
    return true;
}

bool verification_compare(struct verification *verification, const struct folder_file *files,
                          size_t count, const char *main_file, const char *digest,
                          struct error *err)
{
    const struct run_record *record = verification->record;
    verification->is_other_result = strcmp(digest, record->digest) != 0;
    if (verification->is_other_result)
        add_finding(verification,
                    arena_printf(verification->arena, "results differ: digest was %.*s, is %.*s",
                                 SHOWN_OF_A_HASH, record->digest, SHOWN_OF_A_HASH, digest));
    if (record->folder)
        return compare_folder(verification, files, count, err);
    for (size_t i = 0; i < count; i++)
        if (strcmp(files[i].name, main_file) == 0)
            return compare_file(verification, record->file, record->file, &files[i], err);
    return true;
}

const char *verification_tell(const struct verification *verification)
{
    const struct run_record *record = verification->record;
    const char *what = record->folder ? record->folder : record->file;
    struct arena *arena = verification->arena;
    const char *filled = "";
    if (verification->findings[0] != '\0')
        return arena_printf(arena, "differs: %s\n%s", what, verification->findings);
    if (verification->blanks > 0)
        filled = arena_printf(arena, ", %zu of %zu blanks filled in", verification->filled,
                              verification->blanks);
    return arena_printf(arena, "identical: %s: %zu file%s, digest %.*s%s\n", what,
                        verification->files, verification->files == 1 ? "" : "s", SHOWN_OF_A_HASH,
                        record->digest, filled);
}
