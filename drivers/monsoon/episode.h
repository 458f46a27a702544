// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <optional>
#include <string>

namespace joulemark::monsoon {

// One kind of trouble that may come thick and fast: told when it first occurs, then at most once a second
// with the number of occurrences since.
class Episode {
 public:
  Episode(AnomalyKind kind, Severity severity, std::string message)
      : kind_(kind), severity_(severity), message_(std::move(message)) {}

  void on_channel(ChannelId channel) { channel_ = channel; }

  // index: of the slot. Errors: the sink's.
  [[nodiscard]] Status occurred(SampleSink& sink, std::int64_t index);
  [[nodiscard]] Status finish(SampleSink& sink);  // what is still untold

 private:
  AnomalyKind kind_;
  Severity severity_;
  std::string message_;
  std::optional<ChannelId> channel_;
  std::int64_t first_ = 0;
  std::int64_t last_ = 0;
  std::int64_t count_ = 0;
  std::int64_t quiet_until_ = 0;
};

}  // namespace joulemark::monsoon
