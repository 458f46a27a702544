// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/worker.h>

#include <algorithm>

namespace joulemark {

Worker::Worker() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

Worker::~Worker() {
  cancel_all();
  thread_.request_stop();
  wake_.notify_all();
}

void Worker::post(int key, Task task) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(queue_, [key](const Waiting& waiting) { return waiting.key == key; });
  if (running_key_ == key) running_.request_stop();
  queue_.push_back({key, std::move(task)});
  wake_.notify_one();
}

void Worker::post_kept(std::function<void()> task) {
  const std::scoped_lock lock(mutex_);
  const auto after =
      std::ranges::find_if(queue_, [](const Waiting& waiting) { return waiting.key != k_kept; });
  queue_.insert(after, {k_kept, [task = std::move(task)](const std::stop_token&) { task(); }});
  wake_.notify_one();
}

void Worker::cancel(int key) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(queue_, [key](const Waiting& waiting) { return waiting.key == key; });
  if (running_key_ == key) running_.request_stop();
}

void Worker::cancel_all() {
  const std::scoped_lock lock(mutex_);
  std::erase_if(queue_, [](const Waiting& waiting) { return waiting.key != k_kept; });
  running_.request_stop();
}

bool Worker::idle() const {
  const std::scoped_lock lock(mutex_);
  return queue_.empty() && running_key_ == k_nothing;
}

void Worker::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    Waiting next = std::move(queue_.front());
    queue_.pop_front();
    running_key_ = next.key;
    running_ = {};
    const std::stop_token token = running_.get_token();
    lock.unlock();
    next.task(token);
    next.task = nullptr;
    lock.lock();
    running_key_ = k_nothing;
  }
}

}  // namespace joulemark
