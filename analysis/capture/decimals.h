// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace joulemark::capture {

// Samples with a fixed number of decimals, as converters and text files give them, are whole numbers of a
// power of ten: value == float(code x 10^-exponent), bit for bit. Their codes pack into a third of the bytes.
// The idea is that of ALP: Afroozeh, Kuffo, Boncz, "Adaptive lossless floating-point compression" (2023).
struct Decimals {
  int exponent = 0;          // 0 to k_most_decimals
  bool short_codes = false;  // all of them fit 16 bits
};
inline constexpr int k_most_decimals = 12;

// The coarsest step that gives back every value, and the codes; none when there is no such step (for -0, NaN
// and infinity there never is). Codes stay below 2^23, so they never hold more bits than the values do.
[[nodiscard]] std::optional<Decimals> to_decimals(std::span<const float> values,
                                                  std::span<std::int32_t> codes);

// exponent: 0 to k_most_decimals.
void from_decimals(std::span<const std::int16_t> codes, int exponent, std::span<float> values);
void from_decimals(std::span<const std::int32_t> codes, int exponent, std::span<float> values);

}  // namespace joulemark::capture
