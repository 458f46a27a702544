// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/edge_check.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

std::vector<EdgePair> paired_by_count(std::size_t edges) {
  std::vector<EdgePair> pairs;
  for (std::size_t start = 1; start + 1 < edges; start += 2) {
    pairs.push_back({static_cast<std::int64_t>(start) + 1, start, start + 1});
  }
  return pairs;
}

std::string places_of(std::span<const TimeNs> times_ns) {
  constexpr std::size_t k_named = 5;
  std::string places;
  for (std::size_t i = 0; i < std::min(times_ns.size(), k_named); ++i)
    places += fmt::format("{}{:.3f} s", i == 0 ? "" : ", ", to_seconds(times_ns[i]));
  return times_ns.size() > k_named ? places + ", ..." : places;
}

// Stamps that no recording of these samples can have.
void name_impossible(std::span<const TimeNs> edges_ns, TimeRange recorded, EdgeCheck& check) {
  std::vector<TimeNs> outside;
  std::vector<TimeNs> doubled;
  for (std::size_t e = 0; e < edges_ns.size(); ++e) {
    if (edges_ns[e] < recorded.begin_ns || edges_ns[e] > recorded.end_ns) outside.push_back(edges_ns[e]);
    if (e > 0 && edges_ns[e] == edges_ns[e - 1]) doubled.push_back(edges_ns[e]);
  }
  check.doubtful = !outside.empty() || !doubled.empty();
  if (!outside.empty()) {
    check.findings.push_back(
        {"edge_outside",
         fmt::format("{} outside the recorded {:.3f} s: at {}.",
                     outside.size() == 1 ? "An edge lies" : fmt::format("{} edges lie", outside.size()),
                     recorded.seconds(), places_of(outside))});
  }
  if (!doubled.empty()) {
    check.findings.push_back(
        {"edge_doubled",
         fmt::format("{} the time of the edge before: at {}.",
                     doubled.size() == 1 ? "An edge has" : fmt::format("{} edges have", doubled.size()),
                     places_of(doubled))});
  }
}

// One window as the log tells it; its edges where they were found.
struct LogWindow {
  std::int64_t index = 0;
  const LogMark* start = nullptr;
  const LogMark* done = nullptr;
  std::optional<std::size_t> start_edge;
  std::optional<std::size_t> stop_edge;
};

// A done without a start before it, or a second start, makes a window with one mark.
std::vector<LogWindow> log_windows(std::span<const LogMark> marks, const MarkMatch& match) {
  std::vector<LogWindow> windows;
  const auto open_new = [&] {
    windows.push_back({2 * static_cast<std::int64_t>(windows.size() + 1), {}, {}, {}, {}});
  };
  for (std::size_t m = 0; m < marks.size(); ++m) {
    if (marks[m].kind == LogMarkKind::handshake) continue;
    if (marks[m].kind == LogMarkKind::start) {
      open_new();
      windows.back().start = &marks[m];
      windows.back().start_edge = match.edges[m];
      continue;
    }
    if (windows.empty() || windows.back().done != nullptr) open_new();
    windows.back().done = &marks[m];
    windows.back().stop_edge = match.edges[m];
  }
  return windows;
}

class Judge {
 public:
  Judge(std::span<const TimeNs> edges_ns, std::span<const LogMark> marks, const MarkMatch& match,
        EdgeCheck& check)
      : edges_ns_(edges_ns), marks_(marks), match_(match), check_(check) {}

  void judge(std::span<const LogWindow> windows) {
    std::vector<EdgePair> by_log;
    for (const LogWindow& window : windows) {
      name_lost(window.start, window.start_edge, "start", window.index);
      name_lost(window.done, window.stop_edge, "end", window.index);
      if (window.start_edge && window.stop_edge)
        by_log.push_back({window.index, *window.start_edge, *window.stop_edge});
    }
    name_unmatched_edges();
    const bool same = by_log == check_.official;
    if (lost_ == 0 && same) return;
    check_.suspect = true;
    check_.repaired = std::move(by_log);
    say_what_was_summed(same, windows.size());
  }

 private:
  void note(std::string code, std::string message) {
    check_.findings.push_back({std::move(code), std::move(message)});
  }

