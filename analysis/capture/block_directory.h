// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/row_store.h>
#include <analysis/capture/stats.h>
#include <analysis/model/channel.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace joulemark::capture {

// A sum kept as two doubles, so that the difference of two running sums is as exact as a sum of its own.
struct LongSum {
  double high = 0;
  double low = 0;

  void add(double value);
  [[nodiscard]] double minus(const LongSum& earlier) const {
    return (high - earlier.high) + (low - earlier.low);
  }
};

// The blocks of one channel in memory, by rising index, with running sums, so that the inside of any window
// is one subtraction. About 120 bytes a block, 0.01 bytes a sample.
class BlockDirectory {
 public:
  // rows sorted by first_index. Errors: unreadable for rows that cannot be (overlapping, out of range, not
  // finite); where names the file and channel.
  [[nodiscard]] static Result<BlockDirectory> make(const Channel& channel, std::vector<BlockRow> rows,
                                                   const std::string& where);

  [[nodiscard]] const std::vector<BlockRow>& blocks() const { return blocks_; }
  [[nodiscard]] bool empty() const { return blocks_.empty(); }
  [[nodiscard]] std::int64_t samples() const;
  [[nodiscard]] IndexRange indices() const;
  [[nodiscard]] TimeRange time() const;

  // The first block that ends after the index; blocks().size() when none does.
  [[nodiscard]] std::size_t block_after(std::int64_t index) const;
  // The same, at once when it is the block guess or one soon after it.
  [[nodiscard]] std::size_t block_after(std::int64_t index, std::size_t guess) const;

  // Timed channels. The interval of block k: from the start of its first sample's to the end of its last
  // one's.
  [[nodiscard]] TimeRange held(std::size_t k) const { return held_[k]; }
  [[nodiscard]] std::size_t block_after_time(TimeNs time_ns) const;

  // Over the whole blocks [first, last). integral: value x samples, or value x ns for timed channels.
  struct Inside {
    double integral = 0;
    double covered = 0;  // samples, or ns
    std::int64_t samples = 0;
    double min = 0;
    double max = 0;
  };
  [[nodiscard]] Inside inside(std::size_t first, std::size_t last) const;

 private:
  struct Running {
    LongSum integral;
    std::int64_t covered = 0;
    std::int64_t samples = 0;
  };
  struct Bounds {
    double min = 0;
    double max = 0;
  };

  explicit BlockDirectory(const Channel& channel) : channel_(channel), grid_(channel) {}
  [[nodiscard]] Status check(const std::string& where) const;
  [[nodiscard]] TimeRange compute_held(std::size_t k) const;
  void sum_up();
  [[nodiscard]] Bounds bounds(std::size_t first, std::size_t last) const;

  Channel channel_;
  SampleGrid grid_;
  std::vector<BlockRow> blocks_;
  std::vector<TimeRange> held_;              // timed channels
  std::vector<Running> running_;             // before block k; one more than blocks
  std::vector<std::vector<Bounds>> bounds_;  // of 1, 16, 256 ... blocks
};

// The block has samples and lies within one stretch of k_block_samples.
[[nodiscard]] bool place_fits(const BlockRow& block);
// A start and an averaging interval of at most some years.
[[nodiscard]] bool times_fit(const Channel& channel);
// The samples of a channel up to the index stay within k_latest_ns.
[[nodiscard]] bool index_fits(const Channel& channel, std::int64_t index);

}  // namespace joulemark::capture
