/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/kept_file.h"
#include "inputs/json/input_file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LISTED = 100000, MAX_LEVELS = 32 };

const char *kept_file_state_text(enum kept_file_state state)
{
    static const char *const texts[] = {[KEPT_FILE_THERE] = "is there",
                                        [KEPT_FILE_MISSING] = "missing",
                                        [KEPT_FILE_LINK] = "replaced by a link",
                                        [KEPT_FILE_ODD] = "replaced by what is no file",
                                        [KEPT_FILE_OUTSIDE] = "not a file of the folder"};
    return texts[state];
}

/* ---- one file ---------------------------------------------------------------------------- */

static bool is_outside(const char *name)
{
    if (name[0] == '/' || name[0] == '\0')
        return true;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        if (length == 0 || (length <= 2 && strspn(part, ".") == length))
            return true;
    }
    return false;
}

static bool fail(const char *folder, const char *name, struct arena *arena, struct error *err)
{
    int code = errno;
    error_set_file(err, arena_printf(arena, "%s/%s", folder, name));
    return error_set(err, STATUS_INPUT, "cannot be read: %s", strerror(code));
}

/* What `part` in the open folder is. */
static enum kept_file_state state_of(int folder, const char *part, bool is_last)
{
    struct stat facts;
    if (fstatat(folder, part, &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return KEPT_FILE_MISSING;
    if (S_ISLNK(facts.st_mode))
        return KEPT_FILE_LINK;
    return (is_last ? S_ISREG(facts.st_mode) : S_ISDIR(facts.st_mode)) ? KEPT_FILE_THERE
                                                                       : KEPT_FILE_ODD;
}

/* Opens folder/name step by step; -1 unless it is there. */
static int open_inside(const char *folder, const char *name, struct arena *arena,
                       enum kept_file_state *state)
{
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *state = at < 0 ? KEPT_FILE_MISSING : KEPT_FILE_THERE;
    for (const char *part = name; at >= 0 && part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        bool is_last = part[length] == '\0';
        const char *step = arena_printf(arena, "%.*s", (int)length, part);
        int kind = is_last ? O_NONBLOCK | O_NOCTTY : O_DIRECTORY, next = -1;
        *state = state_of(at, step, is_last);
        if (*state == KEPT_FILE_THERE)
            next = openat(at, step, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind);
        int code = errno;
        close(at);
        errno = code;
        at = next;
    }
    return at;
}

bool kept_file_read(const char *folder, const char *name, struct arena *arena,
                    struct kept_file *file, struct error *err)
{
    *file = (struct kept_file){.state = KEPT_FILE_OUTSIDE};
    if (is_outside(name))
        return true;
    int at = open_inside(folder, name, arena, &file->state);
    if (at < 0)
        return file->state != KEPT_FILE_THERE || fail(folder, name, arena, err);
    bool is_read = input_file_read_open(at, arena_printf(arena, "%s/%s", folder, name), arena,
                                        &file->text, &file->length, err);
    close(at);
    return is_read;
}

/* ---- all files --------------------------------------------------------------------------- */

struct listing {
    const char **names;
    size_t count, room;
    struct arena *arena;
};

static void add_name(struct listing *listing, const char *name)
{
    if (listing->count == listing->room) {
        size_t room = listing->room ? arena_multiply_sizes(listing->room, 2) : 64;
        const char **names = arena_array(listing->arena, room, sizeof *names);
        for (size_t i = 0; i < listing->count; i++)
            names[i] = listing->names[i];
        listing->names = names;
        listing->room = room;
    }
    listing->names[listing->count++] = name;
}

/* Lists the open folder, which is closed by that; prefix: "" or its name with a slash. */
static bool list_folder(struct listing *listing, int folder, const char *prefix, int level)
{
    DIR *open = folder >= 0 ? fdopendir(folder) : NULL;
    bool is_fine = open && level < MAX_LEVELS;
    if (!open && folder >= 0)
        close(folder);
    for (struct dirent *entry; is_fine && (entry = readdir(open));) {
        const char *own = entry->d_name;
        if (strcmp(own, ".") == 0 || strcmp(own, "..") == 0)
            continue;
        struct stat facts;
        const char *name = arena_printf(listing->arena, "%s%s", prefix, own);
        if (fstatat(dirfd(open), own, &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(facts.st_mode)) {
            int inner = openat(dirfd(open), own, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            is_fine =
                list_folder(listing, inner, arena_printf(listing->arena, "%s/", name), level + 1);
        } else {
            add_name(listing, name);
        }
        is_fine = is_fine && listing->count <= MAX_LISTED;
    }
    if (open)
        closedir(open);
    return is_fine;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool kept_file_list(const char *folder, struct arena *arena, const char *const **names,
                    size_t *count, struct error *err)
{
    struct listing listing = {.arena = arena};
    int open_folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_listed = list_folder(&listing, open_folder, "", 0);
    if (listing.count > 1)
        qsort(listing.names, listing.count, sizeof *listing.names, by_name);
    *names = listing.names;
    *count = listing.count;
    if (is_listed)
        return true;
    error_set_file(err, folder);
    return error_set(err, STATUS_INPUT,
                     "cannot be listed: not a folder, or one with more than %d files or %d levels",
                     MAX_LISTED, MAX_LEVELS);
}
