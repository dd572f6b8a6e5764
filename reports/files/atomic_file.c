/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/atomic_file.h"
#include "reports/files/output.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Left-overs of killed processes that had this process's id. */
enum { MAX_NAMES_TRIED = 1000 };

/* Those whose temporary file is there: a process that ends for want of memory removes them. */
static struct atomic_file *pending;

static void remove_pending(void)
{
    for (struct atomic_file *file = pending; file; file = file->next)
        unlink(file->temporary);
}

static void add_pending(struct atomic_file *file)
{
    static bool is_arranged;
    if (!is_arranged)
        is_arranged = atexit(remove_pending) == 0;
    file->next = pending;
    pending = file;
}

static void forget_pending(struct atomic_file *file)
{
    struct atomic_file **link = &pending;
    while (*link && *link != file)
        link = &(*link)->next;
    if (*link)
        *link = file->next;
    file->temporary = NULL;
}

static bool fail(const struct atomic_file *file, const char *what, int code, struct error *err)
{
    if (err->status == STATUS_OK)
        error_set_file(err, file->path);
    return error_set(err, STATUS_IO, "cannot %s: %s", what, strerror(code));
}

/* The folder that path is in, with the slash at its end; "" for the working folder. */
static const char *folder_of(const char *path, struct arena *arena)
{
    char *folder = arena_strdup(arena, path);
    char *slash = strrchr(folder, '/');
    folder[slash ? slash + 1 - folder : 0] = '\0';
    return folder;
}

/* A new file of a name that nothing has; -1 with errno set. Not mkstemp: its files are 0600, and to
 * learn the umask without changing it is not possible. */
static int create_temporary(struct atomic_file *file, struct arena *arena)
{
    for (int i = 0; i < MAX_NAMES_TRIED; i++) {
        const char *name =
            arena_printf(arena, "%s.capsim-%ld-%d.tmp", file->folder, (long)getpid(), i);
        int descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            file->temporary = name;
            add_pending(file);
            return descriptor;
        }
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

bool atomic_file_open(struct atomic_file *file, const char *path, struct arena *arena,
                      struct error *err)
{
    *file =
        (struct atomic_file){.path = arena_strdup(arena, path), .folder = folder_of(path, arena)};
    int descriptor = create_temporary(file, arena);
    if (descriptor < 0)
        return fail(file, "create a file there", errno, err);
    file->stream = fdopen(descriptor, "w");
    if (!file->stream) {
        int code = errno;
        close(descriptor);
        atomic_file_discard(file);
        return fail(file, "create a file there", code, err);
    }
    return true;
}

bool atomic_file_finish(struct atomic_file *file, struct error *err)
{
    errno = 0;
    bool is_written = fflush(file->stream) == 0 && !ferror(file->stream);
    /* EINVAL: this kind of file has nothing to synchronize. */
    bool is_synced = is_written && (fsync(fileno(file->stream)) == 0 || errno == EINVAL);
    int code = errno;
    bool is_closed = fclose(file->stream) == 0;
    file->stream = NULL;
    if (is_synced && is_closed)
        return true;
    if (is_synced)
        code = errno;
    return fail(file, "write it", code != 0 ? code : EIO, err);
}

/* Puts the renaming itself on the disk. Some file systems cannot; the file is whole either way. */
static void sync_folder(const struct atomic_file *file)
{
    const char *folder = file->folder[0] != '\0' ? file->folder : ".";
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    (void)fsync(descriptor);
    close(descriptor);
}

bool atomic_file_publish(struct atomic_file *file, struct error *err)
{
    if (rename(file->temporary, file->path) != 0)
        return fail(file, "put it in place", errno, err);
    forget_pending(file);
    sync_folder(file);
    return true;
}

void atomic_file_discard(struct atomic_file *file)
{
    if (file->stream)
        (void)fclose(file->stream);
    if (file->temporary) {
        unlink(file->temporary);
        forget_pending(file);
    }
    file->stream = NULL;
}

bool atomic_file_save(const char *path, const void *bytes, size_t size, struct arena *arena,
                      struct error *err)
{
    struct atomic_file file = {0};
    bool is_written = atomic_file_open(&file, path, arena, err);
    if (is_written) {
        fwrite(bytes, 1, size, file.stream);
        is_written = output_flush(file.stream, err) && atomic_file_finish(&file, err) &&
                     atomic_file_publish(&file, err);
    }
    if (!is_written)
        error_set_file(err, path);
    atomic_file_discard(&file);
    return is_written;
}
