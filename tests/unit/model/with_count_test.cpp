// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/with_count.h>

#include <gtest/gtest.h>

namespace joulemark {
namespace {

TEST(WithCount, TheSentenceAgreesWithItsNumber) {
  const char* const sentence = "{} [frame was|frames were] lost; [it is|they are] missing";
  EXPECT_EQ(with_count(sentence, 0), "0 frames were lost; they are missing");
  EXPECT_EQ(with_count(sentence, 1), "1 frame was lost; it is missing");
  EXPECT_EQ(with_count(sentence, 2), "2 frames were lost; they are missing");
  EXPECT_EQ(with_count("gone: {}", 1), "gone: 1");
  EXPECT_EQ(with_count("{} time[|s], {}", 1), "1 time, 1");
}

TEST(WithCount, OtherBracketsAndBracesStay) {
  EXPECT_EQ(with_count("column 'I [mA]' {", 1), "column 'I [mA]' {");
  EXPECT_EQ(with_count("[a|b [c", 2), "[a|b [c");
  EXPECT_EQ(with_count("[mA] [row|rows]", 1), "[mA] row");
  EXPECT_EQ(with_count("", 1), "");
}

}  // namespace
}  // namespace joulemark
