// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/info_rows.h>

#include <fmt/format.h>

#include <array>

namespace joulemark::capture {
namespace {

constexpr std::int64_t k_most_rows = std::int64_t{1} << 60;  // or samples

tl::unexpected<Error> senseless(const Database& db, std::string_view what) {
  return fail(ErrorCode::unreadable, fmt::format("{}: {} makes no sense", db.path(), what));
}

// The next of the rows that say what the samples are: without one of them nothing can be read or repaired.
Result<bool> next_row(const Database& db, Statement& rows) {
  JM_TRY_ASSIGN(const bool more, rows.step());
  if (!more || rows.intact()) return more;
  rows.reset();
  return fail(ErrorCode::unreadable,
              db.path() +
                  ": what describes its channels and lines is damaged (a checksum does not fit), and "
                  "without that no sample of it can be read; go back to a copy of the file");
}

Status write_channels(Database& db, const std::vector<Channel>& channels) {
  JM_TRY_ASSIGN(Statement channel,
                db.prepare("INSERT INTO channels VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", "channel"));
  JM_TRY_ASSIGN(Statement range, db.prepare("INSERT INTO ranges VALUES(?,?,?,?,?,?)", "range"));
  std::int64_t ranges = 0;
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const Channel& c = channels[i];
    JM_TRY(channel.insert(i, c.name, name_of(c.quantity), c.rate_hz, c.timed, c.start_ns, c.scale,
                          c.aperture_s.value, name_of(c.aperture_s.provenance), c.dead_time_s.value,
                          name_of(c.dead_time_s.provenance), name_of(c.stamp_position)));
    for (const Range& r : c.ranges)
      JM_TRY(range.insert(++ranges, i, r.low, r.high, r.resolution));
  }
  return {};
}

Result<Channel> read_channel(const Database& db, const Statement& row) {
  Channel channel;
  channel.name = row.text(1);
  const auto quantity = quantity_from_name(row.text(2));
  const auto aperture = provenance_from_name(row.text(8));
  const auto dead_time = provenance_from_name(row.text(10));
  const auto position = stamp_position_from_name(row.text(11));
  if (!quantity || !aperture || !dead_time || !position) return senseless(db, "a channel");
  channel.quantity = *quantity;
  channel.rate_hz = row.real(3);
  channel.timed = row.integer(4) != 0;
  channel.start_ns = row.integer(5);
  channel.scale = row.real(6);
  channel.aperture_s = {row.real(7), *aperture};
  channel.dead_time_s = {row.real(9), *dead_time};
  channel.stamp_position = *position;
  return channel;
}

Status read_channels(Database& db, CaptureInfo& info) {
  JM_TRY_ASSIGN(Statement rows, db.prepare("SELECT * FROM channels ORDER BY id", "channel"));
  for (;;) {
    JM_TRY_ASSIGN(const bool more, next_row(db, rows));
    if (!more) return {};
    if (rows.integer(0) != static_cast<std::int64_t>(info.channels.size()) || info.channels.size() > 0xFFFF) {
      return senseless(db, "the list of channels");
    }
    JM_TRY_ASSIGN(Channel channel, read_channel(db, rows));
    info.channels.push_back(std::move(channel));
  }
}

Result<std::int64_t> read_ranges(Database& db, CaptureInfo& info) {
  JM_TRY_ASSIGN(Statement rows, db.prepare("SELECT * FROM ranges ORDER BY id", "range"));
  for (std::int64_t count = 0;; ++count) {
    JM_TRY_ASSIGN(const bool more, next_row(db, rows));
    if (!more) return count;
    const std::int64_t channel = rows.integer(1);
    if (channel < 0 || channel >= static_cast<std::int64_t>(info.channels.size()))
      return senseless(db, "a range");
    info.channels[static_cast<std::size_t>(channel)].ranges.push_back(
        {rows.real(2), rows.real(3), rows.real(4)});
  }
}

Status read_lines(Database& db, CaptureInfo& info) {
  JM_TRY_ASSIGN(Statement rows, db.prepare("SELECT * FROM lines ORDER BY id", "line"));
  for (;;) {
    JM_TRY_ASSIGN(const bool more, next_row(db, rows));
    if (!more) return {};
    const std::int64_t line = rows.integer(1);
    if (line < 0 || line > 255 || info.lines.size() > 255) return senseless(db, "a line");
    info.lines.push_back({LineId{static_cast<std::uint32_t>(line)}, rows.text(2)});
  }
}

struct Counts {
  std::int64_t channels = 0;
  std::int64_t ranges = 0;
  std::int64_t lines = 0;
};

Result<Counts> read_capture_row(Database& db, CaptureInfo& info) {
  JM_TRY_ASSIGN(Statement row, db.prepare("SELECT * FROM capture ORDER BY id", "capture"));
  JM_TRY_ASSIGN(const bool found, next_row(db, row));
  if (!found) return fail(ErrorCode::unreadable, db.path() + ": the capture was never begun");
  info.id = row.text(1);
  if (!row.is_null(2)) info.started_at_utc_ns = row.integer(2);
  info.instrument = {row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.text(8)};
  if (!row.is_null(9)) info.supply.voltage_v = row.real(9);
  const auto basis = voltage_basis_from_name(row.text(10));
  if (!basis) return senseless(db, "the supply");
  info.supply.basis = *basis;
  return Counts{row.integer(11), row.integer(12), row.integer(13)};
}

}  // namespace

