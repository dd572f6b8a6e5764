#include "reports/atomic_file.h"
#include "reports/emit.h"
#include "reports/output.h"
#include "reports/report.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT_WIDTH = 100 };

struct folder {
    const struct result *result;
    const struct run_facts *facts;
};

static bool write_json(const struct folder *folder, FILE *out, struct error *err)
{
    return report_json(folder->result, out, err);
}

static bool write_text(const struct folder *folder, FILE *out, struct error *err)
{
    const struct report_style style = {.has_colour = false, .width = TEXT_WIDTH};
    return report_text(folder->result, &style, out, err);
}

static bool write_markdown(const struct folder *folder, FILE *out, struct error *err)
{
    return report_markdown(folder->result, out, err);
}

static bool write_csv(const struct folder *folder, FILE *out, struct error *err)
{
    return report_csv(folder->result, out, err);
}

/* What differs from run to run; the digest says which results it belongs to. */
static bool write_run(const struct folder *folder, FILE *out, struct error *err)
{
    struct emit emit = emit_begin(emit_to_stream, out);
    emit_open_object(&emit, EMIT_LINES);
    emit_key(&emit, "capsim_run");
    emit_integer(&emit, 1);
    emit_key(&emit, "version");
    emit_string(&emit, folder->result->version);
    emit_key(&emit, "digest");
    emit_string(&emit, folder->result->digest);
    emit_key(&emit, "started");
    emit_string(&emit, folder->facts->started);
    emit_key(&emit, "elapsed_s");
    emit_number(&emit, folder->facts->elapsed_s);
    emit_key(&emit, "host");
    emit_string(&emit, folder->facts->host);
    emit_key(&emit, "threads");
    emit_integer(&emit, folder->facts->threads);
    emit_close(&emit);
    emit_end(&emit);
    return output_flush(out, err);
}

static const struct {
    const char *name;
    bool (*write)(const struct folder *folder, FILE *out, struct error *err);
} files[] = {{"report.json", write_json},
             {"report.txt", write_text},
             {"report.md", write_markdown},
             {"metrics.csv", write_csv},
             {"run.json", write_run}};
enum { FILES = sizeof files / sizeof files[0] };

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

static const char *path_in(const char *folder, const char *name, struct arena *arena)
{
    size_t length = strlen(folder);
    bool has_slash = length > 0 && folder[length - 1] == '/';
    return arena_printf(arena, "%s%s%s", folder, has_slash ? "" : "/", name);
}

static bool write_file(struct atomic_file *file, size_t number, const struct folder *folder,
                       struct error *err)
{
    if (!files[number].write(folder, file->stream, err)) {
        error_set_file(err, file->path);
        return false;
    }
    return atomic_file_finish(file, err);
}

/* All are whole before the first is put in place, so that a full disk leaves an earlier report as
 * it was. */
static bool write_files(struct atomic_file *made, const struct folder *contents, const char *folder,
                        struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < FILES; i++)
        if (!atomic_file_open(&made[i], path_in(folder, files[i].name, arena), arena, err) ||
            !write_file(&made[i], i, contents, err))
            return false;
    for (size_t i = 0; i < FILES; i++)
        if (!atomic_file_publish(&made[i], err))
            return false;
    return true;
}

bool report_folder_prepare(const char *folder, struct error *err)
{
    struct atomic_file trial = {0};
    struct arena *arena = arena_open();
    bool is_ready = make_folder(folder, arena, err);
    if (is_ready && !atomic_file_open(&trial, path_in(folder, "trial", arena), arena, err)) {
        error_set_file(err, folder);
        is_ready = false;
    }
    atomic_file_discard(&trial);
    arena_close(arena);
    return is_ready;
}

bool report_folder(const struct result *result, const struct run_facts *facts, const char *folder,
                   struct error *err)
{
    struct folder contents = {result, facts};
    struct atomic_file made[FILES] = {0};
    struct arena *arena = arena_open();
    bool is_done =
        make_folder(folder, arena, err) && write_files(made, &contents, folder, arena, err);
    for (size_t i = 0; i < FILES; i++)
        atomic_file_discard(&made[i]);
    arena_close(arena);
    return is_done;
}
