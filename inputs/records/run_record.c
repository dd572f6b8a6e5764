/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/run_record.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/records/page_record.h"
#include "reports/result/provenance.h"
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_file(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The file that says how the folder was made: evidence.json, report.json, or else its only other
 * JSON file beside run.json. */
static const char *find_file(const char *folder, struct arena *arena, struct error *err)
{
    static const char *const names[] = {"evidence.json", "report.json"};
    for (size_t i = 0; i < 2; i++) {
        const char *path = arena_printf(arena, "%s/%s", folder, names[i]);
        if (is_file(path))
            return path;
    }
    const char *found = NULL;
    size_t count = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry; open && (entry = readdir(open));) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0 &&
            strcmp(entry->d_name, "run.json") != 0 &&
            is_file(arena_printf(arena, "%s/%s", folder, entry->d_name))) {
            found = arena_printf(arena, "%s/%s", folder, entry->d_name);
            count++;
        }
    }
    if (open)
        closedir(open);
    if (count == 1)
        return found;
    error_set_file(err, folder);
    error_set(err, STATUS_INPUT,
              "has neither evidence.json nor report.json: it is no folder of --out or --evidence");
    return NULL;
}

static bool fail(const struct run_record *record, const char *what, struct error *err)
{
    error_set_file(err, record->file);
    return error_set(err, STATUS_INPUT, "%s", what);
}

static const char *text_at(const json_t *object, const char *key, struct arena *arena)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? arena_strdup(arena, text) : NULL;
}

static bool read_command(struct run_record *record, const json_t *provenance, struct arena *arena,
                         struct error *err)
{
    const json_t *command = json_object_get(provenance, "command");
    record->command_count = json_array_size(command);
    record->command = arena_array(arena, record->command_count + 1, sizeof *record->command);
    for (size_t i = 0; i < record->command_count; i++) {
        const char *word = json_string_value(json_array_get(command, i));
        if (!word)
            return fail(record, "its provenance's \"command\" is not a list of words", err);
        record->command[i] = arena_strdup(arena, word);
    }
    return record->command_count >= 3 ||
           fail(record, "its provenance has no \"command\" to repeat", err);
}

static bool read_inputs(struct run_record *record, const json_t *provenance, struct arena *arena,
                        struct error *err)
{
    const json_t *list = json_object_get(provenance, "inputs");
    record->input_count = json_array_size(list);
    struct run_record_input *inputs = arena_array(arena, record->input_count, sizeof *inputs);
    for (size_t i = 0; i < record->input_count; i++) {
        const json_t *input = json_array_get(list, i);
        inputs[i] = (struct run_record_input){text_at(input, "file", arena),
                                              text_at(input, "sha256", arena)};
        if (!inputs[i].file || !inputs[i].sha256)
            return fail(record, "its provenance has an input without \"file\" and \"sha256\"", err);
    }
    record->inputs = inputs;
    return record->input_count > 0 ||
           fail(record, "its provenance has no \"inputs\" to repeat it from", err);
}

static bool read_kind(struct run_record *record, const json_t *root, struct error *err)
{
    static const char *const keys[] = {[RECORD_REPORT] = "capsim_report",
                                       [RECORD_ANSWER] = "capsim_answer",
                                       [RECORD_EVIDENCE] = "capsim_evidence",
                                       [RECORD_PAGE] = "capsim_page"};
    for (size_t kind = 0; kind < sizeof keys / sizeof keys[0]; kind++)
        if (json_integer_value(json_object_get(root, keys[kind])) == 1) {
            record->kind = (enum run_record_kind)kind;
            return true;
        }
    return fail(record, "is no report, answer or evidence of capsim, or of a later format", err);
}

static bool read_tree(struct run_record *record, const json_t *root, struct arena *arena,
                      struct error *err)
{
    const json_t *provenance = json_object_get(root, "provenance");
    if (!read_kind(record, root, err))
        return false;
    if (json_is_true(json_object_get(root, "interrupted")))
        return fail(record, "was interrupted: what was finished by then cannot be repeated", err);
    record->version = text_at(provenance, "version", arena);
    record->digest = text_at(provenance, "digest", arena);
    if (!record->version || !record->digest)
        return fail(record, "its provenance has no \"version\" or no \"digest\"", err);
    return read_command(record, provenance, arena, err) &&
           read_inputs(record, provenance, arena, err);
}

