// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/decimals.h>
#include <analysis/capture/wide.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <limits>

namespace joulemark::capture {
namespace {

using Steps = std::array<double, k_most_decimals + 1>;
constexpr Steps k_tens{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
constexpr Steps k_tenths{1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12};

constexpr std::size_t k_try = 256;  // values between two looks whether a step still fits
constexpr std::int32_t k_largest_code = (1 << 23) - 1;

[[gnu::always_inline]] inline float value_of(std::int32_t code, int exponent) {
  return static_cast<float>(static_cast<double>(code) * k_tenths[static_cast<std::size_t>(exponent)]);
}

// Adding 1.5 x 2^52 leaves the nearest whole number in the low bits, whatever the value, and the machine does
// several at once. What does not fit comes back as another value.
[[gnu::always_inline]] inline std::int32_t code_of(float value, int exponent) {
  const double shifted = static_cast<double>(value) * k_tens[static_cast<std::size_t>(exponent)] + 0x1.8p52;
  return static_cast<std::int32_t>(std::bit_cast<std::int64_t>(shifted));
}

struct Fit {
  std::uint32_t difference = 0;  // bits in which a value differs from what its code gives
  std::int32_t magnitude = 0;    // every bit that any code (a negative one: its complement) has set
};

[[gnu::always_inline]] inline Fit encode(std::span<const float> values, int exponent, std::int32_t* codes) {
  Fit fit;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int32_t code = code_of(values[i], exponent);
    codes[i] = code;
    fit.difference |=
        std::bit_cast<std::uint32_t>(value_of(code, exponent)) ^ std::bit_cast<std::uint32_t>(values[i]);
    fit.magnitude |= code ^ (code >> 31);
  }
  return fit;
}

JM_WIDE Fit encode_wide(std::span<const float> values, int exponent, std::int32_t* codes) {
  return encode(values, exponent, codes);
}

// None when a value does not fit.
std::optional<Decimals> try_step(std::span<const float> values, int exponent, std::int32_t* codes) {
  std::int32_t magnitude = 0;
  for (std::size_t at = 0; at < values.size(); at += k_try) {
    const auto part = values.subspan(at, std::min(k_try, values.size() - at));
    const Fit fit = k_wide ? encode_wide(part, exponent, codes + at) : encode(part, exponent, codes + at);
    magnitude |= fit.magnitude;
    if (fit.difference != 0 || magnitude > k_largest_code) return std::nullopt;
  }
  return Decimals{exponent, magnitude <= std::numeric_limits<std::int16_t>::max()};
}

template <typename Code>
void decode(std::span<const Code> codes, int exponent, std::span<float> values) {
  std::transform(codes.begin(), codes.end(), values.begin(),
                 [exponent](Code code) { return value_of(code, exponent); });
}

}  // namespace

std::optional<Decimals> to_decimals(std::span<const float> values, std::span<std::int32_t> codes) {
  std::optional<Decimals> found;
  for (int exponent = 0; exponent <= k_most_decimals && !found; ++exponent)
    found = try_step(values, exponent, codes.data());
  return found;
}

void from_decimals(std::span<const std::int16_t> codes, int exponent, std::span<float> values) {
  decode(codes, exponent, values);
}

void from_decimals(std::span<const std::int32_t> codes, int exponent, std::span<float> values) {
  decode(codes, exponent, values);
}

}  // namespace joulemark::capture
