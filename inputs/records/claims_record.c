/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/records/claims_record.h"
#include "inputs/json/input_file.h"
#include "inputs/json/plain_json.h"
#include "inputs/records/claimed_value.h"
#include "sim/base/spelling.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 500, MAX_NAME = 120, MAX_CLAIMS = 300, MAX_LAWS = 300, MAX_FIGURES = 600 };

/* What is being read: figures in the order in which they are first named. */
struct claims_reading {
    struct arena *arena;
    struct claims_figure figure[MAX_FIGURES];
    size_t figures;
    struct claim *claim;
    size_t claims;
};

/* ---- figures --------------------------------------------------------------------------------- */

static size_t find_figure(const struct claims_reading *reading, const char *name)
{
    size_t i = 0;
    while (i < reading->figures && strcmp(reading->figure[i].name, name) != 0)
        i++;
    return i;
}

static bool ends_in(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

/* Names are dotted words, such as db_pool.busy or api.response.p99.9. */
static bool is_figure_name(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= MAX_NAME && name[0] != '.' && name[length - 1] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") ==
               length;
}

static bool check_figure_name(const struct json_cursor *at, const char *name, enum locate_part part)
{
    if (is_figure_name(name))
        return true;
    error_set(at->context->err, STATUS_INPUT,
              "must be the name of a figure: words of letters, digits, \"_\" and \"-\" with "
              "points between, such as db_pool.busy");
    return cursor_place(at, part);
}

/* The figure of that name, new if need be. Nothing is busier than wholly, or fails more often than
 * always; other shares may be above 1 (of one core, of what was planned). */
static size_t name_figure(struct claims_reading *reading, const char *name, enum interval_unit unit)
{
    size_t figure = find_figure(reading, name);
    if (figure < reading->figures)
        return figure;
    bool is_bounded =
        unit == UNIT_SHARE && (ends_in(name, "utilization") || ends_in(name, "error_rate"));
    reading->figure[reading->figures] =
        (struct claims_figure){name, unit, is_bounded ? 1 : INFINITY};
    return reading->figures++;
}

/* ---- claims ---------------------------------------------------------------------------------- */

static bool read_claim(struct json_cursor *at, struct claims_reading *reading)
{
    static const char *const keys[] = {"claim", "metric", "value", "uncertain", "source", NULL};
    struct claim *claim = &reading->claim[reading->claims];
    struct json_cursor metric, value, uncertain;
    struct claimed_value read;
    const char *name;
    if (!cursor_open(at, "a claim", keys) ||
        !cursor_get_text(at, "claim", CURSOR_REQUIRED, MAX_TEXT, &claim->text) ||
        !cursor_get_text(at, "source", CURSOR_OPTIONAL, MAX_TEXT, &claim->source) ||
        !cursor_require(at, "metric", &metric) || !cursor_as_text(&metric, MAX_NAME, &name) ||
        !check_figure_name(&metric, name, LOCATE_VALUE) || !cursor_require(at, "value", &value))
        return false;
    uncertain = cursor_at(at, "uncertain");
    if (!claimed_value_read(&value, &uncertain, &read))
        return false;
    claim->figure = name_figure(reading, name, read.unit);
    const struct claims_figure *figure = &reading->figure[claim->figure];
    if (figure->unit != read.unit)
        return cursor_fail(&value, "must be %s, as %s is elsewhere; got %s",
                           claimed_value_expected(figure->unit), name, cursor_show(&value));
    if (read.low > figure->highest)
        return cursor_fail(&value, "must be at most 100 %%; got %s", cursor_show(&value));
    claim->low = read.low;
    claim->high = fmin(read.high, figure->highest);
    claim->value = read.shown;
    reading->claims++;
    return cursor_close(at);
}

static bool read_claims(struct json_cursor *root, struct claims_reading *reading)
{
    struct json_cursor list;
    if (!cursor_require(root, "claims", &list) || !cursor_open_list(&list, "claims", 1))
        return false;
    size_t count = json_array_size(list.value);
    if (count > MAX_CLAIMS)
        return cursor_fail(&list, "must be at most %d claims; got %zu", MAX_CLAIMS, count);
    reading->claim = arena_array(reading->arena, count, sizeof *reading->claim);
    for (size_t i = 0; i < count; i++) {
        struct json_cursor at = cursor_element(&list, i);
        if (!read_claim(&at, reading))
            return false;
    }
    return true;
}

/* "unknown": figures that nobody claims anything of. */
static bool read_unknown(struct json_cursor *root, struct claims_reading *reading)
{
    static const char *const units[] = {"count", "time", "rate", "share", "size"};
    struct json_cursor at = cursor_at(root, "unknown");
    const char *name;
    json_t *value;
    if (!at.value)
        return true;
    if (!json_is_object(at.value))
        return cursor_fail_type(&at, "an object of names of figures, each with what it is");
    if (json_object_size(at.value) > MAX_FIGURES - MAX_CLAIMS)
        return cursor_fail(&at, "must be at most %d figures", MAX_FIGURES - MAX_CLAIMS);
    json_object_foreach(at.value, name, value)
    {
        struct json_cursor one = {
            .context = root->context, .parent = &at, .key = name, .value = value};
        size_t unit;
        if (!check_figure_name(&one, name, LOCATE_KEY) ||
            !cursor_as_choice(&one, "kind of figure", units, 5, &unit))
            return false;
        if (find_figure(reading, name) < reading->figures)
            return cursor_fail_key(&one, "is claimed: it is not unknown");
        name_figure(reading, arena_strdup(reading->arena, name), (enum interval_unit)unit);
    }
    return true;
}

/* ---- laws ------------------------------------------------------------------------------------ */

static bool read_figure(const struct json_cursor *at, const struct claims_reading *reading,
                        size_t *figure)
{
    const char *name, *names[MAX_FIGURES];
    if (!cursor_as_text(at, MAX_NAME, &name))
        return false;
    *figure = find_figure(reading, name);
    if (*figure < reading->figures)
        return true;
    for (size_t i = 0; i < reading->figures; i++)
        names[i] = reading->figure[i].name;
    const char *meant = spelling_nearest(name, names, reading->figures);
    if (meant)
        return cursor_fail(at,
                           "no claim is about %s, nor is it among \"unknown\"; did you mean "
                           "\"%s\"?",
                           cursor_show(at), meant);
    return cursor_fail(at,
                       "no claim is about %s; if it follows from others, list it in \"unknown\"",
                       cursor_show(at));
}

/* due: enum interval_unit, or CLAIMS_ANY. */
static bool check_unit(const struct json_cursor *at, const struct claims_figure *figure, int due)
{
    return due == CLAIMS_ANY || (int)figure->unit == due ||
           cursor_fail(at, "must be %s here, but %s is %s",
                       claimed_value_expected((enum interval_unit)due), figure->name,
                       claimed_value_expected(figure->unit));
}

static bool read_parts(struct json_cursor *at, const struct claims_reading *reading,
                       struct claims_tie *tie)
{
    struct json_cursor list;
    if (!cursor_require(at, "parts", &list) || !cursor_open_list(&list, "parts", 1))
        return false;
    tie->parts = json_array_size(list.value);
    if (tie->parts > INTERVAL_NET_TERMS)
        return cursor_fail(&list, "must be at most %d parts; got %zu", INTERVAL_NET_TERMS,
                           tie->parts);
    for (size_t i = 0; i < tie->parts; i++) {
        struct json_cursor part = cursor_element(&list, i);
        if (!read_figure(&part, reading, &tie->part[i]) ||
            !check_unit(&part, &reading->figure[tie->part[i]],
                        (int)reading->figure[tie->role[0]].unit))
            return false;
    }
    return true;
}

static bool read_roles(struct json_cursor *at, const struct claims_reading *reading,
                       struct claims_tie *tie)
{
    const struct claims_law_row *row = &claims_laws[tie->law];
    for (size_t i = 0; i < row->roles; i++) {
        struct json_cursor role;
        if (!cursor_require(at, row->role[i], &role) ||
            !read_figure(&role, reading, &tie->role[i]) ||
            !check_unit(&role, &reading->figure[tie->role[i]],
                        row->unit[i] == CLAIMS_ALIKE ? (int)reading->figure[tie->role[0]].unit
                                                     : row->unit[i]))
            return false;
    }
    return !row->has_parts || read_parts(at, reading, tie);
}

/* Which law it is decides which keys it may have. */
static bool read_law(struct json_cursor *at, const struct claims_reading *reading,
                     struct claims_tie *tie)
{
    const char *names[CLAIMS_LAWS], *keys[CLAIMS_MOST_ROLES + 4] = {"law", "name"};
    size_t law, count = 2;
    if (!json_is_object(at->value))
        return cursor_fail_type(at, "an object with \"law\" and the figures that it ties");
    struct json_cursor of = {.context = at->context,
                             .parent = at,
                             .key = "law",
                             .value = json_object_get(at->value, "law")};
    for (size_t i = 0; i < CLAIMS_LAWS; i++)
        names[i] = claims_laws[i].name;
    if (!of.value)
        return cursor_fail(at, "\"law\" is missing");
    if (!cursor_as_choice(&of, "law", names, CLAIMS_LAWS, &law))
        return false;
    tie->law = (enum claims_law)law;
    for (size_t i = 0; i < claims_laws[law].roles; i++)
        keys[count++] = claims_laws[law].role[i];
    if (claims_laws[law].has_parts)
        keys[count++] = "parts";
    keys[count] = NULL;
    if (!cursor_open(at, arena_printf(reading->arena, "a law of %s", claims_laws[law].name), keys))
        return false;
    cursor_at(at, "law");
    return cursor_get_text(at, "name", CURSOR_OPTIONAL, MAX_NAME, &tie->name) &&
           read_roles(at, reading, tie) && cursor_close(at);
}

static bool read_laws(struct json_cursor *root, const struct claims_reading *reading,
                      struct claims *claims)
{
    struct json_cursor list = cursor_at(root, "laws");
    if (!list.value)
        return true;
    if (!cursor_open_list(&list, "laws", 0))
        return false;
    claims->ties = json_array_size(list.value);
    if (claims->ties > MAX_LAWS)
        return cursor_fail(&list, "must be at most %d laws; got %zu", MAX_LAWS, claims->ties);
    struct claims_tie *tie = arena_array(reading->arena, claims->ties, sizeof *tie);
    for (size_t i = 0; i < claims->ties; i++) {
        struct json_cursor at = cursor_element(&list, i);
        if (!read_law(&at, reading, &tie[i]))
            return false;
    }
    claims->tie = tie;
    return true;
}

/* ---- families -------------------------------------------------------------------------------- */

/* The share of a name's last words, ".p50" or ".p99.9", and how long the name is before them. */
static bool find_quantile(const char *name, size_t *stem, double *p)
{
    const char *at = name;
    while ((at = strstr(at, ".p"))) {
        char *end;
        double percent = at[2] >= '0' && at[2] <= '9' ? strtod(at + 2, &end) : 0;
        *stem = (size_t)(at - name);
        *p = percent / 100;
        if (percent > 0 && percent < 100 && *end == '\0')
            return true;
        at++;
    }
    return false;
}

/* The family of that stem, new if need be. */
static struct claims_family *family_of(struct claims_family *family, size_t *count,
                                       const struct claims_reading *reading, const char *stem)
{
    for (size_t i = 0; i < *count; i++) {
        const char *name = reading->figure[family[i].quantile[0].variable].name;
        if (strncmp(name, stem, strlen(stem)) == 0 && strncmp(name + strlen(stem), ".p", 2) == 0)
            return &family[i];
    }
    size_t mean = find_figure(reading, arena_printf(reading->arena, "%s.mean", stem));
    size_t most = find_figure(reading, arena_printf(reading->arena, "%s.max", stem));
    struct claims_family *made = &family[(*count)++];
    made->mean = mean < reading->figures ? (int)mean : CLAIMS_NO_FIGURE;
    made->greatest = most < reading->figures ? (int)most : CLAIMS_NO_FIGURE;
    return made;
}

static void add_quantile(struct claims_family *family, double p, size_t figure)
{
    size_t at = family->quantiles;
    if (family->quantiles == INTERVAL_NET_TERMS - 1)
        return; /* what is not tied cannot be contradicted: so it is left out, not guessed */
    for (; at > 0 && family->quantile[at - 1].p > p; at--)
        family->quantile[at] = family->quantile[at - 1];
    family->quantile[at] = (struct audit_quantile){p, figure};
    family->quantiles++;
}

static void find_families(const struct claims_reading *reading, struct claims *claims)
{
    struct claims_family *family = arena_array(reading->arena, reading->figures, sizeof *family);
    for (size_t i = 0; i < reading->figures; i++) {
        size_t stem;
        double p;
        if (find_quantile(reading->figure[i].name, &stem, &p))
            add_quantile(
                family_of(family, &claims->families, reading,
                          arena_printf(reading->arena, "%.*s", (int)stem, reading->figure[i].name)),
                p, i);
    }
    claims->family = family;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool read_root(struct parse_context *context, struct claims *claims)
{
    static const char *const keys[] = {"capsim_claims", "name", "title", "claims",
                                       "unknown",       "laws", NULL};
    struct claims_reading *reading = arena_alloc(context->arena, sizeof *reading);
    struct json_cursor root = cursor_of_root(context), version, name;
    reading->arena = context->arena;
    if (!cursor_open(&root, "a file of claims", keys) ||
        !cursor_require(&root, "capsim_claims", &version))
        return false;
    if (!json_is_integer(version.value) || json_integer_value(version.value) != 1)
        return cursor_fail(&version, "must be 1, the format that this version reads; got %s",
                           cursor_show(&version));
    if (!cursor_require(&root, "name", &name) || !cursor_as_text(&name, MAX_NAME, &claims->name) ||
        !cursor_check_name(&name, claims->name, LOCATE_VALUE) ||
        !cursor_get_text(&root, "title", CURSOR_OPTIONAL, MAX_TEXT, &claims->title) ||
        !read_claims(&root, reading) || !read_unknown(&root, reading) ||
        !read_laws(&root, reading, claims))
        return false;
    claims->figure = reading->figure;
    claims->figures = reading->figures;
    claims->claim = reading->claim;
    claims->claims = reading->claims;
    find_families(reading, claims);
    return cursor_close(&root);
}

bool claims_record_parse(const char *file, const char *text, size_t length, struct arena *arena,
                         struct claims *claims, struct error *err)
{
    struct parse_context context = {.arena = arena, .err = err, .file = file, .length = length};
    *claims = (struct claims){0};
    context.text = plain_json(text, &context.length, arena);
    if (!json_text_parse(file, context.text, context.length, "a file of claims", arena,
                         &context.root, err))
        return false;
    bool is_read = read_root(&context, claims);
    json_decref(context.root);
    return is_read;
}

bool claims_record_read(const char *path, const char *label, struct arena *arena,
                        struct claims *claims, struct scenario_set *set, struct error *err)
{
    const char *file = label ? label : path;
    struct setting_spec *setting = arena_alloc(arena, sizeof *setting);
    *set = (struct scenario_set){.file = file, .settings = setting, .setting_count = 1};
    if (!input_file_read(path, file, arena, &set->text, &set->text_length, err))
        return false;
    bool is_read = claims_record_parse(file, set->text, set->text_length, arena, claims, err);
    setting->name = "claims";
    setting->scenario.name = claims->name;
    setting->scenario.title = claims->title;
    return is_read;
}
