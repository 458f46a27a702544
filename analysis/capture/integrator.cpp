// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/integrator.h>

#include <algorithm>
#include <cmath>

namespace joulemark::capture {
Integrator::Integrator(const Channel& channel, const BlockDirectory& blocks, ValueSource& values, double gain)
    : channel_(channel), grid_(channel), blocks_(&blocks), values_(&values), gain_(gain) {}

void Integrator::Sum::add(double weight, double value) {
  integral += weight * value;
  covered += weight;
  ++samples;
  min = std::min(min, value);
  max = std::max(max, value);
  if (with_stats) stats.merge({1, value, 0, value, value});
}

void Integrator::Sum::add(const Stats& whole_samples) {
  integral += whole_samples.sum;
  covered += static_cast<double>(whole_samples.count);
  samples += whole_samples.count;
  min = std::min(min, whole_samples.min);
  max = std::max(max, whole_samples.max);
  if (with_stats) stats.merge(whole_samples);
}

Result<Integrator::Part> Integrator::integrate(TimeRange window, Boundary boundary, bool with_stats) {
  const double length_s =
      to_seconds(1) * (static_cast<double>(window.end_ns) - static_cast<double>(window.begin_ns));
  window.begin_ns = std::clamp(window.begin_ns, -k_latest_ns, k_latest_ns);
  window.end_ns = std::clamp(window.end_ns, -k_latest_ns, k_latest_ns);
  Sum sum;
  sum.with_stats = with_stats;
  double wanted_s = length_s;
  if (channel_.timed) {
    JM_TRY(timed(window, boundary, sum));
    wanted_s += to_seconds(1) * sum.beyond;
  } else {
    double begin = grid_.position(window.begin_ns);
    double end = grid_.position(window.end_ns);
    if (boundary == Boundary::whole_samples) {
      const IndexRange whole = grid_.covering(window);
      begin = static_cast<double>(whole.begin);
      end = static_cast<double>(whole.end);
      wanted_s = (end - begin) * channel_.interval_s();
    }
    JM_TRY(uniform(begin, end, sum));
  }
  const double unit_s = channel_.timed ? to_seconds(1) : channel_.interval_s();
  Part part;
  part.stats = sum.stats;
  part.integral.integral = sum.integral * unit_s * gain_;
  part.integral.covered_s = sum.covered * unit_s;
  part.integral.missing_s = std::max(0.0, std::max(0.0, wanted_s) - part.integral.covered_s);
  part.integral.samples = sum.samples;
  if (sum.samples == 0) return part;
  part.integral.min = std::min(sum.min * gain_, sum.max * gain_);
  part.integral.max = std::max(sum.min * gain_, sum.max * gain_);
  return part;
}

void Integrator::add_inside(std::size_t first, std::size_t last, Sum& sum) const {
  const BlockDirectory::Inside inside = blocks_->inside(first, last);
  sum.integral += inside.integral;
  sum.covered += inside.covered;
  sum.samples += inside.samples;
  sum.min = std::min(sum.min, inside.min);
  sum.max = std::max(sum.max, inside.max);
}

Status Integrator::uniform(double begin, double end, Sum& sum) {
  const IndexRange all = blocks_->indices();
  begin = std::max(begin, static_cast<double>(all.begin));
  end = std::min(end, static_cast<double>(all.end));
  if (!(begin < end)) return {};
  const auto& blocks = blocks_->blocks();
  near_ = blocks_->block_after(static_cast<std::int64_t>(std::floor(begin)), near_);
  const std::size_t last = blocks_->block_after(static_cast<std::int64_t>(std::floor(end)), near_);
  std::size_t k = near_;
  while (k < blocks.size() && static_cast<double>(blocks[k].first_index) < end) {
    const bool starts_inside = static_cast<double>(blocks[k].first_index) >= begin;
    if (starts_inside && last > k && !sum.with_stats) {  // the blocks before last end inside
      add_inside(k, last, sum);
      k = last;
    } else {
      JM_TRY(uniform_block(k, begin, end, sum));
      ++k;
    }
  }
  return {};
}

Status Integrator::uniform_block(std::size_t k, double begin, double end, Sum& sum) {
  const BlockRow& block = blocks_->blocks()[k];
  const std::int64_t block_end = block.first_index + block.count;
  const std::int64_t first = std::max(block.first_index, static_cast<std::int64_t>(std::floor(begin)));
  const std::int64_t last = std::min(block_end, static_cast<std::int64_t>(std::ceil(end)));
  if (first >= last) return {};
  JM_TRY_ASSIGN(const BlockValues values, values_->get(k));
  const auto weight = [&](std::int64_t index) {
    const double from = static_cast<double>(index);
    return std::min(end, from + 1) - std::max(begin, from);
  };
  const auto at = [&](std::int64_t index) { return static_cast<std::size_t>(index - block.first_index); };
  std::int64_t whole_first = first;
  std::int64_t whole_last = last;
  if (weight(first) < 1) sum.add(weight(first), values.at(at(whole_first++)));
  if (whole_first < whole_last && weight(last - 1) < 1)
    sum.add(weight(last - 1), values.at(at(--whole_last)));
  if (whole_first < whole_last)
    sum.add(values.stats(at(whole_first), static_cast<std::size_t>(whole_last - whole_first)));
  return {};
}

Status Integrator::timed(TimeRange window, Boundary boundary, Sum& sum) {
  const auto& blocks = blocks_->blocks();
  const std::size_t last = blocks_->block_after_time(window.end_ns);  // the blocks before it end inside
  std::size_t k = blocks_->block_after_time(window.begin_ns);
  while (k < blocks.size() && blocks_->held(k).begin_ns < window.end_ns) {
    if (blocks_->held(k).begin_ns >= window.begin_ns && last > k && !sum.with_stats) {
      add_inside(k, last, sum);
      k = last;
    } else {
      JM_TRY(timed_block(k, window, boundary, sum));
      ++k;
    }
  }
  return {};
}

Status Integrator::timed_block(std::size_t k, TimeRange window, Boundary boundary, Sum& sum) {
  JM_TRY_ASSIGN(const BlockValues values, values_->get(k));
  const TimeNs lead_ns = from_seconds(channel_.lead_s());
  const std::span<const TimeNs> stamps = values.stamps_ns;
  const auto after = std::upper_bound(stamps.begin(), stamps.end(), window.begin_ns + lead_ns);
  auto i = static_cast<std::size_t>(std::max<std::ptrdiff_t>(after - stamps.begin() - 1, 0));
  for (; i < stamps.size() && stamps[i] - lead_ns < window.end_ns; ++i) {
    const TimeNs end_ns = i + 1 < stamps.size() ? stamps[i + 1] - lead_ns : blocks_->held(k).end_ns;
    const TimeRange held{stamps[i] - lead_ns, end_ns};
    const TimeRange covered = intersect(held, window);
    if (covered.empty()) continue;
    const TimeRange counted = boundary == Boundary::whole_samples ? held : covered;
    sum.add(static_cast<double>(counted.length_ns()), values.at(i));
    sum.beyond += static_cast<double>(counted.length_ns() - covered.length_ns());
  }
  return {};
}

}  // namespace joulemark::capture
