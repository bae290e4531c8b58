/* SPDX-License-Identifier: MIT */
/* loader_fuzz_mutate.h - how a good image is damaged: by field, by table, by byte, by length. */
#ifndef LOADER_FUZZ_MUTATE_H
#define LOADER_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "fuzz_rounds.h"

#define FUZZ_IMAGE_MAX (1u << 20)

struct fuzz_random {
    uint64_t state;
};

struct fuzz_random fuzz_random_make(uint64_t seed, uint64_t round);
uint64_t fuzz_next(struct fuzz_random *random);
uint64_t fuzz_below(struct fuzz_random *random, uint64_t limit);

/* Writes a damaged copy to out (FUZZ_IMAGE_MAX bytes). Returns its size. */
size_t fuzz_mutate(const struct fuzz_file *from, uint8_t *out, struct fuzz_random *random);

#endif
