// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/edge_stream.h>
#include <analysis/capture/file_head.h>
#include <analysis/capture/inspector.h>
#include <analysis/capture/item_rows.h>
#include <analysis/capture/sum_check.h>
#include <analysis/capture/value_source.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace joulemark::capture {
namespace {

constexpr std::size_t k_most_listed = 1000;

bool is_damage(const Error& error) {
  return error.code == ErrorCode::unreadable;
}

}  // namespace

Result<Database> open_to_inspect(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorCode::unreadable, path + (error ? ": " + error.message() : ": not a file"));
  }
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::salvage));
  JM_TRY(db.execute("BEGIN"));
  return db;
}

Result<Inspector> Inspector::open(Database& db, Progress progress) {
  Inspector inspector(db, std::move(progress));
  if (Status head = inspector.read_head(); !head) {
    return tl::make_unexpected(explain(std::move(head).error(), db.path()));
  }
  return inspector;
}

Status Inspector::read_head() {
  JM_TRY(check_schema(*db_));
  JM_TRY_ASSIGN(report_.info, read_info(*db_));
  report_.channels.resize(report_.info.channels.size());
  auto ending = read_ending(*db_);
  if (ending) {
    ending_ = *ending;
  } else if (is_damage(ending.error())) {
    ++report_.lost_items;
    damaged(ending.error().message);
  } else {
    return tl::make_unexpected(ending.error());
  }
  report_.closed = ending_.has_value();
  if (ending_) report_.end_reason = ending_->reason;
  const FileHead head = read_file_head(*db_);
  report_.log_missing = !report_.closed && head.log_missing();
  if (head.cut_off()) damaged("the end of the file is gone: " + words_for_cut(head));
  return {};
}

void Inspector::damaged(Damage damage) {
  ++report_.damage_count;
  if (report_.damage.size() < k_most_listed) report_.damage.push_back(std::move(damage));
}

Status Inspector::inspect() {
  JM_TRY(check_structure());
  JM_TRY(read_directory());
  JM_TRY(check_samples());
  JM_TRY(check_sums());
  JM_TRY(check_power());
  JM_TRY(check_edges());
  return check_items();
}

Status Inspector::check_structure() {
  JM_TRY_ASSIGN(Statement check, db_->prepare("PRAGMA integrity_check(10)", "structure"));
  for (;;) {
    const Result<bool> more = check.step();
    if (!more && !is_damage(more.error())) return tl::make_unexpected(more.error());
    if (!more) damaged(more.error().message);
    if (!more || !*more) return {};
    if (check.text(0) != "ok") damaged("the structure of the file is damaged: SQLite says: " + check.text(0));
  }
}

std::optional<std::int64_t> Inspector::expected(std::int64_t Totals::*count) const {
  if (!ending_) return std::nullopt;
  return ending_->totals.*count;
}

Result<RowCounts> Inspector::check_rows(const std::string& table, std::int64_t Totals::*count,
                                        const RowVisitor& visit) {
  IndexRange run;  // of damaged rows next to one another
  const auto tell = [&] {
    if (run.count() == 1) damaged(fmt::format("{}: row {} is damaged", table, run.begin));
    if (run.count() > 1) damaged(fmt::format("{}: rows {} to {} are damaged", table, run.begin, run.end - 1));
  };
  const auto bad = [&](std::int64_t id) {
    if (id != run.end) tell();
    run = {id == run.end ? run.begin : id, id + 1};
  };
  JM_TRY_ASSIGN(const RowCounts rows, scan_rows(*db_, table, expected(count), visit, bad));
  tell();
  if (rows.gone > 0) {
    damaged(fmt::format("{}: {} of {} gone", table, rows.gone,
                        format_count(rows.good + rows.bad + rows.gone, "row")));
  }
  if (rows.extra > 0)
    damaged(fmt::format("{}: {} more than written", table, format_count(rows.extra, "row")));
  if (rows.cut)
    damaged(fmt::format("{}: nothing can be read after {}", table, format_count(rows.good, "row")));
  return rows;
}

Status Inspector::read_directory() {
  const auto channels = static_cast<std::int64_t>(report_.info.channels.size());
  const auto visit = [&](const Statement& row) {
    const BlockRow block = block_of(row);
    const std::int64_t channel = row.integer(1);
    if (!place_fits(block)) return false;
    if (channel == k_power.value) {
      power_rows_.push_back(block);
      return true;
    }
    if (channel < 0 || channel >= channels) return false;
    rows_.push_back(block);
    return true;
  };
  JM_TRY_ASSIGN(const RowCounts rows, check_rows("blocks", &Totals::blocks, visit));
  if (!ending_ && !rows.whole()) report_.lost_items += rows.bad + (rows.cut ? 1 : 0);
  std::sort(power_rows_.begin(), power_rows_.end(),
            [](const BlockRow& a, const BlockRow& b) { return a.first_index < b.first_index; });
  return {};
}

