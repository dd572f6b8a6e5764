/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/log_pattern.h"

#include "inputs/json/wording.h"
#include <ctype.h>

static bool is_name_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

/* $name or ${name}: *text moves behind it. */
static bool take_nginx(const char **text, struct slice *name)
{
    const char *at = *text + 1;
    bool is_braced = *at == '{';
    at += is_braced;
    size_t length = 0;
    while (is_name_byte(at[length]))
        length++;
    *name = (struct slice){at, length};
    *text = at + length + (is_braced && at[length] == '}');
    return length > 0 && (!is_braced || at[length] == '}');
}

/* %s, %>s, %!200,304{Referer}i, %{ms}T: the conditions are not part of the name. */
static bool take_apache(const char **text, struct slice *name)
{
    const char *at = *text + 1;
    while (*at == '!' || *at == ',' || isdigit((unsigned char)*at))
        at++;
    const char *begin = at;
    while (*at == '<' || *at == '>')
        at++;
    if (*at == '{') {
        begin = at;
        while (*at && *at != '}')
            at++;
        at += *at == '}';
    }
    bool is_letter = isalpha((unsigned char)*at);
    at += is_letter;
    if (is_letter && at[-1] == '^') /* %^FU and the like */
        at++;
    *name = (struct slice){begin, (size_t)(at - begin)};
    *text = at;
    return is_letter;
}

/* %m, %-10u. */
static bool take_postgresql(const char **text, struct slice *name)
{
    const char *at = *text + 1;
    at += *at == '-';
    while (isdigit((unsigned char)*at))
        at++;
    *name = (struct slice){at, 1};
    *text = at + (*at != '\0');
    return isalpha((unsigned char)*at);
}

static bool take_field(enum log_pattern_dialect dialect, const char **text, struct slice *name)
{
    return dialect == LOG_PATTERN_NGINX    ? take_nginx(text, name)
           : dialect == LOG_PATTERN_APACHE ? take_apache(text, name)
                                           : take_postgresql(text, name);
}

static bool add_field(struct log_pattern *pattern, struct slice name, struct arena *arena,
                      struct error *err)
{
    if (pattern->count == LOG_PATTERN_FIELDS)
        return error_set(err, STATUS_USAGE, "the format has more than %d fields",
                         LOG_PATTERN_FIELDS);
    size_t last = pattern->count - 1;
    if (pattern->count > 0 && pattern->behind[last].length == 0 && pattern->optional_from != last)
        return error_set(err, STATUS_USAGE,
                         "nothing stands between the fields %s and %.*s of the format: nobody can "
                         "tell where the first ends",
                         pattern->names[last], (int)name.length, name.at);
    pattern->behind[pattern->count] = (struct slice){0};
    pattern->names[pattern->count++] = slice_copy(name, arena);
    return true;
}

/* The text up to the next sigil: behind the last field, or before the first. */
static const char *take_literal(struct log_pattern *pattern, const char *text, char sigil,
                                struct arena *arena)
{
    size_t length = 0, out = 0;
    char *copy = arena_strdup(arena, text);
    /* A doubled % is one. */
    while (text[length] && (text[length] != sigil || (sigil == '%' && text[length + 1] == '%'))) {
        copy[out++] = text[length];
        length += text[length] == '%' && sigil == '%' ? 2 : 1;
    }
    struct slice literal = {copy, out};
    if (pattern->count > 0)
        pattern->behind[pattern->count - 1] = literal;
    else
        pattern->before = literal;
    return text + length;
}

bool log_pattern_compile(const char *text, enum log_pattern_dialect dialect, struct arena *arena,
                         struct log_pattern *pattern, struct error *err)
{
    char sigil = dialect == LOG_PATTERN_NGINX ? '$' : '%', shown[WORDING_SIZE];
    const char *at = text;
    *pattern = (struct log_pattern){.optional_from = LOG_PATTERN_FIELDS};
    pattern->is_prefix = dialect == LOG_PATTERN_POSTGRESQL;
    pattern->before = (struct slice){"", 0};
    while (*at) {
        if (*at != sigil || (sigil == '%' && at[1] == '%')) {
            at = take_literal(pattern, at, sigil, arena);
            continue;
        }
        const char *begin = at;
        struct slice name;
        if (!take_field(dialect, &at, &name))
            return error_set(err, STATUS_USAGE, "the format has a %c without a name at %s", sigil,
                             wording_quote(begin, shown));
        if (pattern->is_prefix && slice_equals(name, "q"))
            pattern->optional_from = pattern->count;
        else if (!add_field(pattern, name, arena, err))
            return false;
    }
    if (pattern->count == 0)
        return error_set(err, STATUS_USAGE, "the format %s has no field, such as %s",
                         wording_quote(text, shown), sigil == '$' ? "$request_time" : "%m");
    return true;
}

/* Where the value that `rest` begins with ends; rest->length + 1: nowhere. */
static size_t find_end(struct slice rest, struct slice behind)
{
    if (behind.length == 0)
        return rest.length;
    const char *found = memmem(rest.at, rest.length, behind.at, behind.length);
    return found ? (size_t)(found - rest.at) : rest.length + 1;
}

bool log_pattern_match(const struct log_pattern *pattern, struct slice line, struct slice *values,
                       struct slice *rest)
{
    if (line.length < pattern->before.length ||
        memcmp(line.at, pattern->before.at, pattern->before.length) != 0)
        return false;
    line = slice_skip(line, pattern->before.length);
    for (size_t i = 0; i < pattern->count; i++) {
        size_t end = find_end(line, pattern->behind[i]);
        bool may_miss = i >= pattern->optional_from;
        /* A prefix is followed by the severity: a field beyond it is not there. */
        if (end > line.length && !may_miss)
            return false;
        if (end > line.length || (may_miss && slice_has((struct slice){line.at, end}, ":  "))) {
            for (; i < pattern->count; i++)
                values[i] = (struct slice){line.at, 0};
            break;
        }
        bool is_all = pattern->behind[i].length == 0 && pattern->is_prefix;
        values[i] = (struct slice){line.at, is_all ? 0 : end};
        line = is_all ? line : slice_skip(line, end + pattern->behind[i].length);
    }
    if (rest)
        *rest = line;
    return true;
}

int log_pattern_find(const struct log_pattern *pattern, const char *name)
{
    for (size_t i = 0; i < pattern->count; i++)
        if (strcmp(pattern->names[i], name) == 0)
            return (int)i;
    return -1;
}
