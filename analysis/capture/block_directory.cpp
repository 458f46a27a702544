// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/block_directory.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark::capture {
namespace {

constexpr std::size_t k_fan = 16;

bool is_finite(const BlockRow& b) {
  return std::isfinite(b.sum) && std::isfinite(b.m2) && std::isfinite(b.min) && std::isfinite(b.max) &&
         std::isfinite(b.inner) && std::isfinite(b.last) && b.min <= b.max;
}

bool in_range(const BlockRow& b, const Channel& channel) {
  if (!place_fits(b)) return false;
  if (!channel.timed) return index_fits(channel, b.first_index + b.count);
  return b.first_ns > -k_latest_ns && b.last_ns < k_latest_ns && b.step_ns >= 0 &&
         b.step_ns < 2 * k_latest_ns &&
         (b.count == 1 ? b.first_ns == b.last_ns : b.first_ns < b.last_ns && b.step_ns > 0);
}

}  // namespace

bool place_fits(const BlockRow& b) {
  return b.count >= 1 && b.first_index >= 0 && b.first_index < (std::int64_t{1} << 61) &&
         b.count <= k_block_samples - b.first_index % k_block_samples;
}

bool times_fit(const Channel& channel) {
  const bool interval_fits = channel.rate_hz == 0 || channel.interval_s() < 1e8;
  return std::abs(channel.start_ns) < k_latest_ns / 4 && channel.aperture_s.value < 1e8 && interval_fits;
}

bool index_fits(const Channel& channel, std::int64_t index) {
  if (index < 0 || index > (std::int64_t{1} << 61)) return false;
  return channel.timed || static_cast<double>(index) / channel.rate_hz < to_seconds(k_latest_ns) / 2;
}

// Two-sum, Knuth: the rounding error of an addition, exactly.
void LongSum::add(double value) {
  const double sum = high + value;
  const double added = sum - high;
  low += (high - (sum - added)) + (value - added);
  high = sum;
}

Result<BlockDirectory> BlockDirectory::make(const Channel& channel, std::vector<BlockRow> rows,
                                            const std::string& where) {
  BlockDirectory directory(channel);
  directory.blocks_ = std::move(rows);
  JM_TRY(directory.check(where));
  directory.sum_up();
  return directory;
}

Status BlockDirectory::check(const std::string& where) const {
  const BlockRow* before = nullptr;
  for (const BlockRow& block : blocks_) {
    const auto refuse = [&](std::string_view what) {
      return fail(ErrorCode::unreadable,
                  fmt::format("{}: block {} (sample {}) {}", where, block.id, block.first_index, what));
    };
    if (!in_range(block, channel_)) return refuse("has an impossible place");
    if (!is_finite(block)) return refuse("has sums that are no numbers");
    if (before != nullptr && before->first_index + before->count > block.first_index) {
      return refuse("overlaps the one before it");
    }
    if (before != nullptr && channel_.timed && before->last_ns >= block.first_ns) {
      return refuse("is earlier than the one before it");
    }
    before = &block;
  }
  return {};
}

// The same rule as for single samples: until the next one when it follows directly, else the nominal interval
// (without one, the last step), but not beyond the next sample.
TimeRange BlockDirectory::compute_held(std::size_t k) const {
  const BlockRow& block = blocks_[k];
  const TimeNs lead_ns = from_seconds(channel_.lead_s());
  const BlockRow* next = k + 1 < blocks_.size() ? &blocks_[k + 1] : nullptr;
  TimeNs hold_ns = from_seconds(channel_.interval_s());
  if (hold_ns == 0) hold_ns = block.step_ns;
  if (next != nullptr) {
    const TimeNs until_next_ns = next->first_ns - block.last_ns;
    const bool follows = next->first_index == block.first_index + block.count;
    hold_ns = follows ? until_next_ns : std::min(hold_ns, until_next_ns);
  }
  return {block.first_ns - lead_ns, block.last_ns - lead_ns + hold_ns};
}

