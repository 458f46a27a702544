// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/block_builder.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace joulemark::capture {
namespace {

std::span<const TimeNs> part_of(std::span<const TimeNs> stamps_ns, std::size_t offset, std::size_t count) {
  return stamps_ns.empty() ? stamps_ns : stamps_ns.subspan(offset, count);
}

}  // namespace

template <typename T>
BlockBuilder<T>::BlockBuilder(std::uint32_t channel, bool timed, Compression compression, RowSink sink,
                              RowIds& ids)
    : channel_(channel),
      timed_(timed),
      compression_(compression),
      sink_(sink),
      ids_(&ids),
      summaries_(channel, timed, std::move(sink), ids) {}

template <typename T>
void BlockBuilder<T>::add(std::int64_t first_index, std::span<const T> values,
                          std::span<const TimeNs> stamps_ns) {
  while (!values.empty()) {
    if (row_.count > 0 && row_.first_index + row_.count != first_index) close();
    const auto room = static_cast<std::size_t>(k_block_samples - first_index % k_block_samples);
    const std::size_t count = std::min(values.size(), room);
    if (row_.count == 0) row_.first_index = first_index;
    extend(values.first(count), part_of(stamps_ns, 0, count));
    if (count == room) close();
    first_index += static_cast<std::int64_t>(count);
    values = values.subspan(count);
    stamps_ns = part_of(stamps_ns, count, stamps_ns.empty() ? 0 : stamps_ns.size() - count);
  }
}

template <typename T>
void BlockBuilder<T>::extend(std::span<const T> values, std::span<const TimeNs> stamps_ns) {
  summarize(row_.first_index + row_.count, values, stamps_ns);
  if (timed_) integrate(values, stamps_ns);
  changed_ = true;
  const bool in_one_piece = row_.count == 0 && static_cast<std::int64_t>(values.size()) == k_block_samples;
  row_.count += static_cast<std::int64_t>(values.size());
  if (in_one_piece) {
    write(values, stamps_ns);
  } else if constexpr (std::is_same_v<T, float>) {
    values_.insert(values_.end(), values.begin(), values.end());
    stamps_ns_.insert(stamps_ns_.end(), stamps_ns.begin(), stamps_ns.end());
  }
}

template <typename T>
void BlockBuilder<T>::summarize(std::int64_t first_index, std::span<const T> values,
                                std::span<const TimeNs> stamps_ns) {
  constexpr std::int64_t k_entry = entry_samples(0);
  for (std::size_t at = 0; at < values.size();) {
    const std::int64_t index = first_index + static_cast<std::int64_t>(at);
    const auto room = static_cast<std::size_t>(k_entry - index % k_entry);
    const std::size_t count = std::min(values.size() - at, room);
    const Stats stats = stats_of(values.subspan(at, count));
    stats_.merge(stats);
    SummaryEntry part{stats.summary()};
    if (timed_) {
      part.first_ns = stamps_ns[at];
      part.last_ns = stamps_ns[at + count - 1];
    }
    summaries_.add(index / k_entry, part);
    at += count;
  }
}

template <typename T>
void BlockBuilder<T>::integrate(std::span<const T> values, std::span<const TimeNs> stamps_ns) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const TimeNs now_ns = stamps_ns[i];
    const bool first_of_block = row_.count == 0 && i == 0;
    row_.step_ns = any_ ? now_ns - row_.last_ns : 0;
    if (first_of_block) {
      row_.first_ns = now_ns;
    } else {
      row_.inner += row_.last * static_cast<double>(row_.step_ns);
    }
    row_.last = static_cast<double>(values[i]);
    row_.last_ns = now_ns;
    any_ = true;
  }
}

template <typename T>
void BlockBuilder<T>::write(std::span<const T> values, std::span<const TimeNs> stamps_ns) {
  if (row_.id == 0) row_.id = ++ids_->block;
  row_.channel = channel_;
  row_.sum = stats_.sum;
  row_.m2 = stats_.m2;
  row_.min = stats_.min;
  row_.max = stats_.max;
  if constexpr (std::is_same_v<T, float>) {
    SampleRow samples{row_.id, pack_samples(values, compression_), {}};
    if (timed_) samples.stamps = pack_stamps(stamps_ns, compression_);
    row_.data_hash = data_hash(samples.data, samples.stamps);
    sink_(std::move(samples));
  }
  sink_(row_);
  changed_ = false;
}

template <typename T>
void BlockBuilder<T>::close() {
  if (changed_) write(values_, stamps_ns_);
  const TimeNs last_ns = row_.last_ns;
  row_ = {};
  row_.last_ns = last_ns;
  stats_ = {};
  values_.clear();
  stamps_ns_.clear();
}

template <typename T>
void BlockBuilder<T>::flush() {
  if (row_.count > 0 && changed_) write(values_, stamps_ns_);
  summaries_.flush();
}

template class BlockBuilder<float>;
template class BlockBuilder<double>;

}  // namespace joulemark::capture
