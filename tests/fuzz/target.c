/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/target.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void target_require_at(bool is_so, const char *claim, const char *file, int line)
{
    if (is_so)
        return;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
    abort();
}

struct target_file target_file_open(const void *bytes, size_t size)
{
    struct target_file file = {.descriptor = memfd_create("input", MFD_CLOEXEC)};
    target_require(file.descriptor >= 0);
    target_require(write(file.descriptor, bytes, size) == (ssize_t)size);
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.descriptor);
    return file;
}

void target_file_close(const struct target_file *file)
{
    close(file->descriptor);
}

char *target_text(const uint8_t *bytes, size_t size, struct arena *arena)
{
    char *text = arena_alloc(arena, arena_add_sizes(size, 1));
    if (size > 0)
        memcpy(text, bytes, size);
    return text;
}

int target_count_lines(const uint8_t *bytes, size_t size)
{
    int lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n' || bytes[i] == '\r';
    return lines;
}

void target_check_outcome(bool is_read, const struct error *err)
{
    char text[2048];
    target_require(is_read == (err->status == STATUS_OK));
    if (is_read)
        return;
    target_require(err->status != STATUS_IO && err->message[0]);
    error_format(err, text, sizeof text);
    for (const char *c = text; *c; c++)
        target_require((unsigned char)*c >= ' ' && *c != 127);
}
