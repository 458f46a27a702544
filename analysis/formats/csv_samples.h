// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/csv_columns.h>
#include <analysis/formats/csv_timing.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark {

// Rows with the time of the row before: copies, or more samples than the times can tell apart.
enum class Repeats { left_out, kept };

// The usable rows of a sample file.
class CsvSampleRows {
 public:
  CsvSampleRows(std::istream& stream, const std::string& name, const CsvLayout& layout, const CsvPlan& plan,
                Repeats repeats)
      : rows_(stream, name, layout), plan_(plan), repeats_(repeats) {}

  // Advances to the next row with a time that rises (with option rate: the next row). A time that lies beyond
  // the one of the row behind it, where that one goes on from the row before, is a lone wrong one: the rows
  // behind would all seem late. False at the end.
  [[nodiscard]] Result<bool> next();

  [[nodiscard]] const CsvRows& rows() const { return rows_; }
  [[nodiscard]] TimeNs since_first_ns() const { return since_first_ns_; }  // 0 with option rate
  [[nodiscard]] double resolution_ns() const { return resolution_ns_; }
  [[nodiscard]] TimeNs first_ns() const { return first_ns_.value_or(0); }
  [[nodiscard]] std::int64_t row() const { return row_; }  // from 0, over the usable rows
  // From 0 at the first usable row, over those after it that hold a sample, usable or not.
  [[nodiscard]] std::int64_t slot() const { return row_ + without_time() - before_first_; }

  // A stored value of the row; none when it is missing, not a number or out of range.
  [[nodiscard]] std::optional<float> value(const CsvValueColumn& column) const;

  // Rows left out so far whose sample has its place among the others.
  [[nodiscard]] std::int64_t without_time() const { return invalid_.count() + astray_.count(); }
  [[nodiscard]] std::int64_t duplicates() const { return duplicate_.count(); }
  [[nodiscard]] std::int64_t unsorted() const { return unsorted_.count() + astray_.count(); }
  // Where the first row is whose time does not fit in between its neighbours; empty when there is none.
  [[nodiscard]] const std::string& first_unsorted() const {
    return unsorted_.count() > 0 ? unsorted_.first_place() : astray_.first_place();
  }
  // Where the first row without a time is; empty when there is none.
  [[nodiscard]] const std::string& first_trouble() const { return invalid_.first_place(); }
  [[nodiscard]] Status report(SampleSink& sink);

 private:
  [[nodiscard]] std::optional<DecimalTime> time_in(std::string_view field) const;
  void read_times();
  [[nodiscard]] bool place_row();
  [[nodiscard]] bool astray() const;
  [[nodiscard]] std::string words_for_repeats() const;

  CsvRows rows_;
  const CsvPlan& plan_;
  Repeats repeats_;
  std::optional<DecimalTime> time_;        // of the row
  std::optional<DecimalTime> time_ahead_;  // of the row behind it
  bool begun_ = false;
  std::optional<TimeNs> first_ns_;
  TimeNs since_first_ns_ = 0;
  double resolution_ns_ = 1;
  std::int64_t row_ = -1;
  std::int64_t before_first_ = 0;  // rows left out before the first usable one
  AnomalyTally invalid_{AnomalyKind::invalid_value, Severity::data_loss};
  AnomalyTally duplicate_{AnomalyKind::duplicate_time, Severity::data_loss};
  AnomalyTally unsorted_{AnomalyKind::unsorted, Severity::data_loss};
  AnomalyTally astray_{AnomalyKind::unsorted, Severity::data_loss};
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
