// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <optional>
#include <span>
#include <vector>

namespace joulemark {

// What a window amounts to. energy_j is 0 without a voltage, charge_c and peak_current_a without a current;
// ask the Rail which is there.
struct WindowSum {
  double energy_j = 0;
  double charge_c = 0;
  double peak_current_a = 0;
  double covered_s = 0;
  double missing_s = 0;
  std::int64_t samples = 0;

  void add(const WindowSum& other);
};

// Power and current of a source under one roof. Where one is the other times a constant the samples are read
// once for both.
class Rail {
 public:
  // Errors: inadequate when the capture has no channel to measure by. The source outlives the Rail.
  [[nodiscard]] static Result<Rail> open(SampleSource& source);

  [[nodiscard]] bool has_energy() const { return has_energy_; }
  [[nodiscard]] bool has_charge() const { return has_charge_; }

  // Windows in any order; one pass over the samples per quantity that must be read. Errors: the source's.
  [[nodiscard]] Result<std::vector<WindowSum>> over(std::span<const TimeRange> windows,
                                                    Boundary boundary) const;

  // Puts the largest sample wholly inside its window into each sum's peak_current_a: one that reaches beyond
  // may be the neighbour's. Windows shorter than two samples, and those of uneven samples, keep what they
  // have. Errors: the source's.
  [[nodiscard]] Status find_peaks(std::span<const TimeRange> windows, std::span<WindowSum> sums) const;

 private:
  explicit Rail(SampleSource& source) : source_(&source) {}

  SampleSource* source_;
  bool has_energy_ = false;
  bool has_charge_ = false;
  std::optional<double> amperes_per_watt_;  // set: current follows from power
};

}  // namespace joulemark
