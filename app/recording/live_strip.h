// SPDX-License-Identifier: Apache-2.0
// The newest minute or so of a recording, ready to be drawn while it goes on.
#pragma once

#include <analysis/model/null_sink.h>
#include <analysis/model/sample_source.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace joulemark {

// A ring of steps of equal time, each with min, max and sum of what was sampled in it and the levels its
// lines had. All storage for samples is made in begin(). accept() is called on the recording thread and holds
// a lock for the block it takes; the readers, on another thread, hold it while they copy a view.
class LiveStrip final : public NullSink {
 public:
  using NullSink::accept;
  enum class Trace { current, power, voltage };
  static constexpr std::size_t k_traces = 3;
  static constexpr std::size_t k_steps = 65536;

  [[nodiscard]] Status begin(const CaptureInfo& info) override;
  [[nodiscard]] Status accept(const SampleBlock& block) override;
  [[nodiscard]] Status accept(const Edge& edge) override;
  [[nodiscard]] Status accept(const Anomaly& anomaly) override;
  [[nodiscard]] Status accept(const MetadataItem& item) override;

  // What is still in the ring; empty before the first sample.
  [[nodiscard]] TimeRange extent() const;
  [[nodiscard]] bool has(Trace trace) const;
  // Whole steps a column; columns before or after the ring are empty.
  [[nodiscard]] std::vector<ViewColumn> columns(Trace trace, TimeRange range, std::size_t count) const;

  // Bit n: line n of CaptureInfo::lines, the first 32, was high (low) at some time in the column.
  struct Levels {
    std::uint32_t high = 0;
    std::uint32_t low = 0;
  };
  [[nodiscard]] std::vector<Levels> levels(TimeRange range, std::size_t count) const;
  // What went wrong so far, the newest last; of very many the newest.
  [[nodiscard]] std::vector<Anomaly> anomalies() const;
  // Stretches that were lost and may still be shown, the newest last.
  [[nodiscard]] std::vector<TimeRange> gaps() const;
  // Metadata so far: the event rules that the instrument recommends.
  [[nodiscard]] std::vector<MetadataItem> metadata() const;

 private:
  struct Bin {
    std::int64_t count = 0;
    double sum = 0;
    double min = 0;
    double max = 0;
  };
  struct Ring {
    std::vector<Bin> bins;
    bool used = false;
  };
  struct Feed {  // of a channel into a trace
    std::optional<Trace> trace;
    double gain = 1;
    double rate_hz = 0;
    TimeNs start_ns = 0;  // stamp of index 0, where blocks have none
    TimeNs lead_ns = 0;   // from where a sample's interval starts to its stamp
  };

  void advance(std::int64_t step);
  void was_before(std::int64_t step, std::uint32_t bit, bool high);
  void add(Trace trace, TimeNs time_ns, double value);
  void add_sample(const Feed& feed, TimeNs time_ns, double value);
  [[nodiscard]] std::int64_t step_of(TimeNs time_ns) const;
  [[nodiscard]] IndexRange steps_of(TimeRange range) const;
  [[nodiscard]] TimeRange held() const;  // under the lock

  mutable std::mutex mutex_;
  TimeNs step_ns_ = 1'000'000;
  std::int64_t first_step_ = 0;
  std::int64_t next_step_ = 0;  // one past the newest; first_step_ == next_step_: nothing yet
  std::vector<Feed> feeds_;
  std::vector<Ring> rings_;
  std::vector<Levels> levels_;
  Levels level_;
  std::vector<std::int16_t> lane_;  // by LineId
  std::optional<double> volts_;     // newest measured, else the supply's; none: no power can be told
  bool has_power_ = false;
  std::vector<Anomaly> anomalies_;
  std::vector<TimeRange> gaps_;
  std::vector<MetadataItem> metadata_;
};

}  // namespace joulemark
