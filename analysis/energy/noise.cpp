// SPDX-License-Identifier: Apache-2.0
#include <analysis/energy/noise.h>
#include <analysis/statistics/noise.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr std::int64_t k_stamped_samples = 1 << 16;
// Steps that noise of half a step shows as: its variance and that of rounding, 1/4 + 1/12. Less, and the mean
// of what is rounded need not be that of what was there.
constexpr double k_dithered = 0.577;
constexpr std::size_t k_least_stretches = 16;
constexpr std::size_t k_most_stretches = 256;
constexpr std::int64_t k_samples = 8192;
constexpr double k_storage_step = 1e-7;  // of a float32, relative: what moves less does not move

// The samples that lie wholly in the range.
IndexRange inside(const SampleGrid& grid, TimeRange range) {
  IndexRange samples = grid.covering(range);
  if (grid.time_of(samples.begin) < range.begin_ns) ++samples.begin;
  if (grid.time_of(samples.end) > range.end_ns) --samples.end;
  return samples;
}

// 16 to 256 stretches of at most 8192 samples in all, spread over the ranges and within them.
std::vector<IndexRange> stretches_in(const SampleGrid& grid, const std::vector<TimeRange>& ranges) {
  const std::size_t most = std::clamp(ranges.size(), k_least_stretches, k_most_stretches);
  const auto longest = k_samples / static_cast<std::int64_t>(most);
  std::vector<IndexRange> stretches;
  for (std::size_t s = 0; s < most && !ranges.empty(); ++s) {
    const std::size_t range = ranges.size() >= most ? s * ranges.size() / most : s % ranges.size();
    IndexRange samples = inside(grid, ranges[range]);
    const std::int64_t more = samples.count() - longest;
    if (more <= 0 && s >= ranges.size()) break;  // all of it was taken
    if (more > 0) {
      samples.begin += more * static_cast<std::int64_t>(2 * s + 1) / static_cast<std::int64_t>(2 * most);
      samples.end = samples.begin + longest;
    }
    stretches.push_back(samples);
  }
  return stretches;
}

// Of stored values times gain.
struct Fluctuation {
  std::optional<double> deviation;  // of most samples: a robust one
  double typical = 0;               // the median, which lies in the same range as most
};

// Values in unbroken runs.
class Runs {
 public:
  void add(double value) { run_.push_back(value); }
  void end_run() {
    append_second_differences(run_, differences_);
    all_.insert(all_.end(), run_.begin(), run_.end());
    run_.clear();
  }
  [[nodiscard]] std::int64_t size() const { return std::ssize(all_) + std::ssize(run_); }
  [[nodiscard]] Fluctuation fluctuation() {
    end_run();
    if (all_.empty()) return {};
    const auto middle = all_.begin() + static_cast<std::ptrdiff_t>(all_.size() / 2);
    std::ranges::nth_element(all_, middle);
    return {noise_deviation(differences_), *middle};
  }

 private:
  std::vector<double> differences_;
  std::vector<double> run_;
  std::vector<double> all_;
};

// Lost samples end a run.
Result<Fluctuation> fluctuation_of(SampleSource& source, const Derivation& primary,
                                   const std::vector<IndexRange>& stretches) {
  Runs runs;
  for (const IndexRange& stretch : stretches) {
    std::int64_t next = stretch.begin;
    JM_TRY(source.read(primary.channel, stretch, [&](const SampleBlock& block) -> Status {
      if (block.first_index != next) runs.end_run();
      next = block.first_index + static_cast<std::int64_t>(block.values.size());
      for (const float value : block.values)
        runs.add(static_cast<double>(value) * primary.gain);
      return {};
    }));
    runs.end_run();
  }
  return runs.fluctuation();
}

