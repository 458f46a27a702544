// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/timing/stated_levels.h>

#include <app/models/level_reader.h>

#include <algorithm>

namespace joulemark {

Result<LevelReader> LevelReader::of(SampleSource& source, TimeRange range, TimeNs first_ns) {
  LevelReader levels(source, range);
  JM_TRY(levels.look_back(first_ns));
  JM_TRY(levels.look_ahead());
  return levels;
}

// In ever longer stretches.
Status LevelReader::look_back(TimeNs first_ns) {
  const TimeNs begin_ns = rest_.begin_ns;
  for (TimeNs back_ns = 1'000'000'000;; back_ns *= 8) {
    const bool all = begin_ns - first_ns <= back_ns;
    const TimeRange before{all ? k_all_time.begin_ns : begin_ns - back_ns, begin_ns};
    JM_TRY(source_->edges(before, [&](std::span<const Edge> some) -> Status {
      for (const Edge& edge : some)
        levels_[edge.line] = edge.level;
      return {};
    }));
    if (all || levels_.size() == lines().size()) return {};
  }
}

// A line that was never seen before was at the opposite of what its first edge goes to; one without an edge
// is as metadata states it.
Status LevelReader::look_ahead() {
  if (levels_.size() == lines().size()) return {};
  JM_TRY(source_->edges(rest_, [&](std::span<const Edge> some) -> Status {
    for (const Edge& edge : some)
      levels_.try_emplace(edge.line, !edge.level);
    return {};
  }));
  JM_TRY_ASSIGN(const Levels stated, stated_levels(*source_));
  for (const Line& line : lines()) {
    const std::size_t id = line.id.value & 0xFF;
    if (stated.known.test(id)) levels_.try_emplace(line.id, stated.high.test(id));
  }
  return {};
}

Status LevelReader::load_until(TimeNs end_ns) {
  edges_.erase(edges_.begin(), edges_.begin() + static_cast<std::ptrdiff_t>(next_));
  next_ = 0;
  const TimeRange part{rest_.begin_ns, std::clamp(end_ns, rest_.begin_ns, rest_.end_ns)};
  rest_.begin_ns = part.end_ns;
  if (part.empty()) return {};
  return source_->edges(part, [&](std::span<const Edge> some) -> Status {
    edges_.insert(edges_.end(), some.begin(), some.end());
    return {};
  });
}

void LevelReader::go_to(TimeNs time_ns) {
  for (; next_ < edges_.size() && edges_[next_].time_ns <= time_ns; ++next_)
    levels_[edges_[next_].line] = edges_[next_].level;
}

std::optional<bool> LevelReader::at(LineId line) const {
  const auto level = levels_.find(line);
  return level == levels_.end() ? std::nullopt : std::optional(level->second);
}

}  // namespace joulemark