Status write_info(Database& db, const CaptureInfo& info) {
  std::int64_t ranges = 0;
  for (const Channel& channel : info.channels)
    ranges += static_cast<std::int64_t>(channel.ranges.size());
  JM_TRY_ASSIGN(Statement row,
                db.prepare("INSERT INTO capture VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", "capture"));
  const InstrumentIdentity& i = info.instrument;
  JM_TRY(row.insert(std::int64_t{1}, info.id, info.started_at_utc_ns, i.uri, i.vendor, i.model, i.serial,
                    i.firmware, i.calibration, info.supply.voltage_v, name_of(info.supply.basis),
                    info.channels.size(), ranges, info.lines.size()));
  JM_TRY(write_channels(db, info.channels));
  JM_TRY_ASSIGN(Statement line, db.prepare("INSERT INTO lines VALUES(?,?,?,?)", "line"));
  for (std::size_t n = 0; n < info.lines.size(); ++n)
    JM_TRY(line.insert(n, info.lines[n].id.value, info.lines[n].name));
  return {};
}

Result<CaptureInfo> read_info(Database& db) {
  CaptureInfo info;
  JM_TRY_ASSIGN(const Counts counts, read_capture_row(db, info));
  JM_TRY(read_channels(db, info));
  JM_TRY_ASSIGN(const std::int64_t ranges, read_ranges(db, info));
  JM_TRY(read_lines(db, info));
  if (counts.channels != static_cast<std::int64_t>(info.channels.size()) || counts.ranges != ranges ||
      counts.lines != static_cast<std::int64_t>(info.lines.size())) {
    return fail(ErrorCode::unreadable, db.path() + ": some of its channels or lines are missing");
  }
  if (Status valid = validate(info); !valid) {
    return fail(ErrorCode::unreadable, fmt::format("{}: {}", db.path(), valid.error().message));
  }
  return info;
}

Result<Totals> count_rows(Database& db) {
  constexpr std::array<const char*, 10> k_counts{
      "SELECT count(*) FROM blocks",    "SELECT sum(count) FROM blocks WHERE channel < 65536",
      "SELECT count(*) FROM summaries", "SELECT count(*) FROM edges",
      "SELECT sum(count) FROM edges",   "SELECT count(*) FROM markers",
      "SELECT count(*) FROM anomalies", "SELECT count(*) FROM clock_points",
      "SELECT count(*) FROM metadata",  "SELECT count(*) FROM raw"};
  std::array<std::int64_t, 10> n{};
  for (std::size_t i = 0; i < n.size(); ++i) {
    JM_TRY_ASSIGN(n[i], db.integer(k_counts[i]));
  }
  return Totals{n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]};
}

Status write_ending(Database& db, EndReason reason) {
  JM_TRY_ASSIGN(const Totals n, count_rows(db));
  JM_TRY_ASSIGN(Statement row,
                db.prepare("INSERT OR REPLACE INTO ending VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", "ending"));
  return row.insert(std::int64_t{1}, name_of(reason), n.blocks, n.samples, n.summaries, n.edge_rows, n.edges,
                    n.markers, n.anomalies, n.clock_points, n.metadata, n.raw);
}

Result<std::optional<Ending>> read_ending(Database& db) {
  JM_TRY_ASSIGN(Statement row, db.prepare("SELECT * FROM ending ORDER BY id", "ending"));
  JM_TRY_ASSIGN(const bool found, row.next());
  if (!found) return std::nullopt;
  const auto reason = end_reason_from_name(row.text(1));
  if (!reason) return senseless(db, "its ending");
  const Totals totals{row.integer(2), row.integer(3), row.integer(4), row.integer(5),  row.integer(6),
                      row.integer(7), row.integer(8), row.integer(9), row.integer(10), row.integer(11)};
  for (int column = 2; column <= 11; ++column) {
    if (row.integer(column) < 0 || row.integer(column) > k_most_rows) return senseless(db, "its ending");
  }
  return Ending{*reason, totals};
}

}  // namespace joulemark::capture
