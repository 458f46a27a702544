// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/item_rows.h>
#include <analysis/capture/row_store.h>

#include <fmt/format.h>

#include <functional>

namespace joulemark::capture {
namespace {

// make: a value of the statement's row, none when it makes no sense.
template <typename T, typename Make>
Result<Items<T>> read_all(Database& db, const char* table, std::optional<std::int64_t> expected,
                          const Make& make) {
  Items<T> items;
  const auto take = [&](const Statement& row) {
    std::optional<T> value = make(row);
    if (!value) return false;
    items.values.push_back(std::move(*value));
    return true;
  };
  JM_TRY_ASSIGN(items.rows, scan_rows(db, table, expected, take, [](std::int64_t) {}));
  return items;
}

std::optional<std::int64_t> count_in(const std::optional<Ending>& ending, std::int64_t Totals::*count) {
  if (!ending) return std::nullopt;
  return ending->totals.*count;
}

}  // namespace

std::optional<Marker> make_marker(const Statement& row) {
  const auto kind = marker_kind_from_name(row.text(2));
  const auto source = marker_source_from_name(row.text(3));
  if (!kind || !source) return std::nullopt;
  return Marker{row.text(1), *kind, *source, row.integer(4)};
}

std::optional<Anomaly> make_anomaly(const Statement& row) {
  const auto kind = anomaly_kind_from_name(row.text(1));
  const auto severity = severity_from_name(row.text(2));
  if (!kind || !severity) return std::nullopt;
  Anomaly anomaly{*kind,          *severity,      {},         {row.integer(4), row.integer(5)},
                  row.integer(6), row.integer(7), row.text(8)};
  if (!row.is_null(3)) anomaly.channel = ChannelId{static_cast<std::uint32_t>(row.integer(3))};
  return anomaly;
}

ClockPoint make_clock_point(const Statement& row) {
  return {row.text(1), row.integer(2), row.integer(3), row.integer(4)};
}

MetadataItem make_metadata(const Statement& row) {
  return {row.text(1), row.text(2)};
}

Status visit_packets(const Statement& row, const std::function<Status(const RawBytes&)>& visit) {
  const std::int64_t packets = row.integer(1);
  const bool possible = packets >= 1 && packets <= static_cast<std::int64_t>(k_raw_bytes_per_row);
  if (!possible) return fail(ErrorCode::unreadable, "an impossible count of packets");
  JM_TRY_ASSIGN(const RawRow raw, unpack_raw(row.blob(2), static_cast<std::size_t>(packets)));
  std::size_t at = 0;
  for (const Packet& packet : raw.packets) {
    JM_TRY(visit({packet.time_ns, std::span(raw.bytes).subspan(at, packet.length)}));
    at += packet.length;
  }
  return {};
}

Result<Items<Marker>> read_markers(Database& db, const std::optional<Ending>& ending) {
  return read_all<Marker>(db, "markers", count_in(ending, &Totals::markers), make_marker);
}

Result<Items<Anomaly>> read_anomalies(Database& db, const std::optional<Ending>& ending) {
  return read_all<Anomaly>(db, "anomalies", count_in(ending, &Totals::anomalies), make_anomaly);
}

Result<Items<ClockPoint>> read_clock_points(Database& db, const std::optional<Ending>& ending) {
  return read_all<ClockPoint>(db, "clock_points", count_in(ending, &Totals::clock_points),
                              [](const Statement& row) { return std::optional(make_clock_point(row)); });
}

Result<Items<MetadataItem>> read_metadata(Database& db, const std::optional<Ending>& ending) {
  return read_all<MetadataItem>(db, "metadata", count_in(ending, &Totals::metadata),
                                [](const Statement& row) { return std::optional(make_metadata(row)); });
}

}  // namespace joulemark::capture
