// SPDX-License-Identifier: Apache-2.0
// Is a column of times evenly spaced, up to the digits it was printed with?
#pragma once

#include <analysis/model/time.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark {

// Times told in steps that the samples do not share: taken as evenly spaced, each row the next sample.
struct CsvRounding {
  double step_ns = 0;
  std::int64_t rows = 0;
  std::int64_t repeats = 0;  // of those, with the time of the row before
  double rate_rel = 0;       // how far the rate may be off
};

struct CsvTiming {
  bool uniform = false;
  double rate_hz =
      0;  // uniform: exact enough that index_of is right for every time; else 1 / median step, or 0
  std::int64_t rows = 0;  // whose times rise
  std::optional<CsvRounding> rounded;

  // Of a time after the first one. Uniform timing only.
  [[nodiscard]] std::int64_t index_of(TimeNs since_first_ns) const;

  // How many samples a step between two rows leaves out. Uneven timing only: a step longer than 10 median
  // steps is a hole, of round(step / median) - 1 samples; a shorter one is none.
  [[nodiscard]] std::int64_t lost_in(TimeNs step_ns) const;
};

// The median of many steps in fixed memory: the mean of the bin that holds it, whose ends lie 1.6 % apart at
// most.
class MedianStep {
 public:
  void add(TimeNs step_ns);
  [[nodiscard]] double ns() const;  // 0 without a step

 private:
  static constexpr std::size_t k_bins_per_octave = 64;
  struct Bin {
    std::int64_t count = 0;
    double sum_ns = 0;
  };
  std::vector<Bin> bins_ = std::vector<Bin>(64 * k_bins_per_octave);
  std::int64_t count_ = 0;
};

// Takes rising times, first the one all others are measured from. Memory is fixed.
//
// The times are uniform when one interval T puts each within the printed resolution of t0 + k T with whole
// rising k: every time narrows the range of T, and an empty range ends the matter. Jumps over whole multiples
// of T are gaps, and stay uniform. Tried with a tolerance of 1 ns first (times that are whole decimals), then
// with the printed resolution.
//
// Times in steps about as long as T or longer repeat or jump, as if rows were doubled or missing. Where that
// happens often, and every row being the next sample puts each time within a step of t0 + k T, it is rounding
// (CsvTiming::rounded).
class CsvTimeSurvey {
 public:
  // slot: which sample the row is, when none is missing.
  void add(TimeNs time_ns, double resolution_ns, std::int64_t slot);

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
    void narrow(double since_first_ns, double steps);
  };
  struct Stamp {
    TimeNs time_ns = 0;
    std::int64_t slot = 0;
  };

  void begin();  // the first times are in: the interval is about their median step
  void take(Stamp stamp);
  [[nodiscard]] bool looks_rounded(const Hypothesis& kept) const;
  [[nodiscard]] double rate_rel_of_rounded() const;

  MedianStep steps_;
  std::vector<Stamp> early_;
  bool begun_ = false;
  TimeNs first_ns_ = 0;
  TimeNs last_ns_ = 0;
  Stamp newest_;
  std::int64_t repeats_ = 0;
  double resolution_ns_ = 1e18;
  double median_ns_ = 0;
  std::int64_t rows_ = 0;
  Hypothesis exact_;
  Hypothesis printed_;
  Hypothesis rounded_;  // k: of every row
};

}  // namespace joulemark
