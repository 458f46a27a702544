// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/database.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace joulemark::capture {

// Moves what the write-ahead log holds into the database, on a thread and connection of its own: its waits
// for the disk (seconds on a busy one) must not hold up commits. Runs until destroyed.
class Checkpointer {
 public:
  explicit Checkpointer(Database connection);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;
  ~Checkpointer();

  // Does it now, or waits until the thread that does it has done it. From any thread.
  void work();

 private:
  void run();
  void checkpoint();
  [[nodiscard]] bool log_is_long() const;

  std::mutex mutex_;  // over all below
  Database db_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace joulemark::capture
