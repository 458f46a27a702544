// SPDX-License-Identifier: GPL-3.0-or-later
// Long work off the window's thread.
#pragma once

#include <QMetaObject>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

class QObject;

namespace joulemark {

// One thread and a queue. Of each key only the newest task matters: posting drops a waiting one of that key
// and asks a running one to stop. What is posted to be kept matters always: it goes before all that waits,
// and nothing drops it.
class Worker {
 public:
  using Task = std::function<void(const std::stop_token&)>;

  Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();  // asks what runs to stop, drops what waits, does what is kept, and joins

  void post(int key, Task task);
  void post_kept(std::function<void()> task);
  void cancel(int key);
  void cancel_all();
  [[nodiscard]] bool idle() const;

 private:
  static constexpr int k_nothing = -1;
  static constexpr int k_kept = -2;
  struct Waiting {
    int key;  // k_kept: not to be dropped
    Task task;
  };
  void run(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Waiting> queue_;
  int running_key_ = k_nothing;
  std::stop_source running_;
  std::jthread thread_;
};

// Calls function on receiver's thread, soon; never when the receiver is gone by then.
template <typename Function>
void deliver(QObject* receiver, Function function) {
  QMetaObject::invokeMethod(receiver, std::move(function), Qt::QueuedConnection);
}

}  // namespace joulemark
