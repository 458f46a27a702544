// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/intake.h>
#include <analysis/capture/schema.h>
#include <analysis/model/units.h>
#include <analysis/model/with_count.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace joulemark::capture {
namespace {

// Ends of batches leave slots partly filled.
constexpr std::size_t k_edge_slots = 512;
constexpr std::size_t k_edges_per_slot = 512;
constexpr std::size_t k_raw_slots = 128;
constexpr std::size_t k_most_items = 65536;

bool fits(const SampleSlot& slot, const SampleBlock& block, std::int64_t index) {
  return slot.channel == block.channel && slot.first_index + static_cast<std::int64_t>(slot.count) == index &&
         slot.first_index / k_block_samples == index / k_block_samples;
}

}  // namespace

Intake::Intake(const CaptureInfo& info, Overflow overflow, std::size_t sample_bytes, std::size_t batch_bytes)
    : channels_(info.channels),
      overflow_(overflow),
      active_(info.channels.size(), nullptr),
      dropped_(info.channels.size()),
      all_dropped_(info.channels.size()) {
  const bool timed =
      std::any_of(channels_.begin(), channels_.end(), [](const Channel& c) { return c.timed; });
  const std::size_t slot_bytes = k_block_samples * (sizeof(float) + (timed ? sizeof(TimeNs) : 0));
  const std::size_t count = std::max(sample_bytes / slot_bytes, 2 * channels_.size() + 2);
  batch_slots_ = std::max(batch_bytes / slot_bytes, channels_.size());
  for (std::size_t i = 0; i < count; ++i) {
    auto slot = std::make_unique<SampleSlot>();
    slot->values.resize(k_block_samples);
    if (timed) slot->stamps_ns.resize(k_block_samples);
    samples_.free.push_back(slot.get());
    samples_.slots.push_back(std::move(slot));
  }
  for (std::size_t i = 0; i < k_edge_slots; ++i) {
    auto slot = std::make_unique<EdgeSlot>();
    slot->edges.resize(k_edges_per_slot);
    edges_.free.push_back(slot.get());
    edges_.slots.push_back(std::move(slot));
  }
  for (std::size_t i = 0; i < k_raw_slots; ++i) {
    raw_.slots.push_back(std::make_unique<RawSlot>());
    raw_.free.push_back(raw_.slots.back().get());
  }
  const std::size_t slots = count + k_edge_slots + k_raw_slots;
  queue_.resize(slots + slots / batch_slots_ + 2);
}

// A free slot; null when there is none and the policy is to drop, or after cancel.
template <typename Slot>
Slot* Intake::obtain(Pool<Slot>& pool, Lock& lock) {
  if (pool.free.empty() && overflow_ == Overflow::block) {
    freed_.wait(lock, [&] { return cancelled_ || !pool.free.empty(); });
  }
  if (cancelled_ || pool.free.empty()) return nullptr;
  Slot* slot = pool.free.back();
  pool.free.pop_back();
  return slot;
}

template <typename Slot>
void Intake::queue(Slot*& slot) {
  if (slot == nullptr) return;
  queue_[(queue_head_ + queue_size_++) % queue_.size()] = std::exchange(slot, nullptr);
  ++slots_in_batch_;
  filled_.notify_one();
}

template <typename Slot>
void Intake::push(Slot*& slot) {
  queue(slot);
  if (slots_in_batch_ >= batch_slots_) push_batch();
}

void Intake::put(const SampleBlock& block) {
  Lock lock(mutex_);
  SampleSlot*& active = active_[block.channel.value];
  for (std::size_t at = 0; at < block.values.size() && !cancelled_;) {
    const std::int64_t index = block.first_index + static_cast<std::int64_t>(at);
    if (active != nullptr && !fits(*active, block, index)) push(active);
    const auto room = static_cast<std::size_t>(k_block_samples - index % k_block_samples);
    const std::size_t count = std::min(block.values.size() - at, room);
    if (active == nullptr) {
      active = obtain(samples_, lock);
      if (active != nullptr) {
        active->channel = block.channel;
        active->first_index = index;
        active->count = 0;
        active->timed = channels_[block.channel.value].timed;
        report_dropped(block.channel.value);
      }
    }
    if (active != nullptr) {
      copy(block, at, count, *active);
      if (count == room) push(active);
    } else {
      drop(block, at, count);
    }
    at += count;
  }
}

