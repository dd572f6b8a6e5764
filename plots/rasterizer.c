/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/rasterizer.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { CHUNK = 1 << 16, WORDS = 400 };

bool rasterizer_is_installed(void)
{
    const char *path = getenv("PATH");
    struct arena *arena = arena_open();
    bool is_found = false;
    for (const char *at = path ? path : ""; *at != '\0' && !is_found;) {
        size_t length = strcspn(at, ":");
        const char *file = arena_printf(arena, "%.*s/" RASTERIZER, (int)length, at);
        is_found = length > 0 && access(file, X_OK) == 0;
        at += length + (at[length] == ':');
    }
    arena_close(arena);
    return is_found;
}

/* Ours without what changes its ways or the form of its numbers. */
static char **plain_environment(struct arena *arena)
{
    static const char *const dropped[] = {"LC_", "LANG", "G_MESSAGES", "RSVG_"};
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **made = arena_array(arena, count + 2, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        bool is_dropped = false;
        for (size_t k = 0; k < sizeof dropped / sizeof dropped[0]; k++)
            is_dropped |= strncmp(environ[i], dropped[k], strlen(dropped[k])) == 0;
        if (!is_dropped)
            made[kept++] = environ[i];
    }
    made[kept] = arena_strdup(arena, "LC_ALL=C.UTF-8");
    return made;
}

/* A file without a name, with text in it; -1 when there is none to be had. */
static int memory_file(const char *text)
{
    int file = memfd_create("capsim", MFD_CLOEXEC);
    size_t length = strlen(text);
    if (file < 0)
        return -1;
    for (size_t done = 0; done < length;) {
        ssize_t written = write(file, text + done, length - done);
        if (written < 0) {
            close(file);
            return -1;
        }
        done += (size_t)written;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

/* The process, and our ends of what it reads and writes. */
struct process {
    pid_t id;
    int source, complaints, output[2];
};

/* posix_spawnp may find out too late to tell; then the child ends with this (POSIX.1-2017). */
enum { NOT_STARTED = 127 };

static bool start(struct process *process, struct arena *arena, struct error *err)
{
    char *const words[] = {arena_strdup(arena, RASTERIZER), arena_strdup(arena, "--zoom=2"), NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t blocked, ordinary;
    /* Ctrl-C is for us, also while it starts: what is interrupted may still be drawn. */
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigemptyset(&ordinary);
    sigaddset(&ordinary, SIGPIPE);
    sigaddset(&ordinary, SIGXFSZ);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &ordinary);
    posix_spawnattr_setsigmask(&attributes, &blocked);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_adddup2(&actions, process->source, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, process->output[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, process->complaints, STDERR_FILENO);
    int code = posix_spawnp(&process->id, words[0], &actions, &attributes, words,
                            plain_environment(arena));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (code == ENOENT)
        return error_set(err, STATUS_IO, "%s", RASTERIZER_MISSING);
    return code == 0 ||
           error_set(err, STATUS_IO, "cannot start " RASTERIZER ": %s", strerror(code));
}

static double seconds_left(const struct timespec *begun)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return RASTERIZER_LIMIT_S - (double)(now.tv_sec - begun->tv_sec) -
           1e-9 * (double)(now.tv_nsec - begun->tv_nsec);
}

/* Everything that comes out of file; false when the time is up. */
static bool read_all(int file, struct arena *arena, char **bytes, size_t *size)
{
    size_t room = CHUNK;
    struct timespec begun;
    clock_gettime(CLOCK_MONOTONIC, &begun);
    *bytes = arena_alloc(arena, room);
    *size = 0;
    for (;;) {
        struct pollfd ready = {.fd = file, .events = POLLIN};
        double left = seconds_left(&begun);
        if (left <= 0.0 || poll(&ready, 1, (int)(left * 1000.0) + 1) == 0)
            return false;
        ssize_t got = read(file, *bytes + *size, room - *size - 1);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        *size += got > 0 ? (size_t)got : 0;
        if (room - *size < CHUNK / 2) {
            char *larger = arena_alloc(arena, room = arena_multiply_sizes(room, 2));
            *bytes = memcpy(larger, *bytes, *size);
        }
    }
    (*bytes)[*size] = '\0';
    return true;
}

/* The beginning of what it complained of, on one line. */
static const char *words_of(int complaints, struct arena *arena)
{
    char *text = arena_alloc(arena, WORDS + 1);
    lseek(complaints, 0, SEEK_SET);
    ssize_t size = read(complaints, text, WORDS);
    text[size > 0 ? size : 0] = '\0';
    for (char *at = text; *at != '\0'; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    return text;
}

static bool finish(const struct process *process, bool is_read, size_t size, struct arena *arena,
                   struct error *err)
{
    int status = 0;
    if (!is_read)
        kill(process->id, SIGKILL);
    while (waitpid(process->id, &status, 0) < 0 && errno == EINTR)
        ;
    if (!is_read)
        return error_set(err, STATUS_IO, RASTERIZER " did not finish within %d s",
                         RASTERIZER_LIMIT_S);
    if (WIFSIGNALED(status))
        return error_set(err, STATUS_IO, RASTERIZER " was ended by signal %d", WTERMSIG(status));
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)
        return error_set(err, STATUS_IO, "%s", RASTERIZER_MISSING);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || size == 0)
        return error_set(err, STATUS_IO, RASTERIZER " failed: %s",
                         words_of(process->complaints, arena));
    return true;
}

static void close_if_open(int file)
{
    if (file >= 0)
        close(file);
}

bool rasterizer_draw(const char *svg, struct arena *arena, const char **picture, size_t *size,
                     struct error *err)
{
    struct process process = {
        .source = memory_file(svg), .complaints = memory_file(""), .output = {-1, -1}};
    bool is_drawn = false;
    if (process.source < 0 || process.complaints < 0 || pipe2(process.output, O_CLOEXEC) != 0) {
        error_set(err, STATUS_IO, "cannot start " RASTERIZER ": %s", strerror(errno));
    } else if (start(&process, arena, err)) {
        close(process.output[1]);
        process.output[1] = -1;
        char *bytes;
        bool is_read = read_all(process.output[0], arena, &bytes, size);
        *picture = bytes;
        is_drawn = finish(&process, is_read, *size, arena, err);
    }
    close_if_open(process.source);
    close_if_open(process.complaints);
    close_if_open(process.output[0]);
    close_if_open(process.output[1]);
    return is_drawn;
}
