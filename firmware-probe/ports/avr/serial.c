/* SPDX-License-Identifier: Apache-2.0 */
/* USART 0 at 1 Mbaud, 8N1: the fastest that a 16 MHz clock hits exactly, and that USB bridges do too. */
#include "avr_port.h"

#include <avr/interrupt.h>
#include <avr/io.h>

static const uint8_t* bytes;
static uint8_t left;

void avr_serial_begin(void) {
  UCSR0A = (uint8_t)(1u << U2X0);
  UBRR0 = (uint16_t)(F_CPU / 8 / 1000000ul - 1);
  UCSR0C = (uint8_t)((1u << UCSZ01) | (1u << UCSZ00));
  UCSR0B = (uint8_t)((1u << RXCIE0) | (1u << RXEN0) | (1u << TXEN0));
}

void jm_port_send(const uint8_t* from, uint8_t size) {
  bytes = from;
  left = size;
  UCSR0B |= (uint8_t)(1u << UDRIE0);
}

ISR(USART_UDRE_vect) {
  const uint8_t* from = bytes;
  UDR0 = *from++;
  bytes = from;
  if (--left == 0) {
    UCSR0B &= (uint8_t) ~(1u << UDRIE0);
    jm_probe_on_sent(&the_probe);
  }
}

/* A command's bytes, come as fast as they can, leave no time for others to be sent beside them: sending waits
   until the main loop comes by, lest conversions have to. */
ISR(USART_RX_vect) {
  const uint8_t byte = UDR0;
  UCSR0B &= (uint8_t) ~(1u << UDRIE0);
  jm_probe_on_byte(&the_probe, byte, byte ? 0 : avr_clock_now());
}

void avr_serial_go_on(void) {
  const uint8_t before = jm_port_lock();
  if (left > 0) UCSR0B |= (uint8_t)(1u << UDRIE0);
  jm_port_unlock(before);
}
