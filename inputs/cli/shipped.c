/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/shipped.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The folder of the program that runs, without the slash at its end; "" where it is not known. */
static const char *program_folder(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0)
        return "";
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    return slash ? arena_printf(arena, "%.*s", (int)(slash - path), path) : "";
}

const char *shipped_find(const char *name, struct arena *arena)
{
    static const char *const places[] = {"/../share/capsim/scenarios/", "/../inputs/scenarios/",
                                         "/../../inputs/scenarios/"};
    const char *here = arena_printf(arena, "inputs/scenarios/%s", name);
    const char *folder = program_folder(arena);
    if (name[0] == '\0' || strchr(name, '/'))
        return NULL;
    if (access(here, R_OK) == 0)
        return here;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char resolved[PATH_MAX];
        const char *path = arena_printf(arena, "%s%s%s", folder, places[i], name);
        if (folder[0] != '\0' && access(path, R_OK) == 0)
            return arena_strdup(arena, realpath(path, resolved) ? resolved : path);
    }
    return NULL;
}