void BlockDirectory::sum_up() {
  Running running;
  std::vector<Bounds> bounds;
  const TimeNs lead_ns = from_seconds(channel_.lead_s());
  for (std::size_t k = 0; k < blocks_.size(); ++k) {
    const BlockRow& block = blocks_[k];
    running_.push_back(running);
    bounds.push_back({block.min, block.max});
    if (!channel_.timed) {
      running.integral.add(block.sum);
      running.covered += block.count;
      running.samples += block.count;
      continue;
    }
    held_.push_back(compute_held(k));
    if (held_.back().empty()) continue;  // a lone sample of unknown length counts nowhere
    running.integral.add(block.inner);
    running.integral.add(block.last * static_cast<double>(held_.back().end_ns - (block.last_ns - lead_ns)));
    running.covered += held_.back().length_ns();
    running.samples += block.count;
  }
  running_.push_back(running);
  while (!bounds.empty()) {
    bounds_.push_back(bounds);
    if (bounds.size() <= k_fan) return;
    std::vector<Bounds> upper((bounds.size() + k_fan - 1) / k_fan, bounds.front());
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      Bounds& group = upper[i / k_fan];
      if (i % k_fan == 0) group = bounds[i];
      group = {std::min(group.min, bounds[i].min), std::max(group.max, bounds[i].max)};
    }
    bounds = std::move(upper);
  }
}

std::int64_t BlockDirectory::samples() const {
  std::int64_t samples = 0;
  for (const BlockRow& block : blocks_)
    samples += block.count;
  return samples;
}

IndexRange BlockDirectory::indices() const {
  if (empty()) return {};
  return {blocks_.front().first_index, blocks_.back().first_index + blocks_.back().count};
}

TimeRange BlockDirectory::time() const {
  if (empty()) return {};
  if (channel_.timed) return {held_.front().begin_ns, held_.back().end_ns};
  return {grid_.time_of(indices().begin), grid_.time_of(indices().end)};
}

std::size_t BlockDirectory::block_after(std::int64_t index) const {
  const auto ends_by = [](const BlockRow& b, std::int64_t i) { return b.first_index + b.count <= i; };
  return static_cast<std::size_t>(std::lower_bound(blocks_.begin(), blocks_.end(), index, ends_by) -
                                  blocks_.begin());
}

std::size_t BlockDirectory::block_after(std::int64_t index, std::size_t guess) const {
  constexpr std::size_t k_soon = 3;
  const auto ends_by = [this, index](std::size_t k) {
    return blocks_[k].first_index + blocks_[k].count <= index;
  };
  if (guess > 0 && (guess > blocks_.size() || !ends_by(guess - 1))) return block_after(index);
  for (std::size_t k = guess; k < std::min(guess + k_soon, blocks_.size()); ++k)
    if (!ends_by(k)) return k;
  return block_after(index);
}

std::size_t BlockDirectory::block_after_time(TimeNs time_ns) const {
  const auto ends_by = [](const TimeRange& held, TimeNs t) { return held.end_ns <= t; };
  return static_cast<std::size_t>(std::lower_bound(held_.begin(), held_.end(), time_ns, ends_by) -
                                  held_.begin());
}

BlockDirectory::Inside BlockDirectory::inside(std::size_t first, std::size_t last) const {
  const Running& from = running_[first];
  const Running& to = running_[last];
  const Bounds range = bounds(first, last);
  return {to.integral.minus(from.integral), static_cast<double>(to.covered - from.covered),
          to.samples - from.samples, range.min, range.max};
}

// Climbs the levels as far as whole groups fit.
BlockDirectory::Bounds BlockDirectory::bounds(std::size_t first, std::size_t last) const {
  Bounds all{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  const auto take = [&](const Bounds& b) { all = {std::min(all.min, b.min), std::max(all.max, b.max)}; };
  for (const std::vector<Bounds>& level : bounds_) {
    const bool top = &level == &bounds_.back();
    while (first < last && (top || first % k_fan != 0))
      take(level[first++]);
    while (first < last && (top || last % k_fan != 0))
      take(level[--last]);
    first /= k_fan;
    last /= k_fan;
  }
  return all;
}

}  // namespace joulemark::capture
