/* SPDX-License-Identifier: Apache-2.0 */
/* TWI as master at 400 kHz, one interrupt a byte. */
#include "avr_port.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <util/delay.h>
#include <util/twi.h>

#define GO (uint8_t)((1u << TWINT) | (1u << TWEN) | (1u << TWIE))
#define SDA (1u << PC4)
#define SCL (1u << PC5)

static jm_i2c_transfer* transfer;
static uint8_t at;          /* bytes of the current part done */
static uint8_t in_callback; /* a transfer begun now is started together with the STOP of the last one */
static uint32_t acknowledged_ticks;

void avr_i2c_begin(void) {
  TWSR = 0;
  TWBR = (uint8_t)((F_CPU / 400000ul - 16) / 2);
  TWCR = (uint8_t)(1u << TWEN);
}

void jm_port_i2c_begin(jm_i2c_transfer* next) {
  transfer = next;
  at = 0;
  if (!in_callback) TWCR = (uint8_t)(GO | (1u << TWSTA));
}

/* STOP, and START right after it when the core has something more to do. */
static void finish(jm_i2c_outcome outcome) {
  transfer = 0;
  in_callback = 1;
  jm_probe_on_i2c(&the_probe, outcome, acknowledged_ticks);
  in_callback = 0;
  TWCR =
      (uint8_t)(transfer ? GO | (1u << TWSTO) | (1u << TWSTA) : (1u << TWINT) | (1u << TWEN) | (1u << TWSTO));
}

static void address(void) {
  const uint8_t reads = at == transfer->write_size;
  TWDR = (uint8_t)((transfer->address << 1) | (reads ? TW_READ : TW_WRITE));
  if (reads) at = 0;
  TWCR = GO;
}

static void write_on(void) {
  if (at < transfer->write_size) {
    TWDR = transfer->write[at++];
    TWCR = GO;
  } else if (transfer->read_size > 0) {
    TWCR = (uint8_t)(GO | (1u << TWSTA));
  } else {
    finish(JM_I2C_DONE);
  }
}

/* The last byte is not acknowledged. */
static void read_on(void) {
  TWCR = (uint8_t)(GO | (at + 1 < transfer->read_size ? 1u << TWEA : 0u));
}

ISR(TWI_vect) {
  switch (TW_STATUS) {
    case TW_START:
    case TW_REP_START:
      address();
      break;
    case TW_MT_SLA_ACK:
    case TW_MT_DATA_ACK:
      write_on();
      break;
    case TW_MR_SLA_ACK:
      acknowledged_ticks = avr_clock_extend(TCNT1);
      read_on();
      break;
    case TW_MR_DATA_ACK:
      transfer->read[at++] = TWDR;
      read_on();
      break;
    case TW_MR_DATA_NACK:
      transfer->read[at] = TWDR;
      finish(JM_I2C_DONE);
      break;
    case TW_MT_SLA_NACK:
    case TW_MT_DATA_NACK:
    case TW_MR_SLA_NACK:
      finish(JM_I2C_NACK);
      break;
    default: /* arbitration lost, or a START or STOP where none belongs */
      finish(JM_I2C_BUS_ERROR);
      break;
  }
}

/* A device that was cut off in the middle of a byte holds SDA until it has been clocked to its end. */
void jm_port_i2c_recover(void) {
  uint8_t pulses;
  TWCR = 0;
  transfer = 0;
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
