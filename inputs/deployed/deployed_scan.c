/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/deployed/deployed_scan.h"
#include "inputs/json/wording.h"
#include "sim/base/utf8.h"
#include <string.h>

/* Longer paths are not asked for, and anchors could make many of them. */
enum { MAX_PATH = 1000 };
static const char TOO_LONG[] = "\n";

bool deployed_scan_fail(struct deployed_scan *scan, struct locate_place place, const char *message)
{
    error_set(scan->err, STATUS_INPUT, "%s", message);
    locate_set_error(scan->err, scan->request->file, "", place);
    return false;
}

const char *deployed_scan_below(struct deployed_scan *scan, const char *path, const char *key)
{
    if (strlen(path) + strlen(key) > MAX_PATH)
        return TOO_LONG;
    return *path ? arena_printf(scan->scratch, "%s.%s", path, key)
                 : arena_strdup(scan->scratch, key);
}

static size_t skip_digits(const char *text)
{
    return strspn(text, "0123456789");
}

bool deployed_is_number(const char *text)
{
    text += *text == '-';
    size_t whole = skip_digits(text);
    if (whole == 0 || (whole > 1 && *text == '0'))
        return false;
    text += whole;
    if (*text == '.') {
        size_t places = skip_digits(++text);
        if (places == 0)
            return false;
        text += places;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        size_t digits = skip_digits(text);
        if (digits == 0)
            return false;
        text += digits;
    }
    return *text == '\0';
}

/* ---- what is found --------------------------------------------------------------------------- */

static size_t find_key(const struct deployed_request *request, const char *path)
{
    size_t i = 0;
    while (i < request->key_count && strcmp(request->keys[i], path) != 0)
        i++;
    return i;
}

static void note_name(struct deployed_scan *scan, const char *path)
{
    if (scan->name_count < DEPLOYED_NAMES)
        scan->names[scan->name_count++] = arena_strdup(scan->scratch, path);
}

bool deployed_scan_offer(struct deployed_scan *scan, const struct deployed_found *found)
{
    char shown[WORDING_SIZE];
    if (++scan->value_count > DEPLOYED_MAX_VALUES)
        return deployed_scan_fail(scan, found->place, "has more than a million values");
    size_t key = find_key(scan->request, found->path);
    if (!found->trouble)
        note_name(scan, found->path);
    if (key == scan->request->key_count)
        return true;
    struct deployed_value *value = &scan->values[key];
    wording_quote(found->path, shown);
    if (value->text)
        return deployed_scan_fail(
            scan, found->place,
            arena_printf(scan->scratch, "%s is given twice: in line %d, too", shown, value->line));
    if (found->trouble)
        return deployed_scan_fail(scan, found->place,
                                  arena_printf(scan->scratch, "%s %s", shown, found->trouble));
    if (!utf8_is_valid(found->text))
        return deployed_scan_fail(scan, found->place,
                                  arena_printf(scan->scratch, "%s is not UTF-8", shown));
    *value = (struct deployed_value){.text = arena_strdup(scan->arena, found->text),
                                     .kind = found->kind,
                                     .line = found->place.line,
                                     .column = found->place.column};
    return true;
}
