/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/signature.h"
#include "inputs/json/input_file.h"
#include "inputs/records/kept_file.h"
#include "reports/files/atomic_file.h"
#include "reports/files/child_process.h"
#include <string.h>
#include <unistd.h>

static const struct {
    const char *file, *name_space;
} kinds[SIGNATURE_KINDS] = {
    [SIGNATURE_OF_EVIDENCE] = {"evidence.json", "capsim-evidence"},
    [SIGNATURE_OF_FILL_INS] = {"post_execution_report.md", "capsim-fill-ins"},
};

/* The first line of what ssh-keygen complains of. */
static const char *first_line(const char *text, struct arena *arena)
{
    return arena_printf(arena, "%.*s", (int)strcspn(text, "\r\n"), text);
}

static bool fail(const char *path, const char *what, struct error *err)
{
    error_set_file(err, path);
    return error_set(err, STATUS_INPUT, "%s", what);
}

bool signature_make(const char *folder, enum signature_kind kind, const char *key,
                    struct arena *arena, const char **path, struct error *err)
{
    const char *words[] = {"ssh-keygen",           "-Y", "sign", "-q", "-f", key, "-n",
                           kinds[kind].name_space, NULL};
    struct kept_file file;
    struct child_output output;
    const char *signed_file = arena_printf(arena, "%s/%s", folder, kinds[kind].file);
    *path = arena_printf(arena, "%s.sig", signed_file);
    if (!kept_file_read(folder, kinds[kind].file, arena, &file, err))
        return false;
    if (file.state != KEPT_FILE_THERE)
        return fail(signed_file, kept_file_state_text(file.state), err);
    if (!child_run(words, file.text, file.length, arena, &output, err))
        return false;
    if (output.status != 0 || output.size == 0)
        return fail(key,
                    arena_printf(arena, "ssh-keygen cannot sign with it: %s",
                                 first_line(output.complaint, arena)),
                    err);
    return atomic_file_save(*path, output.text, output.size, arena, err);
}

/* ---- verifying --------------------------------------------------------------------------- */

/* A public key as a list of one signer, who is called as its comment says; or the list itself. */
static const char *list_of_signers(const char *text, struct arena *arena)
{
    static const char *const kinds_of_key[] = {"ssh-", "ecdsa-", "sk-"};
    size_t line = strcspn(text, "\r\n"), type = strcspn(text, " \r\n");
    bool is_key = false;
    for (size_t i = 0; i < 3; i++)
        is_key |= strncmp(text, kinds_of_key[i], strlen(kinds_of_key[i])) == 0;
    if (!is_key || type >= line)
        return text;
    const char *data = text + type + 1;
    size_t size = strcspn(data, " \r\n");
    const char *comment = data + size + (data[size] == ' ');
    size_t length = strcspn(comment, " \r\n,*?!\"");
    return arena_printf(arena, "%.*s %.*s\n", length ? (int)length : 7,
                        length ? comment : "the-key", (int)(type + 1 + size), text);
}

static bool ask(const char *const *words, const struct kept_file *file, struct arena *arena,
                struct signature_check *check, struct child_output *output, struct error *err)
{
    if (!child_run(words, file->text, file->length, arena, output, err))
        return false;
    if (output->status != 0 && !check->why)
        check->why = first_line(output->complaint[0] ? output->complaint : output->text, arena);
    return true;
}

/* Who signed by the list, and whether they signed this. */
static bool ask_both(const char *list, const char *signature, enum signature_kind kind,
                     const struct kept_file *file, struct arena *arena,
                     struct signature_check *check, struct error *err)
{
    struct child_output found, verified;
    const char *find[] = {"ssh-keygen", "-Y", "find-principals", "-q", "-f",
                          list,         "-s", signature,         NULL};
    if (!ask(find, file, arena, check, &found, err) || found.status != 0)
        return err->status == STATUS_OK;
    check->signer = first_line(found.text, arena);
    const char *verify[] = {
        "ssh-keygen",           "-Y", "verify",  "-f", list, "-I", check->signer, "-n",
        kinds[kind].name_space, "-s", signature, NULL};
    if (!ask(verify, file, arena, check, &verified, err))
        return false;
    check->is_good = verified.status == 0;
    return true;
}

bool signature_verify(const char *folder, enum signature_kind kind, const char *keys,
                      struct arena *arena, struct signature_check *check, struct error *err)
{
    const char *text;
    size_t length;
    struct kept_file file, signature;
    *check = (struct signature_check){.file = kinds[kind].file};
    if (!input_file_read(keys, keys, arena, &text, &length, err) ||
        !kept_file_read(folder, kinds[kind].file, arena, &file, err) ||
        !kept_file_read(folder, arena_printf(arena, "%s.sig", kinds[kind].file), arena, &signature,
                        err))
        return false;
    check->is_there = signature.state == KEPT_FILE_THERE && file.state == KEPT_FILE_THERE;
    if (!check->is_there)
        return true;
    const char *signers = list_of_signers(text, arena);
    int list = child_file_open(signers, strlen(signers));
    int made = child_file_open(signature.text, signature.length);
    bool is_asked = list >= 0 && made >= 0
                        ? ask_both(child_file_path(list, arena), child_file_path(made, arena), kind,
                                   &file, arena, check, err)
                        : error_set(err, STATUS_IO, "there is no room for a temporary file");
    if (list >= 0)
        close(list);
    if (made >= 0)
        close(made);
    return is_asked;
}
