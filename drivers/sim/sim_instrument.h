// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/instrument.h>
#include <drivers/sim/converter.h>
#include <drivers/sim/marker_lines.h>
#include <drivers/sim/settings.h>
#include <drivers/sim/supply_current.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::sim {

// Every sample and edge is a function of the settings alone, whatever the pace and the size of the blocks.
// run may be called once.
class SimInstrument final : public Instrument {
 public:
  // given: recorded as metadata. Errors: io when the truth file cannot be made.
  [[nodiscard]] static Result<std::unique_ptr<Instrument>> open(const std::string& uri,
                                                                const Settings& settings,
                                                                std::vector<MetadataItem> given);

  // block_samples: samples per block, 1 to 1'000'000.
  SimInstrument(const std::string& uri, const Settings& settings, std::vector<MetadataItem> metadata,
                std::size_t block_samples);

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] bool can_wait() const override { return true; }
  void expect_end(std::int64_t index) override { end_ = index; }
  // Errors: the sink's, or io from writing the truth file.
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  [[nodiscard]] Status measure(SampleSink& sink, const std::stop_token& stop);
  [[nodiscard]] Status lose_samples(SampleSink& sink);
  [[nodiscard]] Status emit(SampleSink& sink, std::size_t count);
  [[nodiscard]] Status emit_current(SampleSink& sink, std::size_t count);
  [[nodiscard]] Status emit_edges(SampleSink& sink);
  [[nodiscard]] Status follow_clipping(SampleSink& sink, std::span<const std::uint8_t> clipped);
  [[nodiscard]] Status end_clipping(SampleSink& sink, std::int64_t index);
  [[nodiscard]] Status write_truth() const;
  [[nodiscard]] TimeNs time_of(std::int64_t index) const;

  Settings settings_;
  CaptureInfo info_;
  std::vector<MetadataItem> metadata_;
  SupplyCurrent supply_current_;
  MarkerLines marker_lines_;
  CurrentConverter current_converter_;
  VoltageConverter voltage_converter_;
  IndexRange gap_;  // empty: none
  std::int64_t end_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t next_ = 0;  // index
  std::optional<std::int64_t> clipped_since_;
  std::vector<double> mean_a_;
  std::vector<float> values_;
  std::vector<std::uint8_t> clipped_;
};

}  // namespace joulemark::sim
