/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the ATmega328P port have of each other. Pins:
     D8 (PB0, ICP1)         line 0, input capture
     D2 to D7 (PD2 to PD7)  lines 1 to 6, pin change
     A4, A5                 SDA, SCL
     D0, D1                 serial, 1 Mbaud */
#ifndef AVR_PORT_H
#define AVR_PORT_H

#include <jm_probe.h>

/* For what an interrupt does without calling. */
#define AVR_INLINE static inline __attribute__((always_inline))

extern jm_probe the_probe;

void avr_board_begin(void); /* after reset: notes its cause, counts the boot */
void avr_clock_begin(void);
void avr_i2c_begin(void);
void avr_serial_begin(void);
void avr_watchdog_begin(void);

/* A moment of timer 1, at most 32 ms ago, as jm_port_ticks. Interrupts are off. */
uint32_t avr_clock_extend(uint16_t timer);

#endif
