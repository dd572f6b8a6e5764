/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/saved_report.h"
#include "inputs/json/input_file.h"
#include "inputs/json/json_text.h"
#include "inputs/json/locate.h"
#include "reports/result/result_read.h"
#include <string.h>
#include <sys/stat.h>

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

static bool is_written(const json_t *root)
{
    return json_object_get(root, "capsim_report") || json_object_get(root, "capsim_answer");
}

bool saved_report_read_written(const char *path, struct arena *arena, struct saved_report *written,
                               struct error *err)
{
    if (!saved_report_read(path, arena, written, err))
        return false;
    if (is_written(written->root))
        return true;
    json_decref(written->root);
    written->root = NULL;
    error_set_file(err, path);
    return error_set(err, STATUS_INPUT,
                     "is not what capsim writes: it has neither \"capsim_report\" nor "
                     "\"capsim_answer\"; 'capsim run --format json' writes a report");
}

struct saved_report saved_report_look(const char *path, struct arena *arena)
{
    struct stat status;
    struct saved_report written = {0};
    struct error ignored = {0};
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        !saved_report_read(path, arena, &written, &ignored))
        return (struct saved_report){0};
    if (is_written(written.root))
        return written;
    json_decref(written.root);
    return (struct saved_report){0};
}

const struct result *saved_report_page(const struct saved_report *written, struct arena *arena,
                                       struct error *err)
{
    if (!json_object_get(written->root, "capsim_answer"))
        return saved_report_result(written, arena, err);
    error_set_file(err, written->path);
    error_set(err, STATUS_INPUT,
              "is the answer of another subcommand; that one writes its page with --format "
              "html or --out");
    return NULL;
}
