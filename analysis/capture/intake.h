// SPDX-License-Identifier: Apache-2.0
// Where the producer hands over: samples, edges and bytes are copied once into preallocated slots, so its
// thread neither allocates nor waits for a disk; the encoder's thread takes the slots.
#pragma once

#include <analysis/capture/capture_options.h>
#include <analysis/capture/codec.h>
#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/clock.h>
#include <analysis/model/edge.h>
#include <analysis/model/marker.h>
#include <analysis/model/sample_block.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace joulemark::capture {

struct SampleSlot {
  ChannelId channel;
  std::int64_t first_index = 0;
  std::size_t count = 0;
  bool timed = false;
  std::vector<float> values;
  std::vector<TimeNs> stamps_ns;  // as long as values when any channel is timed
};

struct EdgeSlot {
  std::size_t count = 0;
  std::vector<Edge> edges;
};

struct RawSlot {
  std::vector<Packet> packets;
  Blob bytes;
};

using Item = std::variant<Marker, Anomaly, ClockPoint, MetadataItem>;

// Thread-safe: one producer, one consumer, and cancel() from anywhere.
class Intake {
 public:
  using Clock = std::chrono::steady_clock;
  struct Idle {};      // nothing came until the deadline
  struct Finished {};  // finish() was called and everything was taken, or cancel()
  struct Batch {};     // everything put before some moment was taken, and nothing put after it
  using Taken = std::variant<Idle, Finished, Batch, SampleSlot*, EdgeSlot*, RawSlot*, std::vector<Item>>;

  // Holds about sample_bytes of samples. A Batch comes after every batch_bytes of them.
  Intake(const CaptureInfo& info, Overflow overflow, std::size_t sample_bytes, std::size_t batch_bytes);

  // Producer. What comes here was checked (StreamCheck).
  void put(const SampleBlock& block);
  void put(const Edge& edge);
  void put(const RawBytes& bytes);
  void put(Item item);
  void finish();
  [[nodiscard]] std::int64_t dropped_samples(ChannelId channel) const;  // for want of room, until now

  // Ends all waiting on both sides; what is put from now on is ignored.
  void cancel();

  // Consumer. A taken slot is given back with release.
  [[nodiscard]] Taken take(Clock::time_point deadline);
  void release(SampleSlot* slot);
  void release(EdgeSlot* slot);
  void release(RawSlot* slot);
  // Ends the batch. Returns how many takes it needs to have everything put until now.
  [[nodiscard]] std::size_t end_batch();

 private:
  template <typename Slot>
  struct Pool {
    std::vector<std::unique_ptr<Slot>> slots;
    std::vector<Slot*> free;
  };
  using Queued = std::variant<SampleSlot*, EdgeSlot*, RawSlot*, Batch>;
  struct Dropped {
    std::int64_t first_index = 0;
    std::int64_t end_index = 0;
    TimeRange time;
  };
  using Lock = std::unique_lock<std::mutex>;

  template <typename Slot>
  [[nodiscard]] Slot* obtain(Pool<Slot>& pool, Lock& lock);
  template <typename Slot>
  void push(Slot*& slot);
  template <typename Slot>
  void queue(Slot*& slot);
  void copy(const SampleBlock& block, std::size_t offset, std::size_t count, SampleSlot& slot) const;
  void drop(const SampleBlock& block, std::size_t offset, std::size_t count);
  void report_dropped(std::size_t channel);
  void report_dropped_edges(TimeNs next_ns);  // of the first edge that is kept again
  void push_batch();
  [[nodiscard]] TimeRange time_of(const SampleBlock& block, std::size_t offset, std::size_t count) const;

  std::vector<Channel> channels_;
  Overflow overflow_;
  std::size_t batch_slots_;
  std::size_t slots_in_batch_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable freed_;
  Pool<SampleSlot> samples_;
  Pool<EdgeSlot> edges_;
  Pool<RawSlot> raw_;
  std::vector<SampleSlot*> active_;  // by channel, null when none
  EdgeSlot* active_edges_ = nullptr;
  RawSlot* active_raw_ = nullptr;
  std::vector<Queued> queue_;  // ring
  std::size_t queue_head_ = 0;
  std::size_t queue_size_ = 0;
  std::vector<Item> items_;
  std::int64_t dropped_items_ = 0;
  std::vector<std::optional<Dropped>> dropped_;  // by channel
  std::vector<std::int64_t> all_dropped_;        // by channel
  TimeNs kept_edges_until_ns_ = 0;
  TimeNs last_dropped_edge_ns_ = 0;
  std::int64_t dropped_edges_ = 0;  // since the last that was kept
  bool finished_ = false;
  bool cancelled_ = false;
};

}  // namespace joulemark::capture
