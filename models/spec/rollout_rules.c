/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/spec/rollout_rules.h"
#include "models/spec/pool_needs.h"

static bool is_random(const struct distribution *law)
{
    return law && !distribution_is_constant(law);
}

/* Who waits draws his patience by the steps, which are the same before and after. */
static const char *check_pool(const struct pool_spec *from, const struct pool_spec *to,
                              const struct rollout_spec *rollout, struct arena *arena)
{
    if (is_random(from->acquire_timeout) != is_random(to->acquire_timeout))
        return arena_printf(arena, "%s: a random time limit cannot come or go in a rollout",
                            from->name);
    if (rollout_is_reload(rollout) && !pool_can_reload(from, to))
        return arena_printf(arena,
                            "%s: this min needs a restart: set \"batch\" and "
                            "\"restart_time\"",
                            from->name);
    return NULL;
}

const char *rollout_rules_check(const struct scenario *from, const struct scenario *to,
                                const struct rollout_spec *rollout, struct arena *arena)
{
    for (size_t p = 0; p < from->pool_count; p++) {
        const char *reason = check_pool(&from->pools[p], &to->pools[p], rollout, arena);
        if (reason)
            return reason;
    }
    return NULL;
}

uint32_t rollout_rules_count_replicas(const struct scenario *from,
                                      const struct rollout_spec *rollout)
{
    return rollout->service == SPEC_NO_SERVICE
               ? 1
               : (uint32_t)from->services[rollout->service].replicas;
}

uint32_t rollout_rules_size_of_batch(uint32_t replicas, const struct rollout_spec *rollout)
{
    return rollout->batch > 0 && rollout->batch < replicas ? (uint32_t)rollout->batch : replicas;
}

int rollout_rules_divide(uint32_t replicas, uint32_t size)
{
    return (int)((replicas + size - 1) / size);
}

int rollout_rules_count_batches(const struct scenario *from, const struct rollout_spec *rollout)
{
    uint32_t replicas = rollout_rules_count_replicas(from, rollout);
    return rollout_rules_divide(replicas, rollout_rules_size_of_batch(replicas, rollout));
}
