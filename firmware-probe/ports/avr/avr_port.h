/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the ATmega328P port have of each other. Pins:
     D8 (PB0, ICP1)         line 0, input capture
     D2 to D7 (PD2 to PD7)  lines 1 to 6, pin change
     A4, A5                 SDA, SCL
     D0, D1                 serial, 1 Mbaud */
#ifndef AVR_PORT_H
#define AVR_PORT_H

#include <avr/io.h>
#include <jm_probe.h>

/* For what an interrupt does without calling. */
#define AVR_INLINE static inline __attribute__((always_inline))

extern jm_probe the_probe;

void avr_board_begin(void); /* after reset: notes its cause, counts the boot */
void avr_clock_begin(void);
void avr_i2c_begin(void);
void avr_serial_begin(void);
void avr_watchdog_begin(void);

/* After every turn of the main loop: sends on what waited for bytes coming in. */
void avr_serial_go_on(void);

extern volatile uint16_t avr_clock_overflows;

/* jm_port_ticks, when interrupts are off. */
AVR_INLINE uint32_t avr_clock_now(void) {
  const uint16_t low = TCNT1;
  union {
    uint16_t halves[2];
    uint32_t whole;
  } ticks; /* what shifts would do at length */
  ticks.halves[0] = low;
  ticks.halves[1] = avr_clock_overflows;
  if ((TIFR1 & (1u << TOV1)) && low < 0x8000u) ++ticks.halves[1]; /* wrapped, and not counted yet */
  return ticks.whole;
}

/* A moment of timer 1, at most 32 ms ago, as jm_port_ticks. Interrupts are off. */
uint32_t avr_clock_extend(uint16_t timer) __attribute__((noinline));

#endif