void Intake::copy(const SampleBlock& block, std::size_t offset, std::size_t count, SampleSlot& slot) const {
  std::copy_n(block.values.begin() + static_cast<std::ptrdiff_t>(offset), count,
              slot.values.begin() + static_cast<std::ptrdiff_t>(slot.count));
  if (!block.stamps_ns.empty()) {
    std::copy_n(block.stamps_ns.begin() + static_cast<std::ptrdiff_t>(offset), count,
                slot.stamps_ns.begin() + static_cast<std::ptrdiff_t>(slot.count));
  }
  slot.count += count;
}

TimeRange Intake::time_of(const SampleBlock& block, std::size_t offset, std::size_t count) const {
  if (!block.stamps_ns.empty()) return {block.stamps_ns[offset], block.stamps_ns[offset + count - 1]};
  const SampleGrid grid(channels_[block.channel.value]);
  const std::int64_t first = block.first_index + static_cast<std::int64_t>(offset);
  return {grid.time_of(first), grid.time_of(first + static_cast<std::int64_t>(count))};
}

void Intake::drop(const SampleBlock& block, std::size_t offset, std::size_t count) {
  const std::int64_t first = block.first_index + static_cast<std::int64_t>(offset);
  const TimeRange time = time_of(block, offset, count);
  std::optional<Dropped>& dropped = dropped_[block.channel.value];
  if (dropped && dropped->end_index != first) report_dropped(block.channel.value);
  if (!dropped) dropped = Dropped{first, first, time};
  dropped->end_index = first + static_cast<std::int64_t>(count);
  dropped->time.end_ns = time.end_ns;
  all_dropped_[block.channel.value] += static_cast<std::int64_t>(count);
}

std::int64_t Intake::dropped_samples(ChannelId channel) const {
  const Lock lock(mutex_);
  return all_dropped_[channel.value];
}

void Intake::report_dropped(std::size_t channel) {
  std::optional<Dropped>& dropped = dropped_[channel];
  if (!dropped) return;
  const std::int64_t count = dropped->end_index - dropped->first_index;
  items_.push_back(Anomaly{AnomalyKind::overflow, Severity::data_loss,
                           ChannelId{static_cast<std::uint32_t>(channel)}, dropped->time,
                           dropped->first_index, count,
                           fmt::format("{} of '{}' lost: the disk did not keep up",
                                       format_count(count, "sample"), channels_[channel].name)});
  dropped.reset();
}

void Intake::report_dropped_edges(TimeNs next_ns) {
  if (dropped_edges_ == 0) return;
  const TimeRange time{std::min(kept_edges_until_ns_, next_ns), next_ns};
  items_.push_back(Anomaly{AnomalyKind::lost_edges, Severity::data_loss, std::nullopt, time, 0,
                           dropped_edges_,
                           format_count(dropped_edges_, "edge") + " lost: the disk did not keep up"});
  dropped_edges_ = 0;
}

void Intake::put(const Edge& edge) {
  Lock lock(mutex_);
  if (active_edges_ == nullptr) {
    active_edges_ = obtain(edges_, lock);
    if (active_edges_ == nullptr) {
      ++dropped_edges_;
      last_dropped_edge_ns_ = edge.time_ns;
      return;
    }
    active_edges_->count = 0;
    report_dropped_edges(edge.time_ns);
  }
  kept_edges_until_ns_ = std::max(kept_edges_until_ns_, edge.time_ns);
  active_edges_->edges[active_edges_->count++] = edge;
  if (active_edges_->count == active_edges_->edges.size()) push(active_edges_);
}

