// SPDX-License-Identifier: Apache-2.0
#include <tests/support/waveform.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>
#include <stdexcept>

namespace joulemark::test {
namespace {

void check(const Status& status) {
  if (!status) throw std::runtime_error(status.error().message);
}

CaptureInfo info_for(const Instrument& instrument) {
  CaptureInfo info;
  info.id = "waveform";
  info.instrument.model = "test";
  Channel channel;
  channel.name = "test.current";
  channel.rate_hz = instrument.rate_hz;
  channel.aperture_s = {instrument.aperture_s, Provenance::specified};
  info.channels = {channel};
  if (instrument.voltage_v > 0) info.supply = {instrument.voltage_v, VoltageBasis::setpoint};
  info.lines = {{LineId{0}, "inference"}, {LineId{1}, ""}, {LineId{2}, ""}, {LineId{3}, ""}};
  return info;
}

bool lost(const Instrument& instrument, double time_s) {
  return std::any_of(instrument.gaps_s.begin(), instrument.gaps_s.end(),
                     [&](const auto& gap) { return time_s >= gap.first && time_s < gap.second; });
}

double current_at(const Waveform& waveform, double time_s) {
  double current = waveform.idle_a;
  for (const Pulse& pulse : waveform.pulses)
    current += time_s >= pulse.begin_s && time_s < pulse.end_s ? pulse.current_a : 0;
  return current;
}

}  // namespace

double Waveform::charge_c(double from_s, double to_s) const {
  double charge = idle_a * (to_s - from_s);
  for (const Pulse& pulse : pulses)
    charge += pulse.current_a * std::max(0.0, std::min(to_s, pulse.end_s) - std::max(from_s, pulse.begin_s));
  return charge;
}

void record(MemoryCapture& capture, const Waveform& waveform, const Instrument& instrument) {
  check(capture.begin(info_for(instrument)));
  std::mt19937 random(instrument.seed);
  std::normal_distribution<double> noise(0, std::max(instrument.noise_a, 1e-30));
  const auto samples = static_cast<std::int64_t>(std::llround(instrument.duration_s * instrument.rate_hz));
  const double aperture_s = instrument.aperture_s;
  for (std::int64_t i = 0; i < samples; ++i) {
    const double time_s = static_cast<double>(i) / instrument.rate_hz;
    if (lost(instrument, time_s)) continue;
    const double mean = aperture_s > 0 ? waveform.charge_c(time_s, time_s + aperture_s) / aperture_s
                                       : current_at(waveform, time_s);
    const auto value = static_cast<float>(mean + (instrument.noise_a > 0 ? noise(random) : 0));
    check(capture.accept(SampleBlock{ChannelId{0}, i, std::span(&value, 1), {}}));
  }
}

void edge(MemoryCapture& capture, std::uint32_t line, double time_s, bool level) {
  check(capture.accept(Edge{from_seconds(time_s), 100, LineId{line}, level}));
}

void mark(MemoryCapture& capture, std::uint32_t line, double begin_s, double end_s) {
  edge(capture, line, begin_s, true);
  edge(capture, line, end_s, false);
}

}  // namespace joulemark::test
