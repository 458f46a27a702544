// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/sample_check.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace joulemark {
namespace {

constexpr double k_negative_part = 1e-3;  // of the mean
constexpr double k_outlier_means = 10;
constexpr double k_most_zeros = 1e-3;  // of a window's samples; no real run has one between its edges
constexpr double k_nothing = 0.01;     // of the window's mean: next to nothing
// Of a window's samples, one after the other with the same bits: in real runs at most 62 of some 10000.
constexpr double k_most_still = 0.02;
constexpr std::int64_t k_least_still = 100;

struct MonitorLimit {
  std::string_view model;
  double power_w;
};

// Data sheets: 200 mA at 3.3 V, 10 A at 15 V.
constexpr std::array<MonitorLimit, 2> k_monitors{{{"X-NUCLEO-LPM01A", 0.66}, {"Joulescope JS110", 150}}};
constexpr double k_any_monitor_w = 1000;

double most_power_w(const std::string& model) {
  const auto found = std::ranges::find(k_monitors, model, &MonitorLimit::model);
  return found == k_monitors.end() ? k_any_monitor_w : found->power_w;
}

// How much of a window's samples does not move.
struct Stillness {
  std::int64_t zeros = 0;    // or next to it
  std::int64_t longest = 0;  // the longest run of one value

  void add(float value, double nothing) {
    if (static_cast<double>(value) <= nothing) ++zeros;
    run_ = value == last_ ? run_ + 1 : 1;
    last_ = value;
    longest = std::max(longest, run_);
  }

 private:
  float last_ = 0;
  std::int64_t run_ = 0;
};

class Check {
 public:
  Check(const CaptureInfo& info, const Channel& energy)
      : to_uj_(energy.scale * 1e6), most_uj_(most_power_w(info.instrument.model) / energy.rate_hz * 1e6) {}

  void look_at(std::int64_t window, const Summary& sum) {
    if (sum.count == 0) return;
    const double mean_uj = sum.mean() * to_uj_;
    const double low_uj = static_cast<double>(sum.min) * to_uj_;
    const double high_uj = static_cast<double>(sum.max) * to_uj_;
    if (mean_uj <= 0) {
      note("energy_not_positive",
           fmt::format("Window {} sums to {:.6g} uJ: no inference does that.", window, sum.sum * to_uj_));
    }
    if (low_uj < -k_negative_part * std::abs(mean_uj)) {
      note("sample_negative",
           fmt::format("Window {} holds a sample of {:.6g} uJ (the mean is {:.6g}): energy is not negative.",
                       window, low_uj, mean_uj));
    }
    if (high_uj > most_uj_) {
      note("sample_beyond_monitor",
           fmt::format("Window {} holds a sample of {:.6g} uJ; the monitor can measure {:.6g} at most.",
                       window, high_uj, most_uj_));
    } else if (high_uj > k_outlier_means * mean_uj && mean_uj > 0) {
      note("sample_outlier",
           fmt::format("Window {} holds a sample of {:.6g} uJ, more than {:g} times its mean of {:.6g}.",
                       window, high_uj, k_outlier_means, mean_uj));
    }
  }

  void look_for_silence(const WindowSpan& window, const Stillness& still) {
    const auto samples = static_cast<double>(window.samples.count());
    if (static_cast<double>(still.zeros) > k_most_zeros * samples) {
      note("samples_zero",
           fmt::format("Window {} holds {} samples of next to nothing: the monitor measured nothing there.",
                       window.index, still.zeros));
    } else if (still.longest > k_least_still && static_cast<double>(still.longest) > k_most_still * samples) {
      note("samples_stuck", fmt::format("Window {} holds {} samples in a row of the very same value: the "
                                        "monitor was stuck or the trace was filled in.",
                                        window.index, still.longest));
    }
  }

  [[nodiscard]] std::vector<MlperfFinding> take() { return std::move(findings_); }

 private:
  void note(std::string code, std::string message) {
    findings_.push_back({std::move(code), std::move(message)});
  }

  double to_uj_;
  double most_uj_;
  std::vector<MlperfFinding> findings_;
};

Result<Stillness> stillness_of(SampleSource& source, ChannelId channel, IndexRange samples, double mean) {
  Stillness still;
  JM_TRY(source.read(channel, samples, [&](const SampleBlock& block) -> Status {
    for (const float value : block.values)
      still.add(value, k_nothing * std::max(0.0, mean));
    return {};
  }));
  return still;
}

}  // namespace

Result<std::vector<MlperfFinding>> check_samples(SampleSource& source, ChannelId channel,
                                                 std::span<const WindowSpan> windows) {
  Check check(source.info(), source.info().channels[channel.value]);
  for (const WindowSpan& window : windows) {
    JM_TRY_ASSIGN(const Summary sum, source.summarize(channel, window.samples));
    check.look_at(window.index, sum);
    JM_TRY_ASSIGN(const Stillness still, stillness_of(source, channel, window.samples, sum.mean()));
    check.look_for_silence(window, still);
  }
  return check.take();
}

}  // namespace joulemark
