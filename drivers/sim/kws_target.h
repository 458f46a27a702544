// SPDX-License-Identifier: Apache-2.0
// The simulated target: a keyword spotter that sleeps until a comparator hears something.
#pragma once

#include <analysis/model/ids.h>
#include <analysis/model/time.h>

#include <drivers/sim/counter_random.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

namespace joulemark::sim {

enum class Activity { sleep, inference, detector, frontend, keyword };

// What the target says on its marker lines: high while the activity lasts. Back to back activities share an
// instant, in which one line falls and the next one rises.
struct MarkerLine {
  Activity activity;
  std::string_view name;
  LineId line;
};

inline constexpr std::array<MarkerLine, 4> k_marker_lines{{{Activity::inference, "inference", LineId{0}},
                                                           {Activity::detector, "detector", LineId{1}},
                                                           {Activity::frontend, "frontend", LineId{2}},
                                                           {Activity::keyword, "keyword", LineId{3}}}};

// Null for sleep, which has no line.
[[nodiscard]] const MarkerLine* marker_line(Activity activity);

inline constexpr double k_sleep_current_a = 15e-6;

// A stretch over which the load current runs straight from begin_a to end_a.
struct Phase {
  TimeRange time;
  double begin_a = 0;
  double end_a = 0;
  Activity activity = Activity::sleep;
};

struct TargetSettings {
  std::uint64_t seed = 1;
  double wake_rate_hz = 6;
  double spacing_s = 0;  // sleep between the activities of one wake
};

// The phases of the target from time 0 on, without gaps or end; a function of the settings alone. After every
// sleep (exponentially distributed, mean 1 / wake_rate_hz, at least 1 ms) come a front-end and a
// detector, in half of the wakes an inference, and after half of those a keyword, sent by radio. Lengths vary
// by +-3 % and currents by +-2 % from one event to the next.
class KwsTarget {
 public:
  explicit KwsTarget(const TargetSettings& settings);

  [[nodiscard]] Phase next();

 private:
  void wake();
  void sleep(double length_s);
  void add(Activity activity);
  [[nodiscard]] double draw() { return random_.uniform(draws_++); }

  CounterRandom random_;
  TargetSettings settings_;
  std::uint64_t draws_ = 0;
  TimeNs now_ns_ = 0;  // end of the last phase made
  std::deque<Phase> made_;
};

}  // namespace joulemark::sim
