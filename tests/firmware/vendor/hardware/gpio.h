/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
static uint32_t fake_outputs, fake_levels_now;
static inline void gpio_init_mask(uint32_t pins) {
  fake_levels_now &= ~pins;
}
static inline void gpio_set_dir_out_masked(uint32_t pins) {
  fake_outputs |= pins;
}
static inline void gpio_put_masked(uint32_t pins, uint32_t levels) {
  fake_levels_now = (fake_levels_now & ~pins) | (levels & pins);
}
