/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/files/output.h"
#include <errno.h>
#include <string.h>

bool output_flush(FILE *out, struct error *err)
{
    errno = 0;
    int failed = fflush(out);
    if (!failed && !ferror(out))
        return true;
    /* The failure may be an earlier one, whose errno is gone. */
    return error_set(err, STATUS_IO, "cannot write the report: %s",
                     errno != 0 ? strerror(errno) : "writing failed");
}
