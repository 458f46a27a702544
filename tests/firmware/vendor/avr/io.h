/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor, with registers that a test can read. */
#pragma once
#include <stdint.h>
static volatile uint8_t PORTD, DDRD, PIND, SREG;
#define _SFR_IO_ADDR(reg) 0x0B