  void name_lost(const LogMark* mark, std::optional<std::size_t> edge, std::string_view what,
                 std::int64_t index) {
    if (edge) return;
    ++lost_;
    if (mark == nullptr) {
      note("log_incomplete", fmt::format("The log does not say the {} of window {}.", what, index));
      return;
    }
    note("edge_lost",
         fmt::format(
             "The edge at the {} of window {} is lost: the log has it at {:.3f} s, which is {:.3f} s in the "
             "trace, and there is no edge within {:.0f} ms.",
             what, index, mark->time_s, mark->time_s - match_.offset_s, k_mark_tolerance_s * 1e3));
  }

  // One edge before the first window is the handshake; every other edge that no window mark claims is one too
  // many.
  void name_unmatched_edges() {
    std::vector<bool> claimed(edges_ns_.size(), false);
    std::size_t first_claimed = edges_ns_.size();
    std::size_t handshake = 0;
    for (std::size_t m = 0; m < marks_.size(); ++m) {
      if (!match_.edges[m]) continue;
      const std::size_t edge = *match_.edges[m];
      if (marks_[m].kind == LogMarkKind::handshake) {
        handshake = edge;
        continue;
      }
      claimed[edge] = true;
      first_claimed = std::min(first_claimed, edge);
    }
    if (first_claimed == 0) {
      ++lost_;
      note("edge_lost",
           "The handshake edge at the start of the trace is lost: the first edge is already a window's.");
    } else {
      claimed[handshake] = true;
    }
    name_extra(claimed);
  }

  void name_extra(const std::vector<bool>& claimed) {
    std::vector<TimeNs> extra;
    for (std::size_t e = 0; e < claimed.size(); ++e) {
      if (!claimed[e]) extra.push_back(edges_ns_[e]);
    }
    if (extra.empty()) return;
    note("edge_extra",
         fmt::format("{} no start or end in the log: at {}.",
                     extra.size() == 1 ? "An edge has" : fmt::format("{} edges have", extra.size()),
                     places_of(extra)));
  }

  void say_what_was_summed(bool same, std::size_t log_count) {
    if (!same) {
      note("windows_shifted",
           "The official pairing counts edges, so at least one window it sums is not an inference window (it "
           "may be "
           "a pause). The repaired figures pair the edges by the log.");
    }
    if (edges_ns_.size() % 2 == 0) {
      note("even_edge_count",
           fmt::format("There are {} edges; a complete run has an odd number (handshake plus pairs).",
                       edges_ns_.size()));
    }
    if (check_.official.size() != log_count) {
      note("window_count",
           fmt::format("The log tells of {}, the edges give {}.",
                       format_count(static_cast<std::int64_t>(log_count), "window"), check_.official.size()));
    }
  }

  std::span<const TimeNs> edges_ns_;
  std::span<const LogMark> marks_;
  const MarkMatch& match_;
  EdgeCheck& check_;
  int lost_ = 0;
};

// Without a log there is the number of edges to go by.
void judge_by_count(std::size_t edges, EdgeCheck& check) {
  check.findings.push_back({"no_log", "There is no log with starts and ends, so lost edges cannot be told."});
  if (edges == 0 || edges % 2 != 0) return;
  check.suspect = true;
  check.findings.push_back(
      {"even_edge_count", fmt::format("There are {} edges; a complete run has an odd number (handshake plus "
                                      "pairs), so starts and ends cannot be told apart.",
                                      edges)});
}

}  // namespace

EdgeCheck check_edges(std::span<const TimeNs> edges_ns, std::span<const LogMark> marks, TimeRange recorded) {
  EdgeCheck check;
  check.official = paired_by_count(edges_ns.size());
  name_impossible(edges_ns, recorded, check);
  const auto is_window_mark = [](const LogMark& mark) { return mark.kind != LogMarkKind::handshake; };
  const auto wanted = std::ranges::count_if(marks, is_window_mark);
  if (wanted == 0) {
    judge_by_count(edges_ns.size(), check);
    return check;
  }
  const std::optional<MarkMatch> match = match_marks(marks, edges_ns);
  if (match) {
    check.log_fit =
        LogFit{wanted, static_cast<std::int64_t>(match->matched), match->offset_s, match->max_residual_s};
  }
  if (!match || 2 * static_cast<std::int64_t>(match->matched) < wanted) {
    check.suspect = true;
    check.findings.push_back(
        {"log_mismatch",
         fmt::format("The log does not fit the edges: {} of its {} starts and ends have an edge "
                     "under any one offset. Is it the log of another run?",
                     match ? match->matched : 0, wanted)});
    return check;
  }
  Judge(edges_ns, marks, *match, check).judge(log_windows(marks, *match));
  return check;
}

}  // namespace joulemark
