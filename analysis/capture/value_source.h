// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/block_store.h>
#include <analysis/capture/voltage_track.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::capture {

// The values of one block: stored ones, or the products that derived power is.
struct BlockValues {
  std::span<const float> stored;
  std::span<const double> products;  // one of the two is empty
  std::span<const TimeNs> stamps_ns;

  [[nodiscard]] double at(std::size_t i) const {
    return products.empty() ? static_cast<double>(stored[i]) : products[i];
  }
  [[nodiscard]] Stats stats(std::size_t first, std::size_t count) const {
    return products.empty() ? stats_of(stored.subspan(first, count))
                            : stats_of(products.subspan(first, count));
  }
};

// The blocks of a channel, or of current x voltage, decoded. One thread at a time; referred directories
// outlive it.
class ValueSource {
 public:
  ValueSource(BlockStore& store, const Channel& channel, const BlockDirectory& blocks);
  // Power: blocks are the current's.
  ValueSource(BlockStore& store, const Channel& current, const BlockDirectory& blocks, const Channel& voltage,
              const BlockDirectory& voltage_blocks);

  // Valid until the next call. Errors: unreadable; inadequate for power without a single voltage sample.
  [[nodiscard]] Result<BlockValues> get(std::size_t k);

 private:
  struct Kept {
    std::size_t block = 0;
    std::vector<double> products;
  };

  [[nodiscard]] Status multiply(std::size_t k, const BlockStore::Samples& current, std::vector<double>& out);
  [[nodiscard]] Status track_voltage(TimeRange time, VoltageTrack& track);
  [[nodiscard]] TimeNs voltage_start(std::size_t k) const;

  BlockStore* store_;
  Channel channel_;
  const BlockDirectory* blocks_;
  std::optional<Channel> voltage_;
  const BlockDirectory* voltage_blocks_ = nullptr;
  std::shared_ptr<const BlockStore::Samples> samples_;  // of the block given last
  std::optional<std::size_t> last_;
  std::array<std::optional<Kept>, 4> kept_;
  std::size_t next_kept_ = 0;
};

}  // namespace joulemark::capture
