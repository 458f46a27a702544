// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/mlperf_rules.h>

#include <algorithm>

namespace joulemark {
namespace {

MlperfRule rule(std::string name, double limit, std::optional<double> observed, bool at_least) {
  MlperfRule rule{std::move(name), limit, observed, MlperfRuleStatus::unknown};
  if (!observed) return rule;
  const bool holds = at_least ? *observed >= limit : *observed <= limit;
  rule.status = holds ? MlperfRuleStatus::pass : MlperfRuleStatus::fail;
  return rule;
}

// Lost samples: what the monitor said, or what the windows miss, whichever is more. A trace that shows no
// hole does not prove that nothing was dropped.
std::optional<double> dropped_fraction(const MlperfFigures& figures, const RunRecord& record,
                                       std::span<const WindowSpan> spans) {
  std::int64_t missing = 0;
  std::int64_t expected = 0;
  for (const MlperfWindow& window : figures.windows)
    missing += window.missing_samples;
  for (const WindowSpan& span : spans)
    expected += span.samples.count();
  if (missing <= 0 || expected <= 0) return record.dropped_fraction;
  const double fraction = static_cast<double>(missing) / static_cast<double>(expected);
  return std::max(fraction, record.dropped_fraction.value_or(0));
}

// How much of a window was recorded: its length when no sample of it is missing.
double recorded_s(const WindowSpan& span, const MlperfWindow& window) {
  const auto expected = static_cast<double>(span.samples.count());
  if (expected <= 0) return 0;
  return span.time.seconds() * (expected - static_cast<double>(window.missing_samples)) / expected;
}

}  // namespace

std::vector<MlperfRule> judge_rules(const MlperfFigures& figures, const RunRecord& record,
                                    std::span<const WindowSpan> spans) {
  std::optional<double> shortest_s;
  for (std::size_t i = 0; i < std::min(spans.size(), figures.windows.size()); ++i) {
    const double length_s = recorded_s(spans[i], figures.windows[i]);
    shortest_s = std::min(shortest_s.value_or(length_s), length_s);
  }
  std::optional<double> inferences;
  if (record.inferences) inferences = static_cast<double>(*record.inferences);
  return {rule("min_windows", 5, static_cast<double>(figures.windows.size()), true),
          rule("min_window_s", 10, shortest_s, true), rule("min_inferences", 10, inferences, true),
          rule("max_dropped_fraction", 0.001, dropped_fraction(figures, record, spans), false)};
}

}  // namespace joulemark
