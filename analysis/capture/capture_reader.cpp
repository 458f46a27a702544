// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_file.h>
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/closing.h>
#include <analysis/capture/edge_stream.h>
#include <analysis/capture/file_head.h>
#include <analysis/capture/item_rows.h>
#include <analysis/capture/schema.h>
#include <analysis/capture/value_source.h>
#include <analysis/capture/view.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace joulemark {

using namespace capture;

namespace {

constexpr std::size_t k_most_columns = 1 << 20;

}  // namespace

class CaptureReader::File {
 public:
  explicit File(CaptureFile opened, SummaryStore summaries, bool has_log)
      : file(std::move(opened)), with_log(has_log), summaries_(std::move(summaries)) {}

  // A channel as it is integrated and drawn, made when it is first asked for.
  struct Track {
    Derivation derivation;
    double gain = 1;
    const BlockDirectory* blocks = nullptr;
    std::unique_ptr<ValueSource> values;
    std::unique_ptr<Integrator> integrator;
    std::unique_ptr<View> view;
  };
  [[nodiscard]] Result<Track*> track(ChannelId id);
  [[nodiscard]] Result<EdgeStream*> edges();
  [[nodiscard]] Result<ChannelId> stored(ChannelId id) const;
  [[nodiscard]] Result<Anomaly> missing_end();
  [[nodiscard]] Status add_damaged_items(Items<Anomaly>& anomalies);

  CaptureFile file;
  const bool with_log;
  std::chrono::milliseconds patience{0};

 private:
  SummaryStore summaries_;
  std::map<ChannelId, Track> tracks_;
  std::optional<EdgeStream> edges_;
};

Result<CaptureReader::File::Track*> CaptureReader::File::track(ChannelId id) {
  if (const auto known = tracks_.find(id); known != tracks_.end()) return &known->second;
  const CaptureInfo& info = file.info();
  JM_TRY_ASSIGN(const Derivation derivation, derive(info, id));
  const Channel& channel = info.channels[derivation.channel.value];
  const ChannelId summed = derivation.voltage ? k_power : derivation.channel;
  Track track;
  track.derivation = derivation;
  track.gain = derivation.whole_gain();
  JM_TRY_ASSIGN(const BlockDirectory* own, file.directory(derivation.channel));
  if (derivation.voltage) {
    JM_TRY_ASSIGN(const BlockDirectory* voltage, file.directory(*derivation.voltage));
    track.values = std::make_unique<ValueSource>(file.store(), channel, *own,
                                                 info.channels[derivation.voltage->value], *voltage);
  } else {
    track.values = std::make_unique<ValueSource>(file.store(), channel, *own);
  }
  JM_TRY_ASSIGN(track.blocks, file.directory(summed));
  track.integrator = std::make_unique<Integrator>(channel, *track.blocks, *track.values, track.gain);
  track.view =
      std::make_unique<View>(channel, *track.blocks, *track.values, track.gain, summaries_, summed.value);
  return &tracks_.emplace(id, std::move(track)).first->second;
}

Result<EdgeStream*> CaptureReader::File::edges() {
  if (!edges_) {
    JM_TRY_ASSIGN(edges_, EdgeStream::open(file.db(), file.info(), file.ending()));
  }
  return &*edges_;
}

Result<ChannelId> CaptureReader::File::stored(ChannelId id) const {
  if (is_derived(id)) return fail(ErrorCode::usage, "only stored channels can be read sample by sample");
  JM_TRY_ASSIGN(const Derivation derivation, derive(file.info(), id));
  return derivation.channel;
}

Result<Anomaly> CaptureReader::File::missing_end() {
  TimeNs end_ns = 0;
  for (std::uint32_t i = 0; i < file.info().channels.size(); ++i) {
    JM_TRY_ASSIGN(const BlockDirectory* blocks, file.directory(ChannelId{i}));
    if (!blocks->empty()) end_ns = std::max(end_ns, blocks->time().end_ns);
  }
  const bool log_missing = read_file_head(file.db()).log_missing();
  return truncation(end_ns, log_missing ? k_killed_without_log : k_killed_or_running);
}

