/* SPDX-License-Identifier: Apache-2.0 */
/* The indices of a ring between one interrupt and the main loop; the slots are the caller's array. One side
   pushes, the other pops, neither waits, and an index of one byte needs no lock on any machine. */
#ifndef JM_RING_H
#define JM_RING_H

#include <stdint.h>

/* What a slot holds is written before it is pushed and read before it is popped. */
#define JM_RING_IN_ORDER() __asm__ volatile("" ::: "memory")

typedef struct {
  volatile uint8_t pushed; /* count up for ever, modulo 256 */
  volatile uint8_t popped;
} jm_ring;

static inline uint8_t jm_ring_count(const jm_ring* ring) {
  return (uint8_t)(ring->pushed - ring->popped);
}

/* Then the slot to fill is pushed % slots; the oldest one is popped % slots. */
static inline void jm_ring_push(jm_ring* ring) {
  JM_RING_IN_ORDER();
  ring->pushed = (uint8_t)(ring->pushed + 1u);
}

static inline void jm_ring_pop(jm_ring* ring, uint8_t count) {
  JM_RING_IN_ORDER();
  ring->popped = (uint8_t)(ring->popped + count);
}

#endif
