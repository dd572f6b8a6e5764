/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/base/sha256.h"
#include <nettle/base16.h>

void sha256_finish_hex(struct sha256_ctx *hash, char hex[SHA256_HEX_SIZE])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof digest, digest);
    base16_encode_update(hex, sizeof digest, digest);
    hex[SHA256_HEX_SIZE - 1] = '\0';
}

void sha256_hex(const void *bytes, size_t size, char hex[SHA256_HEX_SIZE])
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, size, bytes);
    sha256_finish_hex(&hash, hex);
}
