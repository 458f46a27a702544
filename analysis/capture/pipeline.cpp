// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/pipeline.h>

#include <exception>
#include <utility>

namespace joulemark::capture {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t k_most_queued = 8 << 20;
constexpr std::size_t k_batch = 1 << 20;  // what is worth waking the database thread for
constexpr std::size_t k_row_overhead = 128;
constexpr auto k_live_interval = 250ms;

std::size_t size_of(const Row& row) {
  const auto* samples = std::get_if<SampleRow>(&row);
  if (samples != nullptr) return samples->data.size() + samples->stamps.size() + k_row_overhead;
  const auto* summary = std::get_if<SummaryRow>(&row);
  if (summary != nullptr) return summary->data.size() + k_row_overhead;
  const auto* edges = std::get_if<EdgeRow>(&row);
  if (edges != nullptr) return edges->data.size() + k_row_overhead;
  const auto* raw = std::get_if<RawDataRow>(&row);
  if (raw != nullptr) return raw->data.size() + k_row_overhead;
  return k_row_overhead;
}

}  // namespace

void RowQueue::push(Row row) {
  const std::size_t size = size_of(row);
  const bool commit = std::holds_alternative<Commit>(row);
  std::unique_lock lock(mutex_);
  freed_.wait(lock, [&] { return cancelled_ || bytes_ < k_most_queued; });
  if (cancelled_) return;
  rows_.push_back(std::move(row));
  bytes_ += size;
  ready_ = ready_ || commit || bytes_ >= k_batch;
  if (ready_) filled_.notify_one();
}

std::vector<Row> RowQueue::take() {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return cancelled_ || finished_ || ready_; });
  if (cancelled_) return {};
  ready_ = false;
  bytes_ = 0;
  freed_.notify_one();
  return std::exchange(rows_, {});
}

void RowQueue::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  filled_.notify_one();
}

void RowQueue::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  filled_.notify_all();
  freed_.notify_all();
}

Pipeline::Pipeline(Database& db, RowStore store, Intake& intake, const CaptureInfo& info,
                   const CaptureOptions& options)
    : db_(&db),
      store_(std::move(store)),
      intake_(&intake),
      mode_(options.mode),
      writeback_(options.mode == CaptureMode::bulk ? std::optional<EarlyWriteback>(std::in_place, db.path())
                                                   : std::nullopt),
      encoder_(info, options.compression, [this](Row row) { rows_.push(std::move(row)); }),
      database_thread_([this] { this->store(); }),
      encoder_thread_([this] { this->encode(); }) {}

Pipeline::~Pipeline() {
  intake_->cancel();
  wait();
}

Error Pipeline::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

void Pipeline::wait() {
  if (encoder_thread_.joinable()) encoder_thread_.join();
  if (database_thread_.joinable()) database_thread_.join();
}

void Pipeline::fail_with(Error error) {
  {
    const std::lock_guard lock(failure_mutex_);
    if (failed()) return;
    failure_ = std::move(error);
    failed_.store(true, std::memory_order_release);
  }
  intake_->cancel();
  rows_.cancel();
}

void Pipeline::encode() try {
  auto deadline = Intake::Clock::now() + k_live_interval;
  while (handle(intake_->take(deadline))) {
    const bool due = Intake::Clock::now() >= deadline;
    if (mode_ == CaptureMode::live && due && !commit_live()) break;
    if (due) deadline = Intake::Clock::now() + k_live_interval;
  }
  encoder_.finish();
  rows_.push(Commit{});
  rows_.finish();
} catch (const std::exception& error) {
  fail_with({ErrorCode::internal, error.what()});
}

// Everything put until now becomes a whole file.
bool Pipeline::commit_live() {
  bool more = true;
  for (std::size_t waiting = intake_->end_batch(); more && waiting > 0; --waiting)
    more = handle(intake_->take(Intake::Clock::now()));
  if (more && dirty_) commit();
  return more;
}

void Pipeline::commit() {
  if (mode_ == CaptureMode::live) encoder_.flush();
  rows_.push(Commit{});
  dirty_ = false;
}

bool Pipeline::handle(const Intake::Taken& taken) {
  if (std::holds_alternative<Intake::Finished>(taken)) return false;
  if (std::holds_alternative<Intake::Idle>(taken)) return true;
  dirty_ = true;
  if (std::holds_alternative<Intake::Batch>(taken)) commit();
  if (const auto* samples = std::get_if<SampleSlot*>(&taken)) {
    SampleSlot& slot = **samples;
    const std::span<const TimeNs> stamps(slot.stamps_ns);
    const bool timed = slot.timed;
    encoder_.add(SampleBlock{slot.channel, slot.first_index, std::span(slot.values).first(slot.count),
                             timed ? stamps.first(slot.count) : std::span<const TimeNs>()});
    intake_->release(*samples);
  } else if (const auto* edges = std::get_if<EdgeSlot*>(&taken)) {
    encoder_.add(std::span<const Edge>((*edges)->edges).first((*edges)->count));
    intake_->release(*edges);
  } else if (const auto* raw = std::get_if<RawSlot*>(&taken)) {
    encoder_.add((*raw)->packets, (*raw)->bytes);
    intake_->release(*raw);
  } else if (const auto* items = std::get_if<std::vector<Item>>(&taken)) {
    for (const Item& item : *items)
      std::visit([this](const auto& value) { rows_.push(value); }, item);
  }
  return true;
}

void Pipeline::store() try {
  for (std::vector<Row> rows = rows_.take(); !rows.empty(); rows = rows_.take()) {
    for (const Row& row : rows) {
      Status written = store_.write(row);
      if (written && writeback_ && std::holds_alternative<Commit>(row)) writeback_->start();
      if (written) continue;
      if (db_->in_transaction()) (void)db_->execute("ROLLBACK");
      return fail_with(std::move(written).error());
    }
  }
} catch (const std::exception& error) {
  fail_with({ErrorCode::internal, error.what()});
}

}  // namespace joulemark::capture
