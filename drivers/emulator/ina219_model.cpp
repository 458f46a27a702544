// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/ina219_model.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace joulemark::emulator {
namespace {

enum Register : std::uint8_t {
  k_configuration = 0,
  k_shunt = 1,
  k_bus = 2,
  k_power = 3,
  k_current = 4,
  k_calibration = 5
};

constexpr std::uint16_t k_reset_bit = 0x8000;
constexpr unsigned k_ready_bit = 2;
constexpr unsigned k_overflow_bit = 1;
constexpr unsigned k_continuous_bit = 4;
constexpr unsigned k_bus_bit = 2;
constexpr unsigned k_shunt_bit = 1;
constexpr double k_shunt_step_v = 10e-6;
constexpr double k_bus_step_v = 4e-3;
constexpr std::uint64_t k_noise_stream = 219;

// Microseconds, typical; codes 4 to 7 are 0 to 3 again.
constexpr std::array<double, 16> k_conversion_us{84,  148,  276,  532,  84,   148,   276,   532,
                                                 532, 1060, 2130, 4260, 8510, 17020, 34050, 68100};

unsigned mode_of(std::uint16_t configuration) {
  return configuration & 7U;
}

unsigned adc_of(std::uint16_t configuration, bool shunt) {
  return (static_cast<unsigned>(configuration) >> (shunt ? 3U : 7U)) & 15U;
}

// Of a single conversion, in register steps of the finest one.
double coarseness(unsigned adc) {
  return adc < 8 ? static_cast<double>(1U << (3U - (adc & 3U))) : 1;
}

double averaged(unsigned adc) {
  return adc <= 8 ? 1 : static_cast<double>(1U << (adc - 8U));
}

bool measures(unsigned mode, bool shunt) {
  return (mode & (shunt ? k_shunt_bit : k_bus_bit)) != 0;
}

}  // namespace

Ina219Model::Ina219Model(const Ina219Settings& settings, Ina219Load& load, Observer observer)
    : settings_(settings),
      load_(load),
      observer_(std::move(observer)),
      noise_(settings.seed, k_noise_stream) {}

TimeNs Ina219Model::conversion_ns(bool shunt) const {
  return from_seconds(settings_.slowness * k_conversion_us[adc_of(configuration_, shunt)] * 1e-6);
}

std::uint16_t Ina219Model::read(TimeNs now_ns, std::uint8_t reg) {
  advance(now_ns);
  switch (reg) {
    case k_configuration:
      return configuration_;
    case k_shunt:
      return shunt_;
    case k_bus:
      return bus_;
    case k_power:
      bus_ = static_cast<std::uint16_t>(bus_ & ~k_ready_bit);
      return power_;
    case k_current:
      return current_;
    case k_calibration:
      return calibration_;
    default:
      return 0;
  }
}

void Ina219Model::write(TimeNs now_ns, std::uint8_t reg, std::uint16_t value) {
  advance(now_ns);
  if (reg == k_calibration) {
    calibration_ = value & 0xFFFE;
    compute();
  }
  if (reg == k_configuration) configure(now_ns, value);
}

void Ina219Model::reset(TimeNs now_ns) {
  calibration_ = 0;
  configure(now_ns, k_reset_configuration);
}

void Ina219Model::configure(TimeNs now_ns, std::uint16_t value) {
  if ((value & k_reset_bit) != 0) return reset(now_ns);
  configuration_ = value;
  running_.reset();
  const unsigned mode = mode_of(configuration_);
  if (mode == 0 || mode == 4) return;  // switched off: conversion-ready stays
  bus_ = static_cast<std::uint16_t>(bus_ & ~k_ready_bit);
  begin_conversion(now_ns, measures(mode, true));
}

void Ina219Model::begin_conversion(TimeNs now_ns, bool shunt) {
  running_shunt_ = shunt;
  running_ = TimeRange{now_ns, now_ns + conversion_ns(shunt)};
}

void Ina219Model::advance(TimeNs now_ns) {
  // Powered up, it converts at once, in its reset configuration.
  if (conversions_ == 0 && !running_ && configuration_ == k_reset_configuration)
    begin_conversion(now_ns, true);
  while (running_ && running_->end_ns <= now_ns)
    end_conversion();
}

void Ina219Model::end_conversion() {
  const TimeRange time = *running_;
  const bool shunt = running_shunt_;
  const double mean = shunt ? load_.mean_current_a(time) : load_.mean_voltage_v(time);
  if (shunt) shunt_ = convert_shunt(mean * settings_.shunt_ohm * settings_.gain + settings_.offset_v);
  if (!shunt) bus_ = static_cast<std::uint16_t>(convert_bus(mean) | (bus_ & (k_ready_bit | k_overflow_bit)));
  ++conversions_;
  if (observer_) observer_({shunt, time, mean, shunt ? shunt_ : bus_});
  const unsigned mode = mode_of(configuration_);
  running_.reset();
  if (shunt && measures(mode, false)) return begin_conversion(time.end_ns, false);
  compute();
  bus_ = static_cast<std::uint16_t>(bus_ | k_ready_bit);
  if ((mode & k_continuous_bit) != 0) begin_conversion(time.end_ns, measures(mode, true));
}

std::uint16_t Ina219Model::convert_shunt(double mean_v) {
  const unsigned adc = adc_of(configuration_, true);
  const unsigned gain = configuration_ >> 11 & 3U;
  const double full = 4000 * static_cast<double>(1U << gain);  // in register steps
  std::array<float, 1> deviate{};
  if (settings_.noise_v > 0) noise_.fill(conversions_, deviate);
  const double noise_v = settings_.noise_v * static_cast<double>(deviate[0]) / std::sqrt(averaged(adc));
  // Averaging is done on steps of the converter, but fills the register's finer ones.
  const double step = averaged(adc) > 1 ? 1 : static_cast<double>(1U << gain) * coarseness(adc);
  const double steps = std::round((mean_v + noise_v) / k_shunt_step_v / step) * step;
  return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::clamp(steps, -full, full)));
}

std::uint16_t Ina219Model::convert_bus(double mean_v) const {
  const unsigned adc = adc_of(configuration_, false);
  const bool wide = (configuration_ & 0x2000) != 0;
  const double step = averaged(adc) > 1 ? 1 : (wide ? 2 : 1) * coarseness(adc);
  const double steps =
      std::clamp(std::round(mean_v / k_bus_step_v / step) * step, 0.0, wide ? 8000.0 : 4000.0);
  return static_cast<std::uint16_t>(static_cast<unsigned>(steps) << 3U);
}

void Ina219Model::compute() {
  const std::int64_t current = std::int64_t{static_cast<std::int16_t>(shunt_)} * calibration_ / 4096;
  const std::int64_t power = std::abs(current) * (bus_ >> 3) / 5000;
  const bool overflow = std::abs(current) > 32767 || power > 65535;
  current_ = static_cast<std::uint16_t>(current);
  power_ = static_cast<std::uint16_t>(power);
  bus_ = static_cast<std::uint16_t>(overflow ? bus_ | k_overflow_bit : bus_ & ~k_overflow_bit);
}

}  // namespace joulemark::emulator