/* The report that stands in a folder of evidence is part of it, whatever its format. */
static void look_for_evidence(struct run_record *record, struct arena *arena)
{
    const char *slash = strrchr(record->file, '/'), *name = slash ? slash + 1 : record->file;
    int folder = (int)(name - record->file);
    const char *evidence = arena_printf(arena, "%.*sevidence.json", folder, record->file);
    bool is_part = strcmp(name, "report.json") == 0 || strcmp(name, "report.html") == 0 ||
                   strcmp(name, "index.html") == 0;
    if (is_part && is_file(evidence))
        record->file = evidence;
}

bool run_record_read(const char *path, struct arena *arena, struct run_record *record,
                     struct error *err)
{
    json_t *root;
    *record = (struct run_record){.file = path};
    if (is_folder(path)) {
        size_t end = strlen(path);
        while (end > 1 && path[end - 1] == '/')
            end--;
        record->folder = arena_printf(arena, "%.*s", (int)end, path);
        record->file = find_file(record->folder, arena, err);
        if (!record->file)
            return false;
    }
    if (!record->folder)
        look_for_evidence(record, arena);
    struct page_record page = {0};
    if (!input_file_read(record->file, record->file, arena, &record->text, &record->length, err))
        return false;
    bool is_page = page_record_is_page(record->text);
    if ((is_page && !page_record_read(record->file, record->text, arena, &page, err)) ||
        !json_text_parse(record->file, is_page ? page.json : record->text,
                         is_page ? page.length : record->length, "a report", arena, &root, err))
        return false;
    record->copies = page.copies;
    record->copy_count = page.copy_count;
    bool is_read = read_tree(record, root, arena, err);
    json_decref(root);
    if (is_read && record->kind == RECORD_EVIDENCE && !record->folder) {
        const char *slash = strrchr(record->file, '/');
        record->folder =
            slash ? arena_printf(arena, "%.*s", (int)(slash - record->file), record->file) : ".";
    }
    return is_read;
}

const char *run_record_copy_name(const struct run_record *record, size_t i, struct arena *arena)
{
    const char **others = arena_array(arena, record->input_count, sizeof *others);
    for (size_t k = 1; k < record->input_count; k++)
        others[k - 1] = record->inputs[k].file;
    return arena_printf(arena, "inputs/%s",
                        i > 0 ? record->inputs[i].file
                              : provenance_copy_name(record->inputs[0].file, others,
                                                     record->input_count - 1, arena));
}

const struct input_copy *run_record_page_copy(const struct run_record *record, size_t i)
{
    for (size_t k = 0; k < record->copy_count; k++)
        if (strcmp(record->copies[k].name, record->inputs[i].file) == 0)
            return &record->copies[k];
    return NULL;
}

const char *run_record_scenario_copy(const struct run_record *record, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", record->folder, run_record_copy_name(record, 0, arena));
}

bool run_record_check_command(const struct run_record *record, bool makes_report, bool is_measured,
                              struct error *err)
{
    if (makes_report && !is_measured)
        return true;
    error_set_file(err, record->file);
    return error_set(
        err, STATUS_INPUT,
        is_measured ? "rests on measured values: verify the evidence that they were held against"
                    : "its command makes no report that could be compared");
}

/* Other ways to say --baseline, which a command in its normal form does not have. */
static bool hides_baseline(const char *word)
{
    return strncmp(word, "--baseline=", 11) == 0 || strncmp(word, "-b", 2) == 0;
}

bool run_record_command(const struct run_record *record, const char *given_baseline,
                        struct arena *arena, char ***words, struct error *err)
{
    size_t count = record->command_count;
    char **made = arena_array(arena, count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        bool is_baseline = i > 0 && strcmp(record->command[i - 1], "--baseline") == 0;
        if (hides_baseline(record->command[i]))
            return fail(record, "its command is not as capsim writes one", err);
        if (is_baseline && !given_baseline)
            return fail(record, "was held against a baseline: name that with --baseline FILE", err);
        made[i] = is_baseline ? arena_strdup(arena, given_baseline) : record->command[i];
    }
    *words = made;
    return true;
}

bool run_record_check_evidence(const struct run_record *record, struct error *err)
{
    return record->kind == RECORD_EVIDENCE ||
           fail(record,
                "is no evidence: only that has the hashes of all that a signature stands for", err);
}
