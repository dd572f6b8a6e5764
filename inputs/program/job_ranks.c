/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job on several ranks: all of them read the same, and only the first writes. */
#include "inputs/json/input_file.h"
#include "inputs/program/main.h"
#include "inputs/program/ranks.h"
#include "inputs/records/sweep_journal.h"
#include "sim/base/sha256.h"
#include "sim/study/executor.h"
#include <string.h>

void job_join_ranks(struct job *job, bool has_threads)
{
    struct ranks *ranks = program_ranks();
    if (!ranks)
        return;
    job->workers.executor = &ranks->executor;
    job->workers.is_interrupted = ranks_watch(ranks, job->workers.is_interrupted);
    if (!has_threads)
        job->workers.threads = program_ranks_cores();
}

void job_hush(struct job *job)
{
    job->keeps_journal = job->out != NULL;
    if (executor_is_first(job->workers.executor))
        return;
    job->out = job->junit = job->evidence = NULL;
    job->is_quiet = true;
}

bool job_share_text(const struct job *job, struct scenario_request *request, struct error *err)
{
    const struct executor *executor = job->workers.executor;
    if (!executor || request->text)
        return true;
    if (executor->is_first && !input_file_read(request->file, request->file, job->arena,
                                               &request->text, &request->text_length, err))
        return false;
    return executor_share(executor, &request->text, &request->text_length, job->arena, err);
}

/* The fingerprint of all that was read. */
static void hash_inputs(const struct scenario_set *set, char hex[SHA256_HEX_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, set->text_length, (const uint8_t *)set->text);
    for (size_t i = 0; i < set->input_count; i++)
        if (set->input_hashes && set->input_hashes[i])
            sha256_update(&hash, strlen(set->input_hashes[i]),
                          (const uint8_t *)set->input_hashes[i]);
        else
            sha256_update(&hash, set->input_lengths[i], (const uint8_t *)set->input_texts[i]);
    sha256_finish_hex(&hash, hex);
}

/* Whether what has that fingerprint here has it for rank 0 too. */
static bool agree_on(const struct job *job, const char own[SHA256_HEX_SIZE], const char *file,
                     const char *what, struct error *err)
{
    const char *first = own;
    size_t size = SHA256_HEX_SIZE;
    if (!executor_share(job->workers.executor, &first, &size, job->arena, err))
        return false;
    if (size == SHA256_HEX_SIZE && memcmp(first, own, size) == 0)
        return true;
    error_set_file(err, file);
    return error_set(err, STATUS_IO, "%s another one here, on %s, than for rank 0", what,
                     job->host);
}

bool job_agree(const struct job *job, const struct scenario_set *set, struct error *err)
{
    char own[SHA256_HEX_SIZE];
    if (!job->workers.executor)
        return true;
    hash_inputs(set, own);
    return agree_on(job, own, set->file, "a file that it names is", err);
}

bool job_agree_on_file(const struct job *job, const char *path, struct error *err)
{
    char own[SHA256_HEX_SIZE];
    const char *text;
    size_t length;
    if (!job->workers.executor)
        return true;
    if (!input_file_read(path, path, job->arena, &text, &length, err))
        return false;
    sha256_hex(text, length, own);
    return agree_on(job, own, path, "is", err);
}

bool job_read_scenario(const struct job *job, struct scenario_request *request,
                       struct scenario_set *set, struct error *err)
{
    return job_share_text(job, request, err) && scenario_read(request, job->arena, set, err) &&
           job_agree(job, set, err);
}

/* The entries one behind the other, each with its NUL. */
static void pack_entries(const struct journal *journal, struct parcel *parcel)
{
    for (size_t i = 0; i < journal->entry_count; i++)
        parcel_put(parcel, journal->entries[i], strlen(journal->entries[i]) + 1);
}

static void unpack_entries(struct journal *journal, const char *bytes, size_t size,
                           struct arena *arena)
{
    size_t count = 0;
    for (size_t at = 0; at < size; at++)
        count += bytes[at] == '\0';
    journal->entries = arena_array(arena, count, sizeof *journal->entries);
    for (size_t at = 0; at < size; at += strlen(bytes + at) + 1)
        journal->entries[journal->entry_count++] = bytes + at;
}

bool job_open_journal(struct job *job, const struct result *grounds, struct error *err)
{
    const struct executor *executor = job->workers.executor;
    bool is_resumed = job->cli->given[CLI_OPTION_RESUME].count > 0;
    if (executor_is_first(executor) &&
        !sweep_journal_open(&job->journal, job->out, grounds, is_resumed, job->arena, err))
        return false;
    if (!executor)
        return true;
    struct parcel entries = parcel_in(job->arena);
    if (executor->is_first)
        pack_entries(&job->journal, &entries);
    const char *bytes = entries.bytes;
    size_t size = entries.size;
    if (!executor_share(executor, &bytes, &size, job->arena, err))
        return false;
    if (!executor->is_first) {
        job->journal.path = job->cli->out;
        unpack_entries(&job->journal, bytes, size, job->arena);
    }
    return true;
}
