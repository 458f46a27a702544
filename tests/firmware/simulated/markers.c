/* SPDX-License-Identifier: Apache-2.0 */
/* Markers one after the other on PORTD, from bit 2: what each costs is the time between the pins' changes. */
#if defined(TEST_LINES)
#define JM_MARKER_LINES 3
#else
#define JM_MARKER_LINES 4
#define JM_MARKER_CODED
#if defined(TEST_STROBED)
#define JM_MARKER_STROBE
#endif
#endif
#define JM_MARKER_PORT_AVR D
#define JM_MARKER_FIRST_PIN 2
#include <jm_marker.h>

JM_MARKER_EVENT(outer, 1)
JM_MARKER_EVENT(inner, 3)

int main(void) {
  jm_marker_setup();
  jm_marker_begin(outer);
  jm_marker_begin(inner);
  jm_marker_end(inner);
  jm_marker_end(outer);
  for (;;) {
  }
}