void Inspector::block_done() {
  ++blocks_done_;
  if (progress_) {
    progress_(static_cast<double>(blocks_done_) / static_cast<double>(2 * rows_.size() + power_rows_.size()));
  }
}

void Inspector::lose(const BlockRow& block, const std::string& why) {
  const Channel& channel = report_.info.channels[block.channel];
  const IndexRange indices{block.first_index, block.first_index + block.count};
  TimeRange time{block.first_ns, block.last_ns};
  if (!channel.timed && index_fits(channel, indices.end)) {
    const SampleGrid grid(channel);
    time = {grid.time_of(indices.begin), grid.time_of(indices.end)};
  }
  report_.channels[block.channel].lost_samples += block.count;
  LostRun& run = lost_runs_[block.channel];
  if (run.blocks > 0 && run.indices.end == indices.begin && run.why == why) {
    run.indices.end = indices.end;
    run.time.end_ns = time.end_ns;
    ++run.blocks;
    return;
  }
  tell(block.channel, run);
  run = {indices, time, why, 1};
}

void Inspector::tell(std::uint32_t channel, const LostRun& run) {
  if (run.blocks == 0) return;
  const std::string blocks = run.blocks == 1 ? "" : fmt::format(" ({} blocks)", run.blocks);
  damaged({fmt::format("channel '{}', samples {} to {}{}: {}", report_.info.channels[channel].name,
                       run.indices.begin, run.indices.end - 1, blocks, run.why),
           ChannelId{channel}, run.indices, run.time});
}

Status Inspector::check_samples() {
  JM_TRY_ASSIGN(BlockStore store, BlockStore::open(*db_));
  std::vector<const BlockRow*> last(report_.info.channels.size(), nullptr);
  lost_runs_.assign(last.size(), {});
  for (const BlockRow& block : rows_) {
    block_done();
    const Channel& channel = report_.info.channels[block.channel];
    std::vector<BlockRow> alone{block};
    const auto possible = BlockDirectory::make(channel, std::move(alone), "");
    const BlockRow* before = last[block.channel];
    const bool in_order = before == nullptr || (before->first_index + before->count <= block.first_index &&
                                                (!channel.timed || before->last_ns < block.first_ns));
    if (!possible || !in_order) {
      lose(block, "out of order or place");
      continue;
    }
    const auto samples = store.get(block, channel.timed);
    if (!samples && !is_damage(samples.error())) return tl::make_unexpected(samples.error());
    if (!samples) {
      lose(block, "their checksum does not fit or they do not decode");
      continue;
    }
    last[block.channel] = &block;
    good_blocks_.push_back(block);
    report_.channels[block.channel].good_samples += block.count;
  }
  for (std::uint32_t channel = 0; channel < lost_runs_.size(); ++channel)
    tell(channel, lost_runs_[channel]);
  std::int64_t known = 0;
  for (const ChannelCheck& channel : report_.channels)
    known += channel.good_samples + channel.lost_samples;
  if (ending_ && known < ending_->totals.samples) {
    report_.unplaced_lost_samples = ending_->totals.samples - known;
    damaged(format_count(report_.unplaced_lost_samples, "sample") +
            " gone with their entry in the directory");
  }
  return {};
}

Result<BlockDirectory> Inspector::good_directory(ChannelId channel) const {
  std::vector<BlockRow> blocks;
  std::copy_if(good_blocks_.begin(), good_blocks_.end(), std::back_inserter(blocks),
               [&](const BlockRow& block) { return block.channel == channel.value; });
  return BlockDirectory::make(report_.info.channels[channel.value], std::move(blocks), db_->path());
}

// Where samples are lost the summaries cannot fit; a repair makes them anew.
Status Inspector::check_sums() {
  if (report_.lost_samples() > 0) return {};
  JM_TRY_ASSIGN(BlockStore store, BlockStore::open(*db_));
  for (std::uint32_t i = 0; i < report_.info.channels.size(); ++i) {
    const Channel& channel = report_.info.channels[i];
    JM_TRY_ASSIGN(const BlockDirectory blocks, good_directory(ChannelId{i}));
    ValueSource values(store, channel, blocks);
    JM_TRY_ASSIGN(SumCheck check, SumCheck::open(*db_, blocks, [&](const std::string& what) {
                    damaged(fmt::format("channel '{}': {}", channel.name, what));
                  }));
    JM_TRY(check.run(i, channel.timed, values, [this] { block_done(); }));
    expected_summaries_ += check.summary_rows();
  }
  return {};
}

