// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/rail.h>

#include <app/recording/live_strip.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace joulemark {
namespace {

constexpr TimeNs k_finest_step_ns = 1'000'000;
constexpr std::size_t k_most_anomalies = 1000;
constexpr std::size_t k_most_gaps = 1000;
constexpr std::size_t k_most_metadata = 1000;

std::size_t place(std::int64_t step) {
  return static_cast<std::size_t>(step & static_cast<std::int64_t>(LiveStrip::k_steps - 1));
}

}  // namespace

Status LiveStrip::begin(const CaptureInfo& info) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(info));
  const std::scoped_lock lock(mutex_);
  const Channel& timing = info.channels[primary.value];
  const TimeNs interval_ns = timing.rate_hz > 0 ? from_seconds(timing.interval_s()) : 0;
  step_ns_ = std::max(k_finest_step_ns, interval_ns);
  rings_.assign(k_traces, {std::vector<Bin>(k_steps), false});
  levels_.assign(k_steps, {});
  lane_.assign(256, -1);
  for (std::size_t i = 0; i < std::min<std::size_t>(info.lines.size(), 32); ++i)
    lane_[info.lines[i].id.value & 0xFF] = static_cast<std::int16_t>(i);
  feeds_.assign(info.channels.size(), {});
  anomalies_.reserve(k_most_anomalies);
  gaps_.reserve(k_most_gaps);
  metadata_.reserve(k_most_metadata);
  volts_ = info.supply.voltage_v;
  const auto power = derive(info, k_power);
  has_power_ = power.has_value();
  for (std::size_t i = 0; i < feeds_.size(); ++i) {
    const Channel& channel = info.channels[i];
    const bool voltage =
        channel.quantity == Quantity::voltage && (!power || !power->voltage || power->voltage->value == i);
    if (i != primary.value && !voltage) continue;
    Feed& feed = feeds_[i];
    feed.trace = voltage ? Trace::voltage : Trace::current;
    feed.gain = channel.scale;
    feed.rate_hz = channel.rate_hz;
    feed.lead_ns = from_seconds(channel.lead_s());
    feed.start_ns = channel.start_ns;
    if (channel.quantity == Quantity::power) feed.trace = Trace::power;
    if (channel.quantity == Quantity::energy) {
      feed.trace = Trace::power;
      feed.gain = power ? power->gain : 1;
    }
    rings_[static_cast<std::size_t>(*feed.trace)].used = true;
    if (feed.trace == Trace::current && has_power_)
      rings_[static_cast<std::size_t>(Trace::power)].used = true;
    if (feed.trace == Trace::power && volts_.value_or(0) > 0)
      rings_[static_cast<std::size_t>(Trace::current)].used = true;
  }
  return {};
}

std::int64_t LiveStrip::step_of(TimeNs time_ns) const {
  return time_ns >= 0 ? time_ns / step_ns_ : -((-time_ns + step_ns_ - 1) / step_ns_);
}

// Makes room up to and with the step; lines keep their level.
void LiveStrip::advance(std::int64_t step) {
  if (first_step_ == next_step_) first_step_ = next_step_ = step;
  if (step - next_step_ > static_cast<std::int64_t>(k_steps))
    next_step_ = step - static_cast<std::int64_t>(k_steps);
  for (; next_step_ <= step; ++next_step_) {
    for (Ring& ring : rings_)
      ring.bins[place(next_step_)] = {};
    levels_[place(next_step_)] = level_;
  }
  first_step_ = std::max(first_step_, next_step_ - static_cast<std::int64_t>(k_steps));
}

void LiveStrip::add(Trace trace, TimeNs time_ns, double value) {
  const std::int64_t step = step_of(time_ns);
  if (step >= next_step_) advance(step);
  if (step < first_step_) return;
  Bin& bin = rings_[static_cast<std::size_t>(trace)].bins[place(step)];
  bin.min = bin.count == 0 ? value : std::min(bin.min, value);
  bin.max = bin.count == 0 ? value : std::max(bin.max, value);
  bin.sum += value;
  ++bin.count;
}

void LiveStrip::add_sample(const Feed& feed, TimeNs time_ns, double value) {
  add(*feed.trace, time_ns, value);
  if (feed.trace == Trace::voltage) volts_ = value;
  if (feed.trace == Trace::current && has_power_ && volts_) add(Trace::power, time_ns, value * *volts_);
  if (feed.trace == Trace::power && volts_.value_or(0) > 0) add(Trace::current, time_ns, value / *volts_);
}

Status LiveStrip::accept(const SampleBlock& block) {
  const std::scoped_lock lock(mutex_);
  const Feed& feed = feeds_[block.channel.value];
  if (!feed.trace) return {};
  const double interval_ns = feed.rate_hz > 0 ? k_ns_per_s / feed.rate_hz : 0;
  for (std::size_t i = 0; i < block.values.size(); ++i) {
    const auto index = static_cast<double>(block.first_index + static_cast<std::int64_t>(i));
    const TimeNs stamp_ns = block.stamps_ns.empty()
                                ? feed.start_ns + static_cast<TimeNs>(std::llround(index * interval_ns))
                                : block.stamps_ns[i];
    add_sample(feed, stamp_ns - feed.lead_ns, static_cast<double>(block.values[i]) * feed.gain);
  }
  return {};
}

