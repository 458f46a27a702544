// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/row_store.h>
#include <analysis/model/names.h>

#include <array>

namespace joulemark::capture {
namespace {

constexpr NameTable<MarkerKind, 3> k_marker_kinds{
    {{MarkerKind::begin, "begin"}, {MarkerKind::end, "end"}, {MarkerKind::instant, "instant"}}};
constexpr NameTable<MarkerSource, 2> k_marker_sources{
    {{MarkerSource::line, "line"}, {MarkerSource::person, "person"}}};

struct TableSql {
  const char* name;
  const char* insert;
  const char* last_id;
};

// In the order of RowStore::Table.
constexpr std::array<TableSql, 9> k_sql{{
    {"block", "INSERT OR REPLACE INTO blocks VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", nullptr},
    {"samples", "INSERT OR REPLACE INTO samples VALUES(?,?,?)", nullptr},
    {"summary", "INSERT OR REPLACE INTO summaries VALUES(?,?,?,?,?,?,?)", nullptr},
    {"edges", "INSERT OR REPLACE INTO edges VALUES(?,?,?,?,?,?)", nullptr},
    {"raw bytes", "INSERT INTO raw VALUES(?,?,?,?)", "SELECT max(id) FROM raw"},
    {"marker", "INSERT INTO markers VALUES(?,?,?,?,?,?)", "SELECT max(id) FROM markers"},
    {"anomaly", "INSERT INTO anomalies VALUES(?,?,?,?,?,?,?,?,?,?)", "SELECT max(id) FROM anomalies"},
    {"clock point", "INSERT INTO clock_points VALUES(?,?,?,?,?,?)", "SELECT max(id) FROM clock_points"},
    {"metadata", "INSERT INTO metadata VALUES(?,?,?,?)", "SELECT max(id) FROM metadata"},
}};

}  // namespace

std::uint64_t data_hash(std::span<const std::byte> data, std::span<const std::byte> stamps) {
  return hash_of(data, hash_of(stamps));
}

std::string_view name_of(MarkerKind kind) {
  return name_in(k_marker_kinds, kind);
}
std::string_view name_of(MarkerSource source) {
  return name_in(k_marker_sources, source);
}
std::optional<MarkerKind> marker_kind_from_name(std::string_view name) {
  return value_in(k_marker_kinds, name);
}
std::optional<MarkerSource> marker_source_from_name(std::string_view name) {
  return value_in(k_marker_sources, name);
}

Result<RowStore> RowStore::open(Database& db) {
  RowStore store(db);
  for (std::size_t table = 0; table < k_sql.size(); ++table) {
    JM_TRY_ASSIGN(Statement insert, db.prepare(k_sql[table].insert, k_sql[table].name));
    store.inserts_.push_back(std::move(insert));
    if (k_sql[table].last_id == nullptr) continue;
    JM_TRY_ASSIGN(store.last_id_[table], db.integer(k_sql[table].last_id));
  }
  return store;
}

Status RowStore::write(const Row& row) {
  if (!std::holds_alternative<Commit>(row) && !db_->in_transaction()) JM_TRY(db_->execute("BEGIN IMMEDIATE"));
  return std::visit([this](const auto& value) { return put(value); }, row);
}

Status RowStore::put(const BlockRow& r) {
  return inserts_[block].insert(r.id, r.channel, r.first_index, r.count, r.sum, r.m2, r.min, r.max,
                                r.first_ns, r.last_ns, r.step_ns, r.inner, r.last,
                                static_cast<std::int64_t>(r.data_hash));
}

// Its hash is in the block's row.
Status RowStore::put(const SampleRow& row) {
  Statement& insert = inserts_[sample];
  insert.bind(1, row.block);
  insert.bind(2, std::span<const std::byte>(row.data));
  insert.bind(3, std::span<const std::byte>(row.stamps));
  return insert.run();
}

Status RowStore::put(const SummaryRow& r) {
  return inserts_[summary].insert(r.id, r.channel, r.level, r.first_entry, r.entries, r.data);
}

Status RowStore::put(const EdgeRow& r) {
  return inserts_[edge].insert(r.id, r.count, r.first_ns, r.last_ns, r.data);
}

Status RowStore::put(const RawDataRow& r) {
  return inserts_[raw].insert(next_id(raw), r.packets, r.data);
}

Status RowStore::put(const Marker& m) {
  return inserts_[marker].insert(next_id(marker), m.name, name_of(m.kind), name_of(m.source), m.time_ns);
}

Status RowStore::put(const Anomaly& a) {
  std::optional<std::int64_t> channel;
  if (a.channel) channel = a.channel->value;
  return inserts_[anomaly].insert(next_id(anomaly), joulemark::name_of(a.kind),
                                  joulemark::name_of(a.severity), channel, a.time.begin_ns, a.time.end_ns,
                                  a.first_index, a.count, a.message);
}

Status RowStore::put(const ClockPoint& p) {
  return inserts_[clock_point].insert(next_id(clock_point), p.clock, p.capture_ns, p.other_ns,
                                      p.uncertainty_ns);
}

Status RowStore::put(const MetadataItem& item) {
  return inserts_[metadata].insert(next_id(metadata), item.key, item.value);
}

// What is written to a file that has no name any more is lost, and nobody would know until the end.
Status RowStore::put(const Commit&) {
  if (db_->in_transaction()) JM_TRY(db_->execute("COMMIT"));
  if (!db_->moved()) return {};
  return fail(ErrorCode::io,
              db_->path() +
                  ": the file was deleted or renamed while it was being written; its latest data may be in " +
                  db_->path() + "-wal");
}

}  // namespace joulemark::capture
