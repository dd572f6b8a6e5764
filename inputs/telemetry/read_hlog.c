/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/read_hlog.h"

#include "inputs/telemetry/request_log.h"
#include "inputs/telemetry/stamp.h"
#include <math.h>
#include <nettle/base64.h>
#include <zlib.h>

/* "Cookies": the version, and in V2 the width of a word, which is variable. */
#define V1_PACKED 0x1c849302U
#define V1_PLAIN 0x1c849301U
#define V0_PACKED 0x1c849309U
#define V0_PLAIN 0x1c849308U
#define V2_PACKED 0x1c849304U
#define V2_PLAIN 0x1c849303U

enum { MOST_PACKED = 1 << 22, MOST_PLAIN = 1 << 24, HEADER_BYTES = 40, OLD_HEADER_BYTES = 32 };

/* ---- a histogram ----------------------------------------------------------------------------- */

struct hdr {
    uint32_t digits, unit_magnitude, sub_magnitude; /* of counts in the first bucket, log2 */
    void (*take)(void *context, double value, uint64_t count);
    void *context;
};

static uint32_t read_32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t read_64(const uint8_t *at)
{
    return (uint64_t)read_32(at) << 32 | read_32(at + 4);
}

/* The middle of what counts index i stands for. */
static double value_at(const struct hdr *hdr, uint64_t i)
{
    uint32_t half_magnitude = hdr->sub_magnitude - 1;
    uint64_t half = UINT64_C(1) << half_magnitude;
    int64_t bucket = (int64_t)(i >> half_magnitude) - 1;
    uint64_t sub = (i & (half - 1)) + half;
    if (bucket < 0) {
        sub -= half;
        bucket = 0;
    }
    double width = ldexp(1, (int)(bucket + hdr->unit_magnitude));
    return ((double)sub + 0.5) * width - 0.5;
}

/* ZigZag LEB128 of 64 bits: the ninth byte has eight bits. False at the end. */
static bool read_zigzag(const uint8_t **at, const uint8_t *end, int64_t *value)
{
    uint64_t bits = 0;
    for (int byte = 0; byte < 9; byte++) {
        if (*at == end)
            return false;
        uint64_t read = *(*at)++;
        bits |= (byte < 8 ? read & 0x7f : read) << (7 * byte);
        if (byte == 8 || !(read & 0x80))
            break;
    }
    *value = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
    return true;
}

/* V2: a negative count is so many empty ones. */
static bool take_v2(const struct hdr *hdr, const uint8_t *at, const uint8_t *end)
{
    uint64_t i = 0;
    while (at < end) {
        int64_t count;
        if (!read_zigzag(&at, end, &count) || count < -(INT64_C(1) << 40))
            return false;
        if (count < 0) {
            i += (uint64_t)-count;
            continue;
        }
        if (i >> hdr->sub_magnitude > 60)
            return count == 0;
        if (count > 0)
            hdr->take(hdr->context, value_at(hdr, i), (uint64_t)count);
        i++;
    }
    return true;
}

/* V0 and V1: counts of 8 bytes, or of as many as the cookie says. */
static bool take_v1(const struct hdr *hdr, const uint8_t *at, const uint8_t *end, size_t word)
{
    if (word != 2 && word != 4 && word != 8)
        return false;
    for (uint64_t i = 0; at + word <= end; i++, at += word) {
        uint64_t count = word == 2   ? (uint64_t)at[0] << 8 | at[1]
                         : word == 4 ? read_32(at)
                                     : read_64(at);
        if (count > 0 && i >> hdr->sub_magnitude > 60)
            return false;
        if (count > 0)
            hdr->take(hdr->context, value_at(hdr, i), count);
    }
    return true;
}

/* False: no histogram has these. */
static bool set_scale(struct hdr *hdr, uint32_t digits, uint64_t lowest)
{
    if (digits > 5 || lowest == 0 || lowest > (UINT64_C(1) << 40))
        return false;
    hdr->unit_magnitude = 63 - (uint32_t)__builtin_clzll(lowest);
    hdr->sub_magnitude = (uint32_t)ceil(log2(2 * pow(10, digits)));
    if (hdr->sub_magnitude < 2)
        hdr->sub_magnitude = 2;
    return true;
}

/* V1 and V2: cookie, bytes of counts, normalizing offset, digits, least and greatest value, a
 * ratio. V0: cookie, digits, least, greatest, total. */
static bool take_plain(const uint8_t *plain, size_t size, struct hdr hdr)
{
    if (size < HEADER_BYTES)
        return false;
    uint32_t cookie = read_32(plain), length = read_32(plain + 4);
    size_t word = (cookie & 0xf0U) >> 4;
    if ((cookie & ~0xf0U) == V0_PLAIN)
        return set_scale(&hdr, read_32(plain + 4), read_64(plain + 8)) &&
               take_v1(&hdr, plain + OLD_HEADER_BYTES, plain + size, word);
    const uint8_t *counts = plain + HEADER_BYTES;
    if (length > size - HEADER_BYTES || read_32(plain + 8) != 0 ||
        !set_scale(&hdr, read_32(plain + 12), read_64(plain + 16)))
        return false;
    if ((cookie & ~0xf0U) == V2_PLAIN)
        return take_v2(&hdr, counts, counts + length);
    return (cookie & ~0xf0U) == V1_PLAIN && take_v1(&hdr, counts, counts + length, word);
}

