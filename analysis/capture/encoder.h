// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/block_builder.h>
#include <analysis/capture/power_builder.h>
#include <analysis/model/sample_block.h>

#include <optional>
#include <vector>

namespace joulemark::capture {

// From samples and edges as they come to the rows of the file. Single-threaded.
class Encoder {
 public:
  Encoder(const CaptureInfo& info, Compression compression, RowSink sink);
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  void add(const SampleBlock& block);
  void add(std::span<const Edge> edges);
  void add(std::span<const Packet> packets, std::span<const std::byte> bytes);

  // Writes everything unfinished as it is now, so that a commit after it is a whole file; more may follow.
  void flush();
  void finish();

  // Derived power is not complete: one of its channels came much later than the other.
  [[nodiscard]] bool power_behind() const { return power_ && power_->behind(); }

 private:
  void write_edges();

  RowSink sink_;
  RowIds ids_;
  std::vector<BlockBuilder<float>> channels_;
  std::optional<PowerBuilder> power_;
  ChannelId current_;
  ChannelId voltage_;
  std::vector<Edge> edges_;
  std::int64_t edge_row_ = 0;  // 0: the row being filled was not written yet
  bool edges_changed_ = false;
};

}  // namespace joulemark::capture
