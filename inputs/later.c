#include "inputs/later.h"

#include <string.h>

static const struct {
    const char *where, *word;
} later[] = {
    {"value", "uncertain"},
};

enum { LATER_COUNT = sizeof later / sizeof later[0] };

bool later_has(const char *where, const char *word)
{
    for (size_t i = 0; i < LATER_COUNT; i++)
        if (strcmp(later[i].where, where) == 0 && strcmp(later[i].word, word) == 0)
            return true;
    return false;
}

size_t later_list(const char *where, const char **words, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < LATER_COUNT && count < size; i++)
        if (strcmp(later[i].where, where) == 0)
            words[count++] = later[i].word;
    return count;
}
