/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/answers/evidence.h"
#include "reports/answers/evidence_files.h"
#include "reports/answers/evidence_index.h"
#include "reports/answers/evidence_report.h"
#include "reports/files/memory_stream.h"
#include "reports/files/output.h"
#include "reports/result/report_json.h"
#include "reports/text/json_writer.h"
#include "sim/base/sha256.h"
#include <errno.h>
#include <string.h>

/* A file as it will stand in the folder. */
struct made_file {
    const char *name;
    const char *bytes;
    size_t size;
    char sha256[SHA256_HEX_SIZE];
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
    struct json_writer writer = writer_begin(writer_to_stream, out);
    writer_open_object(&writer, EMIT_LINES);
    writer_key(&writer, "capsim_evidence");
    writer_integer(&writer, 1);
    writer_key(&writer, "projected");
    writer_string(&writer, "by simulation: nothing here was measured");
    report_json_grounds(&writer, result);
    writer_key(&writer, "change");
    writer_open_object(&writer, EMIT_LINE);
    writer_key(&writer, "from");
    writer_string(&writer, result->settings[manifest->evidence->before].name);
    writer_key(&writer, "to");
    writer_string(&writer, result->settings[manifest->evidence->after].name);
    writer_close(&writer);
    writer_key(&writer, "files");
    writer_open_array(&writer, EMIT_LINES);
    for (size_t i = 0; i < manifest->file_count; i++) {
        writer_open_object(&writer, EMIT_LINE);
        writer_key(&writer, "file");
        writer_string(&writer, manifest->files[i].name);
        writer_key(&writer, "sha256");
        writer_string(&writer, manifest->files[i].sha256);
        writer_close(&writer);
    }
    writer_close(&writer);
    writer_key(&writer, "interrupted");
    writer_bool(&writer, result->is_interrupted);
    writer_close(&writer);
    writer_end(&writer);
    return output_flush(out, err);
}

static bool write_made(const void *context, FILE *out, struct error *err)
{
    const struct made_file *file = context;
    fwrite(file->bytes, 1, file->size, out);
    return output_flush(out, err);
}

static bool fail_copy(const struct evidence_input *input, const char *what, struct error *err)
{
    error_set_file(err, input->path);
    return error_set(err, STATUS_IO, "%s", what);
}

/* Copies a long file from where it is: the same bytes that were simulated, or none. */
static bool copy_input(const struct evidence_input *input, FILE *out, struct error *err)
{
    char bytes[1 << 16], sha256[SHA256_HEX_SIZE];
    struct sha256_ctx hash;
    size_t size, copied = 0;
    FILE *in = fopen(input->path, "rb");
    if (!in) {
        error_set_file(err, input->path);
        return error_set(err, STATUS_IO, "cannot be read again: %s", strerror(errno));
    }
    sha256_init(&hash);
    while (copied <= input->length && (size = fread(bytes, 1, sizeof bytes, in)) > 0) {
        fwrite(bytes, 1, size, out);
        sha256_update(&hash, size, (const uint8_t *)bytes);
        copied += size;
    }
    bool is_read = !ferror(in);
    (void)fclose(in);
    sha256_finish_hex(&hash, sha256);
    if (!is_read)
        return fail_copy(input, "cannot be read again", err);
    return strcmp(sha256, input->sha256) == 0 ||
           fail_copy(input, "has changed since it was simulated: there is no evidence of it", err);
}

/* A copy of what was read. */
static bool write_input(const void *context, FILE *out, struct error *err)
{
    const struct evidence_input *input = context;
    if (input->text)
        fwrite(input->text, 1, input->length, out);
    else if (!copy_input(input, out, err))
        return false;
    return output_flush(out, err);
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
    sha256_hex(made->bytes, made->size, made->sha256);
    return is_written;
}

const struct folder_file *evidence_list(const struct evidence *evidence, struct arena *arena,
                                        size_t *count, struct error *err)
{
    size_t listed, n = 0;
    const struct folder_file *list = evidence_files_list(evidence, arena, &listed);
    const struct folder_file report = {EVIDENCE_REPORT, evidence_report_write, evidence};
    struct made_file *made = arena_array(arena, listed + 2, sizeof *made);
    struct manifest *manifest = arena_alloc(arena, sizeof *manifest);
    struct folder_file *files =
        arena_array(arena, listed + evidence->input_count + 3, sizeof *files);
    struct folder_file *linked = arena_array(arena, listed + 1, sizeof *linked);
    const struct evidence_index index = {evidence, linked, listed + 1};
    bool is_made = make_file(&report, &made[0], arena, err);
    for (size_t i = 0; i < listed && is_made; i++)
        is_made = make_file(&list[i], &made[i + 1], arena, err);
    linked[0] = report;
    memcpy(linked + 1, list, listed * sizeof *list);
    is_made =
        is_made && make_file(&(struct folder_file){EVIDENCE_INDEX, evidence_index_write, &index},
                             &made[listed + 1], arena, err);
    if (!is_made)
        return NULL;
    for (size_t i = 0; i < listed + 2; i++)
        files[n++] = (struct folder_file){made[i].name, write_made, &made[i]};
    for (size_t i = 0; i < evidence->input_count; i++)
        files[n++] =
            (struct folder_file){arena_printf(arena, "inputs/%s", evidence->inputs[i].name),
                                 write_input, &evidence->inputs[i]};
    *manifest = (struct manifest){evidence, made, listed + 2};
    files[n++] = (struct folder_file){"evidence.json", write_manifest, manifest};
    *count = n;
    return files;
}

struct folder_file evidence_marked_report(const struct evidence *evidence)
{
    return (struct folder_file){EVIDENCE_REPORT, evidence_report_write_marked, evidence};
}

bool evidence_write(const struct evidence *evidence, const char *folder, struct error *err)
{
    struct arena *arena = arena_open();
    size_t count;
    const struct folder_file *files = evidence_list(evidence, arena, &count, err);
    bool is_done = files && folder_write(files, count, folder, err);
    arena_close(arena);
    return is_done;
}
