// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/twin_port.h>

#include <algorithm>
#include <utility>

namespace joulemark::twin {

namespace {

constexpr TimeNs k_step_ns = 1'000'000;          // how fine the boards' time follows ours
constexpr TimeNs k_stride_ns = 20'000'000;       // run at one go
constexpr TimeNs k_hopeless_ns = 2'000'000'000;  // so far behind, the boards' time is let go
constexpr std::size_t k_most_waiting = 100'000;  // bytes: a second of the line
constexpr std::size_t k_portion = 512;

}  // namespace

TwinPort::TwinPort(Twin& twin, Pace pace, std::function<void(const Error&)> on_failure)
    : twin_(twin), pace_(pace), on_failure_(std::move(on_failure)), offset_ns_(twin.now_ns()) {}

TimeNs TwinPort::goal_ns(TimeNs now_ns) {
  if (pace_ == Pace::maximum) return twin_.now_ns() + (waiting_.empty() ? k_stride_ns : 0);
  TimeNs goal_ns = now_ns + offset_ns_;
  if (goal_ns - twin_.now_ns() > k_hopeless_ns || waiting_.size() > k_most_waiting) {
    offset_ns_ = twin_.now_ns() - now_ns;
    goal_ns = twin_.now_ns();
  }
  behind_ = goal_ns > twin_.now_ns() + k_stride_ns;
  return std::min(goal_ns, twin_.now_ns() + k_stride_ns);
}

bool TwinPort::advance(TimeNs now_ns) {
  now_ns_ = now_ns;
  if (failed_) return false;
  const Status ran = twin_.run_until(goal_ns(now_ns));
  fetch();
  if (ran) return true;
  failed_ = true;
  on_failure_(ran.error());
  return false;
}

void TwinPort::fetch() {
  const auto received = twin_.take_received();
  waiting_.insert(waiting_.end(), received.begin(), received.end());
}

void TwinPort::receive(TimeNs now_ns, std::span<const std::byte> bytes) {
  if (pace_ == Pace::real_time) static_cast<void>(advance(now_ns));  // so that they come in when they come
  std::vector<std::uint8_t> out;
  for (const std::byte byte : bytes)
    out.push_back(std::to_integer<std::uint8_t>(byte));
  twin_.send(out);
}

std::vector<std::byte> TwinPort::send(TimeNs) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), k_portion));
  std::vector<std::byte> portion;
  std::transform(waiting_.begin(), waiting_.begin() + count, std::back_inserter(portion),
                 [](std::uint8_t byte) { return std::byte{byte}; });
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  return portion;
}

std::optional<TimeNs> TwinPort::ready_ns() const {
  return pace_ == Pace::maximum || behind_ ? now_ns_ : now_ns_ + k_step_ns;
}

}  // namespace joulemark::twin
