// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/iio_chip.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace joulemark::ina219 {
namespace {

constexpr double k_kernel_default_ohm = 0.01;
constexpr double k_early_s = 200e-6;  // the driver wakes so long before a conversion ends, if it can
constexpr double k_asking_s = 100e-6;
constexpr double k_least_micro = 1000;  // no shunt has that many ohm
constexpr std::array<std::string_view, 4> k_elements{"in_voltage0", "in_voltage1", "in_power2",
                                                     "in_timestamp"};
constexpr std::array<std::string_view, 4> k_gains{"1", "0.5", "0.25", "0.125"};  // by ShuntRange

std::string seconds_text(double seconds) {
  return fmt::format("{:.6f}", seconds);
}

// Older drivers have no such attribute, and the widest range.
Status set_if_there(iio::Device& device, std::string_view attribute, std::string_view value) {
  return device.attributes().exists(attribute) ? device.set(attribute, value) : Status();
}

}  // namespace

std::optional<double> parse_shunt(std::string_view text) {
  const auto value = parse_number(text);
  if (!value || !(*value > 0)) return std::nullopt;
  return *value >= k_least_micro ? *value * 1e-6 : *value;
}

Shunt choose_shunt(const Settings& settings, std::optional<double> kernel_ohm) {
  if (settings.shunt_ohm) return {*settings.shunt_ohm, "stated"};
  if (kernel_ohm && std::abs(*kernel_ohm - k_kernel_default_ohm) > 1e-9) return {*kernel_ohm, "kernel"};
  return {k_usual_shunt_ohm, "assumed"};
}

std::string_view gain_text(ShuntRange range) {
  return k_gains[static_cast<std::size_t>(range)];
}

ShuntRange range_from_gain(std::string_view text) {
  const double gain = parse_number(text).value_or(0.125);
  return range_for(0.04 / gain).value_or(ShuntRange::mv320);
}

Result<Configuration> configure(iio::Device& device, const Settings& settings, const AdcSetting& adc,
                                double shunt_ohm) {
  const AdcSetting& bus_adc = settings.voltage_v ? k_adc_settings.front() : adc;
  const bool wide = settings.bus_range == BusRange::v32;
  JM_TRY(device.set("current_timestamp_clock", "monotonic"));
  JM_TRY(device.set("in_allow_async_readout", "0"));
  JM_TRY(device.set("in_voltage0_integration_time", seconds_text(adc.typical_s)));
  JM_TRY(device.set("in_voltage1_integration_time", seconds_text(bus_adc.typical_s)));
  JM_TRY(set_if_there(device, "in_voltage0_hardwaregain", gain_text(settings.range(shunt_ohm))));
  JM_TRY(set_if_there(device, "in_voltage1_hardwaregain", wide ? "1" : "2"));
  Configuration configuration;
  configuration.mode = Mode::both;
  configuration.shunt_adc = adc.code;
  configuration.bus_adc = bus_adc.code;
  configuration.range = ShuntRange::mv320;
  configuration.bus_range = BusRange::v32;
  if (const auto gain = device.attributes().read("in_voltage0_hardwaregain"))
    configuration.range = range_from_gain(*gain);
  if (const auto gain = device.attributes().read("in_voltage1_hardwaregain"))
    configuration.bus_range = parse_number(*gain).value_or(1) > 1.5 ? BusRange::v16 : BusRange::v32;
  return configuration;
}

// Opened as it is: that is what shows that nobody else reads it, and whether its driver still lives.
Result<bool> switch_off_left_on(iio::Device& device, std::chrono::milliseconds patience) {
  const auto number = [&](std::string_view attribute) {
    return parse_number(device.attributes().read(attribute).value_or("")).value_or(0);
  };
  if (number("buffer/enable") == 0) return false;
  const iio::ScanLayout any({{"in_timestamp", 0, {false, true, 64, 64, 0}}});
  const auto length = static_cast<std::size_t>(std::max(2.0, number("buffer/length")));
  JM_TRY_ASSIGN(const auto source, device.start(any, length, patience));
  if (source->stop()) return true;
  return fail(
      ErrorCode::protocol,
      "the kernel's buffer was left on by an earlier process, and its driver gives no more records, as "
      "after a transfer that failed; Linux 6.1 would crash if it was switched off: restart the computer");
}

TimeNs latest_stamp_ns(double typical_period_s) {
  const double slept_s = typical_period_s - k_early_s;
  return from_seconds(std::max(k_asking_s, slept_s / 2 - k_early_s));
}

std::span<const std::string_view> scan_elements() {
  return k_elements;
}

Result<RecordReader> RecordReader::for_layout(const iio::ScanLayout& layout) {
  RecordReader reader;
  const auto take = [&](std::string_view name, iio::ScanField& into) {
    const iio::ScanField* field = layout.find(name);
    if (field != nullptr) into = *field;
    return field != nullptr;
  };
  if (!take("in_voltage0", reader.shunt_) || !take("in_voltage1", reader.bus_) ||
      !take("in_timestamp", reader.time_))
    return fail(ErrorCode::protocol, "the IIO device has not the channels of an INA219");
  reader.record_size_ = layout.record_size();
  return reader;
}

Reading RecordReader::read(std::span<const std::byte> record) const {
  Reading reading;
  reading.shunt = static_cast<std::uint16_t>(iio::stored_bits(record, shunt_) >> shunt_.type.shift);
  // Whole, whatever the driver says of its shift: before it said 13 bits of 16 it handed out the same word.
  reading.bus = static_cast<std::uint16_t>(iio::stored_bits(record, bus_));
  reading.overflow = bus_voltage_from(reading.bus).overflow;
  reading.before_ns = static_cast<TimeNs>(iio::stored_bits(record, time_));
  reading.after_ns = reading.before_ns;
  reading.read_ns = reading.before_ns;
  return reading;
}

}  // namespace joulemark::ina219
