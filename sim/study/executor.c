/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/study/executor.h"

bool executor_run(const struct replications_options *options, const struct work *work, size_t items,
                  bool *done, struct error *err)
{
    const struct executor *executor = options->executor;
    if (executor)
        return executor->run(executor->context, options, work, items, done, err);
    return replications_run(options, work->job, work->context, items, done, err);
}

bool executor_share(const struct executor *executor, const char **bytes, size_t *size,
                    struct arena *arena, struct error *err)
{
    return !executor || executor->share(executor->context, bytes, size, arena, err);
}

bool executor_is_first(const struct executor *executor)
{
    return !executor || executor->is_first;
}
