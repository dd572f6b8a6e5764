#include "reports/answers/evidence.h"
#include "reports/answers/evidence_files.h"
#include "reports/answers/evidence_report.h"
#include "reports/files/memory_stream.h"
#include "reports/files/output.h"
#include "reports/result/provenance.h"
#include "reports/result/report_json.h"
#include "reports/text/json_writer.h"
#include <errno.h>
#include <string.h>

/* A file as it will stand in the folder. */
struct made_file {
    const char *name;
    const char *bytes;
    size_t size;
    char sha256[PROVENANCE_HEX_SIZE];
};

struct manifest {
    const struct evidence *evidence;
    const struct made_file *files;
    size_t file_count;
};

static bool write_manifest(const void *context, FILE *out, struct error *err)
{
    const struct manifest *manifest = context;
    const struct result *result = manifest->evidence->result;
    struct emit emit = emit_begin(emit_to_stream, out);
    emit_open_object(&emit, EMIT_LINES);
    emit_key(&emit, "capsim_evidence");
    emit_integer(&emit, 1);
    emit_key(&emit, "projected");
    emit_string(&emit, "by simulation: nothing here was measured");
    report_json_grounds(&emit, result);
    emit_key(&emit, "change");
    emit_open_object(&emit, EMIT_LINE);
    emit_key(&emit, "from");
    emit_string(&emit, result->settings[manifest->evidence->before].name);
    emit_key(&emit, "to");
    emit_string(&emit, result->settings[manifest->evidence->after].name);
    emit_close(&emit);
    emit_key(&emit, "files");
    emit_open_array(&emit, EMIT_LINES);
    for (size_t i = 0; i < manifest->file_count; i++) {
        emit_open_object(&emit, EMIT_LINE);
        emit_key(&emit, "file");
        emit_string(&emit, manifest->files[i].name);
        emit_key(&emit, "sha256");
        emit_string(&emit, manifest->files[i].sha256);
        emit_close(&emit);
    }
    emit_close(&emit);
    emit_key(&emit, "interrupted");
    emit_bool(&emit, result->is_interrupted);
    emit_close(&emit);
    emit_end(&emit);
    return output_flush(out, err);
}

static bool write_made(const void *context, FILE *out, struct error *err)
{
    const struct made_file *file = context;
    fwrite(file->bytes, 1, file->size, out);
    return output_flush(out, err);
}

/* A copy of what was read; a long one is copied from where it is. */
static bool write_input(const void *context, FILE *out, struct error *err)
{
    const struct evidence_input *input = context;
    char bytes[1 << 16];
    size_t size;
    if (input->text) {
        fwrite(input->text, 1, input->length, out);
        return output_flush(out, err);
    }
    FILE *in = fopen(input->path, "rb");
    if (!in) {
        error_set_file(err, input->path);
        return error_set(err, STATUS_IO, "cannot be read again: %s", strerror(errno));
    }
    while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
        fwrite(bytes, 1, size, out);
    bool is_read = !ferror(in);
    (void)fclose(in);
    if (is_read)
        return output_flush(out, err);
    error_set_file(err, input->path);
    return error_set(err, STATUS_IO, "cannot be read again");
}

/* The bytes of a file before it has a place. */
static bool make_file(const struct folder_file *file, struct made_file *made, struct arena *arena,
                      struct error *err)
{
    struct memory_stream memory;
    memory_stream_open(&memory, arena);
    bool is_written = file->write(file->context, memory.stream, err);
    memory_stream_close(&memory);
    *made = (struct made_file){.name = file->name, .bytes = memory.bytes, .size = memory.size};
    provenance_hash(made->bytes, made->size, made->sha256);
    return is_written;
}

/* Everything into the folder: what was made, then the inputs, the manifest last. */
static bool write_all(const struct manifest *manifest, const char *folder, struct arena *arena,
                      struct error *err)
{
    const struct evidence *evidence = manifest->evidence;
    size_t count = manifest->file_count + evidence->input_count + 1, n = 0;
    struct folder_file *files = arena_array(arena, count, sizeof *files);
    for (size_t i = 0; i < manifest->file_count; i++)
        files[n++] = (struct folder_file){manifest->files[i].name, write_made, &manifest->files[i]};
    for (size_t i = 0; i < evidence->input_count; i++)
        files[n++] =
            (struct folder_file){arena_printf(arena, "inputs/%s", evidence->inputs[i].name),
                                 write_input, &evidence->inputs[i]};
    files[n++] = (struct folder_file){"evidence.json", write_manifest, manifest};
    return folder_write(files, n, folder, err);
}

bool evidence_write(const struct evidence *evidence, const char *folder, struct error *err)
{
    struct arena *arena = arena_open();
    size_t listed;
    const struct folder_file *list = evidence_files_list(evidence, arena, &listed);
    const struct folder_file report = {"post_execution_report.md", evidence_report_write, evidence};
    struct made_file *made = arena_array(arena, listed + 1, sizeof *made);
    bool is_done = make_file(&report, &made[0], arena, err);
    for (size_t i = 0; i < listed && is_done; i++)
        is_done = make_file(&list[i], &made[i + 1], arena, err);
    const struct manifest manifest = {evidence, made, listed + 1};
    is_done = is_done && write_all(&manifest, folder, arena, err);
    arena_close(arena);
    return is_done;
}
