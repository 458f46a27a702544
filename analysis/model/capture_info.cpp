// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/capture_info.h>

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace joulemark {
namespace {

constexpr double k_most_supply_v = 1000;  // what is measured here runs from batteries and bench supplies
constexpr double k_longest_sample_s = 3600;

Status validate_channel(const Channel& channel) {
  const auto refuse = [&](std::string_view what) {
    return fail(ErrorCode::usage, fmt::format("channel '{}': {}", channel.name, what));
  };
  if (channel.name.empty()) return refuse("has no name");
  if (!std::isfinite(channel.scale) || channel.scale == 0) return refuse("scale must be finite and not 0");
  if (!std::isfinite(channel.rate_hz) || channel.rate_hz < 0 || channel.rate_hz > 1e9) {
    return refuse("rate must lie between 0 and 1e9 Hz");
  }
  if (!channel.timed && channel.rate_hz < 1e-6)
    return refuse("a uniform channel needs a rate of 1e-6 Hz or more");
  if (channel.timed && channel.quantity == Quantity::energy) {
    return refuse("energy per interval needs a uniform rate");
  }
  if (!(channel.aperture_s.value >= 0 && channel.aperture_s.value <= k_longest_sample_s)) {
    return refuse("aperture must lie between 0 and 1 hour");
  }
  if (!(channel.dead_time_s.value >= 0 && channel.dead_time_s.value <= k_longest_sample_s)) {
    return refuse("dead time must lie between 0 and 1 hour");
  }
  return {};
}

}  // namespace

Status validate(const CaptureInfo& info) {
  if (info.channels.size() > 0xFFFF) return fail(ErrorCode::usage, "more than 65535 channels");
  if (info.lines.size() > 256) return fail(ErrorCode::usage, "more than 256 digital lines");
  std::set<std::string> names;
  for (const Channel& channel : info.channels) {
    JM_TRY(validate_channel(channel));
    if (!names.insert(channel.name).second) {
      return fail(ErrorCode::usage, fmt::format("two channels are named '{}'", channel.name));
    }
  }
  std::set<std::uint32_t> lines;
  for (const Line& line : info.lines) {
    if (line.id.value > 255 || !lines.insert(line.id.value).second) {
      return fail(ErrorCode::usage, fmt::format("line d{} is listed twice or above d255", line.id.value));
    }
  }
  if (info.supply.voltage_v && !(std::abs(*info.supply.voltage_v) <= k_most_supply_v)) {
    return fail(ErrorCode::usage, fmt::format("a supply voltage of {:g} V makes no sense (at most {:g} V)",
                                              *info.supply.voltage_v, k_most_supply_v));
  }
  return {};
}

}  // namespace joulemark
