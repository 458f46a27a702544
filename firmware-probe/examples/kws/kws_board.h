/* SPDX-License-Identifier: Apache-2.0 */
/* The target's board: an ATmega328P at 8 MHz and 3.3 V, and what is wired to it:
     PB0        a microphone's wake-on-sound output, high while it hears something
     A0         the microphone
     PB1        on: the radio sends, 11 mA
     PB2        a LED, 2 mA
     PD4 - PD6  markers (see main.c) */
#ifndef KWS_BOARD_H
#define KWS_BOARD_H

#include <stdint.h>

void kws_board_begin(void);

/* Power-down until the microphone hears something. */
void kws_sleep_until_sound(void);

/* Power-down for a tick of the watchdog, 16 ms. */
void kws_rest(void);

/* The converter runs from now on, 9615 samples a second; the first ones, while it settles, are thrown away.
 */
void kws_microphone_on(void);
void kws_microphone_off(void);

/* The next frame, awaited asleep (idle); valid until the one after it is full. The caller must keep up. */
const int8_t* kws_next_frame(void);

/* The keyword goes out by radio, the LED lit, the clock slowed to 1 MHz meanwhile: 5 ms. */
void kws_send_keyword(void);

#endif
