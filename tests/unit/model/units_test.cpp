// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <gtest/gtest.h>

namespace joulemark {
namespace {

TEST(ParseQuantity, ReadsPrefixesAndUnits) {
  EXPECT_DOUBLE_EQ(parse_quantity("10ms", "s").value(), 0.01);
  EXPECT_DOUBLE_EQ(parse_quantity(" 3.3 V ", "V").value(), 3.3);
  EXPECT_DOUBLE_EQ(parse_quantity("532us", "s").value(), 532e-6);
  EXPECT_DOUBLE_EQ(parse_quantity("532\u00b5s", "s").value(), 532e-6);
  EXPECT_DOUBLE_EQ(parse_quantity("2min", "s").value(), 120);
  EXPECT_DOUBLE_EQ(parse_quantity("2%", "").value(), 0.02);
}

TEST(ParseQuantity, RefusesANumberWithoutItsUnit) {
  EXPECT_EQ(parse_quantity("10", "s").error().code, ErrorCode::usage);
  EXPECT_EQ(parse_quantity("10mA", "s").error().code, ErrorCode::usage);
  EXPECT_EQ(parse_quantity("", "s").error().code, ErrorCode::usage);
  EXPECT_EQ(parse_quantity("nans", "s").error().code, ErrorCode::usage);
  EXPECT_EQ(parse_quantity("1e999s", "s").error().code, ErrorCode::usage);
}

TEST(ParseTime, RefusesWhatNanosecondsCannotHold) {
  EXPECT_EQ(parse_time("1.5ms").value(), 1500000);
  EXPECT_EQ(parse_time("1e12s").error().code, ErrorCode::usage);
}

TEST(FormatSi, ChoosesThePrefixAfterRounding) {
  EXPECT_EQ(format_si(0.001482, "J"), "1.482 mJ");
  EXPECT_EQ(format_si(0.00099999, "J"), "1.000 mJ");
  EXPECT_EQ(format_si(999.94e-6, "J"), "999.9 uJ");
  EXPECT_EQ(format_si(0, "J"), "0 J");
  EXPECT_EQ(format_si(-18.4e-6, "A", 3), "-18.4 uA");
  EXPECT_EQ(format_si(123456, "s"), "123.5 ks");
}

TEST(FormatWithUncertainty, GivesValueAndHalfWidthTheSameDecimals) {
  EXPECT_EQ(format_with_uncertainty(0.00148234, 0.0000043, "J"), "1.4823 +- 0.0043 mJ");
  EXPECT_EQ(format_with_uncertainty(0.0417, 0.0023, "J"), "41.7 +- 2.3 mJ");
  EXPECT_EQ(format_with_uncertainty(1e-6, 2e-5, "J"), "1 +- 20 uJ");
}

TEST(FormatBound, NamesWhatIsNextToNothingAsSuch) {
  EXPECT_EQ(format_bound("within", 0.0025), "within 0.25 %");
  EXPECT_EQ(format_bound("up to", 1e-5), "up to 0.001 %");
  EXPECT_EQ(format_bound("up to", 1.2e-7), "< 0.001 %");
  EXPECT_EQ(format_bound("up to", 0), "< 0.001 %");
  EXPECT_EQ(format_bound("up to", 1.234), "up to 123 %");
}

TEST(FormatCount, KnowsOneFromMany) {
  EXPECT_EQ(format_count(1, "sample"), "1 sample");
  EXPECT_EQ(format_count(0, "sample"), "0 samples");
  EXPECT_EQ(format_count(2, "sample"), "2 samples");
}

}  // namespace
}  // namespace joulemark
