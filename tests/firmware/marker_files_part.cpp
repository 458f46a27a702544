// SPDX-License-Identifier: Apache-2.0
#include <tests/firmware/marker_files.h>

void mark_innermost_in_cxx() {
  jm_marker_begin(innermost);
  jm_marker_end(innermost);
}
