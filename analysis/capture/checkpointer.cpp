// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/checkpointer.h>

#include <chrono>
#include <filesystem>
#include <system_error>

namespace joulemark::capture {
namespace {

using namespace std::chrono_literals;

constexpr auto k_interval = 300ms;
constexpr std::uintmax_t k_long_log = 2 << 20;

}  // namespace

Checkpointer::Checkpointer(Database connection) : db_(std::move(connection)), thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

// The log keeps its length when it starts anew, so a checkpoint may find nothing to do; that is cheap.
bool Checkpointer::log_is_long() const {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(db_.path() + "-wal", error);
  return !error && size > k_long_log;
}

void Checkpointer::work() {
  const std::lock_guard lock(mutex_);
  checkpoint();
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, k_interval, [this] { return stop_; })) {
    if (log_is_long()) checkpoint();
  }
}

// A failure loses nothing: the log stays, and the writer sees what is wrong with the disk by itself.
void Checkpointer::checkpoint() {
  (void)db_.execute("PRAGMA wal_checkpoint(PASSIVE)");
}

}  // namespace joulemark::capture
