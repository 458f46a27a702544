/* SPDX-License-Identifier: Apache-2.0 */
/* TWI as master at 400 kHz. Its interrupt comes seven times a register and calls nothing, so that it has few
   registers to save; what came of a transfer is the core's to judge in another interrupt, set off by timer
   1's compare unit B. */
#include "avr_port.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/delay.h>
#include <util/twi.h>

#define ON (uint8_t)(1u << TWEN)
#define GO (uint8_t)((1u << TWINT) | (1u << TWEN) | (1u << TWIE))
#define SDA (1u << PC4)
#define SCL (1u << PC5)

static jm_i2c_transfer* transfer;
static uint8_t at;      /* bytes of the current part done */
static uint8_t follows; /* another one, of the same list */
static uint8_t failed;
static volatile uint8_t ended; /* transfers that the core has not dealt with: 0 to 2 */
static uint8_t stops_first;    /* the bus is still held by the transfer before */
static uint16_t acknowledged;  /* timer 1 when the device took its address for reading ... */
static uint16_t told;          /* ... and the same of the transfer that the core was told of */

void avr_i2c_begin(void) {
  TWSR = 0;
  TWBR = (uint8_t)((F_CPU / 400000ul - 16) / 2);
  TWCR = ON;
}

void jm_port_i2c_begin(jm_i2c_transfer* next) {
  transfer = next;
  at = 0;
  follows = 0;
  TWCR = (uint8_t)(stops_first ? GO | (1u << TWSTO) | (1u << TWSTA) : GO | (1u << TWSTA));
  stops_first = 0;
}

uint32_t jm_port_i2c_ticks(void) {
  const uint8_t before = jm_port_lock();
  const uint32_t ticks = avr_clock_extend(told);
  jm_port_unlock(before);
  return ticks;
}

/* The core begins its next transfer from here; if it does not, the bus is set free. */
static void tell_core(void) {
  stops_first = 1;
  told = acknowledged;
  jm_probe_on_i2c(&the_probe, failed ? JM_I2C_FAILED : JM_I2C_DONE);
  if (stops_first) TWCR = (uint8_t)((1u << TWINT) | ON | (1u << TWSTO));
  stops_first = 0;
}

/* The rest may be interrupted, even by the end of the next transfer: that one waits then. */
ISR(TIMER1_COMPB_vect) {
  TIMSK1 &= (uint8_t) ~(1u << OCIE1B);
  ++ended;
  if (ended > 1) return;
  do {
    tell_core();
    sei();
    jm_probe_note_i2c(&the_probe);
    cli();
  } while (--ended > 0);
}

typedef enum { GOES_ON, ENDED, FAILED } progress;

AVR_INLINE progress address(void) {
  const uint8_t reads = at == transfer->write_size;
  TWDR = (uint8_t)((transfer->address << 1) | (reads ? TW_READ : TW_WRITE));
  TWCR = GO;
  if (reads) at = 0;
  return GOES_ON;
}

AVR_INLINE progress start_again(void) {
  TWCR = (uint8_t)(GO | (1u << TWSTA));
  return GOES_ON;
}

AVR_INLINE progress write_on(void) {
  if (at == transfer->write_size) return transfer->read_size > 0 ? start_again() : ENDED;
  TWDR = transfer->write[at];
  TWCR = GO;
  ++at;
  return GOES_ON;
}

AVR_INLINE progress read_on(void) {
  TWCR = (uint8_t)(GO | (1u << TWEA));
  if (!follows) acknowledged = TCNT1;
  return GOES_ON;
}

AVR_INLINE progress read_first(void) {
  transfer->read[0] = TWDR;
  TWCR = GO;
  return GOES_ON;
}

AVR_INLINE progress read_last(void) {
  jm_i2c_transfer* next = transfer->next;
  transfer->read[1] = TWDR;
  if (!next) return ENDED;
  transfer = next;
  at = 0;
  follows = 1;
  return start_again();
}

/* Registers are of two bytes; the second is not acknowledged. */
AVR_INLINE progress proceed(uint8_t status) {
  if (status == TW_START || status == TW_REP_START) return address();
  if (status == TW_MT_SLA_ACK || status == TW_MT_DATA_ACK) return write_on();
  if (status == TW_MR_SLA_ACK) return read_on();
  if (status == TW_MR_DATA_ACK) return read_first();
  return status == TW_MR_DATA_NACK ? read_last() : FAILED;
}

ISR(TWI_vect) {
  const progress made = proceed(TWSR); /* the prescaler's bits are 0 */
  if (made == GOES_ON) return;
  TWCR = ON;                      /* the bus stands still until the core knows: TWINT stays set */
  OCR1B = (uint16_t)(TCNT1 + 3u); /* not before it is written, which takes one tick */
  failed = made == FAILED;
  TIMSK1 |= (uint8_t)(1u << OCIE1B);
}

/* A device that was cut off in the middle of a byte holds SDA until it has been clocked to its end. */
void jm_port_i2c_recover(void) {
  uint8_t pulses;
  TWCR = 0;
  TIMSK1 &= (uint8_t) ~(1u << OCIE1B);
  PORTC &= (uint8_t) ~(SDA | SCL);
  for (pulses = 0; pulses < 9 && !(PINC & SDA); ++pulses) {
    DDRC |= SCL;
    _delay_us(5);
    DDRC &= (uint8_t)~SCL;
    _delay_us(5);
  }
  DDRC |= SDA; /* STOP: SDA rises while SCL is high */
  _delay_us(5);
  DDRC &= (uint8_t)~SDA;
  _delay_us(5);
  avr_i2c_begin();
}
