/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/scenario_variants.h"
#include "inputs/json/wording.h"
#include "inputs/scenario/scenario_request.h"
#include <string.h>

/* A mistake that the values made elsewhere, such as a max below its min, names them. */
static void name_values(const struct override *overrides, size_t count, struct error *err)
{
    if (strncmp(err->file, "--vary ", strlen("--vary ")) == 0)
        return;
    for (size_t i = 0; i < count; i++)
        wording_append(err->message, sizeof err->message, "%s%s=%s", i > 0 ? ", " : " (with ",
                       overrides[i].path, overrides[i].value);
    wording_append(err->message, sizeof err->message, ")");
}

bool scenario_variants_read(void *variants, const char *setting, const struct override *overrides,
                            size_t count, struct setting_spec *variant, struct error *err)
{
    const struct scenario_variants *of = variants;
    if (scenario_read_variant(of->file, setting, overrides, count, variant, err))
        return true;
    name_values(overrides, count, err);
    return false;
}

void scenario_variants_explain(void *variants, const struct override *overrides, size_t count,
                               struct error *err)
{
    const struct scenario_variants *of = variants;
    scenario_place_error(of->set, err);
    name_values(overrides, count, err);
}

static void name_draw(struct error *err)
{
    wording_append(err->message, sizeof err->message, "; drawn for an uncertain input");
}

bool scenario_draws_read(void *request, const struct uncertain_draw *draws, size_t count,
                         struct arena *arena, struct scenario_set *set, struct error *err)
{
    struct scenario_request drawn = *(const struct scenario_request *)request;
    drawn.draws = draws;
    drawn.draw_count = count;
    if (scenario_read(&drawn, arena, set, err))
        return true;
    name_draw(err);
    return false;
}

void scenario_draws_explain(void *request, const struct scenario_set *set, struct error *err)
{
    (void)request;
    scenario_place_error(set, err);
    name_draw(err);
}

void scenario_draws_close(void *request, struct scenario_set *set)
{
    (void)request;
    scenario_close(set);
}

bool scenario_draws_check(const struct scenario_set *set, struct error *err)
{
    if (set->uncertain.count > 0)
        return true;
    error_set(err, STATUS_INPUT,
              "nothing is uncertain: give an input as { \"value\": \"500/s\", \"uncertain\": "
              "\"±10%%\" } or { \"mean\": \"75ms\", \"uncertain\": \"±10%%\" }");
    error_set_file(err, set->file);
    return false;
}
