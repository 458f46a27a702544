// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/time.h>

#include <optional>

namespace joulemark::ina219 {

// A conversion of the shunt voltage. Times: capture time.
struct ShuntConversion {
  TimeNs end_ns = 0;
  int steps = 0;
  bool clipped = false;
};

// The stretch between two neighbouring conversions, in which the chip measured its bus voltage or was
// configured: nobody saw the shunt. One sample, the mean of its neighbours, stands for it: wherever in the
// stretch the current changed, it is off by half of the stretch at most, and by nothing on average. Pure.
class UnobservedShunt {
 public:
  // In order; aperture: of a conversion.
  UnobservedShunt(const ShuntConversion& before, const ShuntConversion& after, TimeNs aperture_ns);

  [[nodiscard]] TimeRange time() const { return time_; }  // may be empty
  // Than can be bridged: a gap.
  [[nodiscard]] bool is_too_long() const;
  // The sample, stamped as others are, with the end of an aperture that begins where the stretch does; it so
  // holds until the next conversion begins.
  [[nodiscard]] ShuntConversion conversion() const;
  [[nodiscard]] double steps() const { return static_cast<double>(steps_); }  // of it, exactly
  // first_index: of the sample.
  [[nodiscard]] Anomaly told(ChannelId channel, std::int64_t first_index) const;

 private:
  TimeRange time_;
  TimeNs aperture_ns_;
  float steps_;
  bool clipped_;
};

}  // namespace joulemark::ina219
