/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/telemetry/draft.h"

void draft_note(struct draft *draft, const char *key, const char *note, const char *source)
{
    if (draft->note_count < DRAFT_NOTES)
        draft->notes[draft->note_count++] = (struct draft_note){key, note, source};
}

void draft_unknown(struct draft *draft, const char *what)
{
    if (draft->unknown_count < DRAFT_NOTES)
        draft->unknown[draft->unknown_count++] = what;
}
