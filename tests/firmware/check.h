/* SPDX-License-Identifier: Apache-2.0 */
/* A test harness of one page, because these tests are C99 and C++ at once. A test is a function without
   arguments; CHECK tells where it failed and goes on. */
#ifndef TESTS_FIRMWARE_CHECK_H
#define TESTS_FIRMWARE_CHECK_H

#include <stdio.h>

static int check_failures = 0;

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      ++check_failures;                                              \
    }                                                                \
  } while (0)

#define CHECK_EQUAL(expected, actual) \
  check_equal((long long)(expected), (long long)(actual), #actual, __FILE__, __LINE__)

static inline void check_equal(long long expected, long long actual, const char* what, const char* file,
                               int line) {
  if (expected == actual) return;
  printf("%s:%d: %s is %lld (0x%llx), expected %lld (0x%llx)\n", file, line, what, actual,
         (unsigned long long)actual, expected, (unsigned long long)expected);
  ++check_failures;
}

typedef struct {
  const char* name;
  void (*run)(void);
} check_test;

static inline int check_run(const check_test* tests, int count) {
  int i, bad = 0;
  for (i = 0; i < count; ++i) {
    const int before = check_failures;
    tests[i].run();
    printf("%-6s %s\n", check_failures == before ? "ok" : "FAILED", tests[i].name);
    bad += check_failures != before;
  }
  printf("%d of %d tests passed\n", count - bad, count);
  return bad != 0;
}

#define CHECK_TEST(function) \
  { #function, function }
#define CHECK_MAIN(tests)                                               \
  int main(void) {                                                      \
    return check_run(tests, (int)(sizeof(tests) / sizeof((tests)[0]))); \
  }

#endif