// What the small tables lost.
Status CaptureReader::File::add_damaged_items(Items<Anomaly>& anomalies) {
  JM_TRY_ASSIGN(const auto markers, read_markers(file.db(), file.ending()));
  JM_TRY_ASSIGN(const auto clock_points, read_clock_points(file.db(), file.ending()));
  JM_TRY_ASSIGN(const auto metadata, read_metadata(file.db(), file.ending()));
  const auto add = [&](const RowCounts& rows, std::string_view what) {
    if (rows.whole()) return;
    const std::int64_t lost = std::max<std::int64_t>(1, rows.bad + rows.gone + rows.extra);
    anomalies.values.push_back(
        {AnomalyKind::damaged,
         Severity::data_loss,
         std::nullopt,
         {},
         0,
         lost,
         fmt::format("the file is damaged: {} of its {} are lost or doubtful; joulemark "
                     "verify tells more",
                     lost, what)});
  };
  const RowCounts of_anomalies = anomalies.rows;
  add(of_anomalies, "anomalies");
  add(markers.rows, "markers");
  add(clock_points.rows, "clock points");
  add(metadata.rows, "items of metadata (names and rules of events among them)");
  return {};
}

CaptureReader::CaptureReader(std::unique_ptr<File> file) : file_(std::move(file)) {}

CaptureReader::~CaptureReader() {
  if (!file_->with_log || file_->patience.count() == 0) return;
  const std::string path = file_->file.db().path();
  file_.reset();
  finish_closing(path);
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(const std::string& path,
                                                           std::chrono::milliseconds patience) {
  JM_TRY_ASSIGN(auto reader, open_as_it_is(path, patience));
  if (!reader->closed() || reader->stands_alone() || patience.count() == 0) return reader;
  reader.reset();  // which folds the log in
  return open_as_it_is(path, patience);
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open_as_it_is(const std::string& path,
                                                                    std::chrono::milliseconds patience) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return fail(ErrorCode::unreadable, path + (error ? ": " + error.message() : ": not a file"));
  }
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::read));
  db.set_patience(patience);
  auto opened = open(std::move(db));
  if (!opened) return tl::make_unexpected(explain(std::move(opened).error(), path));
  (*opened)->file_->patience = patience;
  return opened;
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open_again(const std::string& path,
                                                                 const std::string& id,
                                                                 std::chrono::milliseconds patience) {
  JM_TRY_ASSIGN(auto reader, open(path, patience));
  JM_TRY(check_id(reader->file_->file.db(), reader->info(), id));
  return reader;
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::from_bytes(std::span<const std::byte> bytes) {
  JM_TRY_ASSIGN(Database db, Database::from_bytes(bytes));
  return open(std::move(db));
}

Result<std::unique_ptr<CaptureReader>> CaptureReader::open(capture::Database db) {
  JM_TRY(db.execute("PRAGMA cache_size=-4096"));
  JM_TRY_ASSIGN(CaptureFile file, CaptureFile::open(std::move(db)));
  JM_TRY_ASSIGN(SummaryStore summaries, SummaryStore::open(file.db()));
  JM_TRY_ASSIGN(const bool with_log, uses_log(file.db()));
  return std::unique_ptr<CaptureReader>(
      new CaptureReader(std::make_unique<File>(std::move(file), std::move(summaries), with_log)));
}

void CaptureReader::set_patience(std::chrono::milliseconds patience) {
  file_->file.db().set_patience(patience);
  file_->patience = patience;
}

bool CaptureReader::closed() const {
  return file_->file.ending().has_value();
}

bool CaptureReader::stands_alone() const {
  return closed() && !file_->with_log;
}

const CaptureInfo& CaptureReader::info() const {
  return file_->file.info();
}

EndReason CaptureReader::end_reason() const {
  return closed() ? file_->file.ending()->reason : EndReason::killed;
}

Result<Extent> CaptureReader::extent(ChannelId channel) {
  JM_TRY_ASSIGN(const Derivation derivation, derive(info(), channel));
  JM_TRY_ASSIGN(const BlockDirectory* blocks, file_->file.directory(derivation.channel));
  Extent extent;
  extent.indices = blocks->indices();
  extent.samples = blocks->samples();
  extent.lost_samples = extent.indices.count() - extent.samples;
  extent.time = blocks->time();
  return extent;
}

Status CaptureReader::read(ChannelId id, IndexRange range, const BlockVisitor& visit) {
  JM_TRY_ASSIGN(const ChannelId channel, file_->stored(id));
  const ReadTransaction transaction(file_->file.db());
  JM_TRY_ASSIGN(const BlockDirectory* directory, file_->file.directory(channel));
  const auto& blocks = directory->blocks();
  for (std::size_t k = directory->block_after(range.begin); k < blocks.size(); ++k) {
    const BlockRow& block = blocks[k];
    const std::int64_t first = std::max(range.begin, block.first_index);
    const std::int64_t last = std::min(range.end, block.first_index + block.count);
    if (first >= last) break;
    JM_TRY_ASSIGN(const auto samples, file_->file.store().get(block, info().channels[channel.value].timed));
    const auto offset = static_cast<std::size_t>(first - block.first_index);
    const auto count = static_cast<std::size_t>(last - first);
    SampleBlock part{channel, first, std::span(samples->values).subspan(offset, count), {}};
    if (!samples->stamps_ns.empty()) part.stamps_ns = std::span(samples->stamps_ns).subspan(offset, count);
    JM_TRY(visit(part));
  }
  return {};
}

Result<Summary> CaptureReader::summarize(ChannelId id, IndexRange range) {
  const ReadTransaction transaction(file_->file.db());
  JM_TRY_ASSIGN(const File::Track* track, file_->track(id));
  const auto& blocks = track->blocks->blocks();
  Stats stats;
  for (std::size_t k = track->blocks->block_after(range.begin); k < blocks.size(); ++k) {
    const BlockRow& block = blocks[k];
    const std::int64_t first = std::max(range.begin, block.first_index);
    const std::int64_t last = std::min(range.end, block.first_index + block.count);
    if (first >= last) break;
    if (last - first == block.count) {
      stats.merge({block.count, block.sum, block.m2, block.min, block.max});
      continue;
    }
    JM_TRY_ASSIGN(const BlockValues values, track->values->get(k));
    stats.merge(values.stats(static_cast<std::size_t>(first - block.first_index),
                             static_cast<std::size_t>(last - first)));
  }
  return stats.summary();
}

Result<std::vector<Integral>> CaptureReader::integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                       Boundary boundary) {
  const auto begins_earlier = [](const TimeRange& a, const TimeRange& b) { return a.begin_ns < b.begin_ns; };
  if (!std::is_sorted(windows.begin(), windows.end(), begins_earlier)) {
    return fail(ErrorCode::usage, "the windows to integrate are not sorted by their begin");
  }
  const ReadTransaction transaction(file_->file.db());
  JM_TRY_ASSIGN(File::Track * track, file_->track(channel));
  std::vector<Integral> results;
  results.reserve(windows.size());
  for (const TimeRange& window : windows) {
    JM_TRY_ASSIGN(const Integrator::Part part, track->integrator->integrate(window, boundary, false));
    results.push_back(part.integral);
  }
  return results;
}