Status Inspector::check_power() {
  const auto power = derive(report_.info, k_power);
  if (report_.lost_samples() > 0) return {};
  if (!power || !power->voltage) return check_summary_count(0);
  JM_TRY_ASSIGN(const BlockDirectory current, good_directory(power->channel));
  JM_TRY_ASSIGN(const BlockDirectory voltage, good_directory(*power->voltage));
  const bool whole = power_rows_.size() == current.blocks().size() &&
                     std::equal(power_rows_.begin(), power_rows_.end(), current.blocks().begin(),
                                [](const BlockRow& a, const BlockRow& b) {
                                  return a.first_index == b.first_index && a.count == b.count;
                                });
  report_.power_complete = whole || voltage.empty();
  if (!whole || voltage.empty()) {
    const bool failed = report_.end_reason == EndReason::disk_full || report_.end_reason == EndReason::failed;
    if (report_.closed && !failed && !report_.power_complete) damaged("the sums of power are incomplete");
    return {};
  }
  const Channel& channel = report_.info.channels[power->channel.value];
  JM_TRY_ASSIGN(const BlockDirectory sums, BlockDirectory::make(channel, power_rows_, db_->path()));
  JM_TRY_ASSIGN(BlockStore store, BlockStore::open(*db_));
  ValueSource values(store, channel, current, report_.info.channels[power->voltage->value], voltage);
  JM_TRY_ASSIGN(SumCheck check,
                SumCheck::open(*db_, sums, [&](const std::string& what) { damaged("power: " + what); }));
  JM_TRY(check.run(k_power.value, channel.timed, values, [this] { block_done(); }));
  return check_summary_count(check.summary_rows());
}

Status Inspector::check_summary_count(std::int64_t made) {
  const auto stored = db_->integer("SELECT count(*) FROM summaries NOT INDEXED");
  if (!stored && !is_damage(stored.error())) return tl::make_unexpected(stored.error());
  if (stored && *stored != expected_summaries_ + made) {
    damaged(fmt::format("summaries: {} where the samples make {}", format_count(*stored, "row"),
                        expected_summaries_ + made));
  }
  return {};
}

Status Inspector::check_edges() {
  std::int64_t last_id = 0;  // rows of edges are numbered without holes
  const auto visit = [&](const Statement& row) {
    last_id = row.integer(0);
    const auto edges = edges_of(row, report_.info);
    if (edges) report_.good_edges += static_cast<std::int64_t>(edges->size());
    return edges.has_value();
  };
  JM_TRY_ASSIGN(const RowCounts rows, check_rows("edges", &Totals::edge_rows, visit));
  const std::int64_t gone = std::max<std::int64_t>(0, last_id - rows.good - rows.bad);
  if (!ending_ && gone > 0) damaged(fmt::format("edges: {} gone", format_count(gone, "row")));
  if (!ending_) report_.lost_items += rows.bad + gone + (rows.cut ? 1 : 0);
  if (ending_) report_.lost_edges = std::max<std::int64_t>(0, ending_->totals.edges - report_.good_edges);
  return {};
}

Status Inspector::check_items(const std::string& table, std::int64_t Totals::*count,
                              const RowVisitor& visit) {
  JM_TRY_ASSIGN(const RowCounts rows, check_rows(table, count, visit));
  report_.lost_items += rows.bad + rows.gone + (rows.cut ? 1 : 0);
  return {};
}

Status Inspector::check_items() {
  const auto any = [](const Statement&) { return true; };
  JM_TRY(check_items("markers", &Totals::markers,
                     [](const Statement& row) { return make_marker(row).has_value(); }));
  JM_TRY(check_items("anomalies", &Totals::anomalies,
                     [](const Statement& row) { return make_anomaly(row).has_value(); }));
  JM_TRY(check_items("clock_points", &Totals::clock_points, any));
  JM_TRY(check_items("metadata", &Totals::metadata, any));
  return check_items("raw", &Totals::raw, [](const Statement& row) {
    return row.integer(1) >= 1 && row.integer(1) <= static_cast<std::int64_t>(k_raw_bytes_per_row) &&
           unpack_raw(row.blob(2), static_cast<std::size_t>(row.integer(1))).has_value();
  });
}

}  // namespace joulemark::capture
