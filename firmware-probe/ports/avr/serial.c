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
  UDR0 = *bytes++;
  if (--left == 0) {
    UCSR0B &= (uint8_t) ~(1u << UDRIE0);
    jm_probe_on_sent(&the_probe);
  }
}

ISR(USART_RX_vect) {
  const uint8_t errors = UCSR0A & ((1u << FE0) | (1u << DOR0));
  const uint8_t byte = UDR0;
  if (errors) jm_probe_on_serial_error(&the_probe);
  jm_probe_on_byte(&the_probe, byte);
}
