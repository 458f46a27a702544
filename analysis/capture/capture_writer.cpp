// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/block_directory.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/checkpointer.h>
#include <analysis/capture/closing.h>
#include <analysis/capture/disk_reserve.h>
#include <analysis/capture/info_rows.h>
#include <analysis/capture/output_file.h>
#include <analysis/capture/pipeline.h>
#include <analysis/capture/rebuild.h>
#include <analysis/capture/schema.h>
#include <analysis/model/stream_check.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <system_error>

namespace joulemark {

using namespace capture;

namespace {

// What an instrument at 2 MS/s on two channels fills in 2 s.
constexpr std::size_t k_live_queue_bytes = 32 << 20;
constexpr std::size_t k_bulk_queue_bytes = 4 << 20;

constexpr std::size_t k_bulk_transaction = 64 << 20;

// A transaction that finds no room on the disk is lost whole.
std::size_t live_transaction(const DiskReserve& reserve) {
  return std::clamp(reserve.bytes() / 8, std::size_t{64} << 10, std::size_t{2} << 20);
}

std::string random_id() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

tl::unexpected<Error> system_failure(const std::string& path, std::string_view doing, int error) {
  return fail(ErrorCode::io, fmt::format("{}: {}: {}", path, doing, std::strerror(error)));
}

void remove_file(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  remove_companions(path);
}

// The bytes of a file or the names in a folder are on the disk.
Status sync(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_failure(path, "cannot open", errno);
  const int result = ::fsync(descriptor);
  const int error = errno;
  ::close(descriptor);
  if (result != 0) return system_failure(path, "cannot write", error);
  return {};
}

// From its first commit on the file is a capture with all that is known before the first sample.
Result<Database> create(const std::string& path, CaptureMode mode, const CaptureInfo& info) {
  const bool live = mode == CaptureMode::live;
  JM_TRY_ASSIGN(Database db, Database::open(path, Database::Access::create));
  JM_TRY(db.execute(
      fmt::format(
          "PRAGMA page_size={}; PRAGMA cache_size=-8192; PRAGMA journal_mode={}; PRAGMA synchronous={}; "
          "PRAGMA locking_mode={}; BEGIN; PRAGMA application_id={}",
          k_page_size, live ? "WAL" : "TRUNCATE", live ? "NORMAL" : "OFF", live ? "NORMAL" : "EXCLUSIVE",
          k_application_id)
          .c_str()));
  JM_TRY(migrate(db, migrations()));
  JM_TRY(write_info(db, info));
  JM_TRY(db.execute("COMMIT"));
  return db;
}

Status check_length(std::string_view text) {
  if (text.size() <= k_longest_text) return {};
  return fail(ErrorCode::usage, fmt::format("a text of {} bytes is too long for a capture (at most {})",
                                            text.size(), k_longest_text));
}

Status check_channels(const CaptureInfo& info) {
  if (info.channels.size() > k_most_channels) {
    return fail(ErrorCode::usage, fmt::format("{} channels are more than the {} a capture file holds",
                                              info.channels.size(), k_most_channels));
  }
  for (const Channel& channel : info.channels) {
    if (!times_fit(channel)) {
      return fail(ErrorCode::usage,
                  fmt::format("channel '{}': its start or interval lies years away", channel.name));
    }
  }
  return {};
}

// Beyond what StreamCheck knows: that times stay within int64 ns with room for arithmetic.
Status check_times(const CaptureInfo& info, const SampleBlock& block) {
  if (block.values.empty()) return {};
  const Channel& channel = info.channels[block.channel.value];
  const bool stamps_fit = block.stamps_ns.empty() ||
                          (block.stamps_ns.front() > -k_latest_ns && block.stamps_ns.back() < k_latest_ns);
  if (stamps_fit && index_fits(channel, block.first_index + static_cast<std::int64_t>(block.values.size())))
    return {};
  return fail(ErrorCode::usage, fmt::format("channel '{}', sample {}: decades after the start of the capture",
                                            channel.name, block.first_index));
}

}  // namespace

class CaptureWriter::Recording {
 public:
  Recording(const CaptureOptions& options, std::string file, Database db, const CaptureInfo& info)
      : options_(options),
        file_(std::move(file)),
        db_(std::move(db)),
        reserve_(file_),
        intake_(info, options.overflow,
                options.mode == CaptureMode::live ? k_live_queue_bytes : k_bulk_queue_bytes,
                options.mode == CaptureMode::live ? live_transaction(reserve_) : k_bulk_transaction),
        info_(info) {}

