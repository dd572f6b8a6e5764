/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/utf8.h"
#include <string.h>

/* Length of the sequence that a first byte announces; 0: it cannot be one. */
static int sequence_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    if (first >= 0xF0 && first <= 0xF4)
        return 4;
    return 0;
}

uint32_t utf8_next(const char **text)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned char *bytes = (const unsigned char *)*text;
    if (bytes[0] == '\0')
        return 0;
    int length = sequence_length(bytes[0]);
    uint32_t character = length > 0 ? bytes[0] & first_bits[length] : UTF8_REPLACEMENT;
    for (int i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            length = 0;
            break;
        }
        character = character << 6 | (bytes[i] & 0x3F);
    }
    bool is_surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (length == 0 || character < smallest[length] || is_surrogate || character > 0x10FFFF) {
        ++*text;
        return UTF8_REPLACEMENT;
    }
    *text += length;
    return character;
}

struct range {
    uint32_t first, last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

int utf8_width(uint32_t character)
{
    /* The blocks of Unicode's EastAsianWidth.txt that are wholly W or F, and its emoji. */
    static const struct range wide[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97C},
        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},   {0x1F1E6, 0x1F202}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
        {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
    };
    static const struct range combining[] = {
        {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},   {0x1AB0, 0x1AFF},
        {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},   {0xFE20, 0xFE2F},
        {0xFEFF, 0xFEFF}, {0x2060, 0x2064}, {0x00AD, 0x00AD}, {0xE0000, 0xE01EF},
    };
    if (character < 0x80)
        return 1;
    if (is_in(combining, sizeof combining / sizeof combining[0], character))
        return 0;
    return is_in(wide, sizeof wide / sizeof wide[0], character) ? 2 : 1;
}

bool utf8_is_control(uint32_t character)
{
    static const struct range turning[] = {{0x200E, 0x200F}, {0x061C, 0x061C}, {0x2028, 0x202E},
                                           {0x2066, 0x2069}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB},
                                           {0xFFFE, 0xFFFF}};
    return character < 0x20 || (character >= 0x7F && character <= 0x9F) ||
           is_in(turning, sizeof turning / sizeof turning[0], character);
}

bool utf8_is_valid(const char *text)
{
    while (*text != '\0') {
        const char *before = text;
        if (utf8_next(&text) == UTF8_REPLACEMENT && text - before == 1)
            return false;
    }
    return true;
}

void utf8_clean(char *text)
{
    for (const char *next = text; *next != '\0';) {
        const char *before = next;
        uint32_t character = utf8_next(&next);
        size_t length = (size_t)(next - before);
        if (utf8_is_control(character) || (character == UTF8_REPLACEMENT && length == 1))
            memset(text + (before - text), '?', length);
    }
}
