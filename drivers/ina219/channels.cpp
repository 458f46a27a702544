// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/channels.h>

namespace joulemark::ina219 {
namespace {

Channel timed_channel(std::string name, Quantity quantity, double rate_hz, double scale) {
  Channel channel;
  channel.name = std::move(name);
  channel.quantity = quantity;
  channel.timed = true;
  channel.rate_hz = rate_hz;
  channel.scale = scale;
  channel.stamp_position = StampPosition::end;
  return channel;
}

Channel current_channel(const ChannelSetup& setup) {
  const Timing& timing = setup.timing;
  Channel channel = timed_channel("ina219.current", Quantity::current, 1 / timing.period_s(),
                                  k_shunt_step_v / setup.shunt_ohm);
  channel.aperture_s = timing.shunt_s;
  channel.dead_time_s = {timing.both ? timing.bus_s : 0, timing.shunt_s.provenance};
  const double full_a = full_scale_v(setup.configuration.range) / setup.shunt_ohm;
  channel.ranges = {{-full_a, full_a, shunt_step_v(setup.configuration) / setup.shunt_ohm}};
  return channel;
}

// One that follows has a sample for every one of the current, over the same time.
Channel voltage_channel(const ChannelSetup& setup) {
  const Timing& timing = setup.timing;
  Channel channel = timed_channel("ina219.voltage", Quantity::voltage, 1 / timing.period_s(),
                                  timing.both ? k_bus_step_v : k_shunt_step_v);
  channel.aperture_s = {timing.both ? timing.bus_s : timing.shunt_s.value, timing.shunt_s.provenance};
  const double full_v = full_scale_v(setup.configuration.bus_range);
  channel.ranges = {{0, full_v, full_v / 4000}};
  return channel;
}

}  // namespace

std::vector<Channel> channels_for(const ChannelSetup& setup) {
  std::vector<Channel> channels{current_channel(setup)};
  if (setup.voltage_channel()) channels.push_back(voltage_channel(setup));
  return channels;
}

Supply supply_for(const ChannelSetup& setup) {
  if (setup.voltage_v) return {setup.voltage_v, VoltageBasis::assumed};
  return {std::nullopt, VoltageBasis::measured};
}

std::vector<Line> lines_for(const Settings& settings) {
  std::vector<Line> lines;
  for (const MarkerPin& pin : settings.markers)
    lines.push_back({LineId{static_cast<std::uint32_t>(lines.size())}, pin.name});
  return lines;
}

}  // namespace joulemark::ina219
