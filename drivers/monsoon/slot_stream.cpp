// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>
#include <analysis/model/with_count.h>

#include <drivers/monsoon/protocol.h>
#include <drivers/monsoon/slot_stream.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace joulemark::monsoon {
namespace {

constexpr std::int64_t k_tell_every = 60 * k_slots_per_s;

TimeRange time_of(IndexRange range) {
  return {range.begin * k_slot_ns, range.end * k_slot_ns};
}

}  // namespace

Anomaly stopped_before_calibration(std::int64_t slots) {
  return {AnomalyKind::truncated,
          Severity::data_loss,
          std::nullopt,
          {0, 0},
          0,
          slots,
          "stopped before the unit had calibrated: its observations cannot be converted"};
}

SlotStream::SlotStream(std::size_t columns, SampleSink& sink)
    : sink_(sink),
      columns_(columns, std::vector<float>(k_block)),
      left_(columns),
      from_(columns),
      row_(columns) {}

const float* SlotStream::left() {
  if (size_ == 0) return flushed_left_ ? left_.data() : nullptr;
  for (std::size_t i = 0; i < left_.size(); ++i)
    left_[i] = columns_[i][size_ - 1];
  return left_.data();
}

Status SlotStream::close_hole(const float* right) {
  const float* from = left();
  if (unmeasured_ <= k_longest_bridge && (from != nullptr || right != nullptr)) {
    return bridge(from != nullptr ? from : right, right != nullptr ? right : from);
  }
  return skip(std::exchange(unmeasured_, 0), AnomalyKind::gap, Severity::data_loss,
              "calibration that cannot be bridged");
}

Status SlotStream::bridge(const float* from, const float* to) {
  const std::int64_t slots = std::exchange(unmeasured_, 0);
  const std::int64_t within = std::clamp<std::int64_t>(end_ - next_, 0, slots);
  if (dead_.empty()) dead_.begin = next_;
  std::copy_n(from, from_.size(), from_.begin());
  for (std::int64_t slot = 1; slot <= slots; ++slot) {
    const float part = static_cast<float>(slot) / static_cast<float>(slots + 1);
    for (std::size_t i = 0; i < row_.size(); ++i)
      row_[i] = from_[i] + (to[i] - from_[i]) * part;
    append(row_.data());
    if (size_ == k_block) JM_TRY(flush());
  }
  if (within == 0) return {};
  dead_.end = std::min(next_, end_);
  bridged_ += within;
  return dead_.count() >= k_tell_every ? tell_dead_time() : Status();
}

Status SlotStream::lost(std::int64_t slots, AnomalyKind kind, const std::string& why) {
  if (!started()) return {};
  if (unmeasured_ != 0) JM_TRY(close_hole(nullptr));
  return skip(slots, kind, Severity::data_loss, why);
}

Status SlotStream::skip(std::int64_t slots, AnomalyKind kind, Severity severity, const std::string& why) {
  JM_TRY(flush());
  const IndexRange range{next_, next_ + slots};
  next_ = range.end;
  lost_ += slots;
  flushed_left_ = false;
  return tell({kind, severity, std::nullopt, time_of(range), range.begin, slots,
               fmt::format("{}: {} ({:.4g} ms) lost", why, format_count(slots, "sample"),
                           to_seconds(slots * k_slot_ns) * 1e3)});
}

Status SlotStream::flush() {
  if (size_ == 0) return {};
  const std::int64_t first = next_ - static_cast<std::int64_t>(size_);
  const std::size_t size = std::exchange(size_, 0);
  flushed_left_ = true;
  for (std::uint32_t i = 0; i < columns_.size(); ++i) {
    left_[i] = columns_[i][size - 1];
    JM_TRY(
        sink_.accept(SampleBlock{ChannelId{i}, first, std::span<const float>(columns_[i].data(), size), {}}));
  }
  return {};
}

Status SlotStream::finish() {
  JM_TRY(flush());
  return bridged_ > bridged_told_ ? tell_dead_time() : Status();
}

Status SlotStream::tell_dead_time() {
  const std::int64_t slots = bridged_ - std::exchange(bridged_told_, bridged_);
  const IndexRange range = std::exchange(dead_, {});
  return tell(
      {AnomalyKind::dead_time, Severity::info, std::nullopt, time_of(range), range.begin, slots,
       with_count(
           "{} [slot went to the unit's calibration and is|slots went to the unit's calibration and are] "
           "bridged from [its|their] neighbours",
           slots)});
}

Status SlotStream::tell(Anomaly anomaly) {
  for (std::uint32_t i = 0; i < columns_.size(); ++i) {
    anomaly.channel = ChannelId{i};
    JM_TRY(sink_.accept(anomaly));
  }
  return {};
}

}  // namespace joulemark::monsoon
