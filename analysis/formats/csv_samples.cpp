// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_samples.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace joulemark {

Result<bool> CsvSampleRows::next() {
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows_.next());
    if (!more) return false;
    if (rows_.cut_off()) {
      truncated_.add(since_first_ns_, row_ + 1, [&] { return rows_.place(); });
      continue;
    }
    if (!plan_.time || place_row()) {
      ++row_;
      return true;
    }
  }
}

bool CsvSampleRows::place_row() {
  const auto place = [&] { return rows_.place(); };
  const auto time = rows_.malformed()
                        ? std::nullopt
                        : csv_time(rows_.field(plan_.time->column), rows_.separator(), plan_.time->exponent);
  TimeNs since_ns = 0;
  if (!time || __builtin_sub_overflow(time->time_ns, first_ns_.value_or(time->time_ns), &since_ns)) {
    invalid_.add(since_first_ns_, row_ + 1, place);
    return false;
  }
  if (first_ns_ && since_ns <= since_first_ns_) {
    AnomalyTally& tally = since_ns == since_first_ns_ ? duplicate_ : unsorted_;
    tally.add(since_first_ns_, row_ + 1, place);
    return false;
  }
  if (!first_ns_) first_ns_ = time->time_ns;
  since_first_ns_ = since_ns;
  resolution_ns_ = time->resolution_ns;
  return true;
}

std::optional<float> CsvSampleRows::value(const CsvValueColumn& column) const {
  if (rows_.malformed()) return std::nullopt;
  const auto number = csv_number(rows_.field(column.column), rows_.separator());
  constexpr double k_largest = static_cast<double>(std::numeric_limits<float>::max());
  if (!number || !(std::abs(*number) <= k_largest)) return std::nullopt;
  return static_cast<float>(*number);
}

Status CsvSampleRows::report(SampleSink& sink) {
  JM_TRY(invalid_.report(sink, "rows without a usable time were left out"));
  JM_TRY(duplicate_.report(sink, "rows with the time of the row before were left out"));
  JM_TRY(unsorted_.report(sink, "rows with an earlier time than the row before were left out"));
  return truncated_.report(sink, "row is cut off at the end of the file and was left out");
}

namespace {

Status check_usable(const CsvSampleRows& rows, const CsvPlan& plan, const CsvTiming& timing,
                    const std::string& name, const std::vector<bool>& has_value) {
  if (timing.rows == 0) {
    if (rows.first_trouble().empty())
      return fail(ErrorCode::unreadable, name + ": there is no row of samples");
    return fail(ErrorCode::unreadable, rows.first_trouble() +
                                           ": not a number in the time column (or more fields than "
                                           "the first row), and no other row is better");
  }
  for (std::size_t i = 0; i < has_value.size(); ++i) {
    if (has_value[i]) continue;
    return fail(ErrorCode::unreadable,
                fmt::format("{}: column {} holds not one {} that is a number", name,
                            plan.values[i].column + 1, name_of(plan.values[i].quantity)));
  }
  if (rows.duplicates() > timing.rows) {
    return fail(
        ErrorCode::unreadable,
        fmt::format("{}: the times are too coarse: {} rows have the time of the row before; give the sample "
                    "rate with --option rate=...",
                    name, rows.duplicates()));
  }
  if (timing.rows < 2 && plan.time) {
    return fail(ErrorCode::unreadable, name + ": one row with a time does not tell how long it lasts");
  }
  if (!timing.uniform) {
    for (const CsvValueColumn& value : plan.values) {
      if (value.quantity != Quantity::energy) continue;
      return fail(ErrorCode::unreadable,
                  name +
                      ": the times are not evenly spaced, so energy per row is ambiguous; "
                      "import power or current instead");
    }
  }
  return {};
}

}  // namespace

Result<CsvSurvey> survey_csv(std::istream& stream, const std::string& name, const CsvLayout& layout,
                             const CsvPlan& plan) {
  CsvSampleRows rows(stream, name, layout, plan);
  CsvTimeSurvey times;
  std::vector<bool> has_value(plan.values.size(), false);
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.next());
    if (!more) break;
    if (plan.time) times.add(rows.since_first_ns(), rows.resolution_ns());
    for (std::size_t i = 0; i < has_value.size(); ++i)
      has_value[i] = has_value[i] || rows.value(plan.values[i]).has_value();
  }
  CsvSurvey survey{plan.time ? times.finish() : CsvTiming{true, *plan.rate_hz, rows.row() + 1},
                   rows.first_ns()};
  JM_TRY(check_usable(rows, plan, survey.timing, name, has_value));
  return survey;
}

}  // namespace joulemark
