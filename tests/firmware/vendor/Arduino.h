/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
#define OUTPUT 1
#define HIGH 1
#define LOW 0
static uint32_t fake_outputs, fake_levels_now;
static int fake_times_all_low;
static inline void pinMode(uint8_t pin, uint8_t mode) {
  fake_outputs |= (uint32_t)(mode == OUTPUT) << pin;
}
static inline void digitalWrite(uint8_t pin, uint8_t level) {
  fake_levels_now = (fake_levels_now & ~(1u << pin)) | ((uint32_t)(level == HIGH) << pin);
  fake_times_all_low += fake_levels_now == 0;
}