  [[nodiscard]] Status start() {
    JM_TRY_ASSIGN(RowStore store, RowStore::open(*db_));
    if (options_.mode == CaptureMode::live) JM_TRY(start_checkpointer());
    pipeline_.emplace(*db_, std::move(store), intake_, info_, options_);
    return {};
  }

  [[nodiscard]] const CaptureInfo& info() const { return info_; }
  [[nodiscard]] Status check() const {
    if (!pipeline_->failed()) return {};
    return tl::make_unexpected(pipeline_->failure());
  }
  template <typename T>
  [[nodiscard]] Status put(const T& value) {
    JM_TRY(check());
    intake_.put(value);
    return {};
  }

  [[nodiscard]] std::int64_t dropped_samples(ChannelId channel) const {
    return intake_.dropped_samples(channel);
  }
  [[nodiscard]] Status end(EndReason reason);
  [[nodiscard]] bool left_log() const { return left_log_; }
  void discard();

  StreamCheck contract;

 private:
  [[nodiscard]] Status start_checkpointer();
  [[nodiscard]] Status close_live(EndReason reason);
  [[nodiscard]] Status leave_alone();
  [[nodiscard]] Status close_failed(const Error& failure);
  [[nodiscard]] Status close_bulk(EndReason reason);

  CaptureOptions options_;
  std::string file_;  // FILE or FILE.part
  std::optional<Database> db_;
  DiskReserve reserve_;
  std::optional<Checkpointer> checkpointer_;
  Intake intake_;
  CaptureInfo info_;
  bool power_behind_ = false;
  bool left_log_ = false;
  std::optional<Pipeline> pipeline_;
};

// Closing moves the log into the database, which the reserve has room for: so the log stays below it, whoever
// feeds faster than the checkpointer works.
Status CaptureWriter::Recording::start_checkpointer() {
  JM_TRY_ASSIGN(Database connection, Database::open(file_, Database::Access::write));
  JM_TRY(connection.execute("PRAGMA synchronous=NORMAL; PRAGMA cache_size=-1024"));
  checkpointer_.emplace(std::move(connection));
  const auto longest_log = static_cast<std::int64_t>(reserve_.bytes() / 2);
  db_->watch_log([this, longest_log](std::int64_t bytes) {
    if (bytes > longest_log) checkpointer_->work();
  });
  return {};
}

Status CaptureWriter::Recording::end(EndReason reason) {
  intake_.finish();
  pipeline_->wait();
  reserve_.release();
  Status status = check();
  power_behind_ = status.has_value() && pipeline_->power_behind();
  pipeline_.reset();
  db_->watch_log([](std::int64_t) {});
  checkpointer_.reset();
  const bool whole = status.has_value() && reason != EndReason::failed && reason != EndReason::disk_full;
  if (options_.mode == CaptureMode::bulk && !whole) {
    discard();
    return status;
  }
  Status closed = options_.mode == CaptureMode::bulk ? close_bulk(reason)
                  : status.has_value()               ? close_live(reason)
                                                     : close_failed(status.error());
  db_.reset();
  if (!closed && options_.mode == CaptureMode::bulk) remove_file(file_);
  return status ? closed : status;
}

Status CaptureWriter::Recording::close_live(EndReason reason) {
  if (power_behind_) JM_TRY(rebuild_power(*db_, info_));
  JM_TRY(write_ending(*db_, reason));
  return leave_alone();
}

// With the ending everything is committed. Who reads for long must not make an error of that, nor be waited
// for: the log stays beside the file, and who reads last or next folds it in.
Status CaptureWriter::Recording::leave_alone() {
  Status alone = leave_wal(*db_, options_.closing_patience);
  left_log_ = !alone && alone.error().code == ErrorCode::busy;
  if (!left_log_) return alone;
  shorten_log(*db_);
  return {};
}

// What was committed is whole but for the sums of power, which a reader makes where they are missing: there
// is no room to write them.
Status CaptureWriter::Recording::close_failed(const Error& failure) {
  const bool full = failure.code == ErrorCode::io && !db_->moved();
  const EndReason reason = full ? EndReason::disk_full : EndReason::failed;
  JM_TRY(write_early_ending(*db_, info_, reason, "what came after could not be written: " + failure.message));
  return leave_alone();
}

Status CaptureWriter::Recording::close_bulk(EndReason reason) {
  if (power_behind_) JM_TRY(rebuild_power(*db_, info_));
  JM_TRY(write_ending(*db_, reason));
  JM_TRY(db_->execute("PRAGMA journal_mode=DELETE"));
  db_.reset();
  JM_TRY(sync(file_));
  JM_TRY(output_file(options_.path, options_.overwrite));
  remove_companions(options_.path);
  std::error_code error;
  std::filesystem::rename(file_, options_.path, error);
  if (error) return system_failure(options_.path, "cannot rename FILE.part to it", error.value());
  return sync(std::filesystem::absolute(options_.path).parent_path().string());
}

void CaptureWriter::Recording::discard() {
  pipeline_.reset();
  db_.reset();
  remove_file(file_);
}

CaptureWriter::CaptureWriter(CaptureOptions options) : options_(std::move(options)) {}

CaptureWriter::~CaptureWriter() {
  if (!recording_) return;
  try {
    if (options_.mode == CaptureMode::live) {
      (void)end(EndReason::failed);
    } else {
      recording_->discard();
    }
  } catch (const std::exception&) {
    // The file is as after a kill: what is in it can be read.
  }
}

Status CaptureWriter::begin(const CaptureInfo& given) {
  if (recording_) return fail(ErrorCode::usage, "the capture has begun already");
  StreamCheck contract;
  JM_TRY(contract.begin(given));
  JM_TRY(check_channels(given));
  JM_TRY_ASSIGN(options_.path, output_file(options_.path, options_.overwrite));
  const std::string file = options_.path + (options_.mode == CaptureMode::bulk ? ".part" : "");
  JM_TRY(output_file(file, true));
  remove_file(file);
  CaptureInfo info = given;
  if (info.id.empty()) info.id = random_id();
  Status started = start(file, info);
  if (!started) remove_file(file);
  if (started) recording_->contract = std::move(contract);
  return started;
}

Status CaptureWriter::start(const std::string& file, const CaptureInfo& info) {
  JM_TRY_ASSIGN(Database db, create(file, options_.mode, info));
  auto recording = std::make_unique<Recording>(options_, file, std::move(db), info);
  JM_TRY(recording->start());
  recording_ = std::move(recording);
  return {};
}

namespace {

tl::unexpected<Error> not_begun() {
  return fail(ErrorCode::usage, "the capture has not begun or has ended");
}

}  // namespace

Status CaptureWriter::accept(const SampleBlock& block) {
  if (!recording_) return not_begun();
  JM_TRY(recording_->contract.check(block));
  JM_TRY(check_times(recording_->info(), block));
  return recording_->put(block);
}

Status CaptureWriter::accept(const Edge& edge) {
  if (!recording_) return not_begun();
  JM_TRY(recording_->contract.check(edge));
  return recording_->put(edge);
}

Status CaptureWriter::accept(const Marker& marker) {
  if (!recording_) return not_begun();
  JM_TRY(check_length(marker.name));
  return recording_->put(Item(marker));
}

Status CaptureWriter::accept(const Anomaly& anomaly) {
  if (!recording_) return not_begun();
  JM_TRY(check_length(anomaly.message));
  return recording_->put(Item(anomaly));
}

Status CaptureWriter::accept(const ClockPoint& point) {
  if (!recording_) return not_begun();
  JM_TRY(check_length(point.clock));
  return recording_->put(Item(point));
}

Status CaptureWriter::accept(const MetadataItem& item) {
  if (!recording_) return not_begun();
  JM_TRY(check_length(item.key));
  JM_TRY(check_length(item.value));
  return recording_->put(Item(item));
}

Status CaptureWriter::accept(const RawBytes& bytes) {
  if (!recording_) return not_begun();
  return recording_->put(bytes);
}

std::int64_t CaptureWriter::dropped_samples(ChannelId channel) const {
  return recording_ ? recording_->dropped_samples(channel) : 0;
}

Status CaptureWriter::end(EndReason reason) {
  if (!recording_) return not_begun();
  Status status = recording_->end(reason);
  left_log_ = recording_->left_log();
  recording_.reset();
  return status;
}

}  // namespace joulemark
