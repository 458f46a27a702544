// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace joulemark {

// Collects the samples of one timed channel into blocks.
class SampleColumn {
 public:
  // The sink outlives this.
  SampleColumn(ChannelId channel, SampleSink& sink) : channel_(channel), sink_(sink) {}

  // Leaves out that many indices: a gap.
  [[nodiscard]] Status skip(std::int64_t indices) {
    if (indices == 0) return {};
    JM_TRY(flush());
    next_ += indices;
    return {};
  }
  [[nodiscard]] Status add(double value, TimeNs stamp_ns) {
    values_[size_] = static_cast<float>(value);
    stamps_ns_[size_] = stamp_ns;
    ++size_;
    ++next_;
    ++taken_;
    return size_ == k_block ? flush() : Status();
  }
  [[nodiscard]] Status flush() {
    if (size_ == 0) return {};
    const std::size_t size = std::exchange(size_, 0);
    return sink_.accept(SampleBlock{channel_, next_ - static_cast<std::int64_t>(size),
                                    std::span(values_).first(size), std::span(stamps_ns_).first(size)});
  }

  [[nodiscard]] std::int64_t next_index() const { return next_; }
  [[nodiscard]] std::int64_t taken() const { return taken_; }

 private:
  static constexpr std::size_t k_block = 512;

  ChannelId channel_;
  SampleSink& sink_;
  std::array<float, k_block> values_{};
  std::array<TimeNs, k_block> stamps_ns_{};
  std::size_t size_ = 0;
  std::int64_t next_ = 0;
  std::int64_t taken_ = 0;
};

}  // namespace joulemark
