// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/power_builder.h>
#include <analysis/model/ids.h>

#include <utility>

namespace joulemark::capture {

PowerBuilder::PowerBuilder(const Channel& current, const Channel& voltage, RowSink sink, RowIds& ids)
    : voltage_(current, voltage),
      blocks_(k_power.value, current.timed, Compression::fast, std::move(sink), ids) {}

void PowerBuilder::add_current(std::int64_t first_index, std::span<const float> values,
                               std::span<const TimeNs> stamps_ns) {
  if (behind_) return;
  waiting_.push_back({first_index, {values.begin(), values.end()}, {stamps_ns.begin(), stamps_ns.end()}});
  waiting_samples_ += values.size();
  settle(false);
  check_waiting();
}

void PowerBuilder::add_voltage(std::int64_t first_index, std::span<const float> values,
                               std::span<const TimeNs> stamps_ns) {
  if (behind_) return;
  voltage_.add(first_index, values, stamps_ns);
  settle(false);
  check_waiting();
}

void PowerBuilder::finish() {
  if (!behind_ && !voltage_.empty()) settle(true);
  flush();
}

void PowerBuilder::settle(bool all) {
  while (!waiting_.empty()) {
    Waiting& next = waiting_.front();
    const std::size_t ready =
        all ? next.values.size() : voltage_.settled(next.first_index, next.values.size(), next.stamps_ns);
    const std::span<const float> values(next.values);
    const std::span<const TimeNs> stamps_ns(next.stamps_ns);
    if (ready > 0)
      emit(next.first_index, values.first(ready), stamps_ns.first(std::min(ready, stamps_ns.size())));
    waiting_samples_ -= ready;
    if (ready == values.size()) {
      waiting_.pop_front();
      continue;
    }
    next.first_index += static_cast<std::int64_t>(ready);
    next.values.erase(next.values.begin(), next.values.begin() + static_cast<std::ptrdiff_t>(ready));
    if (!stamps_ns.empty()) {
      next.stamps_ns.erase(next.stamps_ns.begin(),
                           next.stamps_ns.begin() + static_cast<std::ptrdiff_t>(ready));
    }
    return;
  }
}

void PowerBuilder::emit(std::int64_t first_index, std::span<const float> values,
                        std::span<const TimeNs> stamps_ns) {
  products_.resize(values.size());
  voltage_.multiply(first_index, values, stamps_ns, products_);
  blocks_.add(first_index, products_, stamps_ns);
}

void PowerBuilder::check_waiting() {
  if (waiting_samples_ <= k_most_waiting && voltage_.size() <= 2 * k_most_waiting) return;
  behind_ = true;
  waiting_.clear();
  voltage_.clear();
}

}  // namespace joulemark::capture
