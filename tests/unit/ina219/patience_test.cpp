// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/patience.h>

#include <gtest/gtest.h>

namespace joulemark::ina219 {
namespace {

constexpr TimeNs k_second = 1'000'000'000;

TEST(Patience, CountsTheTimeInWhichItLooked) {
  Patience patience(0);
  for (TimeNs now_ns = 20'000'000; now_ns <= 3 * k_second; now_ns += 20'000'000)
    EXPECT_EQ(patience.still_wrong(now_ns), now_ns);
  patience.well(3 * k_second);
  EXPECT_EQ(patience.still_wrong(3 * k_second + 20'000'000), 20'000'000);
}

TEST(Patience, AProcessThatWasHeldUpLooksAgainBeforeItBlamesAnybody) {
  Patience patience(0);
  EXPECT_LT(patience.still_wrong(100 * k_second), k_second);
  EXPECT_LT(patience.still_wrong(200 * k_second), k_second);
}

}  // namespace
}  // namespace joulemark::ina219
