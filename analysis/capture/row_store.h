// SPDX-License-Identifier: Apache-2.0
// The rows of a capture file as values, and what writes them.
#pragma once

#include <analysis/capture/codec.h>
#include <analysis/capture/database.h>
#include <analysis/capture/schema.h>
#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/clock.h>
#include <analysis/model/marker.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

namespace joulemark::capture {

// What the directory knows of a block; sums are of stored values.
struct BlockRow {
  std::int64_t id = 0;
  std::uint32_t channel = 0;  // or k_power: no samples of its own
  std::int64_t first_index = 0;
  std::int64_t count = 0;
  double sum = 0;
  double m2 = 0;
  double min = 0;
  double max = 0;
  // Timed channels only.
  TimeNs first_ns = 0;
  TimeNs last_ns = 0;
  TimeNs step_ns =
      0;             // from the channel's sample before the last one to the last one; 0 when it is the first
  double inner = 0;  // sum of value x ns to the next stamp, over all but the last sample
  double last = 0;   // the last value
  std::uint64_t data_hash = 0;
};

struct SampleRow {
  std::int64_t block = 0;
  Blob data;
  Blob stamps;
};
[[nodiscard]] std::uint64_t data_hash(std::span<const std::byte> data, std::span<const std::byte> stamps);

struct SummaryRow {
  std::int64_t id = 0;
  std::uint32_t channel = 0;
  int level = 0;
  std::int64_t first_entry = 0;  // a multiple of k_row_entries
  std::int64_t entries = 0;
  Blob data;
};

struct EdgeRow {
  std::int64_t id = 0;
  std::int64_t count = 0;
  TimeNs first_ns = 0;
  TimeNs last_ns = 0;
  Blob data;
};

struct RawDataRow {
  std::int64_t packets = 0;
  Blob data;
};

struct Commit {};

using Row = std::variant<BlockRow, SampleRow, SummaryRow, EdgeRow, RawDataRow, Marker, Anomaly, ClockPoint,
                         MetadataItem, Commit>;

[[nodiscard]] std::string_view name_of(MarkerKind kind);
[[nodiscard]] std::string_view name_of(MarkerSource source);
[[nodiscard]] std::optional<MarkerKind> marker_kind_from_name(std::string_view name);
[[nodiscard]] std::optional<MarkerSource> marker_source_from_name(std::string_view name);

// Writes rows; a row with the id of an earlier one replaces it. A transaction is open from the first row to
// Commit. Errors: io.
class RowStore {
 public:
  [[nodiscard]] static Result<RowStore> open(Database& db);
  [[nodiscard]] Status write(const Row& row);

 private:
  enum Table { block, sample, summary, edge, raw, marker, anomaly, clock_point, metadata, k_tables };
  explicit RowStore(Database& db) : db_(&db) {}
  [[nodiscard]] Status put(const BlockRow& row);
  [[nodiscard]] Status put(const SampleRow& row);
  [[nodiscard]] Status put(const SummaryRow& row);
  [[nodiscard]] Status put(const EdgeRow& row);
  [[nodiscard]] Status put(const RawDataRow& row);
  [[nodiscard]] Status put(const Marker& row);
  [[nodiscard]] Status put(const Anomaly& row);
  [[nodiscard]] Status put(const ClockPoint& row);
  [[nodiscard]] Status put(const MetadataItem& row);
  [[nodiscard]] Status put(const Commit& row);
  [[nodiscard]] std::int64_t next_id(Table table) { return ++last_id_[table]; }

  Database* db_;
  std::vector<Statement> inserts_;
  std::array<std::int64_t, k_tables> last_id_{};
};

}  // namespace joulemark::capture
