// SPDX-License-Identifier: Apache-2.0
// Loads of known energy, each behind a capacitor of its own, as the ammeter before them sees them: in closed
// form.
#pragma once

#include <analysis/energy/build_report.h>

#include <tests/support/waveform.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace joulemark::test {

inline constexpr double k_bench_v = 3;
inline constexpr double k_bench_idle_a = 100e-6;

struct Load {
  double begin_s;
  double end_s;
  double current_a;
  double tau_s;  // of the capacitor beside it
};

class DecoupledBench {
 public:
  DecoupledBench(double length_s, double rate_hz) : length_s_(length_s), rate_hz_(rate_hz) {}

  void add(std::uint32_t line, const Load& load) {
    loads_.push_back(load);
    marks_.push_back({line, load});
  }
  void add_unmarked(const Load& load) { loads_.push_back(load); }
  void lose(double from_s, int samples) { lost_.push_back({index_of(from_s), index_of(from_s) + samples}); }

  Report report(const std::vector<std::string>& events, std::optional<TimeNs> guard_ns = std::nullopt) {
    MemoryCapture capture;
    record(capture);
    ReportOptions options;
    options.events = events;
    options.guard_ns = guard_ns;
    auto analysis = build_report(capture, options);
    if (!analysis) ADD_FAILURE() << analysis.error().message;
    return analysis ? analysis->report : Report{};
  }

 private:
  [[nodiscard]] std::int64_t index_of(double time_s) const { return std::llround(time_s * rate_hz_); }

  [[nodiscard]] static double charge_c(const Load& load, double time_s) {
    double charge = 0;
    for (const auto& [edge_s, sign] : {std::pair{load.begin_s, 1.0}, {load.end_s, -1.0}}) {
      const double since_s = time_s - edge_s;
      if (since_s > 0) charge += sign * (since_s - load.tau_s * (1 - std::exp(-since_s / load.tau_s)));
    }
    return charge * load.current_a;
  }

  [[nodiscard]] std::vector<float> samples() const {
    std::vector<double> current(static_cast<std::size_t>(length_s_ * rate_hz_), k_bench_idle_a);
    for (const Load& load : loads_) {
      const auto last = static_cast<std::size_t>(index_of(load.end_s + 12 * load.tau_s));
      for (auto i = static_cast<std::size_t>(index_of(load.begin_s)); i < std::min(last, current.size());
           ++i) {
        const double at_s = static_cast<double>(i) / rate_hz_;
        current[i] += rate_hz_ * (charge_c(load, at_s + 1 / rate_hz_) - charge_c(load, at_s));
      }
    }
    std::vector<float> values;
    for (std::size_t i = 0; i < current.size(); ++i)
      values.push_back(
          static_cast<float>(current[i] + 1e-6 * (static_cast<double>(i % 13 * 5 % 13) - 6) / 6));
    return values;
  }

  void record(MemoryCapture& capture) const {
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "test.current";
    info.channels[0].rate_hz = rate_hz_;
    info.channels[0].aperture_s = {1 / rate_hz_, Provenance::specified};
    info.supply = {k_bench_v, VoltageBasis::setpoint};
    info.lines = {{LineId{0}, ""}, {LineId{1}, ""}};
    EXPECT_TRUE(capture.begin(info));
    const std::vector<float> values = samples();
    for (std::int64_t at = 0; at < std::ssize(values);) {
      std::int64_t end = std::min(at + k_block, std::ssize(values));
      for (const IndexRange& lost : lost_) {
        if (at >= lost.begin && at < lost.end) at = lost.end;
        if (at < lost.begin) end = std::min(end, lost.begin);
      }
      end = std::max(at, std::min(end, std::ssize(values)));
      const auto block =
          std::span(values).subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(end - at));
      EXPECT_TRUE(capture.accept(SampleBlock{ChannelId{0}, at, block, {}}));
      at = end;
    }
    for (const auto& [line, load] : marks_)
      test::mark(capture, line, load.begin_s, load.end_s);
    EXPECT_TRUE(capture.end(EndReason::completed));
  }

  struct Mark {
    std::uint32_t line;
    Load load;
  };
  static constexpr std::int64_t k_block = 1024;
  double length_s_;
  double rate_hz_;
  std::vector<Load> loads_;
  std::vector<Mark> marks_;
  std::vector<IndexRange> lost_;
};

// What the load draws in all, and idle meanwhile.
inline double energy_j(const Load& load) {
  return (load.end_s - load.begin_s) * (load.current_a + k_bench_idle_a) * k_bench_v;
}

inline bool has(const Report& report, const std::string& code) {
  return std::ranges::find(report.findings, code, &Finding::code) != report.findings.end();
}

}  // namespace joulemark::test
