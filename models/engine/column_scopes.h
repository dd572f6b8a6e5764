/* SPDX-License-Identifier: GPL-3.0-or-later */
/* column_scopes.h - what each column of a model depends on, by what it is of (scope.h). */
#ifndef CAPSIM_MODELS_ENGINE_COLUMN_SCOPES_H
#define CAPSIM_MODELS_ENGINE_COLUMN_SCOPES_H

#include "models/engine/model_internal.h"

/* [columns of model] in arena; NULL for what is no metric. Columns of one resource share theirs. */
const struct study_scope *const *column_scopes_make(const struct model *model, struct arena *arena);

#endif
