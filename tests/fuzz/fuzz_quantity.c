/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as each kind of quantity: a number in its range, or a message. A duration that is shown
 * and read again is the same to the four digits that are shown. */
#include "inputs/json/quantity.h"
#include "tests/fuzz/target.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void check_duration(const char *text)
{
    int64_t ns, ns_again;
    double seconds, seconds_again;
    char shown[QUANTITY_TEXT];
    struct error err = {0};
    if (!quantity_parse_duration(text, &ns, &seconds, &err)) {
        target_require(err.status == STATUS_INPUT && err.message[0]);
        return;
    }
    target_require(ns >= 0 && ns <= QUANTITY_MAX_NS && seconds >= 0 && (ns > 0 || seconds == 0));
    quantity_format_duration(seconds, shown);
    target_require(strlen(shown) < sizeof shown);
    if (seconds > 0.99 * QUANTITY_MAX_S)
        return; /* rounding up may leave the range */
    target_require(quantity_parse_duration(shown, &ns_again, &seconds_again, &err));
    target_require(fabs(seconds_again - seconds) <= 0.0006 * seconds + 1e-9);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[256];
    double value;
    const char *unit;
    struct error err = {0};
    snprintf(text, sizeof text, "%.*s", (int)(size < 255 ? size : 255), (const char *)bytes);
    check_duration(text);
    if (quantity_parse_rate(text, &value, &err))
        target_require(value > 0 && value <= 1e9);
    if (quantity_parse_size(text, &value, &err))
        target_require(value >= 0 && value <= 0x1p53);
    if (quantity_parse_share(text, &value, &err))
        target_require(value >= 0 && value <= 1);
    if (quantity_parse_limit(text, &value, &unit, &err))
        target_require(value >= 0 && isfinite(value));
    if (quantity_parse_number(text, &value))
        target_require(isfinite(value));
    return 0;
}
