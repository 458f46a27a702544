// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/database.h>
#include <analysis/capture/info_rows.h>
#include <analysis/model/sample_source.h>

#include <cstdint>
#include <vector>

namespace joulemark::capture {

// The edges of one row, checked against what the row says and the lines that were announced. Errors:
// unreadable.
[[nodiscard]] Result<std::vector<Edge>> edges_of(const Statement& row, const CaptureInfo& info);

// The edges of a capture in time order. A row holds the edges of all lines as they came, sorted; rows overlap
// where one line came later than another, and are merged here.
class EdgeStream {
 public:
  // Checks every row; info outlives it. Errors: unreadable for damaged or missing rows.
  [[nodiscard]] static Result<EdgeStream> open(Database& db, const CaptureInfo& info,
                                               const std::optional<Ending>& ending);

  [[nodiscard]] Status visit(TimeRange range, const SampleSource::EdgeVisitor& visit);
  [[nodiscard]] std::int64_t edges() const { return edges_; }

 private:
  struct RowPlace {
    std::int64_t id = 0;
    std::int64_t count = 0;
    TimeNs first_ns = 0;
    TimeNs last_ns = 0;
  };

  EdgeStream(Statement select, std::string path, const CaptureInfo& info)
      : select_(std::move(select)), path_(std::move(path)), info_(&info) {}
  [[nodiscard]] Status scan(Database& db);
  [[nodiscard]] Result<std::vector<Edge>> load(const RowPlace& row);

  Statement select_;
  std::string path_;
  const CaptureInfo* info_;
  std::vector<RowPlace> rows_;  // by first_ns, then id
  std::int64_t edges_ = 0;
};

}  // namespace joulemark::capture
