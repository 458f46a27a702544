// SPDX-License-Identifier: Apache-2.0
// Is a column of times evenly spaced, up to the digits it was printed with?
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark {

struct CsvTiming {
  bool uniform = false;
  double rate_hz =
      0;  // uniform: exact enough that index_of is right for every time; else nominal (median), or 0
  std::int64_t rows = 0;

  // Of a time after the first one. Uniform timing only.
  [[nodiscard]] std::int64_t index_of(TimeNs since_first_ns) const;
};

// Takes strictly rising times, first the one all others are measured from. Memory is fixed.
//
// The times are uniform when one interval T puts each within the printed resolution of t0 + k T with whole
// rising k: every time narrows the range of T, and an empty range ends the matter. Jumps over whole multiples
// of T are gaps, and stay uniform. Tried with a tolerance of 1 ns first (times that are whole decimals), then
// with the printed resolution.
class CsvTimeSurvey {
 public:
  void add(TimeNs time_ns, double resolution_ns);

  // Errors never: fewer than two times are uniform at no known rate (rate_hz 0).
  [[nodiscard]] CsvTiming finish();

 private:
  struct Hypothesis {
    double tolerance_ns = 1;
    double low_ns = 0;
    double high_ns = 0;
    std::int64_t k = 0;
    bool alive = false;

    void start(double tolerance, double interval_ns);
    void take(TimeNs since_first_ns, TimeNs step_ns);
  };

  void begin();  // the first times are in: the interval is about their median step
  void take(TimeNs time_ns);

  std::vector<TimeNs> early_;
  bool begun_ = false;
  TimeNs first_ns_ = 0;
  TimeNs last_ns_ = 0;
  double resolution_ns_ = 1e18;
  double median_ns_ = 0;
  std::int64_t rows_ = 0;
  Hypothesis exact_;
  Hypothesis printed_;
};

}  // namespace joulemark
