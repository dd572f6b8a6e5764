/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/folder.h"
#include "reports/files/atomic_file.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Makes the folder and those above it that are missing. */
static bool make_folder(const char *folder, struct arena *arena, struct error *err)
{
    if (folder[0] == '\0')
        return error_set(err, STATUS_IO, "the folder for the report has an empty name");
    char *path = arena_strdup(arena, folder);
    for (char *end = path; *end != '\0';) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        bool is_made = mkdir(path, 0777) == 0;
        int code = errno;
        if (!is_made && !is_folder(path)) {
            error_set_file(err, path);
            return error_set(err, STATUS_IO, "cannot make the folder: %s", strerror(code));
        }
        *end = kept;
    }
    return true;
}

static char *path_in(const char *folder, const char *name, struct arena *arena)
{
    size_t length = strlen(folder);
    bool has_slash = length > 0 && folder[length - 1] == '/';
    return arena_printf(arena, "%s%s%s", folder, has_slash ? "" : "/", name);
}

/* Makes the folder that a file's name leads into. */
static bool make_folder_of(const char *path, struct arena *arena, struct error *err)
{
    char *folder = arena_strdup(arena, path), *slash = strrchr(folder, '/');
    *slash = '\0';
    return *folder == '\0' || make_folder(folder, arena, err);
}

static bool write_file(struct atomic_file *made, const struct folder_file *file, const char *folder,
                       struct arena *arena, struct error *err)
{
    const char *path = path_in(folder, file->name, arena);
    if (!make_folder_of(path, arena, err) || !atomic_file_open(made, path, arena, err))
        return false;
    if (!file->write(file->context, made->stream, err)) {
        error_set_file(err, made->path);
        return false;
    }
    return atomic_file_finish(made, err);
}

static bool write_files(struct atomic_file *made, const struct folder_file *files, size_t count,
                        const char *folder, struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!write_file(&made[i], &files[i], folder, arena, err))
            return false;
    for (size_t i = 0; i < count; i++)
        if (!atomic_file_publish(&made[i], err))
            return false;
    return true;
}

/* A signal that would end the process waits until the trial is gone: nobody catches it yet. */
bool folder_prepare(const char *folder, struct error *err)
{
    struct atomic_file trial = {0};
    struct arena *arena = arena_open();
    sigset_t ending, before;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ending, &before);
    bool is_ready = make_folder(folder, arena, err);
    if (is_ready && !atomic_file_open(&trial, path_in(folder, "trial", arena), arena, err)) {
        error_set_file(err, folder);
        is_ready = false;
    }
    atomic_file_discard(&trial);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    arena_close(arena);
    return is_ready;
}

bool folder_write(const struct folder_file *files, size_t count, const char *folder,
                  struct error *err)
{
    struct arena *arena = arena_open();
    struct atomic_file *made = arena_array(arena, count, sizeof *made);
    bool is_done =
        make_folder(folder, arena, err) && write_files(made, files, count, folder, arena, err);
    for (size_t i = 0; i < count; i++)
        atomic_file_discard(&made[i]);
    arena_close(arena);
    return is_done;
}
