/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inputs/cli/terminal.h"
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_keep_standard_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", modes[fd]); /* the lowest free number is fd */
}

/* Columns of the terminal, or 0. */
static int columns_of(FILE *stream)
{
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

int terminal_width(FILE *stream)
{
    int columns = columns_of(stream);
    if (columns == 0 || columns > TERMINAL_WIDTH)
        return TERMINAL_WIDTH;
    return columns < TERMINAL_NARROWEST ? TERMINAL_NARROWEST : columns;
}

bool terminal_has_colour(FILE *stream)
{
    const char *no_colour = getenv("NO_COLOR"), *kind = getenv("TERM");
    return isatty(fileno(stream)) && !(no_colour && *no_colour) && kind && *kind &&
           strcmp(kind, "dumb") != 0;
}

bool terminal_is_abandoned(FILE *stream)
{
    struct pollfd pipe_end = {.fd = fileno(stream), .events = POLLOUT};
    return poll(&pipe_end, 1, 0) == 1 && (pipe_end.revents & (POLLERR | POLLHUP)) != 0;
}
