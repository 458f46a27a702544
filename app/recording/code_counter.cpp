// SPDX-License-Identifier: Apache-2.0
#include <app/recording/code_counter.h>

#include <algorithm>
#include <string>
#include <utility>

namespace joulemark {
namespace {

constexpr TimeNs k_disorder_ns = 1'000'000;
constexpr std::int64_t k_near = 64;  // as many as may end in one

std::int64_t events_in(const CodeDecoder& decoder) {
  return static_cast<std::int64_t>(decoder.windows().size());
}

}  // namespace

CodeCounter::CodeCounter(MarkerCode code) : code_(std::move(code)) {}

void CodeCounter::state_level(LineId line, bool high) {
  const auto bit = std::ranges::find(code_.lines, line) - code_.lines.begin();
  if (high && bit < static_cast<std::ptrdiff_t>(code_.lines.size())) levels_ |= 1U << bit;
}

CodeDecoder& CodeCounter::decoder() {
  if (!decoder_)
    decoder_.emplace(code_, levels_, std::vector<CodeBlindness>{},
                     [](std::uint32_t) { return std::string(); });
  return *decoder_;
}

void CodeCounter::add(const Edge& edge) {
  if (std::ranges::find(code_.lines, edge.line) == code_.lines.end() && edge.line != code_.strobe) return;
  waiting_.insert(std::ranges::upper_bound(waiting_, edge.time_ns, {}, &Edge::time_ns), edge);
  last_ns_ = waiting_.back().time_ns;
  checked_ = false;
  release(last_ns_ - k_disorder_ns);
}

void CodeCounter::release(TimeNs until_ns) {
  const auto end = std::ranges::upper_bound(waiting_, until_ns, {}, &Edge::time_ns);
  std::for_each(waiting_.begin(), end, [this](const Edge& edge) { decoder().push(edge); });
  waiting_.erase(waiting_.begin(), end);
}

bool CodeCounter::reached(std::int64_t events, TimeNs now_ns) {
  const TimeNs still_ns = std::max(k_disorder_ns, 2 * code_.settle_ns);
  if (checked_ || now_ns - last_ns_ < still_ns) return decoder_ && events_in(*decoder_) >= events;
  release(now_ns);
  checked_ = true;
  if (events_in(decoder()) + k_near < events) return false;
  CodeDecoder ended = decoder();  // what the last change has shown counts once it stands
  ended.finish(now_ns);
  return events_in(ended) >= events;
}

}  // namespace joulemark
