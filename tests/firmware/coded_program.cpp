// SPDX-License-Identifier: Apache-2.0
// A program of this machine with names of coded lines, for tests that read them from it.
#include <cstdint>

static void put(std::uint32_t lines, std::uint32_t levels) {
  static_cast<void>(lines);
  static_cast<void>(levels);
}

#define JM_MARKER_LINES 2
#define JM_MARKER_CODED
#define JM_MARKER_PORT_HOOK put
#include <jm_marker.h>

JM_MARKER_EVENT(front_end, 1)
JM_MARKER_EVENT(inference, 2)
JM_MARKER_INSTANT(keyword, 3)

int main() {
  jm_marker_setup();
  jm_marker_begin(front_end);
  jm_marker_end(front_end);
  jm_marker_begin(inference);
  jm_marker_end(inference);
  jm_marker_instant(keyword);
  return 0;
}
