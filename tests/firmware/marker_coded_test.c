/* SPDX-License-Identifier: Apache-2.0 */
/* Codes on four lines with a strobe, on the macro hook: what a reader of the strobe sees. */
#include <stdint.h>

static uint32_t level_bits;
static uint8_t seen[64];
static int seen_count;
static void put(uint32_t lines, uint32_t wanted) {
  const uint32_t before = level_bits;
  level_bits = (level_bits & ~lines) | wanted;
  if (((level_bits ^ before) & 0x10u) && seen_count < 64) seen[seen_count++] = (uint8_t)(level_bits & 0xFu);
}

#define JM_MARKER_LINES 4
#define JM_MARKER_DEPTH 3
#define JM_MARKER_CODED
#define JM_MARKER_STROBE
#define JM_MARKER_PORT_HOOK put
#include <tests/firmware/check.h>

#include <jm_marker.h>
#include <string.h>

JM_MARKER_EVENT(inference, 1)
JM_MARKER_EVENT(layer, 15)
JM_MARKER_EVENT(kernel, 6)
JM_MARKER_INSTANT(keyword, 9)

static void expect(const char* codes) { /* one hexadecimal digit each */
  static const char k_digits[] = "0123456789ABCDEF";
  char text[65];
  int i;
  for (i = 0; i < seen_count; ++i)
    text[i] = k_digits[seen[i]];
  text[seen_count] = 0;
  if (strcmp(codes, text) != 0) printf("expected %s, saw %s\n", codes, text);
  CHECK(strcmp(codes, text) == 0);
  seen_count = 0;
}

static void the_innermost_event_is_shown(void) {
  jm_marker_setup();
  jm_marker_begin(inference);
  jm_marker_begin(layer);
  jm_marker_begin(kernel);
  jm_marker_end(kernel);
  jm_marker_end(layer);
  jm_marker_end(inference);
  expect("1F6F10");
}

static void an_event_in_itself_shows_its_code_again(void) {
  jm_marker_begin(layer);
  jm_marker_begin(layer);
  jm_marker_end(layer);
  jm_marker_end(layer);
  expect("FFF0"); /* the strobe tells equal codes apart */
}

static void an_instant_comes_back_to_what_was(void) {
  jm_marker_instant(keyword);
  jm_marker_begin(inference);
  jm_marker_instant(keyword);
  jm_marker_end(inference);
  expect("901910");
}

static void too_deep_is_shown_as_deep_as_there_is_room(void) {
  int i;
  for (i = 0; i < 5; ++i)
    jm_marker_begin(layer);
  for (i = 0; i < 5; ++i)
    jm_marker_end(layer);
  expect("FFFFF0");
}

static void an_end_without_a_begin_is_nothing(void) {
  jm_marker_end(layer);
  expect("");
  jm_marker_begin(inference);
  jm_marker_end(inference);
  expect("10");
}

static const check_test k_tests[] = {
    CHECK_TEST(the_innermost_event_is_shown),      CHECK_TEST(an_event_in_itself_shows_its_code_again),
    CHECK_TEST(an_instant_comes_back_to_what_was), CHECK_TEST(too_deep_is_shown_as_deep_as_there_is_room),
    CHECK_TEST(an_end_without_a_begin_is_nothing),
};
CHECK_MAIN(k_tests)
