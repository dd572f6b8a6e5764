/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/child_process.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* posix_spawnp may find out too late to tell; then the child ends with this (POSIX.1-2017). */
enum { NOT_STARTED = 127, BY_A_SIGNAL = 128 };

int child_file_open(const void *bytes, size_t size)
{
    int file = memfd_create("capsim", 0);
    for (size_t done = 0; file >= 0 && done < size;) {
        ssize_t written = write(file, (const char *)bytes + done, size - done);
        if (written < 0 && errno != EINTR) {
            close(file);
            return -1;
        }
        done += written > 0 ? (size_t)written : 0;
    }
    if (file >= 0)
        lseek(file, 0, SEEK_SET);
    return file;
}

const char *child_file_path(int file, struct arena *arena)
{
    return arena_printf(arena, "/dev/fd/%d", file);
}

static const char *read_back(int file, struct arena *arena, size_t *size)
{
    struct stat facts;
    size_t room = fstat(file, &facts) == 0 ? (size_t)facts.st_size : 0;
    char *text = arena_alloc(arena, arena_add_sizes(room, 1));
    for (*size = 0; *size < room;) {
        ssize_t got = pread(file, text + *size, room - *size, (off_t)*size);
        if (got <= 0)
            break;
        *size += (size_t)got;
    }
    return text;
}

static int spawn(pid_t *child, const char *const *words, const int streams[3], struct arena *arena)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t ordinary;
    size_t count = 0;
    while (words[count])
        count++;
    char **copies = arena_array(arena, count + 1, sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = arena_strdup(arena, words[i]);
    sigemptyset(&ordinary);
    sigaddset(&ordinary, SIGPIPE);
    sigaddset(&ordinary, SIGXFSZ);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &ordinary);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    for (int i = 0; i < 3; i++)
        posix_spawn_file_actions_adddup2(&actions, streams[i], i);
    int code = posix_spawnp(child, copies[0], &actions, &attributes, copies, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return code;
}

static bool run(const char *const *words, const int streams[3], struct arena *arena,
                struct child_output *output, struct error *err)
{
    pid_t child;
    int status = 0, code = spawn(&child, words, streams, arena);
    while (code == 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    bool is_missing =
        code == ENOENT || (code == 0 && WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED);
    if (is_missing)
        return error_set(err, STATUS_IO, "%s is not installed", words[0]);
    if (code != 0)
        return error_set(err, STATUS_IO, "cannot start %s: %s", words[0], strerror(code));
    size_t ignored;
    output->status = WIFEXITED(status) ? WEXITSTATUS(status) : BY_A_SIGNAL + WTERMSIG(status);
    output->text = read_back(streams[1], arena, &output->size);
    output->complaint = read_back(streams[2], arena, &ignored);
    return true;
}

bool child_run(const char *const *words, const void *input, size_t size, struct arena *arena,
               struct child_output *output, struct error *err)
{
    int streams[3] = {child_file_open(input, size), child_file_open("", 0), child_file_open("", 0)};
    *output = (struct child_output){0};
    bool is_run = streams[0] >= 0 && streams[1] >= 0 && streams[2] >= 0;
    is_run = is_run ? run(words, streams, arena, output, err)
                    : error_set(err, STATUS_IO, "cannot start %s: %s", words[0], strerror(errno));
    for (int i = 0; i < 3; i++)
        if (streams[i] >= 0)
            close(streams[i]);
    return is_run;
}
