/* SPDX-License-Identifier: Apache-2.0 */
#include "avr_port.h"

#include <avr/interrupt.h>

jm_probe the_probe;

int main(void) {
  avr_board_begin();
  avr_clock_begin();
  avr_i2c_begin();
  avr_serial_begin();
  avr_watchdog_begin();
  jm_probe_init(&the_probe);
  sei();
  for (;;) {
    jm_probe_poll(&the_probe);
    avr_serial_go_on();
  }
}
