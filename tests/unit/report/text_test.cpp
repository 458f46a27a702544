// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/build_report.h>
#include <analysis/report/csv.h>
#include <analysis/report/json.h>
#include <analysis/report/text.h>

#include <tests/support/waveform.h>

#include <gtest/gtest.h>

#include <cstdio>

namespace joulemark {
namespace {

TEST(Text, Shows) {
  test::Waveform waveform{2.4e-3, {}};
  MemoryCapture capture;
  for (int i = 0; i < 40; ++i) {
    const double begin_s = 0.05 + i * 0.0503571;
    waveform.pulses.push_back({begin_s, begin_s + 7.003e-3, 52.6e-3});
  }
  test::record(capture, waveform, {1 / 532e-6, 2.2, 532e-6, 2, {}, 20e-6});
  for (const auto& pulse : waveform.pulses)
    test::mark(capture, 0, pulse.begin_s, pulse.end_s);
  ReportOptions options;
  options.events = {"inference=d0"};
  options.useful = "inference";
  auto analysis = build_report(capture, options).value();
  std::puts(to_text(analysis.report).c_str());
  std::puts(to_json(analysis.report).c_str());
  std::puts(to_csv(analysis.report, analysis.rows).substr(0, 400).c_str());
}

}  // namespace
}  // namespace joulemark
