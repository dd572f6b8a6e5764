/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure.h - a picture that was drawn elsewhere, on its way into a page, and what else a page may
 * be given besides its result.
 *
 * Plain data. Pictures come from plots/, which sees reports and not the other way round: whoever
 * writes a page hands them in. */
#ifndef CAPSIM_REPORTS_TEXT_FIGURE_H
#define CAPSIM_REPORTS_TEXT_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

struct answer;
struct outlook;
struct scenario_set;

struct figure {
    const char *key;      /* of its id: "utilization"                                          */
    const char *headline; /* what it shows, as a finding; plain text                           */
    const char *alt;      /* the same for those who cannot see it, with the figures; plain     */
    const char *svg;      /* an <svg> element whose ids and texts are safe in any page         */
    const char
        *svg_wide;    /* two, for a whole page and for a phone, of which the style sheet shows */
                      /*   one; NULL: none                                                 */
    const char *note; /* a line below it; NULL: none */
    bool is_wide;     /* it needs the whole width */
};

/* The key of the bar that shows how much more load there is room for. */
#define PAGE_ROOM_BAR "room"
/* With "-SETTING": the picture of what would decide an undecided criterion. */
#define PAGE_DECISION_PICTURE "decision"

/* All zero: nothing besides the result. */
struct page_extras {
    const struct figure *figures;
    size_t figure_count;
    const char *no_figures;     /* why there is none, when there could be; or NULL               */
    const struct figure *bars;  /* of criteria, for their tiles: key "SETTING-CRITERION", both   */
    size_t bar_count;           /* numbers from 0                                                */
    const struct figure *model; /* what was simulated, as a diagram; NULL: it is not known       */
    const struct scenario_set *set; /* the scenario itself, which the page keeps; or NULL   */
    bool is_in_folder; /* the page is part of a folder that keeps its inputs: it does not       */
    const struct answer *const *answers; /* findings of other subcommands, to be shown with it */
    size_t answer_count;
    const struct outlook *outlook; /* what searches say beyond a run (headline.h); or NULL      */
};

#endif