Status LiveStrip::accept(const Edge& edge) {
  const std::scoped_lock lock(mutex_);
  const int lane = lane_[edge.line.value & 0xFF];
  if (lane < 0) return {};
  const std::uint32_t bit = std::uint32_t{1} << lane;
  const std::int64_t step = step_of(edge.time_ns);
  if (step >= next_step_) advance(step);
  if (((level_.high | level_.low) & bit) == 0) was_before(step, bit, !edge.level);
  level_.high = edge.level ? level_.high | bit : level_.high & ~bit;
  level_.low = edge.level ? level_.low & ~bit : level_.low | bit;
  if (step < first_step_) return {};
  Levels& here = levels_[place(step)];
  here.high |= bit;  // one of them before it, though no edge to that was recorded
  here.low |= bit;
  // Edges may come behind the samples: the steps after it have the new level alone.
  for (std::int64_t later = step + 1; later < next_step_; ++later) {
    Levels& there = levels_[place(later)];
    there.high = edge.level ? there.high | bit : there.high & ~bit;
    there.low = edge.level ? there.low & ~bit : there.low | bit;
  }
  return {};
}

Status LiveStrip::accept(const Anomaly& anomaly) {
  const std::scoped_lock lock(mutex_);
  if (anomalies_.size() == k_most_anomalies) anomalies_.erase(anomalies_.begin());
  anomalies_.push_back(anomaly);
  if (anomaly.severity != Severity::data_loss || anomaly.time.empty()) return {};
  if (gaps_.size() == k_most_gaps) gaps_.erase(gaps_.begin());
  gaps_.push_back(anomaly.time);
  return {};
}

Status LiveStrip::accept(const MetadataItem& item) {
  const std::scoped_lock lock(mutex_);
  if (metadata_.size() < k_most_metadata) metadata_.push_back(item);
  for (std::size_t id = 0; id < lane_.size(); ++id) {
    if (lane_[id] < 0 || item.key != "line.d" + std::to_string(id) + ".initial") continue;
    const std::uint32_t bit = std::uint32_t{1} << lane_[id];
    if (((level_.high | level_.low) & bit) != 0) continue;  // told by its edges already
    const bool high = item.value == "high";
    was_before(next_step_, bit, high);
    (high ? level_.high : level_.low) |= bit;
  }
  return {};
}

// A line had this level in all that is kept, up to and with the step.
void LiveStrip::was_before(std::int64_t step, std::uint32_t bit, bool high) {
  for (std::int64_t at = first_step_; at < std::min(step + 1, next_step_); ++at) {
    Levels& levels = levels_[place(at)];
    (high ? levels.high : levels.low) |= bit;
  }
}

// Those that begin in the range, at least one, as far as they are in the ring.
IndexRange LiveStrip::steps_of(TimeRange range) const {
  const std::int64_t first = step_of(range.begin_ns);
  const std::int64_t last = std::max(step_of(range.end_ns), first + 1);
  return {std::max(first, first_step_), std::min(last, next_step_)};
}

TimeRange LiveStrip::held() const {
  return {first_step_ * step_ns_, next_step_ * step_ns_};
}

TimeRange LiveStrip::extent() const {
  const std::scoped_lock lock(mutex_);
  return held();
}

bool LiveStrip::has(Trace trace) const {
  const std::scoped_lock lock(mutex_);
  return !rings_.empty() && rings_[static_cast<std::size_t>(trace)].used;
}

std::vector<ViewColumn> LiveStrip::columns(Trace trace, TimeRange range, std::size_t count) const {
  std::vector<ViewColumn> columns(count);
  const std::scoped_lock lock(mutex_);
  if (rings_.empty() || range.empty()) return columns;
  const std::vector<Bin>& bins = rings_[static_cast<std::size_t>(trace)].bins;
  const double column_ns = static_cast<double>(range.length_ns()) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    ViewColumn& column = columns[i];
    column.time.begin_ns = range.begin_ns + static_cast<TimeNs>(column_ns * static_cast<double>(i));
    column.time.end_ns = range.begin_ns + static_cast<TimeNs>(column_ns * static_cast<double>(i + 1));
    const auto [first, last] = steps_of(column.time);
    double sum = 0;
    for (std::int64_t step = first; step < last; ++step) {
      const Bin& bin = bins[place(step)];
      if (bin.count == 0) continue;
      column.min = column.count == 0 ? bin.min : std::min(column.min, bin.min);
      column.max = column.count == 0 ? bin.max : std::max(column.max, bin.max);
      column.count += bin.count;
      sum += bin.sum;
    }
    if (column.count > 0) column.mean = sum / static_cast<double>(column.count);
  }
  return columns;
}

std::vector<LiveStrip::Levels> LiveStrip::levels(TimeRange range, std::size_t count) const {
  std::vector<Levels> columns(count);
  const std::scoped_lock lock(mutex_);
  if (levels_.empty() || range.empty()) return columns;
  const double column_ns = static_cast<double>(range.length_ns()) / static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const TimeNs begin_ns = range.begin_ns + static_cast<TimeNs>(column_ns * static_cast<double>(i));
    const TimeNs end_ns = range.begin_ns + static_cast<TimeNs>(column_ns * static_cast<double>(i + 1));
    const auto [first, last] = steps_of({begin_ns, end_ns});
    for (std::int64_t step = first; step < last; ++step) {
      columns[i].high |= levels_[place(step)].high;
      columns[i].low |= levels_[place(step)].low;
    }
  }
  return columns;
}

std::vector<Anomaly> LiveStrip::anomalies() const {
  const std::scoped_lock lock(mutex_);
  return anomalies_;
}

std::vector<TimeRange> LiveStrip::gaps() const {
  const std::scoped_lock lock(mutex_);
  return gaps_;
}

std::vector<MetadataItem> LiveStrip::metadata() const {
  const std::scoped_lock lock(mutex_);
  return metadata_;
}

}  // namespace joulemark
