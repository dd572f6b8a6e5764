/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/verification.h"
#include "inputs/deployed/deployed.h"
#include "inputs/json/input_file.h"
#include "inputs/records/kept_file.h"
#include "inputs/records/signature.h"
#include "reports/files/memory_stream.h"
#include "sim/base/utf8.h"
#include "sim/base/version.h"
#include <stdlib.h>
#include <string.h>

enum { SHOWN_OF_A_FILE = 5, SHOWN_OF_A_HASH = 16 };

/* When and where it ran: the part of a folder that no run has again. */
#define RUN_FACTS "run.json"

static void add_finding(struct verification *verification, const char *line)
{
    verification->findings =
        arena_printf(verification->arena, "%s  %s\n", verification->findings, line);
}

static void add_note(struct verification *verification, const char *line)
{
    verification->notes = arena_printf(verification->arena, "%s  %s\n", verification->notes, line);
}

/* ---- inputs ------------------------------------------------------------------------------ */

static void note_changed(struct verification *verification, const char *finding)
{
    verification->is_changed = true;
    add_finding(verification, finding);
}

static void check_hash(struct verification *verification, const char *path, const char *bytes,
                       size_t length, const struct run_record_input *input)
{
    /* Of a file that is deployed, evidence has an extract, which tells the file's. */
    const char *sha256 = deployed_hash(bytes, length, verification->arena);
    if (strcmp(sha256, input->sha256) != 0)
        note_changed(verification,
                     arena_printf(verification->arena,
                                  "input changed: %s: sha256 was %.*s, is %.*s", path,
                                  SHOWN_OF_A_HASH, input->sha256, SHOWN_OF_A_HASH, sha256));
}

/* The copy in the folder of input number i. */
static bool check_copy(struct verification *verification, size_t i, struct error *err)
{
    struct arena *arena = verification->arena;
    const struct run_record *record = verification->record;
    const char *name = run_record_copy_name(record, i, arena);
    struct kept_file file;
    if (!kept_file_read(record->folder, name, arena, &file, err))
        return false;
    if (file.state == KEPT_FILE_THERE)
        check_hash(verification, arena_printf(arena, "%s/%s", record->folder, name), file.text,
                   file.length, &record->inputs[i]);
    else
        note_changed(verification,
                     arena_printf(arena, "%s: %s", kept_file_state_text(file.state), name));
    return true;
}

/* Input number i when the scenario is at `given`: the others lie below its folder. */
static bool check_given(struct verification *verification, const char *given, size_t i,
                        struct error *err)
{
    struct arena *arena = verification->arena;
    const struct run_record_input *input = &verification->record->inputs[i];
    const char *slash = strrchr(given, '/'), *bytes;
    const char *folder =
        slash ? arena_printf(arena, "%.*s", (int)(slash - given + 1), given) : "./";
    size_t length;
    struct kept_file file;
    if (i == 0 && !input_file_read(given, given, arena, &bytes, &length, err))
        return false;
    if (i == 0) {
        check_hash(verification, given, bytes, length, input);
        return true;
    }
    if (!kept_file_read(folder, input->file, arena, &file, err))
        return false;
    const char *path = arena_printf(arena, "%s%s", slash ? folder : "", input->file);
    if (file.state == KEPT_FILE_THERE)
        check_hash(verification, path, file.text, file.length, input);
    else
        note_changed(verification,
                     arena_printf(arena, "input %s: %s", kept_file_state_text(file.state), path));
    return true;
}

/* The copy in a page of input number i; a page that lacks one cannot be made again from itself. */
static bool check_page_copy(struct verification *verification, size_t i, struct error *err)
{
    const struct run_record *record = verification->record;
    const struct input_copy *copy = run_record_page_copy(record, i);
    if (!copy) {
        error_set_file(err, record->file);
        return error_set(err, STATUS_INPUT,
                         "it has no copy of \"%.100s\": name its scenario behind it",
                         record->inputs[i].file);
    }
    check_hash(verification, arena_printf(verification->arena, "the copy of %s", copy->name),
               copy->text, copy->length, &record->inputs[i]);
    return true;
}

