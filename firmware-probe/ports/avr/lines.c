/* SPDX-License-Identifier: Apache-2.0 */
/* Line 0 by timer 1's input capture: stamped in hardware. Lines 1 to 6 by the pin-change interrupt of port D.
   No pull-ups: they would feed current into the target. */
#include "avr_port.h"

#include <avr/interrupt.h>
#include <avr/io.h>

#define CAPTURED (1u << PB0)
#define ON_PORT_D 0xFCu

/* As measured while sampling flat out, where other interrupts are in the way: tests/firmware/simulated holds
   them to it. */
#define INTERRUPT_LINE \
  { JM_WIRE_LINE_INTERRUPT, 60, 18 }
const jm_wire_line jm_port_lines[JM_LINE_COUNT] = {
    {JM_WIRE_LINE_CAPTURED, 2, 0},
    INTERRUPT_LINE,
    INTERRUPT_LINE,
    INTERRUPT_LINE,
    INTERRUPT_LINE,
    INTERRUPT_LINE,
    INTERRUPT_LINE,
};

static uint8_t levels_d; /* of port D at the last look */

static void watch_captured(uint8_t on) {
  TIMSK1 &= (uint8_t) ~(1u << ICIE1);
  if (!on) return;
  if (PINB & CAPTURED) {
    TCCR1B &= (uint8_t) ~(1u << ICES1);
  } else {
    TCCR1B |= (uint8_t)(1u << ICES1);
  }
  TIFR1 = (uint8_t)(1u << ICF1);
  TIMSK1 |= (uint8_t)(1u << ICIE1);
}

static void watch_port_d(uint8_t lines) {
  PCMSK2 = lines;
  levels_d = PIND;
  PCIFR = (uint8_t)(1u << PCIF2);
  PCICR = (uint8_t)(lines ? 1u << PCIE2 : 0);
}

void jm_port_watch(uint16_t lines) {
  const uint8_t before = jm_port_lock();
  watch_captured(lines & 1u);
  watch_port_d((uint8_t)(lines << 1) & ON_PORT_D);
  jm_port_unlock(before);
}

uint16_t jm_port_levels(void) {
  return (uint16_t)(((PIND & ON_PORT_D) >> 1) | (PINB & CAPTURED));
}

ISR(TIMER1_CAPT_vect) {
  const uint16_t captured = ICR1;
  const uint8_t level = (TCCR1B & (1u << ICES1)) != 0;
  uint8_t level_now;
  TCCR1B ^= (uint8_t)(1u << ICES1);
  TIFR1 = (uint8_t)(1u << ICF1);
  jm_probe_on_edge(&the_probe, 0, level, avr_clock_extend(captured));
  /* A pulse so short that its end came before it was listened for: no capture, but the level tells. */
  level_now = (PINB & CAPTURED) != 0;
  if (level_now != level && !(TIFR1 & (1u << ICF1))) {
    TCCR1B ^= (uint8_t)(1u << ICES1);
    TIFR1 = (uint8_t)(1u << ICF1);
    jm_probe_on_edge(&the_probe, 0, level_now, avr_clock_extend(TCNT1));
  }
}

ISR(PCINT2_vect) {
  const uint16_t timer = TCNT1;
  const uint8_t levels = PIND;
  uint8_t changed = (uint8_t)((levels ^ levels_d) & PCMSK2) >> 2;
  uint8_t above = levels >> 2;
  uint8_t line;
  levels_d = levels;
  for (line = 1; changed != 0; ++line, changed >>= 1, above >>= 1) {
    if (changed & 1u) jm_probe_on_edge(&the_probe, line, above & 1u, avr_clock_extend(timer));
  }
}
