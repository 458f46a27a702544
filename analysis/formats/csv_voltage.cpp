// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_voltage.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark {

void VoltageHoles::take(bool has_voltage, TimeNs time_ns, std::int64_t index, const CsvRows& row) {
  last_ns_ = time_ns;
  if (has_voltage) {
    close(time_ns);
    known_ns_ = time_ns;
    return;
  }
  if (rows_++ > 0) return;
  first_index_ = index;
  first_place_ = row.place();
  begin_ns_ = known_ns_.value_or(time_ns);
}

void VoltageHoles::close(TimeNs end_ns) {
  constexpr std::int64_t k_hole_rows = 10;
  if (rows_ >= k_hole_rows) {
    held_.add(
        begin_ns_, first_index_, [&] { return first_place_; }, rows_);
    longest_ns_ = std::max(longest_ns_, end_ns - begin_ns_);
  }
  rows_ = 0;
}

Status VoltageHoles::report(SampleSink& sink) {
  close(last_ns_);
  return held_.report(
      sink, fmt::format("[current lies|currents lie] in stretches without a voltage, the longest {}; the "
                        "nearest voltage is held over them",
                        format_si(to_seconds(longest_ns_), "s", 3)));
}

}  // namespace joulemark