Result<std::vector<ViewColumn>> CaptureReader::view(ChannelId channel, TimeRange range, std::size_t columns) {
  if (columns < 1 || columns > k_most_columns) {
    return fail(ErrorCode::usage, fmt::format("a view has 1 to {} columns, not {}", k_most_columns, columns));
  }
  const ReadTransaction transaction(file_->file.db());
  JM_TRY_ASSIGN(File::Track * track, file_->track(channel));
  return track->view->columns(range, columns);
}

Status CaptureReader::edges(TimeRange range, const EdgeVisitor& visit) {
  JM_TRY_ASSIGN(EdgeStream * stream, file_->edges());
  return stream->visit(range, visit);
}

Result<std::int64_t> CaptureReader::edge_count() {
  JM_TRY_ASSIGN(const EdgeStream* stream, file_->edges());
  return stream->edges();
}

Result<std::vector<Marker>> CaptureReader::markers() {
  JM_TRY_ASSIGN(auto items, read_markers(file_->file.db(), file_->file.ending()));
  return std::move(items.values);
}

Result<std::vector<Anomaly>> CaptureReader::anomalies() {
  JM_TRY_ASSIGN(auto items, read_anomalies(file_->file.db(), file_->file.ending()));
  JM_TRY(file_->add_damaged_items(items));
  if (closed()) return std::move(items.values);
  JM_TRY_ASSIGN(Anomaly missing, file_->missing_end());
  items.values.push_back(std::move(missing));
  return std::move(items.values);
}

Result<std::vector<ClockPoint>> CaptureReader::clock_points() {
  JM_TRY_ASSIGN(auto items, read_clock_points(file_->file.db(), file_->file.ending()));
  return std::move(items.values);
}

Result<std::vector<MetadataItem>> CaptureReader::metadata() {
  JM_TRY_ASSIGN(auto items, read_metadata(file_->file.db(), file_->file.ending()));
  return std::move(items.values);
}

Status CaptureReader::raw_bytes(const PacketVisitor& visit) {
  Database& db = file_->file.db();
  JM_TRY_ASSIGN(Statement rows, db.prepare("SELECT * FROM raw ORDER BY id", "raw bytes"));
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    if (Status visited = visit_packets(rows, visit); !visited) {
      return fail_at(fmt::format("{}: raw bytes {}", db.path(), rows.integer(0)), visited.error());
    }
  }
}

}  // namespace joulemark
