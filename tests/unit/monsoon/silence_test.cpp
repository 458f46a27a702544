// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/silence.h>

#include <gtest/gtest.h>

namespace joulemark::monsoon {
namespace {

constexpr TimeNs k_ms = 1'000'000;

TEST(Silence, LastsUntilSomethingIsRead) {
  Silence silence(0);
  TimeNs now_ns = 0;
  for (std::int64_t read = 1; now_ns < 20'000 * k_ms; now_ns += 2'000 * k_ms, ++read)
    EXPECT_FALSE(silence.too_long(now_ns, read));
  TimeNs silent_ns = 0;
  for (; !silence.too_long(now_ns, 10) && silent_ns < 60'000 * k_ms; now_ns += 50 * k_ms)
    silent_ns += 50 * k_ms;
  EXPECT_NEAR(to_seconds(silent_ns), 5, 0.3);
}

TEST(Silence, IsNotSeenByWhoeverIsHeldUp) {
  Silence silence(0);
  EXPECT_FALSE(silence.too_long(50 * k_ms, 1));
  EXPECT_FALSE(silence.too_long(60'000 * k_ms, 1));
  EXPECT_FALSE(silence.too_long(60'050 * k_ms, 1));
}

}  // namespace
}  // namespace joulemark::monsoon
