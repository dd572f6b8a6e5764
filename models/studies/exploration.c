/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "models/studies/exploration.h"

bool exploration_candidate(struct exploration *exploration, const char *const *values,
                           struct candidate *candidate, struct error *err)
{
    const struct exploration_source *source = &exploration->source;
    struct override overrides[VARY_MAX_PATHS];
    struct setting_spec *spec = arena_alloc(exploration->field.arena, sizeof *spec);
    for (size_t i = 0; i < exploration->varied_count; i++)
        overrides[i] = (struct override){exploration->varied[i].path, values[i]};
    if (!source->read(source->context, exploration->field.setting, overrides,
                      exploration->varied_count, spec, err))
        return false;
    if (candidate_make(&exploration->field, spec, candidate, err))
        return true;
    source->explain(source->context, overrides, exploration->varied_count, err);
    return false;
}

const int *exploration_judged_columns(const struct exploration *exploration,
                                      const struct candidate *candidate, size_t *count)
{
    const struct model *model = candidate_model(candidate);
    size_t criteria = candidate->plan.settings[candidate_index(candidate)].criterion_count;
    int *columns = arena_array(exploration->field.arena, criteria, sizeof *columns);
    *count = 0;
    for (size_t i = 0; i < criteria; i++) {
        int column = model_find_column(
            model, candidate_criterion(&exploration->field, candidate, i)->metric);
        bool is_new = column != COLUMN_NONE;
        for (size_t k = 0; k < *count && is_new; k++)
            is_new = columns[k] != column;
        if (is_new)
            columns[(*count)++] = column;
    }
    return columns;
}
