/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version.h - the version of the program, as --version and every report give it. */
#ifndef CAPSIM_SIM_BASE_VERSION_H
#define CAPSIM_SIM_BASE_VERSION_H

#define CAPSIM_VERSION "0.1.0"

#endif
