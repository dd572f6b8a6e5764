/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/journal.h"
#include "sim/base/sha256.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { CHECK_DIGITS = 16, FIRST_ENTRIES = 64 };

static const size_t MAX_BYTES = (size_t)1 << 30;
static const int64_t NS_PER_S = 1000000000;

static bool fail(struct journal *journal, struct error *err, const char *what)
{
    error_set(err, STATUS_IO, "cannot be %s: %s", what, strerror(errno));
    error_set_file(err, journal->path);
    return false;
}

/* "0123456789abcdef text\n" */
static const char *write_line(const char *text, struct arena *arena)
{
    char hash[SHA256_HEX_SIZE];
    sha256_hex(text, strlen(text), hash);
    return arena_printf(arena, "%.*s %s\n", CHECK_DIGITS, hash, text);
}

/* The text of a line of that length without its line feed; NULL when its checksum is wrong. */
static const char *read_line(const char *line, size_t length, struct arena *arena)
{
    char hash[SHA256_HEX_SIZE];
    if (length <= CHECK_DIGITS || line[CHECK_DIGITS] != ' ')
        return NULL;
    const char *text = line + CHECK_DIGITS + 1;
    size_t size = length - CHECK_DIGITS - 1;
    sha256_hex(text, size, hash);
    return memcmp(hash, line, CHECK_DIGITS) == 0 && !memchr(text, '\0', size)
               ? arena_printf(arena, "%.*s", (int)size, text)
               : NULL;
}

static bool write_whole(struct journal *journal, const char *line, struct error *err)
{
    for (size_t left = strlen(line); left > 0;) {
        ssize_t written = write(journal->fd, line, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(journal, err, "written");
        line += written;
        left -= (size_t)written;
    }
    return true;
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static bool sync_now(struct journal *journal, struct error *err)
{
    int64_t began = now_ns();
    if (fdatasync(journal->fd) != 0 && errno != EINVAL)
        return fail(journal, err, "written");
    int64_t ended = now_ns();
    journal->next_sync_ns = ended + JOURNAL_SYNC_PARTS * (ended - began);
    return true;
}

static bool add_line(struct journal *journal, const char *line, struct error *err)
{
    return write_whole(journal, line, err) &&
           (now_ns() < journal->next_sync_ns || sync_now(journal, err));
}

/* The whole file in arena. */
static bool read_all(struct journal *journal, struct arena *arena, char **bytes, size_t *size,
                     struct error *err)
{
    struct stat facts;
    if (fstat(journal->fd, &facts) != 0)
        return fail(journal, err, "read");
    if (!S_ISREG(facts.st_mode) || (size_t)facts.st_size > MAX_BYTES) {
        error_set_file(err, journal->path);
        return error_set(err, STATUS_USAGE, "is not a journal of a sweep");
    }
    *bytes = arena_alloc(arena, arena_add_sizes((size_t)facts.st_size, 1));
    for (*size = 0; *size < (size_t)facts.st_size;) {
        ssize_t count =
            pread(journal->fd, *bytes + *size, (size_t)facts.st_size - *size, (off_t)*size);
        if (count < 0)
            return fail(journal, err, "read");
        if (count == 0)
            break;
        *size += (size_t)count;
    }
    return true;
}

static void keep_entry(struct journal *journal, const char *text, size_t *room, struct arena *arena)
{
    if (journal->entry_count == *room) {
        *room = *room > 0 ? 2 * *room : FIRST_ENTRIES;
        const char **grown = arena_array(arena, *room, sizeof *grown);
        if (journal->entry_count > 0)
            memcpy(grown, journal->entries, journal->entry_count * sizeof *grown);
        journal->entries = grown;
    }
    journal->entries[journal->entry_count++] = text;
}

/* Reads what is there; *at: where its good lines end. key NULL: any. */
static bool read_lines(struct journal *journal, const char *key, size_t *good, struct arena *arena,
                       struct error *err)
{
    char *bytes = NULL;
    size_t size = 0, at = 0, room = 0;
    bool has_key = false;
    if (!read_all(journal, arena, &bytes, &size, err))
        return false;
    while (at < size) {
        const char *end = memchr(bytes + at, '\n', size - at);
        const char *text = end ? read_line(bytes + at, (size_t)(end - bytes) - at, arena) : NULL;
        if (!text)
            break;
        if (!has_key && key && strcmp(text, key) != 0) {
            error_set_file(err, journal->path);
            return error_set(err, STATUS_USAGE,
                             "is of another sweep (scenario, options or version differ): it can "
                             "be continued as it was begun, or removed");
        }
        if (has_key)
            keep_entry(journal, text, &room, arena);
        has_key = true;
        at = (size_t)(end - bytes) + 1;
    }
    *good = at;
    return true;
}

/* What is behind the last good line is cut off. An empty file is new. */
static bool continue_journal(struct journal *journal, const char *key, struct arena *arena,
                             struct error *err)
{
    size_t good;
    if (!read_lines(journal, key, &good, arena, err))
        return false;
    if (ftruncate(journal->fd, (off_t)good) != 0)
        return fail(journal, err, "written");
    return good > 0 || add_line(journal, write_line(key, arena), err);
}

bool journal_read(struct journal *journal, const char *folder, const char *name, const char *key,
                  struct arena *arena, struct error *err)
{
    size_t good = 0;
    *journal = (struct journal){.path = arena_printf(arena, "%s/%s", folder, name)};
    journal->fd = open(journal->path, O_RDONLY | O_CLOEXEC);
    if (journal->fd < 0) {
        error_set_file(err, journal->path);
        return error_set(err, STATUS_INPUT, "cannot be opened: %s", strerror(errno));
    }
    bool is_read = read_lines(journal, key, &good, arena, err);
    journal_close(journal, false);
    if (!is_read || good > 0)
        return is_read;
    error_set_file(err, journal->path);
    return error_set(err, STATUS_INPUT, "is not a journal of a sweep");
}

bool journal_open(struct journal *journal, const char *folder, const char *name, const char *key,
                  bool is_resumed, struct arena *arena, struct error *err)
{
    *journal = (struct journal){.path = arena_printf(arena, "%s/%s", folder, name)};
    int mode = is_resumed ? 0 : O_EXCL;
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | mode, 0666);
    if (journal->fd < 0 && errno == EEXIST) {
        error_set_file(err, journal->path);
        return error_set(err, STATUS_USAGE,
                         "an unfinished sweep is kept here: continue it with --resume, or remove "
                         "this file to begin anew");
    }
    if (journal->fd < 0)
        return fail(journal, err, "opened");
    return continue_journal(journal, key, arena, err);
}

bool journal_add(struct journal *journal, const char *entry, struct error *err)
{
    struct arena *scratch = arena_open();
    bool is_kept = add_line(journal, write_line(entry, scratch), err);
    arena_close(scratch);
    return is_kept;
}

bool journal_sync(struct journal *journal, struct error *err)
{
    return journal->fd < 0 || sync_now(journal, err);
}

bool journal_note(struct journal *journal, const char *entry, struct error *err)
{
    struct arena *scratch = arena_open();
    bool is_written = write_whole(journal, write_line(entry, scratch), err);
    arena_close(scratch);
    return is_written;
}

void journal_close(struct journal *journal, bool is_complete)
{
    if (journal->fd < 0)
        return;
    close(journal->fd);
    journal->fd = -1;
    if (is_complete)
        unlink(journal->path);
}
