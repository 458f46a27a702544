// SPDX-License-Identifier: GPL-3.0-or-later
// Where an axis has its ticks, and what stands beside them.
#pragma once

#include <analysis/model/time.h>

#include <QString>
#include <string_view>
#include <vector>

namespace joulemark {

struct Tick {
  double at = 0;  // in the axis' own unit
  QString text;
  bool minor = false;  // between powers of ten
};

// At 1, 2 or 5 x 10^n apart, at most `most` of them within [low, high]; all with one SI prefix.
struct LinearTicks {
  double step = 1;
  QString unit;  // with prefix
  std::vector<Tick> ticks;
};
[[nodiscard]] LinearTicks linear_ticks(double low, double high, int most, std::string_view unit);

// At every so manieth power of ten within [low, high], none where low is not above zero.
[[nodiscard]] std::vector<Tick> decade_ticks(double low, double high, int every, std::string_view unit);
// As many as fit into so many pixels with texts of that height; where three decades or fewer are in view,
// also at 2 and 5 times a power of ten.
[[nodiscard]] std::vector<Tick> decade_ticks_within(double low, double high, double pixels,
                                                    double text_height, std::string_view unit);

struct TimeTicks {
  TimeNs step_ns = 1;
  std::vector<Tick> ticks;  // at: ns
};
[[nodiscard]] TimeTicks time_ticks(TimeRange range, int most);
// As many as fit into so many pixels with their texts.
[[nodiscard]] TimeTicks time_ticks_within(TimeRange range, double width);

}  // namespace joulemark
