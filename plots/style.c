/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plots/style.h"

const char plot_style[] =
#include "plots/style_gp.inc"
    ;
