// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/csv_columns.h>
#include <analysis/formats/csv_timing.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark {

// The usable rows of a sample file, the same ones in both passes.
class CsvSampleRows {
 public:
  CsvSampleRows(std::istream& stream, const std::string& name, const CsvLayout& layout, const CsvPlan& plan)
      : rows_(stream, name, layout), plan_(plan) {}

  // Advances to the next row with a time that rises (with option rate: the next row). False at the end.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] const CsvRows& rows() const { return rows_; }
  [[nodiscard]] TimeNs since_first_ns() const { return since_first_ns_; }  // 0 with option rate
  [[nodiscard]] double resolution_ns() const { return resolution_ns_; }
  [[nodiscard]] TimeNs first_ns() const { return first_ns_.value_or(0); }
  [[nodiscard]] std::int64_t row() const { return row_; }  // from 0, over the usable rows

  // A stored value of the row; none when it is missing, not a number or out of range.
  [[nodiscard]] std::optional<float> value(const CsvValueColumn& column) const;

  [[nodiscard]] std::int64_t without_time() const { return invalid_.count(); }  // rows left out so far
  [[nodiscard]] std::int64_t duplicates() const { return duplicate_.count(); }
  [[nodiscard]] std::int64_t unsorted() const { return unsorted_.count(); }
  // Where the first row is that is earlier than the one before; empty when there is none.
  [[nodiscard]] const std::string& first_unsorted() const { return unsorted_.first_place(); }
  // Where the first row without a time is; empty when there is none.
  [[nodiscard]] const std::string& first_trouble() const { return invalid_.first_place(); }
  [[nodiscard]] Status report(SampleSink& sink);

 private:
  [[nodiscard]] bool place_row();

  CsvRows rows_;
  const CsvPlan& plan_;
  std::optional<TimeNs> first_ns_;
  TimeNs since_first_ns_ = 0;
  double resolution_ns_ = 1;
  std::int64_t row_ = -1;
  AnomalyTally invalid_{AnomalyKind::invalid_value, Severity::data_loss};
  AnomalyTally duplicate_{AnomalyKind::duplicate_time, Severity::data_loss};
  AnomalyTally unsorted_{AnomalyKind::unsorted, Severity::data_loss};
  AnomalyTally truncated_{AnomalyKind::truncated, Severity::data_loss};
};

// First pass. Errors: unreadable, when nothing usable is in it, naming the first trouble.
struct CsvSurvey {
  CsvTiming timing;
  TimeNs first_ns = 0;
  TimeNs length_ns = 0;         // from the first row to the last one
  bool decimal_commas = false;  // by the looks of the numbers
};
[[nodiscard]] Result<CsvSurvey> survey_csv(std::istream& stream, const std::string& name,
                                           const CsvLayout& layout, const CsvPlan& plan);

}  // namespace joulemark
