// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/closing.h>
#include <analysis/capture/edge_stream.h>
#include <analysis/capture/inspector.h>
#include <analysis/capture/item_rows.h>
#include <analysis/capture/output_file.h>
#include <analysis/capture/rebuild.h>
#include <analysis/capture/verify.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace joulemark {

using namespace capture;

namespace {

Status is_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) return {};
  return fail(ErrorCode::unreadable, path + (error ? ": " + error.message() : ": not a file"));
}

constexpr std::string_view k_killed = "the recorder was killed: up to 1.5 s at the end may be missing";

// A whole file without an ending gets one.
Status close_in_place(Database& db, const CaptureInfo& info) {
  JM_TRY(rebuild_power(db, info));
  return write_early_ending(db, info, EndReason::killed, k_killed);
}

// What is good in a damaged file, into a new one.
class Salvage {
 public:
  Salvage(Database& db, Inspector& inspector, SampleSink& sink)
      : db_(&db), inspector_(&inspector), sink_(&sink) {}

  Status run() {
    JM_TRY(sink_->begin(inspector_->report().info));
    JM_TRY(copy_samples());
    JM_TRY(copy_edges());
    JM_TRY(copy_items());
    JM_TRY(add_losses());
    return sink_->end(inspector_->report().end_reason);
  }

 private:
  Status copy_samples() {
    JM_TRY_ASSIGN(BlockStore store, BlockStore::open(*db_));
    for (const BlockRow& block : inspector_->good_blocks()) {
      const bool timed = inspector_->report().info.channels[block.channel].timed;
      JM_TRY_ASSIGN(const auto samples, store.get(block, timed));
      JM_TRY(sink_->accept(
          SampleBlock{ChannelId{block.channel}, block.first_index, samples->values, samples->stamps_ns}));
    }
    return {};
  }

  // Rows of intact edges are sorted within themselves and rise in time per line from row to row.
  Status copy_edges() {
    return copy("edges", inspector_->expected().edge_rows, [&](const Statement& row) -> Status {
      const auto edges = edges_of(row, inspector_->report().info);
      if (!edges) return {};
      for (const Edge& edge : *edges)
        JM_TRY(sink_->accept(edge));
      return {};
    });
  }

  Status copy_items() {
    const Totals expected = inspector_->expected();
    JM_TRY(copy("markers", expected.markers, [&](const Statement& row) -> Status {
      const auto marker = make_marker(row);
      return marker ? sink_->accept(*marker) : Status();
    }));
    JM_TRY(copy("anomalies", expected.anomalies, [&](const Statement& row) -> Status {
      const auto anomaly = make_anomaly(row);
      return anomaly ? sink_->accept(*anomaly) : Status();
    }));
    JM_TRY(copy("clock_points", expected.clock_points,
                [&](const Statement& row) { return sink_->accept(make_clock_point(row)); }));
    JM_TRY(copy("metadata", expected.metadata,
                [&](const Statement& row) { return sink_->accept(make_metadata(row)); }));
    return copy("raw", expected.raw, [&](const Statement& row) -> Status {
      return visit_packets(row, [&](const RawBytes& bytes) { return sink_->accept(bytes); });
    });
  }

  Status add_losses() {
    const VerifyReport& report = inspector_->report();
    for (const Damage& damage : report.damage) {
      if (!damage.channel) continue;
      JM_TRY(sink_->accept(Anomaly{AnomalyKind::damaged, Severity::data_loss, damage.channel, damage.time,
                                   damage.indices.begin, damage.indices.count(), damage.what}));
    }
    const std::int64_t elsewhere = report.unplaced_lost_samples + report.lost_edges;
    if (elsewhere > 0) {
      JM_TRY(sink_->accept(
          Anomaly{AnomalyKind::damaged,
                  Severity::data_loss,
                  std::nullopt,
                  {},
                  0,
                  elsewhere,
                  fmt::format("the file was damaged: {} samples in unknown places and {} edges were lost",
                              report.unplaced_lost_samples, report.lost_edges)}));
    }
    if (report.closed) return {};
    return sink_->accept(truncation(end_of(inspector_->good_blocks(), report.info), k_killed));
  }

  Status copy(const std::string& table, std::int64_t expected,
              const std::function<Status(const Statement&)>& accept) {
    Status status;
    JM_TRY(inspector_->for_rows(table, expected, [&](const Statement& row) {
      if (status) status = accept(row);
      return true;
    }));
    return status;
  }

  Database* db_;
  Inspector* inspector_;
  SampleSink* sink_;
};

Status salvage(Database& db, Inspector& inspector, const std::string& path) {
  CaptureWriter writer({path, CaptureMode::bulk, Overflow::block, true});
  return Salvage(db, inspector, writer).run();
}

Status rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error)
    return fail(ErrorCode::io, fmt::format("{}: cannot rename it to {}: {}", from, to, error.message()));
  return {};
}

}  // namespace

std::int64_t VerifyReport::lost_samples() const {
  std::int64_t lost = unplaced_lost_samples;
  for (const ChannelCheck& channel : channels)
    lost += channel.lost_samples;
  return lost;
}

Result<VerifyReport> verify_capture(const std::string& path) {
  JM_TRY(is_file(path));
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::read));
  JM_TRY_ASSIGN(Inspector inspector, Inspector::open(db));
  JM_TRY(inspector.inspect());
  return inspector.report();
}

Result<RepairReport> repair_capture(const std::string& path) {
  JM_TRY(is_file(path));
  RepairReport repair;
  const bool had_wal = std::filesystem::exists(path + "-wal");
  {
    JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::write));
    JM_TRY_ASSIGN(const std::int64_t id, db.integer("PRAGMA application_id"));
    if (id == k_application_id) {
      JM_TRY(leave_wal(db));
      JM_TRY(migrate(db, migrations()));
      if (had_wal) repair.actions.emplace_back("folded the recorder's -wal file into the capture");
    }
    JM_TRY_ASSIGN(Inspector inspector, Inspector::open(db));
    JM_TRY(inspector.inspect());
    repair.found = inspector.report();
    if (repair.found.intact() && repair.found.closed) return repair;
    if (repair.found.intact()) {
      JM_TRY(close_in_place(db, repair.found.info));
      repair.actions.emplace_back("marked it as ended by a kill, with what may be missing at the end");
      return repair;
    }
    JM_TRY(salvage(db, inspector, path + ".repaired"));
  }
  repair.original = path + ".damaged";
  JM_TRY(rename(path, repair.original));
  rename_companions(path, repair.original);
  JM_TRY(rename(path + ".repaired", path));
  repair.actions.push_back(
      "wrote what is good to a new file, with summaries made anew and a record of each loss");
  return repair;
}

}  // namespace joulemark
