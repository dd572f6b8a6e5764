/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/sweep_journal.h"
#include "inputs/records/journal_entry.h"
#include "sim/base/sha256.h"
#include <jansson.h>
#include <string.h>

/* What the journal is of: the version, the command without where it is kept, and every input. */
static const char *key_of(const struct result *grounds, struct arena *arena)
{
    const char *key = arena_printf(arena, "capsim %s", grounds->version);
    char hash[SHA256_HEX_SIZE];
    for (size_t i = 0; i < grounds->input_count; i++)
        key = arena_printf(arena, "%s %s", key, grounds->inputs[i].sha256);
    for (size_t i = 0; i < grounds->command_count; i++)
        key = arena_printf(arena, "%s\n%s", key, grounds->command[i]);
    sha256_hex(key, strlen(key), hash);
    return arena_printf(arena, "capsim %s sweep %s", grounds->version, hash);
}

static const char NAME[] = "sweep.journal", BEGUN[] = "begun ", STOPPED[] = "stopped", OF[] = "of ";

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

bool sweep_journal_open(struct journal *journal, const char *folder, const struct result *grounds,
                        bool is_resumed, struct arena *arena, struct error *err)
{
    return journal_open(journal, folder, NAME, key_of(grounds, arena), is_resumed, arena, err);
}

static bool refuse(const struct journal *journal, size_t entry, struct error *err)
{
    error_set_file(err, journal->path);
    return error_set(err, STATUS_USAGE, "entry %zu cannot be read: remove this file", entry + 1);
}

/* An entry that is no finished point. */
static bool restore_note(struct sweep_study *study, const char *line)
{
    size_t p;
    if (strcmp(line, STOPPED) == 0)
        memset(study->begun, 0, study->count * sizeof *study->begun);
    else if (begins_with(line, BEGUN) && journal_entry_index(line + strlen(BEGUN), &p) &&
             p < study->count)
        study->begun[p] = (unsigned char)(study->begun[p] + (study->begun[p] < SWEEP_MAX_DEATHS));
    else
        return begins_with(line, OF);
    return true;
}

/* Several shards may have one point: they must say the same of it. */
static bool restore_point(const struct journal *kept, struct sweep_study *study,
                          const char **entries, size_t i, struct error *err)
{
    const char *line = kept->entries[i];
    struct candidate_field *field = &study->exploration.field;
    size_t p;
    if (!journal_entry_index(line, &p) || p >= study->count)
        return refuse(kept, i, err);
    if (entries[p] && strcmp(entries[p], line) != 0) {
        error_set_file(err, kept->path);
        return error_set(err, STATUS_INPUT,
                         "point %zu is there twice, and not the same: one of them is damaged, or "
                         "was made by another program",
                         p + 1);
    }
    if (entries[p])
        return true;
    entries[p] = line;
    if (!journal_entry_read(line, &field->probes.probes[p],
                            sweep_study_columns(study, p, field->arena), study->column_count,
                            field->arena))
        return refuse(kept, i, err);
    atomic_fetch_add(&study->finished, 1);
    return true;
}

bool sweep_journal_restore(void *journal, struct sweep_study *study, struct error *err)
{
    const struct journal *kept = journal;
    struct arena *scratch = arena_open();
    const char **entries = arena_array(scratch, study->count, sizeof *entries);
    bool ok = true;
    for (size_t i = 0; i < kept->entry_count && ok; i++)
        ok = restore_note(study, kept->entries[i]) || restore_point(kept, study, entries, i, err);
    arena_close(scratch);
    return ok;
}

enum { MAX_NAMED = 5 };

