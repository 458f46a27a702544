// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/build_report.h>
#include <analysis/model/memory_capture.h>

#include <tests/support/waveform.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace joulemark::test {

inline constexpr double k_volts = 2;

inline Analysis analyse(MemoryCapture& capture, const std::vector<std::string>& events = {"inference=d0"},
                        ReportOptions options = {}) {
  options.events = events;
  auto analysis = build_report(capture, options);
  if (!analysis) ADD_FAILURE() << analysis.error().message;
  return analysis.value_or(Analysis{});
}

inline std::vector<std::string> codes(const Report& report) {
  std::vector<std::string> list;
  for (const Finding& finding : report.findings)
    list.push_back(finding.code);
  return list;
}

// Pulses that begin off the sampling grid, at ever other phases.
inline std::vector<Pulse> train(int count, double first_s, double period_s, double length_s,
                                double current_a) {
  std::vector<Pulse> pulses;
  for (int i = 0; i < count; ++i) {
    const double begin_s = first_s + i * period_s;
    pulses.push_back({begin_s, begin_s + length_s, current_a});
  }
  return pulses;
}

inline void mark_all(MemoryCapture& capture, std::uint32_t line, const std::vector<Pulse>& pulses) {
  for (const Pulse& pulse : pulses)
    mark(capture, line, pulse.begin_s, pulse.end_s);
}

}  // namespace joulemark::test
