// SPDX-License-Identifier: Apache-2.0
// The converter runs on a clock of its own and says only, when asked, that a conversion has ended. From such
// answers: when it ended, how many were missed in between, and how long one takes. Pure.
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <span>

namespace joulemark::ina219 {

// A conversion ended within (after, before]; its value was read at read_ns, which may be later.
struct ConversionBounds {
  TimeNs after_ns = 0;
  TimeNs before_ns = 0;
  TimeNs read_ns = 0;
};

class ConversionClock {
 public:
  enum class Verdict {
    conversion,
    stale,   // the one before once more
    jumped,  // earlier than the one before: the host's clock jumped
  };
  struct Step {
    Verdict verdict = Verdict::conversion;
    std::int64_t conversions = 1;  // since the one before: more than 1 when some were missed; 0 for the first
    TimeNs end_ns = 0;             // the best estimate; rises from conversion to conversion
  };

  // low, high: the period is never believed to be outside.
  ConversionClock(double period_ns, double low_ns, double high_ns);

  // In the order of reading. When the value was read too late to tell by the bounds, it is the last
  // conversion that had ended by then.
  [[nodiscard]] Step observe(const ConversionBounds& bounds);
  // The converter was started anew: the next conversion has a phase of its own, and the bounds' after, when
  // nothing later is known, is the time of the start.
  void restart() { started_ = false; }

  [[nodiscard]] double period_ns() const { return period_ns_; }

 private:
  [[nodiscard]] Step first(const ConversionBounds& bounds);
  void narrow(double count, double after_ns, double before_ns);

  double period_ns_;
  double low_ns_;
  double high_ns_;
  bool started_ = false;
  bool ever_ = false;
  double low_end_ns_ = 0;   // the last conversion ended between these, relative to origin_ns_, as all bounds
  double high_end_ns_ = 0;  // so far leave it
  double since_start_ = 0;  // conversions
  TimeNs origin_ns_ = 0;    // so that a double holds it exactly enough
  TimeNs last_end_ns_ = 0;  // as told
};

// The period, from bounds in order, of which some may be late or missing. None: too few, or none between low
// and high fits.
[[nodiscard]] std::optional<double> estimate_period_ns(std::span<const ConversionBounds> bounds,
                                                       double low_ns, double high_ns);

}  // namespace joulemark::ina219