/* Evidence is made again from its own copies; what is named beside it must be what they are. */
static bool check_inputs(struct verification *verification, const char *given, struct error *err)
{
    const struct run_record *record = verification->record;
    bool has_copies = record->kind == RECORD_EVIDENCE;
    bool is_page = record->kind == RECORD_PAGE && !given;
    if (!has_copies && !is_page && !given) {
        error_set_file(err, record->folder ? record->folder : record->file);
        return error_set(err, STATUS_INPUT,
                         "it has no copy of its scenario: name that behind it; it was called "
                         "\"%.100s\"",
                         record->inputs[0].file);
    }
    verification->scenario =
        has_copies ? arena_printf(verification->arena, "%s/%s", record->folder,
                                  run_record_copy_name(record, 0, verification->arena))
        : is_page  ? record->inputs[0].file
                   : given;
    for (size_t i = 0; i < record->input_count; i++)
        if ((has_copies && !check_copy(verification, i, err)) ||
            (is_page && !check_page_copy(verification, i, err)) ||
            (given && !check_given(verification, given, i, err)))
            return false;
    return true;
}

static bool check_signature(struct verification *verification, enum signature_kind kind,
                            const char *keys, struct error *err)
{
    struct arena *arena = verification->arena;
    const struct run_record *record = verification->record;
    struct signature_check check;
    if (!signature_verify(record->folder, kind, keys, arena, &check, err))
        return false;
    if (check.is_good)
        add_note(verification, arena_printf(arena, "signed: %s by %s; scenario %s, sha256 %.*s",
                                            check.file, check.signer, record->inputs[0].file,
                                            SHOWN_OF_A_HASH, record->inputs[0].sha256));
    else if (check.is_there)
        add_finding(verification, arena_printf(arena, "signature: %s: not by that key: %s",
                                               check.file, check.why ? check.why : "no reason"));
    else if (kind == SIGNATURE_OF_EVIDENCE)
        add_finding(verification, arena_printf(arena, "not signed: %s", check.file));
    else
        add_note(verification,
                 arena_printf(arena, "not signed: what is filled in in %s", check.file));
    return true;
}

/* Only evidence is signed: it alone has the hashes of all files. */
static bool check_signatures(struct verification *verification, const char *keys, struct error *err)
{
    return !keys || (run_record_check_evidence(verification->record, err) &&
                     check_signature(verification, SIGNATURE_OF_EVIDENCE, keys, err) &&
                     check_signature(verification, SIGNATURE_OF_FILL_INS, keys, err));
}

