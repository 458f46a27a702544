// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace joulemark::monsoon {

// What was kept to be converted once calibrated, when that never came.
[[nodiscard]] Anomaly stopped_before_calibration(std::int64_t slots);

// Every 200 us slot of the unit passes through here, measured or not, so that index / 5000 is its time. Index
// 0 is the first measured slot. Slots taken by calibration are bridged linearly up to k_longest_bridge of
// them and told as dead time (next to a loss, where one neighbour is missing, with the other one's value);
// longer holes and losses are gaps. Never allocates after construction but for the text of an Anomaly.
class SlotStream {
 public:
  static constexpr std::int64_t k_longest_bridge = 10;
  static constexpr std::size_t k_block = 1024;

  // Channel i of the sink takes column i. The sink outlives this.
  SlotStream(std::size_t columns, SampleSink& sink);

  // What is bridged from this index on is no dead time of the recording.
  void expect_end(std::int64_t index) { end_ = index; }

  // A measured slot: one stored value per column. Errors (here and below): the sink's.
  [[nodiscard]] Status measured(const float* row) {
    if (unmeasured_ != 0) JM_TRY(close_hole(row));
    append(row);
    return size_ == k_block ? flush() : Status();
  }
  // A slot without a measurement.
  void unmeasured() {
    if (next_ != 0) ++unmeasured_;
  }
  // slots > 0 that never reached us. The first sentence of the Anomaly says why.
  [[nodiscard]] Status lost(std::int64_t slots, AnomalyKind kind, const std::string& why);

  [[nodiscard]] Status flush();   // hands over what is buffered
  [[nodiscard]] Status finish();  // flush, and what is still to be told

  [[nodiscard]] std::int64_t next_index() const { return next_ + unmeasured_; }
  [[nodiscard]] bool started() const { return next_ != 0; }
  [[nodiscard]] std::int64_t bridged() const { return bridged_; }
  [[nodiscard]] std::int64_t lost_slots() const { return lost_; }

 private:
  void append(const float* row) {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      columns_[i][size_] = row[i];
    ++size_;
    ++next_;
  }
  [[nodiscard]] const float* left();                    // the measured row before the hole; null: lost
  [[nodiscard]] Status close_hole(const float* right);  // null: lost
  [[nodiscard]] Status bridge(const float* from, const float* to);
  [[nodiscard]] Status skip(std::int64_t slots, AnomalyKind kind, Severity severity, const std::string& why);
  [[nodiscard]] Status tell_dead_time();
  [[nodiscard]] Status tell(Anomaly anomaly);  // once per channel

  SampleSink& sink_;
  std::vector<std::vector<float>> columns_;
  std::vector<float> left_;
  std::vector<float> from_;
  std::vector<float> row_;
  bool flushed_left_ = false;    // left_ holds the last row handed over, and nothing was lost since
  std::size_t size_ = 0;         // buffered rows
  std::int64_t next_ = 0;        // index after the last appended or skipped slot
  std::int64_t unmeasured_ = 0;  // slots of the open hole
  std::int64_t bridged_ = 0;
  std::int64_t bridged_told_ = 0;
  IndexRange dead_;  // of the bridges not yet told
  std::int64_t end_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t lost_ = 0;
};

}  // namespace joulemark::monsoon