bool sweep_journal_restore_all(void *journal, struct sweep_study *study, struct error *err)
{
    struct arena *arena = study->exploration.field.arena;
    size_t missing = study->count, named = 0;
    const char *names = "";
    if (!sweep_journal_restore(journal, study, err))
        return false;
    missing -= study->finished;
    for (size_t p = 0; p < study->count && named < MAX_NAMED; p++) {
        if (sweep_study_is_finished(study, p))
            continue;
        names = arena_printf(arena, "%s%s%zu (%s)", names, named > 0 ? ", " : "", p + 1,
                             sweep_study_name(study, p, arena));
        named++;
    }
    return missing == 0 ||
           error_set(err, STATUS_INPUT, "%zu of %zu points are in none of these folders: %s%s",
                     missing, study->count, names, missing > named ? " ..." : "");
}

bool sweep_journal_keep(void *journal, const struct sweep_study *study, size_t p, struct error *err)
{
    struct journal *kept = journal;
    if (kept->fd < 0)
        return true;
    struct arena *scratch = arena_open();
    const int *columns = sweep_study_columns(study, p, scratch);
    const char *line = journal_entry_write(p, &study->exploration.field.probes.probes[p], columns,
                                           study->column_count, scratch);
    bool is_kept = journal_add(kept, line, err);
    arena_close(scratch);
    return is_kept;
}

/* What cannot be noted is not: keeping the point will tell. */
static void note(struct journal *journal, const char *entry)
{
    struct error ignored = {0};
    if (journal->fd >= 0)
        journal_note(journal, entry, &ignored);
}

void sweep_journal_begin(void *journal, size_t p)
{
    struct arena *scratch = arena_open();
    note(journal, arena_printf(scratch, "%s%zu", BEGUN, p));
    arena_close(scratch);
}

void sweep_journal_stop(struct journal *journal)
{
    struct error ignored = {0};
    note(journal, STOPPED);
    journal_sync(journal, &ignored);
}

/* ---- shards ------------------------------------------------------------------------------ */

bool sweep_journal_note_command(struct journal *journal, const char *const *words, size_t count,
                                struct arena *arena, struct error *err)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(words[i]));
    char *text = json_dumps(array, JSON_COMPACT);
    bool is_noted = text && journal_add(journal, arena_printf(arena, "%s%s", OF, text), err);
    arena_library_free(text);
    json_decref(array);
    return is_noted || error_set(err, STATUS_USAGE, "the command line is not UTF-8");
}

static bool take_words(const char *text, struct arena *arena, char ***words, size_t *count)
{
    json_t *array = json_loads(text, 0, NULL), *word;
    size_t i;
    *words = arena_array(arena, json_array_size(array) + 1, sizeof **words);
    *count = 0;
    json_array_foreach(array, i, word) if (json_is_string(word))(*words)[(*count)++] =
        arena_strdup(arena, json_string_value(word));
    bool is_whole = *count > 0 && *count == json_array_size(array);
    json_decref(array);
    return is_whole;
}

bool sweep_journal_read_command(const char *folder, struct arena *arena, char ***words,
                                size_t *count, struct error *err)
{
    struct journal journal;
    if (!journal_read(&journal, folder, NAME, NULL, arena, err))
        return false;
    for (size_t i = 0; i < journal.entry_count; i++)
        if (begins_with(journal.entries[i], OF) &&
            take_words(journal.entries[i] + strlen(OF), arena, words, count))
            return true;
    error_set_file(err, journal.path);
    return error_set(err, STATUS_INPUT, "is not of a shard: it does not say of which command");
}

bool sweep_journal_merge(struct journal *journal, const char *const *folders, size_t count,
                         const struct result *grounds, struct arena *arena, struct error *err)
{
    struct journal *parts = arena_array(arena, count, sizeof *parts);
    size_t entries = 0;
    for (size_t i = 0; i < count; i++) {
        if (!journal_read(&parts[i], folders[i], NAME, key_of(grounds, arena), arena, err))
            return false;
        entries += parts[i].entry_count;
    }
    *journal = (struct journal){.fd = -1, .path = folders[0]};
    journal->entries = arena_array(arena, entries, sizeof *journal->entries);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < parts[i].entry_count; k++)
            if (!begins_with(parts[i].entries[k], STOPPED))
                journal->entries[journal->entry_count++] = parts[i].entries[k];
    return true;
}