bool verification_begin(struct verification *verification, const struct run_record *record,
                        const char *given, const char *keys, struct arena *arena, struct error *err)
{
    *verification =
        (struct verification){.record = record, .arena = arena, .findings = "", .notes = ""};
    if (strcmp(record->version, CAPSIM_VERSION) != 0)
        add_finding(verification, arena_printf(arena, "version changed: was %.32s, is %s",
                                               record->version, CAPSIM_VERSION));
    return check_signatures(verification, keys, err) && check_inputs(verification, given, err);
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

static bool is_text(const struct verification *verification, const char *kept, const char *text)
{
    return kept && strcmp(kept, arena_printf(verification->arena, "\"%s\"", text)) == 0;
}

/* Another version, or digest, is said once, not wherever it stands, if it is the same there; and
 * what is of the moment when it ran is nobody's figure. */
static bool is_no_finding(const struct verification *verification, const char *name,
                          const struct file_difference *difference)
{
    static const char *const of_the_moment[] = {"/started", "/elapsed_s", "/host", "/threads"};
    const char *where = difference->where;
    bool is_run_facts = strcmp(name, RUN_FACTS) == 0;
    for (size_t i = 0; is_run_facts && i < sizeof of_the_moment / sizeof of_the_moment[0]; i++)
        if (strcmp(where, of_the_moment[i]) == 0 && difference->kept && difference->now)
            return true;
    if (is_run_facts && strcmp(where, "/digest") == 0)
        return is_text(verification, difference->kept, verification->record->digest);
    return (ends_with(where, "/provenance/version") ||
            (is_run_facts && strcmp(where, "/version") == 0)) &&
           is_text(verification, difference->kept, verification->record->version);
}

static void tell_differences(struct verification *verification, const char *name,
                             const struct file_differences *found)
{
    size_t shown = 0, skipped = 0;
    for (size_t i = 0; i < found->count && i < MAX_FILE_DIFFERENCES; i++)
        if (is_no_finding(verification, name, &found->list[i]))
            skipped++;
        else if (shown < SHOWN_OF_A_FILE) {
            tell_difference(verification, name, &found->list[i]);
            shown++;
        }
    if (found->count > shown + skipped)
        add_finding(verification, arena_printf(verification->arena, "%s: and %zu more", name,
                                               found->count - shown - skipped));
    if (found->has_same_values && strcmp(name, RUN_FACTS) != 0)
        add_finding(verification,
                    arena_printf(verification->arena,
                                 "edited: %s: the same values, but not the same bytes", name));
}

/* ---- files ------------------------------------------------------------------------------- */

static void note_fill_ins(struct verification *verification, const char *name,
                          const struct file_differences *found)
{
    for (size_t i = 0; i < found->filled; i++) {
        char *text = arena_strdup(verification->arena, found->fill_ins[i].text);
        for (char *at = text; (at = strchr(at, '\n'));)
            *at = ' ';
        add_note(verification, arena_printf(verification->arena, "filled in: %s line %zu: %s", name,
                                            found->fill_ins[i].line, text));
    }
}

/* Compares the kept file with `now`, the same made again; blank: how its blanks look, or NULL. */
static void compare_texts(struct verification *verification, const char *name, const char *kept,
                          const char *now, const struct file_blank *blank)
{
    struct arena *arena = verification->arena;
    struct file_differences *found = arena_alloc(arena, sizeof *found);
    if (strcmp(kept, now) == 0 && !blank)
        return;
    if (ends_with(name, ".json"))
        file_difference_json(kept, now, arena, found);
    else
        file_difference_text(kept, now, blank, arena, found);
    verification->blanks += found->blanks;
    verification->filled += found->filled;
    note_fill_ins(verification, name, found);
    tell_differences(verification, name, found);
}

static bool write_again(const struct folder_file *again, struct arena *arena, const char **text,
                        struct error *err)
{
    struct memory_stream now;
    memory_stream_open(&now, arena);
    bool is_made = again->write(again->context, now.stream, err);
    memory_stream_close(&now);
    *text = now.bytes;
    return is_made;
}

static bool compare_file(struct verification *verification, const struct folder_file *again,
                         const struct kept_file *kept, const struct file_blank *blank,
                         struct error *err)
{
    const char *now, *name = again->name;
    verification->files++;
    if (kept->state != KEPT_FILE_THERE) {
        add_finding(verification, arena_printf(verification->arena, "%s: %s",
                                               kept_file_state_text(kept->state), name));
        return true;
    }
    if (strlen(kept->text) != kept->length) {
        add_finding(verification,
                    arena_printf(verification->arena, "edited: %s: a NUL byte", name));
        return true;
    }
    struct arena *scratch = arena_open();
    bool is_made = write_again(again, scratch, &now, err);
    if (is_made)
        compare_texts(verification, name, kept->text, now, blank);
    arena_close(scratch);
    return is_made;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct folder_file *)a)->name, ((const struct folder_file *)b)->name);
}

/* Whether a file of the folder is one that was made again, a copy of an input, or a signature. */
static bool is_expected(const struct verification *verification,
                        const struct verification_again *again, const char *name)
{
    const struct run_record *record = verification->record;
    for (size_t i = 0; i < again->count; i++)
        if (strcmp(again->files[i].name, name) == 0)
            return true;
    for (size_t i = 0; record->kind == RECORD_EVIDENCE && i < record->input_count; i++)
        if (strcmp(run_record_copy_name(record, i, verification->arena), name) == 0)
            return true;
    return record->kind == RECORD_EVIDENCE &&
           (strcmp(name, RUN_RECORD_SIGNATURE) == 0 || strcmp(name, RUN_RECORD_FILLED) == 0);
}