// The same of a timed channel, whose indices only its stamps place: of the first k_stamped_samples in the
// ranges, which are in order.
Result<Fluctuation> stamped_fluctuation(SampleSource& source, const Derivation& primary,
                                        const std::vector<TimeRange>& ranges) {
  Runs runs;
  JM_TRY_ASSIGN(const Extent extent, source.extent(primary.channel));
  auto range = ranges.begin();
  std::int64_t next = 0;
  const auto take = [&](const SampleBlock& block) -> Status {
    if (block.first_index != next) runs.end_run();
    next = block.first_index + static_cast<std::int64_t>(block.values.size());
    for (std::size_t i = 0; i < block.values.size(); ++i) {
      const TimeNs stamp_ns = block.stamps_ns[i];
      if (range != ranges.end() && stamp_ns >= range->end_ns) runs.end_run();
      while (range != ranges.end() && stamp_ns >= range->end_ns)
        ++range;
      if (range == ranges.end()) break;
      if (stamp_ns >= range->begin_ns) runs.add(static_cast<double>(block.values[i]) * primary.gain);
    }
    return {};
  };
  for (std::int64_t begin = extent.indices.begin; begin < extent.indices.end; begin += k_stamped_samples) {
    const IndexRange part{begin, std::min(begin + k_stamped_samples, extent.indices.end)};
    JM_TRY(source.read(primary.channel, part, take));
    if (range == ranges.end() || runs.size() >= k_stamped_samples) break;
  }
  return runs.fluctuation();
}

// Of the finest range that the value fits; none when the channel does not say.
std::optional<double> step_at(const Channel& channel, double value) {
  std::optional<double> step;
  for (const Range& range : channel.ranges) {
    if (value < range.low || value > range.high || range.resolution <= 0) continue;
    step = std::min(step.value_or(range.resolution), range.resolution);
  }
  return step;
}

// volts: what turns the noise of one quantity into that of the other.
Noise noise_of(const Fluctuation& found, const Channel& primary, double interval_s, double volts) {
  Noise noise;
  if (!found.deviation) return noise;
  const bool current = primary.quantity == Quantity::current;
  const auto step = current ? step_at(primary, found.typical) : std::nullopt;
  noise.undithered = *found.deviation <= k_storage_step * std::abs(found.typical) ||
                     (step && *found.deviation < k_dithered * *step);
  if (noise.undithered && step && found.typical != 0)
    noise.half_step_rel = *step / 2 / std::abs(found.typical);
  if (noise.undithered) return noise;
  const double density = *found.deviation * *found.deviation * interval_s;
  if (current || volts != 0) noise.charge = current ? density : density / (volts * volts);
  if (!current || volts != 0) noise.energy = current ? density * volts * volts : density;
  return noise;
}

// Mean voltage over them, weighted by charge; 0 when either is not known.
double volts_over(const Measurement& m, const std::vector<WindowSum>& sums) {
  double energy_j = 0;
  double charge_c = 0;
  for (const WindowSum& sum : sums) {
    energy_j += sum.energy_j;
    charge_c += sum.charge_c;
  }
  return m.has_energy && m.has_charge && charge_c != 0 ? energy_j / charge_c : 0;
}

}  // namespace

Status read_noise(SampleSource& source, Measurement& m) {
  m.noise.resize(m.plans.size());
  JM_TRY_ASSIGN(const ChannelId id, primary_channel(source.info()));
  const Channel& primary = source.info().channels[id.value];
  const ChannelId quantity = primary.quantity == Quantity::current ? k_current : k_power;
  JM_TRY_ASSIGN(const Derivation derivation, derive(source.info(), quantity));
  const SampleGrid grid(primary);
  const double volts = volts_over(m, m.blocks);
  const auto noise_in = [&](const std::vector<TimeRange>& ranges) -> Result<Noise> {
    if (primary.timed) {  // its samples are apart by this and that: what noise does to a sum is not known
      JM_TRY_ASSIGN(const Fluctuation stamped, stamped_fluctuation(source, derivation, ranges));
      Noise noise;
      const Noise whole = noise_of(stamped, primary, m.sampling.interval_s, volts);
      noise.undithered = whole.undithered;
      noise.half_step_rel = whole.half_step_rel;
      return noise;
    }
    JM_TRY_ASSIGN(const Fluctuation found, fluctuation_of(source, derivation, stretches_in(grid, ranges)));
    return noise_of(found, primary, m.sampling.interval_s, volts);
  };
  std::vector<std::vector<TimeRange>> of_name(m.plans.size());
  for (std::size_t i = 0; i < m.timeline.events.size(); ++i) {
    if (m.flags[i] == 0) of_name[m.timeline.events[i].name].push_back(m.timeline.events[i].time);
  }
  for (std::size_t name = 0; name < of_name.size(); ++name) {
    JM_TRY_ASSIGN(m.noise[name], noise_in(of_name[name]));
  }
  std::vector<TimeRange> idle;
  for (const Segment& segment : m.partition.segments) {
    if (segment.label == k_idle_label) idle.push_back(segment.time);
  }
  JM_TRY_ASSIGN(m.idle_noise, noise_in(idle));
  return {};
}

}  // namespace joulemark
