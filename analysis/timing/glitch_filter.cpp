// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/glitch_filter.h>

#include <algorithm>

namespace joulemark {
namespace {

// A line that chatters for hours is settled piece by piece.
constexpr std::size_t k_most_in_cluster = 64;

}  // namespace

void GlitchFilter::push(const Edge& edge, std::vector<Edge>& out) {
  const bool continues = !cluster_.empty() && edge.level != cluster_.back().level &&
                         edge.time_ns - cluster_.back().time_ns < hold_ns_;
  if (!continues) finish(out);
  cluster_.push_back(edge);
  if (cluster_.size() < k_most_in_cluster) return;
  settle();
  if (cluster_.empty()) return;
  out.insert(out.end(), cluster_.begin(), cluster_.end() - 1);
  cluster_.erase(cluster_.begin(), cluster_.end() - 1);
}

void GlitchFilter::finish(std::vector<Edge>& out) {
  settle();
  out.insert(out.end(), cluster_.begin(), cluster_.end());
  cluster_.clear();
}

void GlitchFilter::settle() {
  while (cluster_.size() >= 2) {
    std::size_t shortest = 0;
    TimeNs length_ns = cluster_[1].time_ns - cluster_[0].time_ns;
    for (std::size_t i = 1; i + 1 < cluster_.size(); ++i) {
      const TimeNs length = cluster_[i + 1].time_ns - cluster_[i].time_ns;
      if (length > length_ns) continue;
      shortest = i;
      length_ns = length;
    }
    if (length_ns >= hold_ns_) return;
    drop_pulse(shortest);
  }
}

void GlitchFilter::drop_pulse(std::size_t first) {
  const auto begin = cluster_.begin() + static_cast<std::ptrdiff_t>(first);
  const TimeRange pulse{begin->time_ns, (begin + 1)->time_ns};
  if (glitches_ + zero_length_ == 0) where_ = pulse;
  where_ = {std::min(where_.begin_ns, pulse.begin_ns), std::max(where_.end_ns, pulse.end_ns)};
  ++(pulse.empty() ? zero_length_ : glitches_);
  cluster_.erase(begin, begin + 2);
}

}  // namespace joulemark
