// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/stream_check.h>

#include <fmt/format.h>

#include <bit>

namespace joulemark {
namespace {

// Index of the first value that is NaN or infinite, or -1. All-ones exponent; the OR over a stretch of masks
// lets the compiler use vectors.
std::int64_t first_not_finite(std::span<const float> values) {
  constexpr std::uint32_t k_exponent = 0x7F800000;
  std::uint32_t bad = 0;
  for (const float value : values) {
    bad |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & k_exponent) == k_exponent);
  }
  if (bad == 0) return -1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if ((std::bit_cast<std::uint32_t>(values[i]) & k_exponent) == k_exponent)
      return static_cast<std::int64_t>(i);
  }
  return -1;
}

}  // namespace

Status StreamCheck::begin(const CaptureInfo& info) {
  JM_TRY(validate(info));
  channels_ = info.channels;
  states_.assign(channels_.size(), {});
  last_edge_ns_.clear();
  for (const Line& line : info.lines)
    last_edge_ns_[line.id.value] = std::numeric_limits<TimeNs>::min();
  return {};
}

Status StreamCheck::check(const SampleBlock& block) {
  if (block.channel.value >= channels_.size()) {
    return fail(ErrorCode::usage,
                fmt::format("samples for channel {}, which was not announced", block.channel.value));
  }
  const Channel& channel = channels_[block.channel.value];
  ChannelState& state = states_[block.channel.value];
  const auto refuse = [&](std::int64_t index, std::string_view what) {
    return fail(ErrorCode::usage, fmt::format("channel '{}', sample {}: {}", channel.name, index, what));
  };
  if (block.values.empty()) return {};
  if (block.first_index < state.next_index) return refuse(block.first_index, "index does not rise");
  if (block.first_index < 0 || block.first_index > (std::int64_t{1} << 62)) {
    return refuse(block.first_index, "index out of range");
  }
  if (block.stamps_ns.size() != (channel.timed ? block.values.size() : 0)) {
    return refuse(block.first_index, "a timed channel needs one stamp per value, a uniform one none");
  }
  if (const std::int64_t bad = first_not_finite(block.values); bad >= 0) {
    return refuse(block.first_index + bad, "not a finite number");
  }
  for (const TimeNs stamp : block.stamps_ns) {
    if (stamp <= state.last_stamp_ns) return refuse(block.first_index, "stamps do not rise");
    state.last_stamp_ns = stamp;
  }
  state.next_index = block.first_index + static_cast<std::int64_t>(block.values.size());
  return {};
}

Status StreamCheck::check(const Edge& edge) {
  const auto last = last_edge_ns_.find(edge.line.value);
  if (last == last_edge_ns_.end()) {
    return fail(ErrorCode::usage, fmt::format("edge on line d{}, which was not announced", edge.line.value));
  }
  if (edge.time_ns < last->second) {
    return fail(ErrorCode::usage, fmt::format("edges on line d{} run backwards at {} s", edge.line.value,
                                              to_seconds(edge.time_ns)));
  }
  last->second = edge.time_ns;
  return {};
}

}  // namespace joulemark
