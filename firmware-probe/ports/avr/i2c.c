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
static uint8_t at; /* bytes of the current part done */
static uint8_t failed;
static volatile uint8_t ended; /* transfers that the core has not dealt with: 0 to 2 */
static uint8_t stops_first;    /* the bus is still held by the transfer before */
static uint16_t acknowledged;  /* timer 1 when the device took its address for reading */

void avr_i2c_begin(void) {
  TWSR = 0;
  TWBR = (uint8_t)((F_CPU / 400000ul - 16) / 2);
  TWCR = ON;
}

void jm_port_i2c_begin(jm_i2c_transfer* next) {
  transfer = next;
  at = 0;
  TWCR = (uint8_t)(stops_first ? GO | (1u << TWSTO) | (1u << TWSTA) : GO | (1u << TWSTA));
  stops_first = 0;
}

uint32_t jm_port_i2c_ticks(void) {
  return avr_clock_extend(acknowledged);
}

/* The core begins its next transfer from here; if it does not, the bus is set free. */
static void tell_core(void) {
  stops_first = 1;
  jm_probe_on_i2c(&the_probe, (jm_i2c_outcome)failed);
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

/* The bus stands still until then: TWINT stays set. */
AVR_INLINE void finish(jm_i2c_outcome what) {
  TWCR = ON;
  OCR1B = (uint16_t)(TCNT1 + 3u); /* not before it is written, which takes one tick */
  failed = (uint8_t)what;
  TIMSK1 |= (uint8_t)(1u << OCIE1B);
}

AVR_INLINE void address(void) {
  const uint8_t reads = at == transfer->write_size;
  TWDR = (uint8_t)((transfer->address << 1) | (reads ? TW_READ : TW_WRITE));
  TWCR = GO;
  if (reads) at = 0;
}

AVR_INLINE void write_on(void) {
  if (at < transfer->write_size) {
    TWDR = transfer->write[at];
    TWCR = GO;
    ++at;
  } else if (transfer->read_size > 0) {
    TWCR = (uint8_t)(GO | (1u << TWSTA));
  } else {
    finish(JM_I2C_DONE);
  }
}

/* Registers are of two bytes; the second is not acknowledged. */
ISR(TWI_vect) {
  const uint8_t status = TWSR; /* the prescaler's bits are 0 */
  if (status == TW_START || status == TW_REP_START) {
    address();
  } else if (status == TW_MT_SLA_ACK || status == TW_MT_DATA_ACK) {
    write_on();
  } else if (status == TW_MR_SLA_ACK) {
    TWCR = (uint8_t)(GO | (1u << TWEA));
    acknowledged = TCNT1;
  } else if (status == TW_MR_DATA_ACK) {
    transfer->read[0] = TWDR;
    TWCR = GO;
  } else if (status == TW_MR_DATA_NACK) {
    transfer->read[1] = TWDR;
    finish(JM_I2C_DONE);
  } else {
    finish(JM_I2C_FAILED);
  }
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
