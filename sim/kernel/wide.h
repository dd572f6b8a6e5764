/* wide.h - the 128-bit integer: sums of nanoseconds over a long run overflow 64 bits. A compiler
 * extension of gcc and clang, named once so that -Wpedantic stays on everywhere else. */
#ifndef CAPSIM_SIM_KERNEL_WIDE_H
#define CAPSIM_SIM_KERNEL_WIDE_H

__extension__ typedef __int128 wide_int;
__extension__ typedef unsigned __int128 wide_uint;

#endif
