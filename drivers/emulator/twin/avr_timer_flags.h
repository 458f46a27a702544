// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct avr_t;

namespace joulemark::twin {

// In libsimavr 1.6 a write to a timer's flag register clears all of its flags; in silicon only those written
// as one. An overflow lost that way sets a clock back by a whole turn of its timer. This puts timer 1 right.
void cure_timer_flags(avr_t* avr);

}  // namespace joulemark::twin
