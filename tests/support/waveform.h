// SPDX-License-Identifier: Apache-2.0
// Analytic waveforms: currents made of steps, sampled by an averaging instrument, whose charge is known by
// formula.
#pragma once

#include <analysis/model/memory_capture.h>

#include <cstdint>
#include <vector>

namespace joulemark::test {

// A rectangle of current on top of the rest.
struct Pulse {
  double begin_s = 0;
  double end_s = 0;
  double current_a = 0;
};

struct Waveform {
  double idle_a = 0;
  std::vector<Pulse> pulses;

  // Exact, of the analytic waveform.
  [[nodiscard]] double charge_c(double from_s, double to_s) const;
};

struct Instrument {
  double rate_hz = 1000;
  double duration_s = 1;
  double aperture_s = 0;                               // 0: points in time; known either way
  double voltage_v = 2;                                // 0: unknown
  std::vector<std::pair<double, double>> gaps_s = {};  // not recorded
  double noise_a = 0;                                  // of each sample
  std::uint32_t seed = 1;                              // of the noise
};

// Samples the waveform (sample i averages over [i / rate, i / rate + aperture)) into the channel 0 of a
// capture with lines d0 to d3.
void record(MemoryCapture& capture, const Waveform& waveform, const Instrument& instrument);

// A window on a line: up at begin, down at end.
void mark(MemoryCapture& capture, std::uint32_t line, double begin_s, double end_s);
void edge(MemoryCapture& capture, std::uint32_t line, double time_s, bool level);

}  // namespace joulemark::test
