/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/text_width.h"
#include "sim/base/utf8.h"
#include <string.h>

/* Advance widths in thousandths of the size, rounded up: U+0020 to U+007E of DejaVu Sans 2.37, book
 * and bold. */
enum { FIRST = 0x20, LAST = 0x7e, WEIGHTS = 2 };
static const short ascii[WEIGHTS][LAST - FIRST + 1] = {
    {
        318,  401, 460, 838, 637, 951, 780, 275, 391, 391, 500, 838, 318, 361, 318, 337,
        637,  637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 531,
        1000, 685, 687, 699, 771, 632, 576, 775, 752, 295, 295, 656, 558, 863, 749, 788,
        604,  788, 695, 635, 611, 732, 685, 989, 686, 611, 686, 391, 337, 391, 838, 500,
        500,  613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612,
        635,  635, 412, 521, 393, 634, 592, 818, 592, 592, 525, 637, 337, 637, 838,
    },
    {
        349,  457, 521, 838, 696, 1002, 873, 307,  458, 458, 523, 838, 380, 416,  380, 366,
        696,  696, 696, 696, 696, 696,  696, 696,  696, 696, 400, 400, 838, 838,  838, 581,
        1000, 774, 763, 734, 831, 684,  684, 821,  837, 373, 373, 775, 638, 996,  837, 851,
        733,  851, 771, 721, 683, 813,  774, 1104, 771, 725, 726, 458, 366, 458,  838, 500,
        500,  675, 716, 593, 716, 679,  436, 716,  712, 343, 343, 666, 343, 1042, 712, 688,
        716,  716, 494, 596, 479, 712,  652, 924,  646, 652, 583, 712, 366, 712,  838,
    },
};

/* What capsim itself writes beside those. */
static const struct {
    unsigned character;
    short width[WEIGHTS];
} symbols[] = {
    {0x00a0, {318, 349}}, {0x00b1, {838, 838}}, {0x00b5, {637, 736}},   {0x00b7, {318, 380}},
    {0x00d7, {838, 838}}, {0x2019, {318, 380}}, {0x2026, {1000, 1000}}, {0x2191, {838, 838}},
    {0x2192, {838, 838}}, {0x2212, {838, 838}}, {0x2264, {838, 838}},   {0x2265, {838, 838}},
    {0x25cf, {873, 873}}, {0x2260, {838, 838}}, {0x2013, {500, 500}},
};

/* Anything else: the widest of its range, up to a character. Beyond U+2FFF the full width of an
 * East Asian character is 1 and that of an emoji at most 1.3; the widest in a common font is a
 * whole phrase, U+FDFD. */
static const struct {
    unsigned last;
    short width[WEIGHTS];
} ranges[] = {
    {0x017f, {1070, 1167}},   {0x024f, {1422, 1556}}, {0x036f, {1058, 1215}},
    {0x03ff, {934, 1093}},    {0x052f, {1180, 1406}}, {0x2fff, {1736, 2017}},
    {0xfaff, {1050, 1050}},   {0xfdfc, {1730, 1730}}, {0xfdff, {12000, 12000}},
    {0x10ffff, {1400, 1400}},
};

static double thousandths_of(uint32_t character, int weight)
{
    if (character >= FIRST && character <= LAST)
        return ascii[weight][character - FIRST];
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (symbols[i].character == character)
            return symbols[i].width[weight];
    size_t i = 0;
    while (i + 1 < sizeof ranges / sizeof ranges[0] && character > ranges[i].last)
        i++;
    return ranges[i].width[weight];
}

double text_width(const char *text, double size, bool is_bold)
{
    double sum = 0.0;
    while (*text != '\0')
        sum += thousandths_of(utf8_next(&text), is_bold);
    return sum * size / 1000.0;
}

/* Bytes of the longest beginning that is no wider than room. */
static size_t bytes_within(const char *text, double size, bool is_bold, double room)
{
    const char *end = text;
    while (*end != '\0') {
        const char *next = end;
        room -= thousandths_of(utf8_next(&next), is_bold) * size / 1000.0;
        if (room < -1e-6) /* what fits to the last digit fits */
            break;
        end = next;
    }
    return (size_t)(end - text);
}

const char *text_width_fit(const char *text, double size, bool is_bold, double room,
                           struct arena *arena)
{
    static const char dots[] = "\u2026";
    if (text_width(text, size, is_bold) <= room)
        return text;
    double left = room - text_width(dots, size, is_bold);
    size_t length = left > 0.0 ? bytes_within(text, size, is_bold, left) : 0;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return left > 0.0 ? arena_printf(arena, "%.*s%s", (int)length, text, dots) : "";
}

static size_t first_bytes(const char *text)
{
    const char *next = text;
    utf8_next(&next);
    return (size_t)(next - text);
}

size_t text_width_break(const char *text, double size, bool is_bold, double room, const char **next)
{
    size_t length = bytes_within(text, size, is_bold, room);
    if (text[length] != '\0') {
        size_t at = length;
        while (at > 0 && text[at] != ' ')
            at--;
        if (at > 0)
            length = at;
        else if (length == 0)
            length = first_bytes(text);
    }
    *next = text + length + strspn(text + length, " ");
    return length;
}
