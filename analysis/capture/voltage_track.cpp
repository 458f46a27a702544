// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/voltage_track.h>

#include <algorithm>

namespace joulemark::capture {
namespace {

constexpr std::size_t k_forget_at = 1 << 16;

}  // namespace

VoltageTrack::VoltageTrack(const Channel& current, const Channel& voltage)
    : current_grid_(current),
      voltage_grid_(voltage),
      current_timed_(current.timed),
      voltage_timed_(voltage.timed),
      current_lead_ns_(from_seconds(current.lead_s())),
      voltage_lead_ns_(from_seconds(voltage.lead_s())),
      same_grid_(!current.timed && !voltage.timed && current.rate_hz == voltage.rate_hz &&
                 current_grid_.time_of(0) == voltage_grid_.time_of(0)) {}

void VoltageTrack::add(std::int64_t first_index, std::span<const float> values,
                       std::span<const TimeNs> stamps_ns) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t index = first_index + static_cast<std::int64_t>(i);
    if (same_grid_) {
      keys_.push_back(index);
    } else {
      keys_.push_back(voltage_timed_ ? stamps_ns[i] - voltage_lead_ns_ : voltage_grid_.time_of(index));
    }
  }
  values_.insert(values_.end(), values.begin(), values.end());
}

void VoltageTrack::clear() {
  keys_.clear();
  values_.clear();
  at_ = 0;
}

std::int64_t VoltageTrack::key_of(std::int64_t index, std::span<const TimeNs> stamps_ns,
                                  std::size_t i) const {
  if (same_grid_) return index;
  return current_timed_ ? stamps_ns[i] - current_lead_ns_ : current_grid_.time_of(index);
}

std::size_t VoltageTrack::settled(std::int64_t first_index, std::size_t count,
                                  std::span<const TimeNs> stamps_ns) const {
  if (keys_.empty()) return 0;
  std::size_t low = 0;
  std::size_t high = count;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const std::int64_t key = key_of(first_index + static_cast<std::int64_t>(middle), stamps_ns, middle);
    if (key <= keys_.back()) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void VoltageTrack::advance(std::int64_t key) {
  for (; at_ + 1 < keys_.size(); ++at_) {
    const std::int64_t before = keys_[at_];
    const std::int64_t after = keys_[at_ + 1];
    if (after <= key) continue;
    if (before >= key) return;
    const auto time = [this](std::int64_t k) { return same_grid_ ? current_grid_.time_of(k) : k; };
    const auto to_after = static_cast<std::uint64_t>(time(after)) - static_cast<std::uint64_t>(time(key));
    const auto to_before = static_cast<std::uint64_t>(time(key)) - static_cast<std::uint64_t>(time(before));
    if (to_after >= to_before) return;
  }
}

void VoltageTrack::multiply(std::int64_t first_index, std::span<const float> values,
                            std::span<const TimeNs> stamps_ns, std::span<double> out) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    advance(key_of(first_index + static_cast<std::int64_t>(i), stamps_ns, i));
    out[i] = static_cast<double>(values[i]) * static_cast<double>(values_[at_]);
  }
  if (at_ < k_forget_at) return;
  keys_.erase(keys_.begin(), keys_.begin() + static_cast<std::ptrdiff_t>(at_));
  values_.erase(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
}

}  // namespace joulemark::capture
