/* SPDX-License-Identifier: Apache-2.0 */
/* One line for each event, on the macro hook. */
#include <stdint.h>

static uint32_t level_bits;
static int writes;
static void put(uint32_t lines, uint32_t wanted) {
  level_bits = (level_bits & ~lines) | wanted;
  ++writes;
}

#define JM_MARKER_LINES 3
#define JM_MARKER_PORT_HOOK put
#include <tests/firmware/check.h>

#include <jm_marker.h>

#define NUMBER_OF_LAYER 2 /* a macro will do */
JM_MARKER_EVENT(inference, 1)
JM_MARKER_EVENT(layer, NUMBER_OF_LAYER)
JM_MARKER_INSTANT(keyword, 3)

static void each_event_has_its_line(void) {
  jm_marker_setup();
  CHECK_EQUAL(0, level_bits);
  jm_marker_begin(inference);
  CHECK_EQUAL(1, level_bits);
  jm_marker_begin(layer);
  CHECK_EQUAL(3, level_bits);
  jm_marker_end(inference); /* events may overlap */
  CHECK_EQUAL(2, level_bits);
  jm_marker_end(layer);
  CHECK_EQUAL(0, level_bits);
}

static void an_instant_is_a_pulse(void) {
  writes = 0;
  jm_marker_instant(keyword);
  CHECK_EQUAL(2, writes);
  CHECK_EQUAL(0, level_bits);
}

static const check_test k_tests[] = {CHECK_TEST(each_event_has_its_line), CHECK_TEST(an_instant_is_a_pulse)};
CHECK_MAIN(k_tests)
