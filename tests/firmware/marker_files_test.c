/* SPDX-License-Identifier: Apache-2.0 */
/* Events that nest across files, and lines that one file drives and another leaves alone. */
#include <tests/firmware/check.h>
#include <tests/firmware/marker_files.h>

#include <stdarg.h>

/* In the place of the system's: what the handle's lines were set to, line 0 in bit 0. */
static unsigned seen[32];
static int count = 0;

int ioctl(int fd, unsigned long request, ...) {
  const struct gpiohandle_data* data;
  va_list arguments;
  unsigned i, levels = 0;
  va_start(arguments, request);
  data = va_arg(arguments, const struct gpiohandle_data*);
  va_end(arguments);
  CHECK_EQUAL(7, fd);
  for (i = 0; i < 16; ++i)
    levels |= (unsigned)data->values[i] << i;
  if (count < 32) seen[count++] = levels;
  return 0;
}

/* Each code, and after it the strobe on line 3, which holds its level meanwhile. */
static void all_files_share_one_stack_and_one_set_of_levels(void) {
  static const unsigned k_expected[] = {0x0, 0x5, 0xD, 0xA, 0x2, 0x1, 0x9, 0xA, 0x2, 0x5, 0xD, 0x8, 0x0};
  const int expected = (int)(sizeof k_expected / sizeof k_expected[0]);
  int i;
  jm_marker_setup();
  jm_marker_begin(outer);
  begin_inner_in_c();
  mark_innermost_in_cxx();
  jm_marker_end(inner);
  jm_marker_end(outer);
  CHECK_EQUAL(expected, count);
  for (i = 0; i < expected; ++i)
    CHECK_EQUAL(k_expected[i], seen[i]);
}

static const check_test k_tests[] = {CHECK_TEST(all_files_share_one_stack_and_one_set_of_levels)};
CHECK_MAIN(k_tests)
