/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
struct device {
  uint32_t outputs, levels;
};
typedef uint8_t gpio_pin_t;
enum { GPIO_OUTPUT_LOW = 1 };
static inline int gpio_pin_configure(struct device* port, gpio_pin_t pin, int flags) {
  port->outputs |= (uint32_t)flags << pin;
  return 0;
}
static inline int gpio_port_set_masked_raw(struct device* port, uint32_t pins, uint32_t levels) {
  port->levels = (port->levels & ~pins) | (levels & pins);
  return 0;
}
