// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/with_count.h>

#include <drivers/instrument/trouble.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr TimeNs k_tell_every_ns = 1'000'000'000;
constexpr std::int64_t k_longest_spell = 100'000;

}  // namespace

Status Spell::observe(SampleSink& sink, bool occurs, std::int64_t index, TimeRange held) {
  if (time_ && (index - last_ > k_apart || index - first_ > k_longest_spell)) JM_TRY(finish(sink));
  if (!occurs) return {};
  if (!time_) {
    time_ = held;
    first_ = index;
    count_ = 0;
  }
  time_->end_ns = held.end_ns;
  last_ = index;
  ++count_;
  return {};
}

Status Spell::finish(SampleSink& sink) {
  if (!time_) return {};
  const Anomaly anomaly{kind_, Severity::doubtful, channel_, *time_, first_, count_, message_};
  time_.reset();
  return sink.accept(anomaly);
}

Status Tally::add(SampleSink& sink, TimeRange time, std::int64_t first_index, std::int64_t count) {
  JM_TRY(pass_time(sink, time.begin_ns));
  if (!time_) {
    time_ = time;
    first_ = first_index;
    count_ = 0;
  }
  time_ = TimeRange{std::min(time_->begin_ns, time.begin_ns), std::max(time_->end_ns, time.end_ns)};
  count_ += count;
  total_ += count;
  return {};
}

Status Tally::pass_time(SampleSink& sink, TimeNs now_ns) {
  return time_ && now_ns - time_->begin_ns >= k_tell_every_ns ? finish(sink) : Status();
}

Status Tally::finish(SampleSink& sink) {
  if (!time_) return {};
  const Anomaly anomaly{kind_, severity_, channel_, *time_, first_, count_, with_count(message_, count_)};
  time_.reset();
  return sink.accept(anomaly);
}

}  // namespace joulemark
