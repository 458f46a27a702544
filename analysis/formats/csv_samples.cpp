// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_samples.h>
#include <analysis/formats/csv_titles.h>
#include <analysis/model/names.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace joulemark {

Result<bool> CsvSampleRows::next() {
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows_.next());
    if (!more) return false;
    if (plan_.time) read_times();
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

std::optional<DecimalTime> CsvSampleRows::time_in(std::string_view field) const {
  return csv_time(field, plan_.numbers, plan_.time->exponent);
}

void CsvSampleRows::read_times() {
  const std::size_t column = plan_.time->column;
  time_ = time_ahead_;
  if (!std::exchange(begun_, true) && !rows_.malformed()) time_ = time_in(rows_.field(column));
  time_ahead_ = time_in(rows_.field_ahead(column));
}

bool CsvSampleRows::astray() const {
  if (!time_ahead_ || time_ahead_->time_ns >= time_->time_ns) return false;
  return !first_ns_ || time_ahead_->time_ns >= *first_ns_ + since_first_ns_;
}

bool CsvSampleRows::place_row() {
  const auto place = [&] { return rows_.place(); };
  TimeNs since_ns = 0;
  if (!time_ || __builtin_sub_overflow(time_->time_ns, first_ns_.value_or(time_->time_ns), &since_ns)) {
    invalid_.add(since_first_ns_, row_ + 1, place);
    return false;
  }
  if (first_ns_ && since_ns == since_first_ns_) {
    duplicate_.add(since_first_ns_, row_ + 1, place);
    return repeats_ == Repeats::kept;
  }
  const bool late = first_ns_ && since_ns < since_first_ns_;
  if (late || astray()) {
    (late ? unsorted_ : astray_).add(since_first_ns_, row_ + 1, place);
    return false;
  }
  if (!first_ns_) {
    first_ns_ = time_->time_ns;
    before_first_ = without_time();
  }
  since_first_ns_ = since_ns;
  // A time that went through a double has no more digits than that.
  constexpr double k_double = 0x1p-52;
  resolution_ns_ = std::max(time_->resolution_ns, std::abs(static_cast<double>(time_->time_ns)) * k_double);
  return true;
}

std::optional<float> CsvSampleRows::value(const CsvValueColumn& column) const {
  if (rows_.malformed()) return std::nullopt;
  const auto number = csv_number(rows_.field(column.column), plan_.numbers);
  constexpr double k_largest = static_cast<double>(std::numeric_limits<float>::max());
  if (!number || !(std::abs(*number) <= k_largest)) return std::nullopt;
  return static_cast<float>(column.reversed ? -*number : *number);
}

std::string CsvSampleRows::words_for_repeats() const {
  constexpr std::int64_t k_few = 5;
  const bool many = duplicate_.count() >= k_few && duplicate_.count() * 10 >= row_;
  return std::string("[row|rows] with the time of the row before [was|were] left out") +
         (many ? "; if the times are rounded and no row is missing, --option rate=... keeps all rows" : "");
}

Status CsvSampleRows::report(SampleSink& sink) {
  JM_TRY(invalid_.report(sink, "[row|rows] without a usable time [was|were] left out"));
  if (repeats_ == Repeats::left_out) JM_TRY(duplicate_.report(sink, words_for_repeats()));
  JM_TRY(astray_.report(sink, "[row|rows] with a later time than the row behind [was|were] left out"));
  JM_TRY(unsorted_.report(sink, "[row|rows] with an earlier time than the row before [was|were] left out"));
  JM_TRY(truncated_.report(sink,
                           "[row is cut off at the end of the file and was|rows are cut off at the end of "
                           "the file and were] left out"));
  if (!rows_.unended()) return {};
  return sink.accept(Anomaly{AnomalyKind::truncated, Severity::info, std::nullopt, TimeRange{}, row_, 1,
                             rows_.place() + ": the last row has no line break: if the file was cut off "
                                             "there, its last number may lack digits"});
}

namespace {

// What the values of the columns look like, over the whole file.
class ColumnLooks {
 public:
  explicit ColumnLooks(const CsvPlan& plan) : plan_(plan), columns_(plan.values.size()) {}

  void look_at(const CsvSampleRows& rows) {
    if (plan_.time) look(rows, plan_.time->column, time_);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Looks& looks = columns_[i];
      looks.usable = looks.usable || rows.value(plan_.values[i]).has_value();
      look(rows, plan_.values[i].column, looks);
      const std::string_view text = rows.rows().field(plan_.values[i].column);
      if (!looks.usable && looks.first_bad.empty() && !text.empty()) {
        looks.first_bad =
            fmt::format(" (first: '{}' in {})", as_utf8(text.substr(0, 30)), rows.rows().place());
      }
    }
  }

