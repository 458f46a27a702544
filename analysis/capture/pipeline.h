// SPDX-License-Identifier: Apache-2.0
// The two threads behind the intake: one encodes (compression, checksums, summaries), one writes to the
// database.
#pragma once

#include <analysis/capture/capture_options.h>
#include <analysis/capture/early_writeback.h>
#include <analysis/capture/encoder.h>
#include <analysis/capture/intake.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace joulemark::capture {

// Rows on their way to the database thread; bounded in bytes. Handed over in batches: waking a thread for
// every row costs more than writing it.
class RowQueue {
 public:
  void push(Row row);  // waits for room; ignored after cancel
  [[nodiscard]] std::vector<Row>
  take();  // waits for a batch or a Commit; empty when finished, or after cancel
  void finish();
  void cancel();

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable freed_;
  std::vector<Row> rows_;
  std::size_t bytes_ = 0;
  bool ready_ = false;  // enough for a batch, or a Commit among them
  bool finished_ = false;
  bool cancelled_ = false;
};

// Runs from construction until wait(). Both references outlive it; the database belongs to it in between.
class Pipeline {
 public:
  Pipeline(Database& db, RowStore store, Intake& intake, const CaptureInfo& info,
           const CaptureOptions& options);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline();

  // Cheap; from any thread. The first thing that went wrong behind the intake.
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
  [[nodiscard]] Error failure() const;

  // Everything put before finish() of the intake is committed, or something failed. Idempotent.
  void wait();
  [[nodiscard]] bool power_behind() const { return encoder_.power_behind(); }  // after wait()

 private:
  void encode();
  void store();
  [[nodiscard]] bool handle(const Intake::Taken& taken);  // false: nothing follows
  [[nodiscard]] bool commit_live();
  void commit();
  void fail_with(Error error);

  Database* db_;
  RowStore store_;
  Intake* intake_;
  CaptureMode mode_;
  // Bulk only: closing its descriptor gives up the process's locks on the file, which a live recorder needs
  // to the end.
  std::optional<EarlyWriteback> writeback_;
  RowQueue rows_;
  Encoder encoder_;
  bool dirty_ = false;
  mutable std::mutex failure_mutex_;
  Error failure_;
  std::atomic<bool> failed_ = false;
  std::thread database_thread_;
  std::thread encoder_thread_;
};

}  // namespace joulemark::capture