static bool find_extra_files(struct verification *verification,
                             const struct verification_again *again, struct error *err)
{
    const char *const *names;
    size_t count, shown = 0, extra = 0;
    if (!kept_file_list(verification->record->folder, verification->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!is_expected(verification, again, names[i]) && ++extra && shown++ < SHOWN_OF_A_FILE)
            add_finding(verification, arena_printf(verification->arena,
                                                   "extra: %s: capsim did not write it", names[i]));
    if (extra > SHOWN_OF_A_FILE)
        add_finding(verification, arena_printf(verification->arena, "extra: and %zu more files",
                                               extra - SHOWN_OF_A_FILE));
    return true;
}

/* In the order of their names; the inputs were compared by their hashes. */
static bool compare_folder(struct verification *verification,
                           const struct verification_again *again, struct error *err)
{
    struct arena *arena = verification->arena;
    struct folder_file *sorted = arena_array(arena, again->count, sizeof *sorted);
    for (size_t i = 0; i < again->count; i++)
        sorted[i] = again->files[i];
    if (again->count > 0)
        qsort(sorted, again->count, sizeof *sorted, by_name);
    for (size_t i = 0; i < again->count; i++) {
        struct kept_file kept;
        bool has_blanks = again->marked && strcmp(again->marked->name, sorted[i].name) == 0;
        if (strncmp(sorted[i].name, "inputs/", 7) == 0)
            continue;
        if (!kept_file_read(verification->record->folder, sorted[i].name, arena, &kept, err) ||
            !compare_file(verification, has_blanks ? again->marked : &sorted[i], &kept,
                          has_blanks ? &again->blank : NULL, err))
            return false;
    }
    return find_extra_files(verification, again, err);
}

/* The file alone, which may be called anything. */
static bool compare_alone(struct verification *verification, const struct folder_file *again,
                          struct error *err)
{
    const struct run_record *record = verification->record;
    struct kept_file kept = {.text = record->text, .length = record->length};
    struct folder_file called = *again;
    called.name = record->file;
    return compare_file(verification, &called, &kept, NULL, err);
}

bool verification_compare(struct verification *verification, const struct verification_again *again,
                          struct error *err)
{
    const struct run_record *record = verification->record;
    const char *digest = again->digest;
    verification->is_other_result = strcmp(digest, record->digest) != 0;
    if (verification->is_other_result)
        add_finding(verification,
                    arena_printf(verification->arena, "results differ: digest was %.*s, is %.*s",
                                 SHOWN_OF_A_HASH, record->digest, SHOWN_OF_A_HASH, digest));
    if (record->folder)
        return compare_folder(verification, again, err);
    const char *main_file = arena_printf(verification->arena, "%s.%s", again->kind,
                                         record->kind == RECORD_PAGE ? "html" : "json");
    for (size_t i = 0; i < again->count; i++)
        if (strcmp(again->files[i].name, main_file) == 0)
            return compare_alone(verification, &again->files[i], err);
    return true;
}

/* What comes from files that anybody may have made, before a terminal sees it. */
static const char *clean(const struct verification *verification, const char *text)
{
    char *copy = arena_strdup(verification->arena, text), *line = copy;
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        utf8_clean(line);
        *end = '\n';
    }
    utf8_clean(line);
    return copy;
}

const char *verification_tell(const struct verification *verification)
{
    const struct run_record *record = verification->record;
    const char *what = record->folder ? record->folder : record->file;
    struct arena *arena = verification->arena;
    const char *filled = "";
    if (verification->findings[0] != '\0')
        return clean(verification, arena_printf(arena, "differs: %s\n%s%s", what,
                                                verification->findings, verification->notes));
    if (verification->blanks > 0)
        filled = arena_printf(arena, ", %zu of %zu blanks filled in", verification->filled,
                              verification->blanks);
    return clean(verification,
                 arena_printf(arena, "identical: %s: %zu file%s, digest %.*s%s\n%s", what,
                              verification->files, verification->files == 1 ? "" : "s",
                              SHOWN_OF_A_HASH, record->digest, filled, verification->notes));
}
