// SPDX-License-Identifier: Apache-2.0
// Guards that grow, where they must not: into other events, over what was lost, into another one's tail.
#include <analysis/energy/build_report.h>

#include <tests/support/waveform.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace joulemark {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;

constexpr double k_rate_hz = 5e3;
constexpr double k_volts = 3;
constexpr double k_idle_a = 100e-6;
constexpr std::int64_t k_block = 1024;

struct Load {
  double begin_s;
  double end_s;
  double current_a;
  double tau_s;  // of the capacitor beside it
};

// Known loads behind capacitors of their own, as the ammeter before them sees them; closed form.
class Bench {
 public:
  explicit Bench(double length_s) : length_s_(length_s) {}

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
  [[nodiscard]] static std::int64_t index_of(double time_s) { return std::llround(time_s * k_rate_hz); }

  [[nodiscard]] static double charge_c(const Load& load, double time_s) {
    double charge = 0;
    for (const auto& [edge_s, sign] : {std::pair{load.begin_s, 1.0}, {load.end_s, -1.0}}) {
      const double since_s = time_s - edge_s;
      if (since_s > 0) charge += sign * (since_s - load.tau_s * (1 - std::exp(-since_s / load.tau_s)));
    }
    return charge * load.current_a;
  }

  [[nodiscard]] std::vector<float> samples() const {
    std::vector<double> current(static_cast<std::size_t>(length_s_ * k_rate_hz), k_idle_a);
    for (const Load& load : loads_) {
      const auto last = static_cast<std::size_t>(index_of(load.end_s + 12 * load.tau_s));
      for (auto i = static_cast<std::size_t>(index_of(load.begin_s)); i < std::min(last, current.size());
           ++i) {
        const double at_s = static_cast<double>(i) / k_rate_hz;
        current[i] += k_rate_hz * (charge_c(load, at_s + 1 / k_rate_hz) - charge_c(load, at_s));
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
    info.channels[0].rate_hz = k_rate_hz;
    info.channels[0].aperture_s = {1 / k_rate_hz, Provenance::specified};
    info.supply = {k_volts, VoltageBasis::setpoint};
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
  double length_s_;
  std::vector<Load> loads_;
  std::vector<Mark> marks_;
  std::vector<IndexRange> lost_;
};

// Of the event named so, the figure against the truth.
double error_of(const Report& report, const std::string& name, double true_j) {
  const auto event = std::ranges::find(report.events, name, &EventReport::name);
  if (event == report.events.end() || !event->energy_j.mean) return NAN;
  return *event->energy_j.mean / true_j - 1;
}

double energy_j(const Load& load) {
  return (load.end_s - load.begin_s) * (load.current_a + k_idle_a) * k_volts;
}

TEST(Guards, TakeInATailToItsEnd) {
  Bench bench(10);
  const Load load{0, 4e-3, 20e-3, 3e-3};
  for (int i = 0; i < 40; ++i)
    bench.add(0, {0.1 + 0.24 * i, 0.104 + 0.24 * i, load.current_a, load.tau_s});
  const Report report = bench.report({"inference=d0"});
  EXPECT_NEAR(error_of(report, "inference", energy_j(load)), 0, 2e-3);
  EXPECT_NEAR(*report.idle.current_a.mean / k_idle_a, 1, 5e-3);
}

// One in ten of the others comes 20 ms after one with a tail.
TEST(Guards, LeaveOtherNamesAlone) {
  Bench bench(13);
  const Load large{0, 5e-3, 20e-3, 2e-3};
  const Load small{0, 4e-3, 3e-3, 50e-6};
  for (int i = 0; i < 48; ++i) {
    const double at_s = 0.1 + 0.25 * i;
    bench.add(0, {at_s, at_s + 5e-3, large.current_a, large.tau_s});
    if (i % 8 == 0) bench.add(1, {at_s + 0.021, at_s + 0.025, small.current_a, small.tau_s});
  }
  const Report report = bench.report({"large=d0", "small=d1"});
  ASSERT_EQ(report.events.size(), 2U);
  for (const EventReport& event : report.events) {
    EXPECT_EQ(event.method, Method::excess) << event.name;
    EXPECT_EQ(event.energy_left_out, 0) << event.name;
  }
  EXPECT_NEAR(error_of(report, "large", energy_j(large)), 0, 0.01);
  EXPECT_NEAR(error_of(report, "small", energy_j(small)), 0, 0.01);
}

// As by a change of the range, 12 ms after each event.
TEST(Guards, DoNotReachOverWhatIsLost) {
  Bench bench(10);
  const Load load{0, 4e-3, 20e-3, 4e-3};
  for (int i = 0; i < 40; ++i) {
    const double at_s = 0.1 + 0.24 * i;
    bench.add(0, {at_s, at_s + 4e-3, load.current_a, load.tau_s});
    bench.lose(at_s + 16e-3, 2);
  }
  const EventReport event = bench.report({"inference=d0"}).events.at(0);
  EXPECT_EQ(event.energy_left_out, 0);
  const double lacking = 1 - *event.energy_j.mean / energy_j(load);
  EXPECT_THAT(lacking, AllOf(Ge(0), Le(1.1 * *event.adequacy.bound_rel)));
}

// The target is awake before its marker: idle is not.
TEST(Guards, KeepIdleClearOfWhatGoesOnBesideEveryEvent) {
  Bench bench(10);
  for (int i = 0; i < 40; ++i) {
    const double at_s = 0.1 + 0.24 * i;
    bench.add_unmarked({at_s - 6e-3, at_s, 10e-3, 1e-6});
    bench.add(0, {at_s, at_s + 0.1, 10e-3, 1e-6});
  }
  const Report report = bench.report({"inference=d0"});
  EXPECT_NEAR(*report.idle.current_a.mean / k_idle_a, 1, 5e-3);
  EXPECT_NEAR(error_of(report, "inference", energy_j({0, 0.1, 10e-3, 0})), 0, 2e-3);
  const auto told = std::ranges::find(report.findings, "active_outside_marker", &Finding::code);
  ASSERT_NE(told, report.findings.end());
  EXPECT_THAT(told->message, testing::HasSubstr("another 5.9 %"));  // 6 ms of 101
}

// A tail that fills the gap: nobody can say where it ends.
TEST(Guards, SayWhereATailIsNotOver) {
  Bench bench(4);
  const Load load{0, 5e-3, 20e-3, 8e-3};
  for (int i = 0; i < 80; ++i)
    bench.add(0, {0.1 + 0.043 * i, 0.105 + 0.043 * i, load.current_a, load.tau_s});
  const EventReport event = bench.report({"inference=d0"}).events.at(0);
  EXPECT_NE(event.adequacy.grade, Grade::good);
  EXPECT_LE(1 - *event.energy_j.mean / energy_j(load), *event.adequacy.bound_rel);
}

}  // namespace
}  // namespace joulemark
