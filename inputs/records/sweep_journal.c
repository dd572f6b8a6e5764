/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/sweep_journal.h"
#include "inputs/records/journal_entry.h"
#include "sim/base/sha256.h"
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

bool sweep_journal_open(struct journal *journal, const char *folder, const struct result *grounds,
                        bool is_resumed, struct arena *arena, struct error *err)
{
    return journal_open(journal, folder, "sweep.journal", key_of(grounds, arena), is_resumed, arena,
                        err);
}

bool sweep_journal_restore(void *journal, struct sweep_study *study, struct error *err)
{
    const struct journal *kept = journal;
    struct candidate_field *field = &study->exploration.field;
    for (size_t i = 0; i < kept->entry_count; i++) {
        const char *line = kept->entries[i];
        size_t p;
        if (!journal_entry_index(line, &p) || p >= study->count ||
            !journal_entry_read(line, &field->probes.probes[p],
                                sweep_study_columns(study, p, field->arena), study->column_count,
                                field->arena)) {
            error_set_file(err, kept->path);
            return error_set(err, STATUS_USAGE, "entry %zu cannot be read: remove this file",
                             i + 1);
        }
        atomic_fetch_add(&study->finished, 1);
    }
    return true;
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
