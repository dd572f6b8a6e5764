/* Any bytes as a scenario: read into checked structs, or one error that names a place and prints
 * cleanly. Never a crash, a hang or a leak. */
#include "inputs/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_error(const struct error *err)
{
    char text[2048];
    error_format(err, text, sizeof text);
    if (err->status == STATUS_OK || err->status == STATUS_IO || !err->message[0])
        abort();
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[64];
    int file = memfd_create("scenario", 0);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);

    struct arena *arena = arena_open();
    struct scenario_request request = {.file = path};
    struct scenario_set set = {0};
    struct error err = {0};
    if (!scenario_read(&request, arena, &set, &err))
        check_error(&err);
    else if (err.status != STATUS_OK)
        abort();
    scenario_close(&set);
    arena_close(arena);
    close(file);
    return 0;
}
