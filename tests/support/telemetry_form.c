/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/telemetry_form.h"
#include "tests/support/support.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telemetry_form telemetry_form_open(void)
{
    struct telemetry_form form = {.arena = arena_open()};
    form.telemetry = telemetry_create(form.arena);
    form.observed = form.telemetry->observed;
    return form;
}

void telemetry_form_close(struct telemetry_form *form)
{
    arena_close(form->arena);
}

static void fail_of(const struct error *err)
{
    char text[1200];
    error_format(err, text, sizeof text);
    fail_msg("%s", text);
}

void telemetry_form_add(struct telemetry_form *form, const char *name, const char *as)
{
    char folder[300];
    snprintf(folder, sizeof folder, "tests/telemetry/%s", name);
    char *path = source_path(folder);
    if (!telemetry_read(form->telemetry, path, arena_strdup(form->arena, name), as, &form->err))
        fail_of(&form->err);
    free(path);
}

void telemetry_form_finish(struct telemetry_form *form)
{
    if (!telemetry_finish(form->telemetry, &form->err))
        fail_of(&form->err);
}

const struct observed_figure *telemetry_form_figure(const struct telemetry_form *form,
                                                    const char *labels)
{
    char *text = arena_strdup(form->arena, labels), *words[4] = {0};
    for (size_t i = 0; i < 4; i++)
        words[i] = i == 2 ? strsep(&text, "|") : strsep(&text, i == 1 ? " " : i == 3 ? "" : " ");
    enum observed_kind kind = observed_find_kind(words[0]);
    const char *metric = strcmp(words[2], "*") == 0 ? NULL : words[2];
    const struct observed_figure *figure =
        observed_find_figure(form->observed, kind, words[1], metric, words[3] ? words[3] : "");
    if (!figure)
        fail_msg("no figure %s", labels);
    return figure;
}

uint64_t telemetry_form_dropped(const struct telemetry_form *form, const char *reason)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < form->observed->drop_count; i++)
        if (strcmp(form->observed->drops[i].reason, reason) == 0)
            rows += form->observed->drops[i].rows;
    return rows;
}

bool telemetry_form_has_finding(const struct telemetry_form *form, const char *text)
{
    for (size_t i = 0; i < form->observed->finding_count; i++)
        if (strstr(form->observed->findings[i].text, text))
            return true;
    return false;
}
