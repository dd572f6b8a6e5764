/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/saved_report.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/locate.h"
#include "reports/result/result_read.h"
#include <string.h>

bool saved_report_read(const char *path, struct arena *arena, struct saved_report *written,
                       struct error *err)
{
    *written = (struct saved_report){.path = path};
    return input_file_read(path, path, arena, &written->text, &written->length, err) &&
           json_text_parse(path, written->text, written->length, "a report", arena, &written->root,
                           err);
}

/* Gives the error the line of its pointer, or of the innermost object around it that is there. */
static void place_error(const struct saved_report *written, struct error *err)
{
    char pointer[sizeof err->pointer];
    struct locate_place place;
    memcpy(pointer, err->pointer, sizeof pointer);
    while (!locate_pointer(written->text, written->length, pointer, LOCATE_VALUE, &place)) {
        char *slash = strrchr(pointer, '/');
        if (!slash)
            return;
        *slash = '\0';
    }
    err->line = place.line;
    err->column = place.column;
}

const struct result *saved_report_result(const struct saved_report *written, struct arena *arena,
                                         struct error *err)
{
    const struct result *result = result_read(written->root, arena, err);
    if (result)
        return result;
    error_set_file(err, written->path);
    place_error(written, err);
    return NULL;
}
