// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_lines.h>
#include <analysis/formats/csv_titles.h>
#include <analysis/model/names.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace joulemark {
namespace {

enum class Level { low, high, both, unobserved };

constexpr NameTable<Level, 11> k_levels{{{Level::low, "0"},
                                         {Level::high, "1"},
                                         {Level::both, "x"},
                                         {Level::unobserved, "-"},
                                         {Level::unobserved, ""},
                                         {Level::low, "low"},
                                         {Level::high, "high"},
                                         {Level::low, "false"},
                                         {Level::high, "true"},
                                         {Level::low, "0.0"},
                                         {Level::high, "1.0"}}};

std::uint32_t as_resolution(TimeNs length_ns) {
  constexpr TimeNs k_most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<TimeNs>(length_ns, 0, k_most));
}

}  // namespace

Status CsvLineTracker::take(std::string_view text, TimeNs time_ns, TimeNs interval_ns, SampleSink& sink) {
  const auto place = [&] { return fmt::format("{} s", to_seconds(time_ns)); };
  const auto level = value_in(k_levels, lower(text));
  if (!level) {
    invalid_.add(time_ns, 0, [&] { return fmt::format("'{}' at {}", as_utf8(text.substr(0, 20)), place()); });
    return {};
  }
  if (*level == Level::unobserved) {
    unobserved_.add(time_ns, 0, place);
    return {};
  }
  if (*level == Level::both) {
    if (initial_ && !both_ns_) both_ns_ = time_ns;
    return {};
  }
  const bool high = *level == Level::high;
  if (!initial_) {
    initial_ = high;
  } else if (high != level_) {
    JM_TRY(change(high, time_ns, interval_ns, sink));
  } else if (both_ns_) {
    glitches_.add(*both_ns_, 0, [&] { return fmt::format("{} s", to_seconds(*both_ns_)); });
  }
  level_ = high;
  seen_ns_ = time_ns;
  both_ns_.reset();
  return {};
}

Status CsvLineTracker::change(bool level, TimeNs time_ns, TimeNs interval_ns, SampleSink& sink) {
  Edge edge{time_ns, as_resolution(interval_ns), line_, level};
  const TimeNs unseen_ns = time_ns - seen_ns_;
  if (both_ns_) {
    edge.time_ns = *both_ns_;
  } else if (unseen_ns > interval_ns + interval_ns / 2) {
    edge.time_ns = seen_ns_ + unseen_ns / 2;
    edge.resolution_ns = as_resolution(unseen_ns);
  }
  return sink.accept(edge);
}

Status CsvLineTracker::finish(const std::string& place, SampleSink& sink) {
  const std::string name = fmt::format("d{}", line_.value);
  if (!initial_ && invalid_.count() > 0) {
    return fail(
        ErrorCode::unreadable,
        fmt::format("{}: none of the {} levels of line {} is one (first: {}): they are 0, 1, low, high, "
                    "true, false, X (both) or - (none); a voltage becomes a level by --option "
                    "threshold=1.5",
                    place, invalid_.count(), name, invalid_.first_place()));
  }
  if (initial_) JM_TRY(sink.accept(MetadataItem{"line." + name + ".initial", *initial_ ? "high" : "low"}));
  JM_TRY(glitches_.report(
      sink,
      fmt::format("[sample|samples] of line {} held both levels: [a pulse|pulses] shorter than a sample",
                  name)));
  JM_TRY(unobserved_.report(sink, fmt::format("[sample|samples] without a level of line {}", name)));
  return invalid_.report(
      sink, fmt::format("[level of line {0} that is|levels of line {0} that are] not 0, 1, low, high, X or -",
                        name));
}

}  // namespace joulemark
