/* SPDX-License-Identifier: Apache-2.0 */
/* A fake: what jm_marker_port.h needs of a vendor. */
#pragma once
#include <avr/io.h>
static inline void cli(void) {
  SREG = 0;
}
