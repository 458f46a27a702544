// SPDX-License-Identifier: Apache-2.0
#include <tests/support/waveform.h>
#include <tests/unit/report/examples.h>

#include <stdexcept>

namespace joulemark::test {
namespace {

Analysis analyse(MemoryCapture& capture, ReportOptions options) {
  if (!capture.end(EndReason::completed)) throw std::runtime_error("cannot end");
  auto analysis = build_report(capture, options);
  if (!analysis) throw std::runtime_error(analysis.error().message);
  analysis->report.tool = {"joulemark", "0.1.0"};
  return *analysis;
}

}  // namespace

// Currents are sums of powers of two and times whole milliseconds, so every figure is the same on any
// machine.
Analysis busy_example() {
  MemoryCapture capture;
  Waveform waveform{0x1p-10, {}};
  for (int i = 0; i < 40; ++i) {
    const double begin_s = 0.0625 + i * 0.0997;
    const double step_a = (1 + 0x1p-6 * (i % 5)) * 0x1p-5;
    waveform.pulses.push_back({begin_s, begin_s + 0.007, step_a});
    if (i % 8 == 3) waveform.pulses.push_back({begin_s + 0.010, begin_s + 0.080, 0x1p-6});
  }
  record(capture, waveform,
         {.rate_hz = 2000, .duration_s = 4.1, .aperture_s = 0.0005, .gaps_s = {{3.105, 3.125}}});
  for (const Pulse& pulse : waveform.pulses)
    mark(capture, pulse.current_a == 0x1p-6 ? 1 : 0, pulse.begin_s, pulse.end_s);
  edge(capture, 1, 4.0, true);
  edge(capture, 1, 4.00002, false);
  edge(capture, 1, 4.09, true);
  if (!capture.accept(Anomaly{AnomalyKind::gap,
                              Severity::data_loss,
                              ChannelId{0},
                              {3'105'000'000, 3'125'000'000},
                              6210,
                              40,
                              "40 samples lost at 3.105 s: the host did not keep up"})) {
    throw std::runtime_error("cannot accept");
  }
  ReportOptions options;
  options.events = {"inference=d0", "keyword=d1"};
  options.useful = "keyword";
  Analysis analysis = analyse(capture, options);
  analysis.report.capture.file = "doorbell.jmk";
  analysis.report.capture.sha256 = std::string(64, 'a');
  analysis.report.capture.started_at_utc_ns = 1'714'566'896'789'000'000;
  return analysis;
}

Analysis clean_example() {
  MemoryCapture capture;
  record(capture, {0x1p-10, {{0.25, 0.75, 0x1p-7}}}, {.rate_hz = 1000, .duration_s = 1, .aperture_s = 1e-3});
  mark(capture, 0, 0.25, 0.75);
  ReportOptions options;
  options.events = {"inference=d0,repeat=100"};
  return analyse(capture, options);
}

Analysis example_without_voltage() {
  MemoryCapture capture;
  record(capture, {0x1p-10, {{0.25, 0.75, 0x1p-7}}}, {.rate_hz = 1000, .duration_s = 1, .voltage_v = 0});
  mark(capture, 0, 0.25, 0.75);
  ReportOptions options;
  options.events = {"inference=d0"};
  return analyse(capture, options);
}

Analysis example_without_events() {
  MemoryCapture capture;
  record(capture, {0x1p-10, {}}, {.rate_hz = 1000, .duration_s = 1});
  return analyse(capture, {});
}

}  // namespace joulemark::test
