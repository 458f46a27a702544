// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/value_source.h>
#include <analysis/model/sample_source.h>

namespace joulemark::capture {

// Integrals over windows: whole blocks from their sums, the blocks at the ends sample by sample.
class Integrator {
 public:
  // blocks: with the sums of what values gives. All outlive it. SI value = value x gain.
  Integrator(const Channel& channel, const BlockDirectory& blocks, ValueSource& values, double gain);

  struct Part {
    Integral integral;
    Stats stats;  // of the values (before gain) of every sample that touches the window, each counting once
  };
  // with_stats: also m2, which reads every sample of the window.
  [[nodiscard]] Result<Part> integrate(TimeRange window, Boundary boundary, bool with_stats);

 private:
  struct Sum {  // before gain
    bool with_stats = false;
    double integral = 0;
    double covered = 0;  // samples or ns
    double beyond = 0;   // timed: ns of whole samples outside the window, which must not make up for a gap
    std::int64_t samples = 0;
    double min = std::numeric_limits<double>::infinity();
    double max = -std::numeric_limits<double>::infinity();
    Stats stats;  // with_stats: of what came through add()

    void add(double weight, double value);
    void add(const Stats& whole_samples);
  };

  [[nodiscard]] Status uniform(double begin, double end, Sum& sum);
  [[nodiscard]] Status timed(TimeRange window, Boundary boundary, Sum& sum);
  [[nodiscard]] Status uniform_block(std::size_t k, double begin, double end, Sum& sum);
  [[nodiscard]] Status timed_block(std::size_t k, TimeRange window, Boundary boundary, Sum& sum);
  void add_inside(std::size_t first, std::size_t last, Sum& sum) const;

  Channel channel_;
  SampleGrid grid_;
  const BlockDirectory* blocks_;
  ValueSource* values_;
  double gain_;
  std::size_t near_ = 0;  // where the last window began: the next one often begins nearby
};

}  // namespace joulemark::capture
