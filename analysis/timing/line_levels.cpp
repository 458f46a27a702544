// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/edge_pairer.h>
#include <analysis/timing/line_levels.h>

#include <span>
#include <utility>

namespace joulemark {
namespace {

// Edges between two losses.
struct Period {
  LineSet seen;
  LineSet high_first;  // before their first edge
  LineSet high_last;   // after their last one
};

class Survey {
 public:
  explicit Survey(const std::vector<TimeRange>& unobserved)
      : unobserved_(unobserved), periods_(unobserved.size() + 1) {}

  // By time.
  void take(const Edge& edge) {
    const std::size_t line = edge.line.value & 0xFF;
    (edge.level ? high_ : low_).set(line);
    while (passed_ < unobserved_.size() && unobserved_[passed_].end_ns <= edge.time_ns)
      ++passed_;
    const bool within = passed_ < unobserved_.size() && unobserved_[passed_].begin_ns < edge.time_ns;
    if (within) return;
    Period& period = periods_[passed_];
    if (!period.seen.test(line)) period.high_first.set(line, !edge.level);
    period.seen.set(line);
    period.high_last.set(line, edge.level);
  }

  // stated: what something else tells of the start.
  [[nodiscard]] LineLevels finish(const LineSet& stated_high) const {
    const Period& first = periods_.front();
    LineLevels result{low_ & high_, (first.seen & first.high_first) | (~first.seen & stated_high), {}};
    Levels now{LineSet().set(), result.initial_high};
    for (std::size_t i = 0; i + 1 < periods_.size(); ++i) {
      now = at_end_of(periods_[i], now);
      now = at_begin_of(periods_[i + 1], now);
      result.after.push_back(now);
    }
    return result;
  }

 private:
  static Levels at_end_of(const Period& period, const Levels& at_begin) {
    return {at_begin.known | period.seen, (at_begin.high & ~period.seen) | (period.high_last & period.seen)};
  }
  [[nodiscard]] Levels at_begin_of(const Period& period, const Levels& before_loss) const {
    const LineSet never_moves = ~(low_ | high_);
    const LineSet stays = before_loss.known & (~before_loss.high | never_moves) & ~period.seen;
    return {period.seen | stays, (period.seen & period.high_first) | (stays & before_loss.high)};
  }

  const std::vector<TimeRange>& unobserved_;
  std::vector<Period> periods_;
  std::size_t passed_ = 0;
  LineSet low_;
  LineSet high_;
};

}  // namespace

Result<LineLevels> look_at_lines(SampleSource& source, const std::vector<TimeRange>& unobserved) {
  Survey survey(unobserved);
  JM_TRY(source.edges(k_plausible_time, [&](std::span<const Edge> edges) -> Status {
    for (const Edge& edge : edges)
      survey.take(edge);
    return {};
  }));
  JM_TRY_ASSIGN(const Levels stated, stated_levels(source));
  return survey.finish(stated.high);
}

}  // namespace joulemark
