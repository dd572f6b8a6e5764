/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/shard.h"
#include "inputs/json/wording.h"
#include <stdlib.h>
#include <string.h>

/* All of text, digits only. */
static bool read_number(const char *text, size_t length, size_t *number)
{
    *number = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || *number > SHARD_MAX * (size_t)1000)
            return false;
        *number = 10 * *number + (size_t)(text[i] - '0');
    }
    return length > 0;
}

static bool read_variable(const char *name, size_t *number)
{
    const char *text = getenv(name);
    return text && read_number(text, strlen(text), number);
}

static bool read_environment(size_t *index, struct error *err)
{
    size_t first;
    if (read_variable("SLURM_ARRAY_TASK_ID", index)) {
        *index -= read_variable("SLURM_ARRAY_TASK_MIN", &first) ? first : 0;
        return true;
    }
    return read_variable("JOB_COMPLETION_INDEX", index) ||
           error_set(err, STATUS_USAGE,
                     "--shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX says "
                     "which one this is");
}

bool shard_read(const char *text, struct shard *shard, struct error *err)
{
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    char shown[WORDING_SIZE];
    bool is_auto = length == 4 && strncmp(text, "auto", length) == 0;
    bool has_index = is_auto || read_number(text, length, &shard->index);
    bool has_count = slash ? read_number(slash + 1, strlen(slash + 1), &shard->count)
                           : is_auto && read_variable("SLURM_ARRAY_TASK_COUNT", &shard->count);
    if (is_auto && !slash && !has_count)
        return error_set(err, STATUS_USAGE,
                         "--shard auto: SLURM_ARRAY_TASK_COUNT does not say how many there are; "
                         "auto/N does");
    if (!has_index || !has_count)
        return error_set(err, STATUS_USAGE,
                         "--shard must be I/N, such as 2/8, auto/N or auto; got "
                         "%s",
                         wording_quote(text, shown));
    if (is_auto && !read_environment(&shard->index, err))
        return false;
    shard->index -= is_auto ? 0 : 1;
    if (shard->count > SHARD_MAX || shard->index >= shard->count)
        return error_set(err, STATUS_USAGE, "--shard I/N needs 1 <= I <= N <= %d; got %s%s",
                         SHARD_MAX, wording_quote(text, shown),
                         is_auto ? " with another number in the environment" : "");
    return true;
}
