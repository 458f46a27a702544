/* SPDX-License-Identifier: Apache-2.0 */
/* For the twin's target: a layer within an inference, coded without a strobe, so that from one to the other
   two lines change. The pauses are odd, so that the probe is met at all of its doings. */
#define JM_MARKER_LINES 3
#define JM_MARKER_CODED
#define JM_MARKER_PORT_AVR D
#define JM_MARKER_FIRST_PIN 4
#include <jm_marker.h>
#include <util/delay.h>

JM_MARKER_EVENT(inference, 1)
JM_MARKER_EVENT(layer, 2)

int main(void) {
  jm_marker_setup();
  for (;;) {
    _delay_us(9013);
    jm_marker_begin(inference);
    _delay_us(3007);
    jm_marker_begin(layer);
    _delay_us(4019);
    jm_marker_end(layer);
    _delay_us(2011);
    jm_marker_end(inference);
  }
}
