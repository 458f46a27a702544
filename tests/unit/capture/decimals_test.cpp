// SPDX-License-Identifier: Apache-2.0
// Floats as codes: the truth is what the C library makes of decimal text.
#include <analysis/capture/codec.h>
#include <analysis/capture/decimals.h>

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace joulemark::capture {
namespace {

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values)
    bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

std::vector<float> unpacked(const Blob& blob, std::size_t count) {
  std::vector<float> values(count);
  const Status status = unpack_samples(blob, values);
  EXPECT_TRUE(status) << status.error().message;
  return values;
}

// code x 10^-exponent as text, read by the C library.
float from_text(int code, int exponent) {
  return std::strtof((std::to_string(code) + "e-" + std::to_string(exponent)).c_str(), nullptr);
}

std::vector<float> random_decimals(int exponent, int largest_code, std::size_t count) {
  std::mt19937 random(static_cast<unsigned>(exponent));
  std::uniform_int_distribution<int> codes(-largest_code, largest_code);
  std::vector<float> values{from_text(1, exponent)};  // so that no coarser step will do
  while (values.size() < count)
    values.push_back(from_text(codes(random), exponent));
  return values;
}

class DecimalText : public testing::TestWithParam<int> {};

TEST_P(DecimalText, OfEveryLengthHasTheCodesWrittenInIt) {
  const int exponent = GetParam();
  const std::vector<float> values = random_decimals(exponent, 30'000, 5'000);
  std::vector<std::int32_t> codes(values.size());
  const auto decimals = to_decimals(values, codes);
  ASSERT_TRUE(decimals);
  EXPECT_EQ(decimals->exponent, exponent);
  EXPECT_TRUE(decimals->short_codes);
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(from_text(codes[i], exponent), values[i]);
}

TEST_P(DecimalText, ComesBackBitForBitFromShortAndLongCodes) {
  for (const int largest : {30'000, (1 << 23) - 1}) {
    const std::vector<float> values = random_decimals(GetParam(), largest, 5'000);
    const Blob blob = pack_samples(values, Compression::fast);
    EXPECT_EQ(bits_of(unpacked(blob, values.size())), bits_of(values));
    EXPECT_LT(blob.size(), values.size() * (largest > 32'767 ? 3 : 2) + values.size() / 4);
  }
}

INSTANTIATE_TEST_SUITE_P(Exponents, DecimalText, testing::Range(0, k_most_decimals + 1));

TEST(Decimals, AreNotFoundWhereTheyWouldLoseSomething) {
  const float ordinary = 0.125F;
  for (const float odd : {-0.0F, std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::max(),
                          1.0F / 3, 16'777'216.0F, std::numeric_limits<float>::infinity(), std::nanf("")}) {
    std::vector<float> values(1'000, ordinary);
    values[777] = odd;
    std::vector<std::int32_t> codes(values.size());
    EXPECT_FALSE(to_decimals(values, codes)) << odd;
  }
}

TEST(Decimals, AboutTheLimitsOf16BitsComeBack) {
  for (const float edge : {32'766.0F, 32'767.0F, 32'768.0F, -32'767.0F, -32'768.0F, -32'769.0F}) {
    const std::vector<float> values{1, edge, 2};
    EXPECT_EQ(bits_of(unpacked(pack_samples(values, Compression::fast), 3)), bits_of(values));
  }
}

TEST(PackedSamples, OfAnyBitsComeBackBitForBit) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<float> values;
    const std::size_t count = 1 + random() % 3'000;
    while (values.size() < count) {
      const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
      if (std::isfinite(value)) values.push_back(round % 2 == 0 ? value : std::round(value));
    }
    const Compression compression = round % 3 == 0 ? Compression::small : Compression::fast;
    ASSERT_EQ(bits_of(unpacked(pack_samples(values, compression), count)), bits_of(values));
  }
}

TEST(PackedSamples, OfAnUnknownStepOrAnotherCountAreRefused) {
  const std::vector<float> values = random_decimals(6, 1'000, 500);
  Blob blob = pack_samples(values, Compression::fast);
  std::vector<float> out(values.size());
  ASSERT_TRUE(unpack_samples(blob, out));
  EXPECT_FALSE(unpack_samples(blob, std::span(out).first(499)));
  EXPECT_FALSE(unpack_samples(std::span(blob).first(2), out));
  EXPECT_FALSE(unpack_samples(std::span(blob).first(blob.size() - 1), out));
  blob[1] = std::byte{k_most_decimals + 1};
  EXPECT_FALSE(unpack_samples(blob, out));
}

}  // namespace
}  // namespace joulemark::capture