  [[nodiscard]] Status check(const std::string& name) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].usable) continue;
      return fail(
          ErrorCode::unreadable,
          fmt::format("{}: column {} holds not one {} that is a number{}", name, plan_.values[i].column + 1,
                      name_of(plan_.values[i].quantity), columns_[i].first_bad));
    }
    if (plan_.time && time_.decimals.ambiguous()) return ambiguous(name, plan_.time->column);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].decimals.ambiguous()) return ambiguous(name, plan_.values[i].column);
    }
    return {};
  }

  [[nodiscard]] bool commas() const {
    return time_.decimals.commas() ||
           std::ranges::any_of(columns_, [](const Looks& looks) { return looks.decimals.commas(); });
  }

 private:
  struct Looks {
    DecimalDoubt decimals;
    std::string first_bad;
    bool usable = false;
  };

  void look(const CsvSampleRows& rows, std::size_t column, Looks& looks) {
    if (plan_.numbers.decimal != CsvNumbers::Decimal::by_looks || rows.rows().malformed()) return;
    looks.decimals.look_at(rows.rows().field(column), plan_.numbers.separator);
  }

  static Status ambiguous(const std::string& name, std::size_t column) {
    return fail(
        ErrorCode::usage,
        fmt::format("{}: column {}: its commas may be decimal signs or part thousands; say which with "
                    "--option decimal=comma or decimal=point",
                    name, column + 1));
  }

  const CsvPlan& plan_;
  Looks time_;
  std::vector<Looks> columns_;
};

Status check_times(const CsvSampleRows& rows, const CsvPlan& plan, const CsvTiming& timing,
                   const std::string& name) {
  if (timing.rows == 0) {
    if (rows.first_trouble().empty())
      return fail(ErrorCode::unreadable, name + ": there is no row of samples");
    return fail(ErrorCode::unreadable, rows.first_trouble() +
                                           ": not a number in the time column (or more fields than "
                                           "the first row), and no other row is better");
  }
  if (rows.duplicates() > timing.rows && !timing.rounded) {
    return fail(
        ErrorCode::unreadable,
        fmt::format("{}: the times are too coarse: {} with the time of the row before; give the sample "
                    "rate with --option rate=...",
                    name, format_count(rows.duplicates(), "row")));
  }
  if (rows.unsorted() > timing.rows) {
    return fail(ErrorCode::unreadable,
                fmt::format("{}: {} earlier than a row before, more than are not; sort the file "
                            "by time, or cut it where its clock starts again",
                            rows.first_unsorted(), format_count(rows.unsorted(), "row")));
  }
  if (timing.rows < 2 && plan.time) {
    return fail(ErrorCode::unreadable, name + ": one row with a time does not tell how long it lasts");
  }
  if (timing.uniform) return {};
  for (const CsvValueColumn& value : plan.values) {
    if (value.quantity != Quantity::energy) continue;
    return fail(ErrorCode::unreadable,
                name +
                    ": the times are not evenly spaced, so energy per row is ambiguous; "
                    "import power or current instead");
  }
  return {};
}

}  // namespace

Result<CsvSurvey> survey_csv(std::istream& stream, const std::string& name, const CsvLayout& layout,
                             const CsvPlan& plan) {
  CsvSampleRows rows(stream, name, layout, plan, Repeats::kept);
  CsvTimeSurvey times;
  ColumnLooks looks(plan);
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.next());
    if (!more) break;
    if (plan.time) times.add(rows.since_first_ns(), rows.resolution_ns(), rows.slot());
    looks.look_at(rows);
  }
  CsvSurvey survey;
  survey.timing = plan.time ? times.finish() : CsvTiming{true, *plan.rate_hz, rows.row() + 1, {}};
  survey.first_ns = rows.first_ns();
  survey.length_ns = plan.time ? rows.since_first_ns()
                               : from_seconds(std::min(static_cast<double>(rows.row()) / *plan.rate_hz, 9e9));
  survey.decimal_commas = looks.commas();
  if (survey.timing.rows > 0) JM_TRY(looks.check(name));
  JM_TRY(check_times(rows, plan, survey.timing, name));
  return survey;
}

}  // namespace joulemark
