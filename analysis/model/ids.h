// SPDX-License-Identifier: Apache-2.0
// Ids are types: a ChannelId cannot be passed as a LineId.
#pragma once

#include <compare>
#include <cstdint>

namespace joulemark {

template <typename Tag>
struct Id {
  std::uint32_t value = 0;
  constexpr auto operator<=>(const Id&) const = default;  // NOLINT(modernize-use-nullptr): no pointer here
};

// A channel of a capture: its position in CaptureInfo::channels, or one of the derived ones below.
using ChannelId = Id<struct ChannelTag>;
// A digital line: d0 is LineId{0}.
using LineId = Id<struct LineTag>;

// Derived by every SampleSource from the stored channels and the supply (see rail.h), on the primary
// channel's grid. Asking for one that cannot be derived is ErrorCode::inadequate.
inline constexpr ChannelId k_power{0xFFFF0001};    // watts
inline constexpr ChannelId k_current{0xFFFF0002};  // amperes

[[nodiscard]] constexpr bool is_derived(ChannelId id) {
  return id.value >= 0xFFFF0000;
}

}  // namespace joulemark
