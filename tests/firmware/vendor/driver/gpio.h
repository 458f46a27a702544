/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
typedef int gpio_num_t;
enum { GPIO_MODE_OUTPUT = 2 };
static uint32_t fake_outputs;
static inline int gpio_set_direction(gpio_num_t pin, int mode) {
  fake_outputs |= (uint32_t)(mode == GPIO_MODE_OUTPUT) << pin;
  return 0;
}
