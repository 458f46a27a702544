// SPDX-License-Identifier: Apache-2.0
#include <analysis/report/csv.h>

#include <fmt/format.h>

#include <iterator>

namespace joulemark {
namespace {

std::string cell(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

// Exact, also where float64 seconds are not.
std::string seconds(TimeNs time_ns) {
  const TimeNs whole = time_ns / 1'000'000'000;
  const TimeNs rest = time_ns % 1'000'000'000;
  const bool negative = time_ns < 0;
  return fmt::format("{}{}.{:09}", negative ? "-" : "", negative ? -whole : whole, negative ? -rest : rest);
}

}  // namespace

std::string to_csv(const Report& report, const std::vector<EventRow>& rows) {
  std::string csv =
      "name,index,begin_s,end_s,latency_s,energy_j,net_energy_j,charge_c,power_w,peak_current_a,method,"
      "flags\n";
  for (const EventRow& row : rows) {
    const EventReport& event = report.events[row.name];
    fmt::format_to(std::back_inserter(csv), "{},{},{},{},{},{},{},{},{},{},{},{}\n", event.name, row.index,
                   seconds(row.time.begin_ns), seconds(row.time.end_ns),
                   row.time.seconds() / static_cast<double>(event.repeat), cell(row.energy_j),
                   cell(row.net_energy_j), cell(row.charge_c), cell(row.power_w), cell(row.peak_current_a),
                   name_of(row.method), fmt::join(names_of_flags(row.flags), "|"));
  }
  return csv;
}

}  // namespace joulemark
