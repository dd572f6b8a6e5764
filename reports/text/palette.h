/* SPDX-License-Identifier: GPL-3.0-or-later */
/* palette.h - the colours of pages and pictures, light and dark.
 *
 * A limit is always INK and dashed, the baseline BASE, the proposal PROP; a verdict has shape and
 * word beside its colour. Every text colour has a contrast of 4.8 or more on every ground that it
 * stands on, in both schemes (WCAG 2). */
#ifndef CAPSIM_REPORTS_TEXT_PALETTE_H
#define CAPSIM_REPORTS_TEXT_PALETTE_H

enum palette {
    PALETTE_PAPER,
    PALETTE_SURFACE,
    PALETTE_INK,
    PALETTE_INK2,
    PALETTE_RULE,
    PALETTE_GRID,
    PALETTE_BASE,
    PALETTE_PROP,
    PALETTE_PASS,
    PALETTE_FAIL,
    PALETTE_UND,
    PALETTE_WARN,
    PALETTE_WARN_BG,
    PALETTE_PROP_BG,
    PALETTE_PASS_BG,
    PALETTE_FAIL_BG,
    PALETTE_UND_BG,
    PALETTE_BASE_BG,
    PALETTE_COLOURS
};

/* "#0a5ab4": no two are the same, so a style sheet can tell what a colour stands for. */
extern const char *const palette_light[PALETTE_COLOURS];
extern const char *const palette_dark[PALETTE_COLOURS];

/* The same as custom properties of a style sheet: --paper, --pass-bg; dark where the reader's
 * scheme is dark and the medium a screen. */
extern const char palette_tokens[];

/* Style sheet rules that turn the light colours of an SVG's fill and stroke into the dark ones
 * where the reader's scheme is dark and the medium a screen. */
extern const char palette_scheme[];

#endif
