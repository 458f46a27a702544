// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/channel.h>
#include <analysis/model/names.h>

namespace joulemark {
namespace {

constexpr NameTable<Quantity, 5> k_quantities{{{Quantity::current, "current"},
                                               {Quantity::voltage, "voltage"},
                                               {Quantity::power, "power"},
                                               {Quantity::energy, "energy"},
                                               {Quantity::temperature, "temperature"}}};

constexpr NameTable<Quantity, 5> k_units{{{Quantity::current, "A"},
                                          {Quantity::voltage, "V"},
                                          {Quantity::power, "W"},
                                          {Quantity::energy, "J"},
                                          {Quantity::temperature, "degC"}}};

constexpr NameTable<AnomalyKind, 22> k_anomaly_kinds{{{AnomalyKind::gap, "gap"},
                                                      {AnomalyKind::dead_time, "dead_time"},
                                                      {AnomalyKind::over_range, "over_range"},
                                                      {AnomalyKind::clipped, "clipped"},
                                                      {AnomalyKind::crc_error, "crc_error"},
                                                      {AnomalyKind::protocol, "protocol"},
                                                      {AnomalyKind::clock_jump, "clock_jump"},
                                                      {AnomalyKind::clock_drift, "clock_drift"},
                                                      {AnomalyKind::duplicate_time, "duplicate_time"},
                                                      {AnomalyKind::unsorted, "unsorted"},
                                                      {AnomalyKind::invalid_value, "invalid_value"},
                                                      {AnomalyKind::truncated, "truncated"},
                                                      {AnomalyKind::overflow, "overflow"},
                                                      {AnomalyKind::instrument_fault, "instrument_fault"},
                                                      {AnomalyKind::unpaired_marker, "unpaired_marker"},
                                                      {AnomalyKind::doubled_marker, "doubled_marker"},
                                                      {AnomalyKind::zero_length, "zero_length"},
                                                      {AnomalyKind::never_ending, "never_ending"},
                                                      {AnomalyKind::glitch, "glitch"},
                                                      {AnomalyKind::lost_line, "lost_line"},
                                                      {AnomalyKind::lost_edges, "lost_edges"},
                                                      {AnomalyKind::damaged, "damaged"}}};

constexpr NameTable<Severity, 3> k_severities{
    {{Severity::info, "info"}, {Severity::doubtful, "doubtful"}, {Severity::data_loss, "data_loss"}}};

constexpr NameTable<EndReason, 7> k_end_reasons{{{EndReason::completed, "completed"},
                                                 {EndReason::interrupted, "interrupted"},
                                                 {EndReason::unplugged, "unplugged"},
                                                 {EndReason::stalled, "stalled"},
                                                 {EndReason::failed, "failed"},
                                                 {EndReason::disk_full, "disk_full"},
                                                 {EndReason::killed, "killed"}}};

constexpr NameTable<VoltageBasis, 4> k_voltage_bases{{{VoltageBasis::unknown, "unknown"},
                                                      {VoltageBasis::measured, "measured"},
                                                      {VoltageBasis::setpoint, "setpoint"},
                                                      {VoltageBasis::assumed, "assumed"}}};

constexpr NameTable<Provenance, 3> k_provenances{{{Provenance::unknown, "unknown"},
                                                  {Provenance::specified, "specified"},
                                                  {Provenance::measured, "measured"}}};

constexpr NameTable<StampPosition, 3> k_stamp_positions{
    {{StampPosition::start, "start"}, {StampPosition::middle, "middle"}, {StampPosition::end, "end"}}};

}  // namespace

std::string_view unit_of(Quantity quantity) {
  return name_in(k_units, quantity);
}
std::string_view name_of(Quantity quantity) {
  return name_in(k_quantities, quantity);
}
std::string_view name_of(AnomalyKind kind) {
  return name_in(k_anomaly_kinds, kind);
}
std::string_view name_of(Severity severity) {
  return name_in(k_severities, severity);
}
std::string_view name_of(EndReason reason) {
  return name_in(k_end_reasons, reason);
}
std::string_view name_of(VoltageBasis basis) {
  return name_in(k_voltage_bases, basis);
}
std::string_view name_of(Provenance provenance) {
  return name_in(k_provenances, provenance);
}
std::string_view name_of(StampPosition position) {
  return name_in(k_stamp_positions, position);
}

std::optional<Quantity> quantity_from_name(std::string_view name) {
  return value_in(k_quantities, name);
}
std::optional<AnomalyKind> anomaly_kind_from_name(std::string_view name) {
  return value_in(k_anomaly_kinds, name);
}
std::optional<Severity> severity_from_name(std::string_view name) {
  return value_in(k_severities, name);
}
std::optional<EndReason> end_reason_from_name(std::string_view name) {
  return value_in(k_end_reasons, name);
}
std::optional<VoltageBasis> voltage_basis_from_name(std::string_view name) {
  return value_in(k_voltage_bases, name);
}
std::optional<Provenance> provenance_from_name(std::string_view name) {
  return value_in(k_provenances, name);
}
std::optional<StampPosition> stamp_position_from_name(std::string_view name) {
  return value_in(k_stamp_positions, name);
}

}  // namespace joulemark
