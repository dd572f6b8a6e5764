/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/palette.h"

#define EACH(X)                                                                                    \
    X(PAPER, "#ffffff", "#12161b")                                                                 \
    X(SURFACE, "#f5f7fa", "#1b2129")                                                               \
    X(INK, "#12161c", "#eef1f5")                                                                   \
    X(INK2, "#475160", "#b3bcc8")                                                                  \
    X(RULE, "#cfd6de", "#3a434e")                                                                  \
    X(GRID, "#e4e8ed", "#2a323c")                                                                  \
    X(BASE, "#5f6873", "#98a2ae")                                                                  \
    X(PROP, "#0a5ab4", "#6aaeff")                                                                  \
    X(PASS, "#006e52", "#4fc79c")                                                                  \
    X(FAIL, "#b3310b", "#ff8f66")                                                                  \
    X(UND, "#66397a", "#eeb9f5")                                                                   \
    X(WARN, "#7d5a00", "#e8c35a")                                                                  \
    X(PROP_BG, "#e6effa", "#182a40")                                                               \
    X(PASS_BG, "#e4f3ed", "#16302a")                                                               \
    X(FAIL_BG, "#fbeae3", "#3a2119")                                                               \
    X(UND_BG, "#f3eaf6", "#33243a")                                                                \
    X(BASE_BG, "#dfe2e6", "#3d4550")

#define LIGHT(name, light, dark) [PALETTE_##name] = (light),
#define DARK(name, light, dark) [PALETTE_##name] = (dark),
#define RULES(name, light, dark)                                                                   \
    "svg [fill='" light "']{fill:" dark "}svg [stroke='" light "']{stroke:" dark "}"

const char *const palette_light[PALETTE_COLOURS] = {EACH(LIGHT)};
const char *const palette_dark[PALETTE_COLOURS] = {EACH(DARK)};
const char palette_scheme[] = "@media screen and (prefers-color-scheme:dark){" EACH(RULES) "}";
