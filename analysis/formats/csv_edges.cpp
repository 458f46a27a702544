// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/csv_edges.h>
#include <analysis/formats/csv_titles.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace joulemark {
namespace {

constexpr NameTable<bool, 10> k_levels{{{false, "0"},
                                        {false, "0.0"},
                                        {true, "1.0"},
                                        {true, "1"},
                                        {false, "falling"},
                                        {true, "rising"},
                                        {false, "low"},
                                        {true, "high"},
                                        {false, "false"},
                                        {true, "true"}}};

std::optional<LineId> line_from(std::string_view text) {
  if (text.starts_with('d') || text.starts_with('D')) text.remove_prefix(1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > 255) return std::nullopt;
  return LineId{number};
}

std::optional<std::size_t> titled(const CsvLayout& layout, std::string_view title) {
  const auto found = std::ranges::find(layout.titles, title, lower);
  if (found == layout.titles.end()) return std::nullopt;
  return static_cast<std::size_t>(found - layout.titles.begin());
}

}  // namespace

Status CsvEdgesFile::find_columns() {
  JM_TRY_ASSIGN(layout_, read_csv_layout(stream_, name_));
  const auto line = titled(layout_, "line");
  const auto level = titled(layout_, "level");
  std::optional<CsvTimeColumn> time;
  for (std::size_t i = 0; i < layout_.titles.size() && !time; ++i) {
    const auto exponent = time_exponent(unit_in_title(layout_.titles[i]).value_or(""));
    if (exponent) time = CsvTimeColumn{{i, *unit_in_title(layout_.titles[i]), true}, *exponent};
  }
  if (!line || !level || !time) {
    return fail(
        ErrorCode::usage,
        name_ +
            ": an edges file starts with a header of a time column with its unit, line and level, like "
            "t_us,line,level");
  }
  time_ = *time;
  line_column_ = *line;
  level_column_ = *level;
  return {};
}

std::optional<CsvEdgesFile::Row> CsvEdgesFile::parse(const CsvRows& rows) const {
  if (rows.malformed() || rows.cut_off()) return std::nullopt;
  const auto time =
      csv_time(rows.field(time_.column), {CsvNumbers::Decimal::by_looks, layout_.separator}, time_.exponent);
  const auto line = line_from(rows.field(line_column_));
  const auto level = value_in(k_levels, lower(rows.field(level_column_)));
  if (!time || !line || !level) return std::nullopt;
  return Row{*time, *line, *level};
}

Status CsvEdgesFile::survey() {
  JM_TRY(find_columns());
  CsvRows rows(stream_, name_, layout_);
  std::string first_bad;
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.next());
    if (!more) break;
    const auto row = parse(rows);
    if (!row) {
      if (first_bad.empty()) first_bad = rows.place();
      continue;
    }
    const TimeNs time_ns = row->time.time_ns;
    time_range_.begin_ns = lines_.empty() ? time_ns : std::min(time_range_.begin_ns, time_ns);
    time_range_.end_ns = lines_.empty() ? time_ns : std::max(time_range_.end_ns, time_ns);
    lines_.insert(row->line.value);
    resolution_ns_ = std::min(resolution_ns_, row->time.resolution_ns);
  }
  if (!lines_.empty()) return {};
  if (first_bad.empty()) return fail(ErrorCode::unreadable, name_ + ": there is no edge in the file");
  return fail(ErrorCode::unreadable,
              first_bad + ": not an edge (time, line d0 to d255, level 0 or 1), and no other is");
}

Status CsvEdgesFile::check_overlap(TimeRange samples) const {
  if (time_range_.begin_ns <= samples.end_ns && time_range_.end_ns >= samples.begin_ns) return {};
  return fail(
      ErrorCode::unreadable,
      fmt::format("{}: its edges lie from {} to {} s and the samples from {} to {} s; both files must "
                  "tell the same clock in the units they state",
                  name_, to_seconds(time_range_.begin_ns), to_seconds(time_range_.end_ns),
                  to_seconds(samples.begin_ns), to_seconds(samples.end_ns)));
}

Status CsvEdgesFile::send(TimeRange samples, SampleSink& sink) {
  CsvRows rows(stream_, name_, layout_);
  AnomalyTally invalid(AnomalyKind::invalid_value, Severity::data_loss);
  AnomalyTally unsorted(AnomalyKind::unsorted, Severity::data_loss);
  AnomalyTally doubled(AnomalyKind::duplicate_time, Severity::doubtful);
  AnomalyTally outside(AnomalyKind::truncated, Severity::doubtful);
  std::map<std::uint32_t, TimeNs> last_ns;
  const auto place = [&] { return rows.place(); };
  const auto resolution_ns = static_cast<std::uint32_t>(std::clamp(std::round(resolution_ns_), 1.0, 4e9));
  for (;;) {
    JM_TRY_ASSIGN(const bool more, rows.next());
    if (!more) break;
    const auto row = parse(rows);
    TimeNs time_ns = 0;
    if (!row || __builtin_sub_overflow(row->time.time_ns, samples.begin_ns, &time_ns)) {
      invalid.add(0, 0, place);
      continue;
    }
    const auto [last, fresh] = last_ns.try_emplace(row->line.value, time_ns);
    if (!fresh && time_ns < last->second) {
      unsorted.add(time_ns, 0, place);
      continue;
    }
    if (!fresh && time_ns == last->second) doubled.add(time_ns, 0, place);
    if (time_ns < 0 || row->time.time_ns > samples.end_ns) outside.add(time_ns, 0, place);
    last->second = time_ns;
    JM_TRY(sink.accept(Edge{time_ns, resolution_ns, row->line, row->level}));
  }
  JM_TRY(invalid.report(
      sink,
      "[row of the edges file is no edge and was|rows of the edges file are no edges and were] left out"));
  JM_TRY(doubled.report(sink,
                        "[edge has the time of the edge before it on its line|edges have the time of the "
                        "edge before them on their line]"));
  JM_TRY(outside.report(sink, "[edge lies|edges lie] before the first sample or after the last one"));
  return unsorted.report(sink, "[edge that runs backwards was|edges that run backwards were] left out");
}

}  // namespace joulemark
