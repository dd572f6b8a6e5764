/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/log_wrapper.h"

#include "inputs/telemetry/json_line.h"
#include "inputs/telemetry/stamp.h"

const char *const log_wrapper_names[LOG_WRAPPER_CRI + 1] = {"", "docker's json-file",
                                                            "a container's log"};

/* The text of "log", between its quotes; false: the line is no entry of docker's. */
static bool find_log(struct slice line, struct slice *log)
{
    struct json_line split = {0};
    if (line.length == 0 || line.at[0] != '{' || !json_line_split(line, &split))
        return false;
    bool is_text = false;
    for (size_t i = 0; i < split.count; i++)
        if (slice_equals(split.fields[i].key, "log")) {
            *log = split.fields[i].value;
            is_text = split.fields[i].is_text;
        }
    return is_text && json_line_find(&split, "stream").at && json_line_find(&split, "time").at;
}

/* "TIME stdout F LINE" */
static bool find_cri(struct slice line, struct slice *text, bool *is_part)
{
    struct stamp stamp;
    struct slice rest = line, time = slice_cut(&rest, ' '), stream = slice_cut(&rest, ' ');
    struct slice flag = slice_cut(&rest, ' ');
    bool is_stream = slice_equals(stream, "stdout") || slice_equals(stream, "stderr");
    *text = rest;
    *is_part = slice_equals(flag, "P");
    return is_stream && (slice_equals(flag, "F") || *is_part) && stamp_parse(time, &stamp);
}

enum log_wrapper log_wrapper_of(struct slice line)
{
    struct slice text;
    bool is_part;
    if (find_log(line, &text))
        return LOG_WRAPPER_DOCKER;
    return find_cri(line, &text, &is_part) ? LOG_WRAPPER_CRI : LOG_WRAPPER_NONE;
}

/* ---- escapes --------------------------------------------------------------------------------- */

/* Four hexadecimal digits, or -1. */
static int32_t read_hex(struct slice text)
{
    int32_t value = 0;
    if (text.length < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        char c = text.at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static size_t write_utf8(int32_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const int firsts[] = {0, 0xC0, 0xE0, 0xF0};
    to[0] = (char)(firsts[more] | code >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (code >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

/* What "\uXXXX" at the beginning of text is, two of them for one beyond the first plane; what
 * cannot be is a question mark. *used: bytes of it. */
static size_t write_code(struct slice text, char *to, size_t *used)
{
    int32_t code = read_hex(slice_skip(text, 2));
    *used = code < 0 ? 2 : 6;
    if (code >= 0xD800 && code < 0xDC00 && text.length >= 12 && text.at[6] == '\\') {
        int32_t low = read_hex(slice_skip(text, 8));
        if (low >= 0xDC00 && low < 0xE000) {
            *used = 12;
            return write_utf8(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), to);
        }
    }
    bool is_character = code > 0 && (code < 0xD800 || code >= 0xE000);
    return write_utf8(is_character ? code : '?', to);
}

/* Escapes are longer than what they stand for: to may be where the text is. */
static size_t unescape(struct slice text, char *to)
{
    static const char letters[] = "nrtbf", meant[] = "\n\r\t\b\f";
    size_t written = 0;
    for (size_t i = 0; i < text.length;) {
        if (text.at[i] != '\\' || i + 1 == text.length) {
            to[written++] = text.at[i++];
            continue;
        }
        if (text.at[i + 1] == 'u') {
            size_t used;
            written += write_code(slice_skip(text, i), to + written, &used);
            i += used;
            continue;
        }
        const char *letter = strchr(letters, text.at[i + 1]);
        to[written++] = letter && *letter ? meant[letter - letters] : text.at[i + 1];
        i += 2;
    }
    return written;
}

size_t log_wrapper_unwrap(enum log_wrapper wrapper, struct slice line, char *to)
{
    struct slice text = line;
    bool is_part = false;
    if (wrapper == LOG_WRAPPER_DOCKER && find_log(line, &text)) {
        size_t written = unescape(text, to);
        return written; /* its end is in it */
    }
    if (wrapper != LOG_WRAPPER_CRI || !find_cri(line, &text, &is_part))
        text = line;
    memmove(to, text.at, text.length);
    if (is_part)
        return text.length;
    to[text.length] = '\n';
    return text.length + 1;
}
