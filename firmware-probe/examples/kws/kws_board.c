/* SPDX-License-Identifier: Apache-2.0 */
#include "kws_board.h"

#include "kws_front_end.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/power.h>
#include <avr/sleep.h>
#include <avr/wdt.h>
#include <util/delay.h>

#define SOUND (1u << PB0)
#define RADIO (1u << PB1)
#define LED (1u << PB2)
#define SETTLING_SAMPLES 8

static volatile uint8_t heard, ticked, frames_ready;
static int8_t frames[2][KWS_FRAME_SAMPLES];
static uint8_t settling, at, filling,
    taking; /* samples to throw away; where the next one goes; halves of frames */

/* Asleep until an interrupt sets *flag. */
static void sleep_until(volatile const uint8_t* flag, uint8_t mode) {
  cli();
  SMCR = mode;
  while (!*flag) {
    sleep_enable();
    sei();
    sleep_cpu();
    sleep_disable();
    cli();
  }
  sei();
}

void kws_board_begin(void) {
  MCUSR = 0;
  wdt_disable();
  ACSR = (uint8_t)(1u << ACD);
  DDRB = RADIO | LED;
  PCMSK0 = SOUND;
  sei();
}

ISR(PCINT0_vect) {
  if (PINB & SOUND) heard = 1;
}

void kws_sleep_until_sound(void) {
  heard = 0;
  PCIFR = (uint8_t)(1u << PCIF0);
  PCICR = (uint8_t)(1u << PCIE0);
  if (PINB & SOUND) heard = 1;
  sleep_until(&heard, SLEEP_MODE_PWR_DOWN);
  PCICR = 0;
}

ISR(WDT_vect) {
  ticked = 1;
}

/* The watchdog as a timer: interrupt alone, 2048 of its cycles. */
void kws_rest(void) {
  ticked = 0;
  cli();
  wdt_reset();
  WDTCSR = (uint8_t)((1u << WDCE) | (1u << WDE));
  WDTCSR = (uint8_t)(1u << WDIE);
  sleep_until(&ticked, SLEEP_MODE_PWR_DOWN);
  cli();
  WDTCSR = (uint8_t)((1u << WDCE) | (1u << WDE));
  WDTCSR = 0;
  sei();
}

void kws_microphone_on(void) {
  settling = SETTLING_SAMPLES;
  at = filling = taking = frames_ready = 0;
  ADMUX = (uint8_t)((1u << REFS0) | (1u << ADLAR)); /* to the supply; the upper 8 bits in one register */
  ADCSRB = 0;                                       /* free running */
  ADCSRA = (uint8_t)((1u << ADEN) | (1u << ADSC) | (1u << ADATE) | (1u << ADIE) | (1u << ADPS2) |
                     (1u << ADPS1)); /* 8 MHz / 64, 13 clocks a sample */
}

void kws_microphone_off(void) {
  ADCSRA = 0;
}

ISR(ADC_vect) {
  const int8_t sample = (int8_t)(ADCH - 128u);
  if (settling) {
    --settling;
    return;
  }
  frames[filling][at] = sample;
  if (++at < KWS_FRAME_SAMPLES) return;
  at = 0;
  filling ^= 1u;
  ++frames_ready;
}

const int8_t* kws_next_frame(void) {
  const int8_t* frame;
  sleep_until(&frames_ready, SLEEP_MODE_IDLE);
  cli();
  --frames_ready;
  sei();
  frame = frames[taking];
  taking ^= 1u;
  return frame;
}

void kws_send_keyword(void) {
  PORTB |= RADIO | LED;
  clock_prescale_set(clock_div_8);
  _delay_us(5000.0 / 8); /* written for 8 MHz */
  clock_prescale_set(clock_div_1);
  PORTB &= (uint8_t) ~(RADIO | LED);
}
