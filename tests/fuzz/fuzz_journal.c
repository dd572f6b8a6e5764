/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the journal of a sweep: its lines are entries, what follows the last line feed was
 * cut off while it was written. What was added is found again, whatever became of the end; an entry
 * that is taken for a point of the sweep is one, number for number; and bytes that no journal wrote
 * are no entry. */
#include "inputs/records/journal_entry.h"
#include "reports/files/journal.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CRITERIA = 2, COLUMNS = 4, SHOWN = 3 };
static const char *const KEY = "capsim 1 sweep 0123456789abcdef";

static bool open_again(struct journal *journal, const struct target_file *file, struct arena *arena)
{
    struct error err = {0};
    bool is_open = journal_open(journal, "/proc/self/fd", strrchr(file->path, '/') + 1, KEY, true,
                                arena, &err);
    if (!is_open)
        target_require(err.status == STATUS_USAGE && err.message[0] && err.file[0]);
    return is_open;
}

/* ---- entries as points of a sweep ---- */

static bool read_point(const char *line, struct probe *probe, struct arena *arena)
{
    static const int columns[SHOWN] = {2, COLUMN_NONE, 0};
    *probe = (struct probe){0};
    probe->settings[PROBE_WHOLE].criterion_count = CRITERIA;
    probe->settings[PROBE_WHOLE].column_count = COLUMNS;
    return journal_entry_read(line, probe, columns, SHOWN, arena);
}

static const char *write_point(size_t index, const struct probe *probe, struct arena *arena)
{
    static const int columns[SHOWN] = {2, COLUMN_NONE, 0};
    return journal_entry_write(index, probe, columns, SHOWN, arena);
}

static void check_point(const char *line, struct arena *arena)
{
    size_t index, again;
    struct probe probe, copy;
    if (!journal_entry_index(line, &index) || !read_point(line, &probe, arena))
        return;
    target_require(probe.is_finished && probe.verdict <= VERDICT_NONE);
    const char *written = write_point(index, &probe, arena);
    target_require(journal_entry_index(written, &again) && again == index);
    target_require(read_point(written, &copy, arena));
    target_require(strcmp(write_point(again, &copy, arena), written) == 0);
}

/* ---- the file ---- */

/* The lines of text as entries; returns where the rest begins. */
static char *add_lines(struct journal *journal, char *text, size_t *count, struct arena *arena)
{
    struct error err = {0};
    *count = 0;
    for (char *end; (end = strchr(text, '\n')); text = end + 1) {
        *end = '\0';
        target_require(journal_add(journal, text, &err));
        check_point(text, arena);
        ++*count;
    }
    return text;
}

static void check_entries(const struct journal *journal, char *text, size_t count)
{
    target_require(journal->entry_count == count);
    for (size_t i = 0; i < count; i++) {
        target_require(strcmp(journal->entries[i], text) == 0);
        text += strlen(text) + 1;
    }
}

/* Every end at which writing may have stopped leaves a journal with the whole lines before it. */
static void check_cut(const struct target_file *file, off_t length, size_t count,
                      struct arena *arena)
{
    struct journal journal;
    target_require(ftruncate(file->descriptor, length) == 0);
    target_require(open_again(&journal, file, arena));
    target_require(journal.entry_count <= count);
    journal_close(&journal, false);
}

static void check_kept(char *text, struct arena *arena)
{
    struct target_file file = target_file_open("", 0);
    struct journal journal;
    size_t count;
    target_require(open_again(&journal, &file, arena) && journal.entry_count == 0);
    const char *rest = add_lines(&journal, text, &count, arena);
    journal_close(&journal, false);
    off_t whole = lseek(file.descriptor, 0, SEEK_END);
    target_require(write(file.descriptor, rest, strlen(rest)) == (ssize_t)strlen(rest));
    target_require(open_again(&journal, &file, arena));
    check_entries(&journal, text, count);
    target_require(lseek(file.descriptor, 0, SEEK_END) == whole);
    journal_close(&journal, false);
    check_cut(&file, whole - 1, count, arena);
    check_cut(&file, whole / 2, count, arena);
    target_file_close(&file);
}

/* ---- bytes that no journal wrote ---- */

static void check_foreign(const uint8_t *bytes, size_t size, struct arena *arena)
{
    struct target_file file = target_file_open(bytes, size);
    struct journal journal;
    if (open_again(&journal, &file, arena)) {
        target_require(journal.entry_count <= size);
        journal_close(&journal, false);
    }
    target_file_close(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_open();
    check_foreign(bytes, size, arena);
    check_kept(target_text(bytes, size, arena), arena);
    arena_close(arena);
    return 0;
}
