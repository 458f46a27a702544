// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/csv_text.h>
#include <analysis/model/sample_sink.h>

#include <optional>
#include <string>

namespace joulemark {

// Power takes the voltage sample nearest in time. Where a voltage column is empty for ten rows or more beside
// measured currents, that is a guess worth telling.
class VoltageHoles {
 public:
  explicit VoltageHoles(ChannelId voltage) : held_(AnomalyKind::gap, Severity::doubtful, voltage) {}

  // One row with a current.
  void take(bool has_voltage, TimeNs time_ns, std::int64_t index, const CsvRows& row);
  [[nodiscard]] Status report(SampleSink& sink);

 private:
  void close(TimeNs end_ns);

  AnomalyTally held_;
  std::int64_t rows_ = 0;  // of the open hole
  std::int64_t first_index_ = 0;
  std::string first_place_;
  std::optional<TimeNs> known_ns_;  // the last voltage
  TimeNs begin_ns_ = 0;             // of the open hole
  TimeNs last_ns_ = 0;
  TimeNs longest_ns_ = 0;
};

}  // namespace joulemark
