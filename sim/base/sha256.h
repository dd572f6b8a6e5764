/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sha256.h - the fingerprint of bytes: FIPS 180-4, by nettle. */
#ifndef CAPSIM_SIM_BASE_SHA256_H
#define CAPSIM_SIM_BASE_SHA256_H

#include <nettle/sha2.h>
#include <stddef.h>

enum { SHA256_HEX_SIZE = 65 };

/* The SHA-256 of size bytes in lower case hexadecimal. */
void sha256_hex(const void *bytes, size_t size, char hex[SHA256_HEX_SIZE]);

/* The same of what a context was updated with so far; the context begins anew. */
void sha256_finish_hex(struct sha256_ctx *hash, char hex[SHA256_HEX_SIZE]);

#endif
