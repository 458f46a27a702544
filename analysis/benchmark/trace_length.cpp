// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/trace_length.h>

#include <fmt/format.h>

namespace joulemark {
namespace {

// Of sixteen published runs the LPM01A's, in packets of 1.024 s, are 0.04 to 0.99 s longer than the log says,
// the JS110's up to 0.05 s shorter.
constexpr double k_most_long_s = 1.05;
double most_short_s(std::string_view monitor) {
  return monitor == "X-NUCLEO-LPM01A" ? 0.02 : 0.1;
}

}  // namespace

std::optional<std::string> trouble_with_length(const RunRecord& record, double held_s,
                                               std::string_view monitor) {
  if (!record.traced_s) return std::nullopt;
  const double surplus_s = held_s - *record.traced_s;
  if (surplus_s >= -most_short_s(monitor) && surplus_s <= k_most_long_s) return std::nullopt;
  return fmt::format(
      "The trace holds {:.3f} s of samples, but by the log it was on for {:.3f} s: samples are {}, and those "
      "after them lie in the wrong place.",
      held_s, *record.traced_s, surplus_s < 0 ? "lost" : "doubled");
}

}  // namespace joulemark
