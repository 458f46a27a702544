/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
typedef struct {
  volatile uint32_t OUTSET, OUTCLR, DIRSET;
} NRF_GPIO_Type;
static NRF_GPIO_Type fake_gpio;
#define NRF_P0 (&fake_gpio)
