/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A library that is loaded before the C library (LD_PRELOAD) and makes one call fail.
 *
 * FAULT_MEMORY=n: the n-th call that asks for memory, of whatever part of the process, gets none.
 * FAULT_FILE=n: the n-th call that opens a file to write, writes, cuts, flushes, synchronizes or
 * renames it, makes a folder or starts a program fails as on a full disk. n counts from 1; 0 or
 * unset: none. FAULT_COUNT=FILE: at the end the numbers of both kinds of calls are written there,
 * so that a campaign knows where to stop. FAULT_CLOCK=s: the calendar says s seconds after 1970,
 * and a day less each time it is asked. Programs that the process starts are left alone. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* glibc's own, so that looking them up asks for no memory. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *memory, size_t size);
int posix_memalign(void **memory, size_t alignment, size_t size);
int fflush(FILE *stream);
int fsync(int descriptor);
int fdatasync(int descriptor);
int ftruncate(int descriptor, off_t length);
ssize_t write(int descriptor, const void *bytes, size_t count);
int rename(const char *from, const char *to);
int mkdir(const char *path, mode_t mode);
char *mkdtemp(char *path);
int pipe2(int ends[2], int flags);
int posix_spawnp(pid_t *id, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const words[],
                 char *const environment[]);
int open(const char *path, int flags, ...);
time_t time(time_t *now);
int clock_gettime(clockid_t clock, struct timespec *now);

static atomic_long memory_calls, file_calls;
static long failing_memory, failing_file;
static int count_descriptor = -1;
static atomic_long calendar; /* 0: the real one */

static long number_of(const char *name)
{
    const char *text = getenv(name);
    return text ? strtol(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
    /* Now: later the program may no longer write there. */
    const char *count_file = getenv("FAULT_COUNT");
    if (count_file)
        count_descriptor = open(count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    unsetenv("LD_PRELOAD");
    failing_memory = number_of("FAULT_MEMORY");
    failing_file = number_of("FAULT_FILE");
    atomic_store(&calendar, number_of("FAULT_CLOCK"));
    atomic_store(&memory_calls, 0); /* what came before is the loader's and our own */
    atomic_store(&file_calls, 0);
}

__attribute__((destructor)) static void end(void)
{
    if (count_descriptor < 0)
        return;
    char text[64];
    int length = snprintf(text, sizeof text, "%ld %ld\n", atomic_load(&memory_calls),
                          atomic_load(&file_calls));
    failing_file = 0;
    if (length <= 0 || write(count_descriptor, text, (size_t)length) < 0)
        _exit(97);
    close(count_descriptor);
}

static bool fails_memory(void)
{
    long call = atomic_fetch_add(&memory_calls, 1) + 1;
    return failing_memory > 0 && call == failing_memory;
}

static bool fails_file(void)
{
    long call = atomic_fetch_add(&file_calls, 1) + 1;
    if (failing_file <= 0 || call != failing_file)
        return false;
    errno = ENOSPC;
    return true;
}

void *malloc(size_t size)
{
    if (!fails_memory())
        return __libc_malloc(size);
    errno = ENOMEM;
    return NULL;
}

void *calloc(size_t count, size_t size)
{
    if (!fails_memory())
        return __libc_calloc(count, size);
    errno = ENOMEM;
    return NULL;
}

void *realloc(void *memory, size_t size)
{
    if (!fails_memory())
        return __libc_realloc(memory, size);
    errno = ENOMEM;
    return NULL;
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = fails_memory() ? NULL : __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

/* dlsym gives an object pointer; POSIX promises that it holds a function's. */
#define NEXT(name, function)                                                                       \
    union {                                                                                        \
        void *object;                                                                              \
        __typeof__(&name) call;                                                                    \
    } function = {dlsym(RTLD_NEXT, #name)}

int fflush(FILE *stream)
{
    NEXT(fflush, next);
    return stream && fails_file() ? EOF : next.call(stream);
}

int fsync(int descriptor)
{
    NEXT(fsync, next);
    return fails_file() ? -1 : next.call(descriptor);
}

int fdatasync(int descriptor)
{
    NEXT(fdatasync, next);
    return fails_file() ? -1 : next.call(descriptor);
}

int ftruncate(int descriptor, off_t length)
{
    NEXT(ftruncate, next);
    return fails_file() ? -1 : next.call(descriptor, length);
}

/* Not what the C library writes for a stream: that fails when it is flushed. */
ssize_t write(int descriptor, const void *bytes, size_t count)
{
    NEXT(write, next);
    return fails_file() ? -1 : next.call(descriptor, bytes, count);
}

int rename(const char *from, const char *to)
{
    NEXT(rename, next);
    return fails_file() ? -1 : next.call(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    NEXT(mkdir, next);
    return fails_file() ? -1 : next.call(path, mode);
}

char *mkdtemp(char *path)
{
    NEXT(mkdtemp, next);
    return fails_file() ? NULL : next.call(path);
}

int pipe2(int ends[2], int flags)
{
    NEXT(pipe2, next);
    return fails_file() ? -1 : next.call(ends, flags);
}

int posix_spawnp(pid_t *id, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const words[],
                 char *const environment[])
{
    NEXT(posix_spawnp, next);
    return fails_file() ? EAGAIN : next.call(id, file, actions, attributes, words, environment);
}

int open(const char *path, int flags, ...)
{
    NEXT(open, next);
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if ((flags & O_ACCMODE) != O_RDONLY && fails_file())
        return -1;
    return next.call(path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    NEXT(clock_gettime, next);
    if (clock != CLOCK_REALTIME || atomic_load(&calendar) == 0)
        return next.call(clock, now);
    *now = (struct timespec){.tv_sec = atomic_fetch_sub(&calendar, 86400)};
    return 0;
}

time_t time(time_t *now)
{
    struct timespec at = {0};
    clock_gettime(CLOCK_REALTIME, &at);
    if (now)
        *now = at.tv_sec;
    return at.tv_sec;
}
