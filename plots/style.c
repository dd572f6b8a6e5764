#include "plots/style.h"

const char plot_style[] =
#include "plots/style_gp.inc"
    ;
