// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/rail.h>

#include <fmt/format.h>

namespace joulemark {
namespace {

std::optional<ChannelId> first_of(const CaptureInfo& info, Quantity quantity) {
  for (std::uint32_t i = 0; i < info.channels.size(); ++i) {
    if (info.channels[i].quantity == quantity) return ChannelId{i};
  }
  return std::nullopt;
}

// Watts per stored unit of a power or energy channel.
double watts_gain(const Channel& channel) {
  return channel.quantity == Quantity::energy ? channel.scale * channel.rate_hz : channel.scale;
}

tl::unexpected<Error> no_voltage(std::string_view what) {
  return fail(
      ErrorCode::inadequate,
      fmt::format("{} needs the supply voltage: the capture has neither a voltage channel nor a stated "
                  "voltage (import it with --option voltage=3.3V, say)",
                  what));
}

Result<Derivation> derive_power(const CaptureInfo& info) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(info));
  const Channel& channel = info.channels[primary.value];
  if (channel.quantity != Quantity::current) return Derivation{primary, watts_gain(channel), {}, 1};
  if (const auto voltage = first_of(info, Quantity::voltage)) {
    return Derivation{primary, channel.scale, voltage, info.channels[voltage->value].scale};
  }
  if (!info.supply.voltage_v) return no_voltage("energy");
  return Derivation{primary, channel.scale * *info.supply.voltage_v, {}, 1};
}

Result<Derivation> derive_current(const CaptureInfo& info) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(info));
  const Channel& channel = info.channels[primary.value];
  if (channel.quantity == Quantity::current) return Derivation{primary, channel.scale, {}, 1};
  if (!info.supply.voltage_v || *info.supply.voltage_v == 0) return no_voltage("current");
  return Derivation{primary, watts_gain(channel) / *info.supply.voltage_v, {}, 1};
}

}  // namespace

Result<ChannelId> primary_channel(const CaptureInfo& info) {
  for (const Quantity quantity : {Quantity::current, Quantity::power, Quantity::energy}) {
    if (const auto id = first_of(info, quantity)) return *id;
  }
  return fail(ErrorCode::inadequate, "the capture has no current, power or energy channel");
}

Result<Derivation> derive(const CaptureInfo& info, ChannelId id) {
  if (id == k_power) return derive_power(info);
  if (id == k_current) return derive_current(info);
  if (id.value >= info.channels.size()) {
    return fail(ErrorCode::usage, fmt::format("there is no channel number {}", id.value));
  }
  return Derivation{id, info.channels[id.value].scale, {}, 1};
}

VoltageBasis voltage_basis(const CaptureInfo& info) {
  const auto primary = primary_channel(info);
  if (!primary) return VoltageBasis::unknown;
  const bool from_current = info.channels[primary->value].quantity == Quantity::current;
  if (from_current && first_of(info, Quantity::voltage)) return VoltageBasis::measured;
  return info.supply.voltage_v ? info.supply.basis : VoltageBasis::unknown;
}

}  // namespace joulemark
