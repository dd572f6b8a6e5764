/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/output.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The failure was an earlier one, whose errno is gone: writing more fails for the same reason. What
 * stands there is no report any more, so that harms nothing; a file may have some room left in its
 * last block. */
static int reason_of(FILE *out)
{
    static const char more[1 << 16];
    struct stat facts;
    int file = fileno(out);
    size_t size = file >= 0 && fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) ? sizeof more : 1;
    return file >= 0 && write(file, more, size) < 0 ? errno : EIO;
}

bool output_flush(FILE *out, struct error *err)
{
    errno = 0;
    int failed = fflush(out);
    if (!failed && !ferror(out))
        return true;
    return error_set(err, STATUS_IO, "cannot write the report: %s",
                     strerror(errno != 0 ? errno : reason_of(out)));
}