bool hlog_decode(struct slice base64, struct arena *scratch,
                 void (*take)(void *context, double value, uint64_t count), void *context)
{
    struct base64_decode_ctx decode;
    size_t packed_size = BASE64_DECODE_LENGTH(base64.length);
    if (base64.length > MOST_PACKED || base64.length < 12)
        return false;
    uint8_t *packed = arena_alloc(scratch, arena_add_sizes(packed_size, 8));
    base64_decode_init(&decode);
    if (!base64_decode_update(&decode, &packed_size, packed, base64.length, base64.at) ||
        !base64_decode_final(&decode) || packed_size < 8)
        return false;
    uint32_t cookie = read_32(packed) & ~0xf0U, length = read_32(packed + 4);
    if ((cookie != V0_PACKED && cookie != V1_PACKED && cookie != V2_PACKED) ||
        length > packed_size - 8)
        return false;
    uint8_t *plain = arena_alloc(scratch, MOST_PLAIN);
    uLongf size = MOST_PLAIN;
    if (uncompress(plain, &size, packed + 8, length) != Z_OK)
        return false;
    return take_plain(plain, size, (struct hdr){.take = take, .context = context});
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct interval {
    struct telemetry_reading *reading;
    struct observed_figure *figure;
    double unit_ns;
};

static void take_value(void *context, double value, uint64_t count)
{
    struct interval *interval = context;
    double ns = fmin(fmax(value * interval->unit_ns, 0), 4e18);
    observed_add_values(interval->reading->observed, interval->figure, llround(ns), count);
}

bool hlog_accepts(struct slice beginning, bool is_all)
{
    (void)is_all;
    return slice_has(
        (struct slice){beginning.at, beginning.length < 1000 ? beginning.length : 1000},
        "Histogram log format version");
}

/* "#[StartTime: 1441812279.474 (seconds since epoch), ...": what relative stamps begin at. */
static void take_comment(struct slice line, double *origin_s)
{
    size_t at = slice_find(line, "StartTime: ");
    if (at >= line.length)
        return;
    struct slice rest = slice_skip(line, at + strlen("StartTime: "));
    double value;
    if (slice_to_number(slice_word(&rest), false, &value) && value > 0 && value < 4e9)
        *origin_s = value;
}

static bool take_line(struct interval *interval, struct slice line, double origin_s,
                      struct arena *scratch)
{
    struct telemetry_reading *reading = interval->reading;
    char class[REQUEST_LOG_NAME] = "";
    double start, length;
    if (slice_starts(line, "Tag=")) {
        line = slice_skip(line, 4);
        request_log_name(slice_cut(&line, ','), class);
    }
    struct slice first = slice_cut(&line, ','), second = slice_cut(&line, ',');
    slice_cut(&line, ',');
    if (!slice_to_number(first, false, &start) || !slice_to_number(second, false, &length))
        return telemetry_drop(reading, "no interval");
    /* A start of less than a year is relative. */
    double at_s = start < 3e7 ? origin_s + start : start;
    if (at_s > 0 && at_s < 4e9 && !telemetry_take_time(reading, llround(at_s * 1e9)))
        return true;
    interval->figure = observed_figure(reading->observed, reading->file, OBSERVED_RESPONSE,
                                       "requests", "histogram", class);
    interval->figure->method = "HdrHistogram: counts at the middle of each step";
    if (!hlog_decode(slice_trim(line), scratch, take_value, interval))
        return telemetry_drop(reading, "a histogram that is damaged or of an unknown version");
    reading->rows++;
    return true;
}

static bool read_unit(struct telemetry_reading *reading, double *unit_ns)
{
    const char *spec = reading->spec;
    *unit_ns = !spec || strcmp(spec, "ns") == 0 ? 1
               : strcmp(spec, "us") == 0        ? 1e3
               : strcmp(spec, "ms") == 0        ? 1e6
               : strcmp(spec, "s") == 0         ? 1e9
                                                : 0;
    return *unit_ns > 0 || error_set(reading->err, STATUS_USAGE,
                                     "hlog: takes the unit of the values, ns, us, ms or s");
}

bool hlog_read(struct telemetry_reading *reading)
{
    struct slice line;
    struct interval interval = {.reading = reading};
    struct arena *scratch = arena_open();
    double origin_s = 0;
    bool has_unit = read_unit(reading, &interval.unit_ns);
    while (has_unit && line_source_next(reading->source, &line, reading->err)) {
        if (slice_starts(line, "#"))
            take_comment(line, &origin_s);
        else if (line.length > 0 && !slice_starts(line, "\""))
            take_line(&interval, line, origin_s, scratch);
        arena_reset(scratch);
    }
    arena_close(scratch);
    if (has_unit && !reading->spec)
        observed_find(reading->observed, false,
                      "%s: the unit of the values is not in the file; taken as nanoseconds "
                      "(--as hlog:us or hlog:ms says otherwise)",
                      reading->observed->files[reading->file].path);
    return reading->err->status == STATUS_OK;
}
