// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/schema.h>

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>

namespace joulemark::capture {
namespace {

// hash is XXH3 over the other columns (see RowHash). Times are ns on the capture clock. Channel numbers are
// positions in channels; 4294901761 (k_power) is derived power: blocks without samples of their own, in units
// of stored current x stored voltage.
constexpr Migration k_version_1 = R"sql(
CREATE TABLE capture(id INTEGER PRIMARY KEY, capture_id TEXT NOT NULL, started_at_utc_ns INTEGER,
  uri TEXT NOT NULL, vendor TEXT NOT NULL, model TEXT NOT NULL, serial TEXT NOT NULL, firmware TEXT NOT NULL,
  calibration TEXT NOT NULL, supply_v REAL, voltage_basis TEXT NOT NULL, channels INTEGER NOT NULL,
  ranges INTEGER NOT NULL, lines INTEGER NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE channels(id INTEGER PRIMARY KEY, name TEXT NOT NULL, quantity TEXT NOT NULL, rate_hz REAL NOT NULL,
  timed INTEGER NOT NULL, start_ns INTEGER NOT NULL, scale REAL NOT NULL, aperture_s REAL NOT NULL,
  aperture_provenance TEXT NOT NULL, dead_time_s REAL NOT NULL, dead_time_provenance TEXT NOT NULL,
  stamp_position TEXT NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE ranges(id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL,
  resolution REAL NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE lines(id INTEGER PRIMARY KEY, line INTEGER NOT NULL, name TEXT NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE blocks(id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, first_index INTEGER NOT NULL,
  count INTEGER NOT NULL, sum REAL NOT NULL, m2 REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
  first_ns INTEGER NOT NULL, last_ns INTEGER NOT NULL, step_ns INTEGER NOT NULL, inner REAL NOT NULL,
  last REAL NOT NULL, data_hash INTEGER NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE samples(block INTEGER PRIMARY KEY, data BLOB NOT NULL, stamps BLOB NOT NULL);
CREATE TABLE summaries(id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, level INTEGER NOT NULL,
  first_entry INTEGER NOT NULL, entries INTEGER NOT NULL, data BLOB NOT NULL, hash INTEGER NOT NULL);
CREATE UNIQUE INDEX summaries_by_entry ON summaries(channel, level, first_entry);
CREATE TABLE edges(id INTEGER PRIMARY KEY, count INTEGER NOT NULL, first_ns INTEGER NOT NULL,
  last_ns INTEGER NOT NULL, data BLOB NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE markers(id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL,
  time_ns INTEGER NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE anomalies(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, severity TEXT NOT NULL, channel INTEGER,
  begin_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL, first_index INTEGER NOT NULL, count INTEGER NOT NULL,
  message TEXT NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE clock_points(id INTEGER PRIMARY KEY, clock TEXT NOT NULL, capture_ns INTEGER NOT NULL,
  other_ns INTEGER NOT NULL, uncertainty_ns INTEGER NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE metadata(id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE raw(id INTEGER PRIMARY KEY, packets INTEGER NOT NULL, data BLOB NOT NULL, hash INTEGER NOT NULL);
CREATE TABLE ending(id INTEGER PRIMARY KEY, reason TEXT NOT NULL, blocks INTEGER NOT NULL,
  samples INTEGER NOT NULL, summaries INTEGER NOT NULL, edge_rows INTEGER NOT NULL, edges INTEGER NOT NULL,
  markers INTEGER NOT NULL, anomalies INTEGER NOT NULL, clock_points INTEGER NOT NULL, metadata INTEGER NOT NULL,
  raw INTEGER NOT NULL, hash INTEGER NOT NULL);
)sql";

// Packed floats may be codes (decimals.h); the tables stay as they are.
constexpr Migration k_version_2 = "";

constexpr std::array<Migration, 2> k_migrations{k_version_1, k_version_2};
constexpr std::int64_t k_oldest_readable = 1;

using Schema = std::map<std::string, std::string>;  // name of a table or index -> its definition

Result<Schema> schema_of(Database& db) {
  JM_TRY_ASSIGN(Statement rows, db.prepare("SELECT type, name, sql FROM sqlite_schema", "schema"));
  Schema schema;
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.step());
    if (!more) return schema;
    if (schema.size() > 64)
      return fail(ErrorCode::unreadable, db.path() + ": not a capture (its tables differ)");
    schema[rows.text(0) + " " + rows.text(1)] = rows.text(2);
  }
}

Result<Schema> our_schema() {
  JM_TRY_ASSIGN(Database db, Database::in_memory());
  JM_TRY(migrate(db, k_migrations));
  return schema_of(db);
}

tl::unexpected<Error> newer(const Database& db, std::int64_t version, std::size_t known) {
  return fail(
      ErrorCode::capability,
      fmt::format("{}: written by a newer joulemark (file version {}, this one reads up to {}); update "
                  "joulemark to open it",
                  db.path(), version, known));
}

}  // namespace

std::span<const Migration> migrations() {
  return k_migrations;
}

Status migrate(Database& db, std::span<const Migration> steps) {
  JM_TRY_ASSIGN(const std::int64_t version, db.integer("PRAGMA user_version"));
  const auto known = static_cast<std::int64_t>(steps.size());
  if (version < 0 || version > known) return newer(db, version, steps.size());
  for (std::int64_t from = version; from < known; ++from) {
    const std::string step =
        fmt::format("SAVEPOINT migration; {}; PRAGMA user_version = {}; RELEASE migration",
                    steps[static_cast<std::size_t>(from)], from + 1);
    if (Status done = db.execute(step.c_str()); !done) {
      if (db.in_transaction()) (void)db.execute("ROLLBACK TO migration; RELEASE migration");
      return done;
    }
  }
  return {};
}

Status check_schema(Database& db) {
  JM_TRY_ASSIGN(const std::int64_t id, db.integer("PRAGMA application_id"));
  if (id == 0) {
    JM_TRY_ASSIGN(const std::int64_t tables, db.integer("SELECT count(*) FROM sqlite_schema"));
    if (tables == 0)
      return fail(ErrorCode::unreadable, db.path() + ": not a capture: nothing was recorded in it");
  }
  if (id != k_application_id) {
    return fail(ErrorCode::unreadable, db.path() + ": not a Joulemark capture (another program's database)");
  }
  JM_TRY_ASSIGN(const std::int64_t version, db.integer("PRAGMA user_version"));
  if (version > static_cast<std::int64_t>(k_migrations.size()))
    return newer(db, version, k_migrations.size());
  if (version < k_oldest_readable) {
    return fail(ErrorCode::unreadable,
                fmt::format("{}: not a capture (there is no file version {})", db.path(), version));
  }
  static const Result<Schema> expected = our_schema();
  if (!expected) return tl::make_unexpected(expected.error());
  JM_TRY_ASSIGN(const Schema found, schema_of(db));
  if (found != *expected)
    return fail(ErrorCode::unreadable, db.path() + ": not a capture (its tables differ)");
  return {};
}

}  // namespace joulemark::capture
