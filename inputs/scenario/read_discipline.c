/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/scenario/read_discipline.h"

static const char *const discipline_names[] = {"fifo", "lifo", "random", "priority"};

bool read_discipline(struct json_cursor *at, const char *fallback, enum discipline *discipline)
{
    size_t choice = DISCIPLINE_FIFO;
    if (!cursor_get_choice(at, "discipline", fallback, discipline_names, 4, &choice))
        return false;
    *discipline = (enum discipline)choice;
    return true;
}
