// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/channel.h>
#include <analysis/model/sample_source.h>

#include <optional>
#include <vector>

namespace joulemark {

// The stored values of one channel, a part at a time, found by time.
class ChannelValues {
 public:
  struct Sample {
    std::int64_t index = 0;
    TimeNs time_ns = 0;
    double value = 0;  // as stored
  };

  // Those in range alone, as far as a channel's own times go. The source outlives it.
  ChannelValues(SampleSource& source, ChannelId id, TimeRange range);

  [[nodiscard]] Status load(IndexRange indices);
  // And a sample more at both ends. Of a channel with times of its own each part comes after the last one;
  // what lies before is let go.
  [[nodiscard]] Status load_around(TimeRange part);
  [[nodiscard]] const std::vector<Sample>& samples() const { return samples_; }
  // Of the sample nearest in time; none: it is further than one interval away.
  [[nodiscard]] std::optional<double> at(TimeNs time_ns) const;
  [[nodiscard]] TimeNs time_after(const Sample& sample) const;  // where the next one belongs
  [[nodiscard]] double scale() const { return channel_.scale; }

 private:
  [[nodiscard]] Status append(IndexRange indices);
  [[nodiscard]] Status read_on(TimeRange part);

  SampleSource* source_;
  ChannelId id_;
  Channel channel_;
  TimeRange range_;
  std::optional<IndexRange> rest_;  // of a channel with times of its own: not read yet
  std::vector<Sample> samples_;
};

}  // namespace joulemark
