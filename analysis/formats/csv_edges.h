// SPDX-License-Identifier: Apache-2.0
// Edges from a second CSV file: a header with a time column (its unit in the title: t_s, t_ms, t_us, t_ns, or
// in brackets), a column "line" (d0, or 0) and a column "level" (0 or 1, falling or rising).
#pragma once

#include <analysis/formats/csv_columns.h>
#include <analysis/model/sample_sink.h>

#include <istream>
#include <set>
#include <string>

namespace joulemark {

class CsvEdgesFile {
 public:
  // The stream is seekable and outlives this.
  CsvEdgesFile(std::istream& stream, std::string name) : stream_(stream), name_(std::move(name)) {}

  // Reads the file once: its columns, lines and time resolution. Errors: usage (columns), unreadable (no edge
  // in it).
  [[nodiscard]] Status survey();

  [[nodiscard]] const std::set<std::uint32_t>& lines() const { return lines_; }

  // Whether the samples and any edge share a stretch of time (of the file's clock). Errors: unreadable.
  [[nodiscard]] Status check_overlap(TimeRange samples) const;

  // Edges to the sink, their times reduced by the begin of the samples. What is unusable or strange is told
  // as anomalies.
  [[nodiscard]] Status send(TimeRange samples, SampleSink& sink);

 private:
  struct Row {
    DecimalTime time;
    LineId line;
    bool level = false;
  };

  [[nodiscard]] Status find_columns();
  [[nodiscard]] std::optional<Row> parse(const CsvRows& rows) const;

  std::istream& stream_;
  std::string name_;
  CsvLayout layout_;
  CsvTimeColumn time_;
  std::size_t line_column_ = 0;
  std::size_t level_column_ = 0;
  std::set<std::uint32_t> lines_;
  TimeRange time_range_;  // of the earliest and latest edge, both within
  double resolution_ns_ = 1e9;
};

}  // namespace joulemark
