// SPDX-License-Identifier: Apache-2.0
// A Channel is one measured quantity of a capture.
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// The unit follows from the quantity; always SI base units (A, V, W, J, degC).
enum class Quantity { current, voltage, power, energy, temperature };

[[nodiscard]] std::string_view unit_of(Quantity quantity);  // "A", "V", "W", "J", "degC"
[[nodiscard]] std::string_view name_of(Quantity quantity);  // "current", ...
[[nodiscard]] std::optional<Quantity> quantity_from_name(std::string_view name);

// How we know a characteristic of the instrument.
enum class Provenance { unknown, specified, measured };

struct Characteristic {
  double value = 0;
  Provenance provenance = Provenance::unknown;

  [[nodiscard]] bool known() const { return provenance != Provenance::unknown; }
  bool operator==(const Characteristic&) const = default;
};

// Where in its averaging interval a sample is stamped.
enum class StampPosition { start, middle, end };

[[nodiscard]] std::string_view name_of(Provenance provenance);
[[nodiscard]] std::string_view name_of(StampPosition position);
[[nodiscard]] std::optional<Provenance> provenance_from_name(std::string_view name);
[[nodiscard]] std::optional<StampPosition> stamp_position_from_name(std::string_view name);

// A measuring range in SI units, with the step of one code.
struct Range {
  double low = 0;
  double high = 0;
  double resolution = 0;
  bool operator==(const Range&) const = default;
};

struct Channel {
  std::string name;  // "instrument.channel", e.g. "monsoon.current"
  Quantity quantity = Quantity::current;

  // Uniform channels: sample i is stamped start_ns + i / rate_hz. Timed channels carry a stamp per sample and
  // rate_hz is their nominal rate (0 when there is none).
  double rate_hz = 0;
  bool timed = false;
  TimeNs start_ns = 0;  // stamp of index 0; unused by timed channels

  // SI value = stored float32 x scale, multiplied in double. Importers keep the source's own numbers (EEMBC
  // files are exact in microjoules: scale 1e-6).
  double scale = 1;

  // Energy channels: a sample is the energy of its interval of 1 / rate_hz, in joules (after scale).
  Characteristic aperture_s;   // what one sample averages over; 0 = a point in time
  Characteristic dead_time_s;  // per sample: part of the interval that is not observed
  StampPosition stamp_position = StampPosition::start;
  std::vector<Range> ranges;

  bool operator==(const Channel&) const = default;

  // Seconds from one sample to the next (nominal for timed channels; 0 when unknown).
  [[nodiscard]] double interval_s() const { return rate_hz > 0 ? 1 / rate_hz : 0; }

  // How far before its stamp a sample's interval starts: 0, half or all of the aperture (of the interval when
  // the aperture is unknown).
  [[nodiscard]] double lead_s() const;
};

// The grid of a uniform channel: which stretch of time each sample holds for. Sample i holds over
// [origin + i/rate, origin + (i+1)/rate). float64 keeps a position within 3e-4 of a sample over a week at 2
// MS/s.
class SampleGrid {
 public:
  explicit SampleGrid(const Channel& channel);

  // Fractional sample position of a time: 2.25 is a quarter into sample 2.
  [[nodiscard]] double position(TimeNs time_ns) const;
  // Start of the interval of sample i, rounded to the nearest ns.
  [[nodiscard]] TimeNs time_of(std::int64_t index) const;
  // The fewest whole samples that cover the range.
  [[nodiscard]] IndexRange covering(TimeRange range) const;
  [[nodiscard]] double rate_hz() const { return rate_hz_; }

 private:
  double rate_hz_;
  TimeNs origin_ns_;
};

}  // namespace joulemark
