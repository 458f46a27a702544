// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/null_sink.h>

#include <cstdint>
#include <functional>
#include <utility>

namespace joulemark {

// Rides along with another sink in a Tee, to show how far a long import is or to end it: is told the samples
// so far, of all channels, at the begin and after every block. The Error it returns ends the work.
class BlockWatch final : public NullSink {
 public:
  using NullSink::accept;
  using Look = std::function<Status(std::int64_t samples)>;
  explicit BlockWatch(Look look) : look_(std::move(look)) {}

  Status begin(const CaptureInfo&) override { return look_(0); }
  Status accept(const SampleBlock& block) override {
    samples_ += static_cast<std::int64_t>(block.values.size());
    return look_(samples_);
  }

 private:
  Look look_;
  std::int64_t samples_ = 0;
};

}  // namespace joulemark
