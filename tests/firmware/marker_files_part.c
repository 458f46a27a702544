/* SPDX-License-Identifier: Apache-2.0 */
#include <tests/firmware/marker_files.h>

void begin_inner_in_c(void) {
  jm_marker_begin(inner);
}
