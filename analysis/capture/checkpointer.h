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

 private:
  void run();
  [[nodiscard]] bool log_is_long() const;

  Database db_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace joulemark::capture