void Intake::put(const RawBytes& raw) {
  Lock lock(mutex_);
  std::span<const std::byte> bytes = raw.bytes;
  while (!bytes.empty()) {
    if (active_raw_ == nullptr) {
      active_raw_ = obtain(raw_, lock);
      if (active_raw_ == nullptr) {
        if (cancelled_) return;
        items_.push_back(Anomaly{AnomalyKind::overflow,
                                 Severity::info,
                                 std::nullopt,
                                 {raw.time_ns, raw.time_ns},
                                 0,
                                 static_cast<std::int64_t>(bytes.size()),
                                 "raw bytes were not kept: the disk did not keep up"});
        return;
      }
      active_raw_->packets.clear();
      active_raw_->bytes.clear();
      active_raw_->bytes.reserve(k_raw_bytes_per_row);
    }
    const std::size_t count = std::min(bytes.size(), k_raw_bytes_per_row - active_raw_->bytes.size());
    active_raw_->packets.push_back({raw.time_ns, static_cast<std::uint32_t>(count)});
    active_raw_->bytes.insert(active_raw_->bytes.end(), bytes.begin(),
                              bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    if (active_raw_->bytes.size() == k_raw_bytes_per_row) push(active_raw_);
  }
}

void Intake::put(Item item) {
  Lock lock(mutex_);
  if (overflow_ == Overflow::block) {
    freed_.wait(lock, [&] { return cancelled_ || items_.size() < k_most_items; });
  }
  if (cancelled_) return;
  if (items_.size() >= k_most_items) {
    ++dropped_items_;
    return;
  }
  items_.push_back(std::move(item));
  filled_.notify_one();
}

void Intake::finish() {
  const Lock lock(mutex_);
  for (std::size_t channel = 0; channel < dropped_.size(); ++channel)
    report_dropped(channel);
  report_dropped_edges(last_dropped_edge_ns_);
  if (dropped_items_ > 0) {
    items_.push_back(Anomaly{
        AnomalyKind::overflow,
        Severity::data_loss,
        std::nullopt,
        {},
        0,
        dropped_items_,
        with_count(
            "{} [marker, anomaly or item of metadata was|markers, anomalies or items of metadata were] "
            "lost: the disk did not keep up",
            dropped_items_)});
  }
  push_batch();
  finished_ = true;
  filled_.notify_one();
}

void Intake::cancel() {
  const Lock lock(mutex_);
  cancelled_ = true;
  filled_.notify_all();
  freed_.notify_all();
}

Intake::Taken Intake::take(Clock::time_point deadline) {
  Lock lock(mutex_);
  filled_.wait_until(lock, deadline,
                     [&] { return cancelled_ || finished_ || queue_size_ > 0 || !items_.empty(); });
  if (cancelled_) return Finished{};
  if (!items_.empty()) {
    freed_.notify_one();
    return std::exchange(items_, {});
  }
  if (queue_size_ == 0) return finished_ ? Taken(Finished{}) : Taken(Idle{});
  const Queued next = queue_[queue_head_];
  queue_head_ = (queue_head_ + 1) % queue_.size();
  --queue_size_;
  return std::visit([](auto item) { return Taken(item); }, next);
}

void Intake::release(SampleSlot* slot) {
  const Lock lock(mutex_);
  samples_.free.push_back(slot);
  // A waiting producer is woken when half of the slots are free, so that the two threads work in long turns.
  // At most one slot a channel is held back by the producer, so half of them always become free.
  if (2 * samples_.free.size() >= samples_.slots.size()) freed_.notify_one();
}

void Intake::release(EdgeSlot* slot) {
  const Lock lock(mutex_);
  edges_.free.push_back(slot);
  freed_.notify_one();
}

void Intake::release(RawSlot* slot) {
  const Lock lock(mutex_);
  raw_.free.push_back(slot);
  freed_.notify_one();
}

void Intake::push_batch() {
  for (SampleSlot*& slot : active_)
    queue(slot);
  queue(active_edges_);
  queue(active_raw_);
  if (std::exchange(slots_in_batch_, 0) == 0) return;
  queue_[(queue_head_ + queue_size_++) % queue_.size()] = Batch{};
  filled_.notify_one();
}

std::size_t Intake::end_batch() {
  const Lock lock(mutex_);
  push_batch();
  return queue_size_ + (items_.empty() ? 0 : 1);
}

}  // namespace joulemark::capture
