// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/closing.h>
#include <analysis/capture/edge_stream.h>
#include <analysis/capture/item_rows.h>
#include <analysis/capture/salvage.h>

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>

namespace joulemark::capture {
namespace {

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
    return copy("edges", &Totals::edge_rows, [&](const Statement& row) -> Status {
      const auto edges = edges_of(row, inspector_->report().info);
      if (!edges) return {};
      for (const Edge& edge : *edges)
        JM_TRY(sink_->accept(edge));
      return {};
    });
  }

  Status copy_items() {
    JM_TRY(copy("markers", &Totals::markers, [&](const Statement& row) -> Status {
      const auto marker = make_marker(row);
      return marker ? sink_->accept(*marker) : Status();
    }));
    JM_TRY(copy("anomalies", &Totals::anomalies, [&](const Statement& row) -> Status {
      const auto anomaly = make_anomaly(row);
      return anomaly ? sink_->accept(*anomaly) : Status();
    }));
    JM_TRY(copy("clock_points", &Totals::clock_points,
                [&](const Statement& row) { return sink_->accept(make_clock_point(row)); }));
    JM_TRY(copy("metadata", &Totals::metadata,
                [&](const Statement& row) { return sink_->accept(make_metadata(row)); }));
    return copy("raw", &Totals::raw, [&](const Statement& row) -> Status {
      return visit_packets(row, [&](const RawBytes& bytes) { return sink_->accept(bytes); });
    });
  }

  Status add_losses() {
    const VerifyReport& report = inspector_->report();
    std::int64_t elsewhere = report.lost_samples();
    for (const Damage& damage : report.damage) {
      if (!damage.channel) continue;
      elsewhere -= damage.indices.count();
      JM_TRY(sink_->accept(Anomaly{AnomalyKind::damaged, Severity::data_loss, damage.channel, damage.time,
                                   damage.indices.begin, damage.indices.count(), damage.what}));
    }
    JM_TRY(add_loss(elsewhere, "samples in unknown places"));
    JM_TRY(add_loss(report.lost_edges, "edges"));
    JM_TRY(add_loss(report.lost_items, "markers, anomalies, items of metadata or the like"));
    if (report.closed) return {};
    return sink_->accept(truncation(end_of(inspector_->good_blocks(), report.info),
                                    report.log_missing ? k_killed_without_log : k_killed));
  }

  Status add_loss(std::int64_t count, std::string_view what) {
    if (count == 0) return {};
    return sink_->accept(Anomaly{AnomalyKind::damaged,
                                 Severity::data_loss,
                                 std::nullopt,
                                 {},
                                 0,
                                 count,
                                 fmt::format("the file was damaged: {} {} were lost", count, what)});
  }

  Status copy(const std::string& table, std::int64_t Totals::*count,
              const std::function<Status(const Statement&)>& accept) {
    Status status;
    const auto visit = [&](const Statement& row) {
      if (status) status = accept(row);
      return true;
    };
    JM_TRY(scan_rows(*db_, table, inspector_->expected(count), visit, [](std::int64_t) {}));
    return status;
  }

  Database* db_;
  Inspector* inspector_;
  SampleSink* sink_;
};

}  // namespace

Status salvage(Database& db, Inspector& inspector, SampleSink& sink) {
  return Salvage(db, inspector, sink).run();
}

}  // namespace joulemark::capture
