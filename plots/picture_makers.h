/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture_makers.h - the kinds of pictures: each finds in the JSON what it shows, words its
 * finding, and draws it (picture.h); what they have in common. */
#ifndef CAPSIM_PLOTS_PICTURE_MAKERS_H
#define CAPSIM_PLOTS_PICTURE_MAKERS_H

#include "plots/picture.h"

/* The canvas for a request, of the width it asks for, else of `usual`. */
void picture_begin(struct canvas *canvas, const struct picture_request *request, double usual);
/* What is drawn as a picture, as high as what is on it. */
void picture_finish(struct picture *picture, const struct canvas *canvas);

/* All: false with STATUS_INPUT when the JSON lacks what the kind needs. */
bool picture_make_criteria(const struct picture_request *request, struct picture *picture,
                           struct error *err);
bool picture_make_timeline(const struct picture_request *request, struct picture *picture,
                           struct error *err);
bool picture_make_load(const struct picture_request *request, struct picture *picture,
                       struct error *err);
bool picture_make_response(const struct picture_request *request, struct picture *picture,
                           struct error *err);
bool picture_make_wait(const struct picture_request *request, struct picture *picture,
                       struct error *err);
bool picture_make_time(const struct picture_request *request, struct picture *picture,
                       struct error *err);
bool picture_make_series(const struct picture_request *request, struct picture *picture,
                         struct error *err);
bool picture_make_differences(const struct picture_request *request, struct picture *picture,
                              struct error *err);
bool picture_make_cycle(const struct picture_request *request, struct picture *picture,
                        struct error *err);
bool picture_make_connections(const struct picture_request *request, struct picture *picture,
                              struct error *err);
bool picture_make_sweep(const struct picture_request *request, struct picture *picture,
                        struct error *err);
bool picture_make_heat(const struct picture_request *request, struct picture *picture,
                       struct error *err);
bool picture_make_arrivals(const struct picture_request *request, struct picture *picture,
                           struct error *err);
bool picture_make_quantiles(const struct picture_request *request, struct picture *picture,
                            struct error *err);
bool picture_make_diagonal(const struct picture_request *request, struct picture *picture,
                           struct error *err);
bool picture_make_residuals(const struct picture_request *request, struct picture *picture,
                            struct error *err);

#endif
