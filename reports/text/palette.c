/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/text/palette.h"

#define EACH(X)                                                                                    \
    X(PAPER, "paper", "#ffffff", "#12161b")                                                        \
    X(SURFACE, "surface", "#f5f7fa", "#1b2129")                                                    \
    X(INK, "ink", "#12161c", "#eef1f5")                                                            \
    X(INK2, "ink2", "#475160", "#b3bcc8")                                                          \
    X(RULE, "rule", "#cfd6de", "#3a434e")                                                          \
    X(GRID, "grid", "#e4e8ed", "#2a323c")                                                          \
    X(BASE, "base", "#5f6873", "#98a2ae")                                                          \
    X(PROP, "prop", "#0a5ab4", "#6aaeff")                                                          \
    X(PASS, "pass", "#006e52", "#4fc79c")                                                          \
    X(FAIL, "fail", "#b3310b", "#ff8f66")                                                          \
    X(UND, "und", "#66397a", "#eeb9f5")                                                            \
    X(WARN, "warn", "#7d5a00", "#e8c35a")                                                          \
    X(PROP_BG, "prop-bg", "#e6effa", "#182a40")                                                    \
    X(WARN_BG, "warn-bg", "#fdf3d8", "#332a12")                                                    \
    X(PASS_BG, "pass-bg", "#e4f3ed", "#16302a")                                                    \
    X(FAIL_BG, "fail-bg", "#fbeae3", "#3a2119")                                                    \
    X(UND_BG, "und-bg", "#f3eaf6", "#33243a")                                                      \
    X(BASE_BG, "base-bg", "#dfe2e6", "#3d4550")

#define LIGHT(name, token, light, dark) [PALETTE_##name] = (light),
#define DARK(name, token, light, dark) [PALETTE_##name] = (dark),
#define LIGHT_TOKEN(name, token, light, dark) "--" token ":" light ";"
#define DARK_TOKEN(name, token, light, dark) "--" token ":" dark ";"
#define RULES(name, token, light, dark)                                                            \
    "svg [fill='" light "']{fill:" dark "}svg [stroke='" light "']{stroke:" dark "}"

const char *const palette_light[PALETTE_COLOURS] = {EACH(LIGHT)};
const char *const palette_dark[PALETTE_COLOURS] = {EACH(DARK)};
const char palette_tokens[] = ":root{color-scheme:light dark;" EACH(
    LIGHT_TOKEN) "}@media screen and "
                 "(prefers-color-scheme:dark){:root{" EACH(DARK_TOKEN) "}}@media "
                                                                       "print{:root{color-scheme:"
                                                                       "light}}";
const char palette_scheme[] = "@media screen and (prefers-color-scheme:dark){" EACH(RULES) "}";
