// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace joulemark {

// Nanoseconds since 1970 as "2024-05-01T12:34:56.789Z" (to the millisecond, rounded down).
[[nodiscard]] std::string format_utc(std::int64_t utc_ns);

}  // namespace joulemark
