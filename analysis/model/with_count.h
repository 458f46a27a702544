// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace joulemark {

// A sentence about a number: {} becomes the count, and of [one|many] what fits it. "{} [frame was|frames
// were] lost" is "1 frame was lost" or "2 frames were lost". Brackets without a bar, and what does not close,
// stay.
[[nodiscard]] std::string with_count(std::string_view sentence, std::int64_t count);

}  // namespace joulemark
