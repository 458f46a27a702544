// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/names.h>
#include <analysis/model/report.h>

namespace joulemark {
namespace {

constexpr NameTable<Method, 3> k_methods{{{Method::integral, "integral"},
                                          {Method::excess, "excess"},
                                          {Method::overlap_regression, "overlap_regression"}}};
constexpr NameTable<Grade, 3> k_grades{{{Grade::good, "good"}, {Grade::fair, "fair"}, {Grade::poor, "poor"}}};
constexpr NameTable<QualityGrade, 3> k_quality_grades{
    {{QualityGrade::good, "good"}, {QualityGrade::degraded, "degraded"}, {QualityGrade::bad, "bad"}}};
constexpr NameTable<FindingSeverity, 2> k_finding_severities{
    {{FindingSeverity::info, "info"}, {FindingSeverity::warning, "warning"}}};
constexpr NameTable<EventFlag, 4> k_event_flags{{{k_flag_lost_samples, "lost_samples"},
                                                 {k_flag_outside_capture, "outside_capture"},
                                                 {k_flag_not_isolated, "not_isolated"},
                                                 {k_flag_clipped, "clipped"}}};

}  // namespace

std::string_view name_of(Method method) {
  return name_in(k_methods, method);
}
std::string_view name_of(Grade grade) {
  return name_in(k_grades, grade);
}
std::string_view name_of(QualityGrade grade) {
  return name_in(k_quality_grades, grade);
}
std::string_view name_of(FindingSeverity severity) {
  return name_in(k_finding_severities, severity);
}

std::vector<std::string> names_of_flags(std::uint8_t flags) {
  std::vector<std::string> names;
  for (const auto& [flag, name] : k_event_flags) {
    if ((flags & flag) != 0) names.emplace_back(name);
  }
  return names;
}

}  // namespace joulemark
