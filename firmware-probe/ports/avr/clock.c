/* SPDX-License-Identifier: Apache-2.0 */
/* Timer 1 at 2 MHz is the clock: 16 bits in hardware, the rest counted. It also captures line 0. */
#include "avr_port.h"

#include <avr/interrupt.h>
#include <avr/io.h>

volatile uint16_t avr_clock_overflows;

void avr_clock_begin(void) {
  TCCR1A = 0;
  TCCR1B = (uint8_t)(1u << CS11); /* 16 MHz / 8 */
  TIMSK1 = (uint8_t)(1u << TOIE1);
}

ISR(TIMER1_OVF_vect) {
  avr_clock_overflows = (uint16_t)(avr_clock_overflows + 1u);
}

uint32_t avr_clock_extend(uint16_t timer) {
  const uint32_t now = avr_clock_now();
  return now - (uint16_t)((uint16_t)now - timer);
}

uint32_t jm_port_ticks(void) {
  const uint8_t before = jm_port_lock();
  const uint32_t now = avr_clock_now();
  jm_port_unlock(before);
  return now;
}

uint8_t jm_port_lock(void) {
  const uint8_t before = SREG;
  cli();
  return before;
}

void jm_port_unlock(uint8_t before) {
  __asm__ volatile("" ::: "memory");
  SREG = before;
}
