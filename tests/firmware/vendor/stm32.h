/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
typedef struct {
  volatile uint32_t BSRR;
} GPIO_TypeDef;
static GPIO_TypeDef fake_gpio;
#define GPIOB (&fake_gpio)
