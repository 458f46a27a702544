// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/code_decoder.h>
#include <analysis/timing/edge_pairer.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace joulemark {
namespace {

constexpr std::size_t k_deepest = 64;  // more is no nesting, but ends that were never shown

std::uint32_t as_resolution(TimeNs length_ns) {
  return static_cast<std::uint32_t>(std::min<TimeNs>(length_ns, std::numeric_limits<std::uint32_t>::max()));
}

std::uint32_t all_lines(const MarkerCode& code) {
  return (1U << code.lines.size()) - 1;
}

}  // namespace

CodeDecoder::CodeDecoder(MarkerCode code, std::uint32_t levels, std::vector<CodeBlindness> blind,
                         NameOf name_of)
    : code_(std::move(code)),
      blind_(std::move(blind)),
      name_of_(std::move(name_of)),
      levels_(levels),
      known_(all_lines(code_)),
      stable_(levels),
      last_change_ns_(k_plausible_time.begin_ns),
      in_step_(levels == 0),
      out_of_step_ns_(k_plausible_time.begin_ns),
      shown_ns_(k_plausible_time.begin_ns) {
  last_edge_ns_.fill(k_plausible_time.begin_ns);
}

void CodeDecoder::push(const Edge& edge) {
  const auto line = std::ranges::find(code_.lines, edge.line);
  if (line == code_.lines.end() && edge.line != code_.strobe) return;
  if (pass_blindness(edge.time_ns)) return;
  if (edge.line == code_.strobe) return strobe(edge);
  change(edge, static_cast<std::size_t>(line - code_.lines.begin()));
}

// Whether that time is within a stretch in which edges may be missing.
bool CodeDecoder::pass_blindness(TimeNs time_ns) {
  while (next_blind_ < blind_.size() && blind_[next_blind_].time.begin_ns < time_ns) {
    const CodeBlindness& blind = blind_[next_blind_];
    if (!std::exchange(blinded_, true)) go_blind(blind);
    if (time_ns < blind.time.end_ns) return true;
    see_again(blind);
    blinded_ = false;
    ++next_blind_;
  }
  return false;
}

void CodeDecoder::go_blind(const CodeBlindness& blind) {
  if (strobe_pending_) commit_strobe();
  settle(blind.time.begin_ns);
  const TimeNs since_ns = burst_ ? burst_->time.begin_ns : blind.time.begin_ns;
  static_cast<void>(forget(since_ns, blind.time.begin_ns, "edges were lost"));
  burst_.reset();
}

void CodeDecoder::see_again(const CodeBlindness& blind) {
  last_strobe_.reset();
  levels_ = stable_ = blind.levels;
  known_ = blind.known;
  last_edge_ns_.fill(blind.time.end_ns);
  last_change_ns_ = blind.time.end_ns;
  show({levels_, blind.time.end_ns, 0});
}

void CodeDecoder::change(const Edge& edge, std::size_t bit) {
  const std::uint32_t mask = 1U << bit;
  if (code_.strobe) {
    change_before_strobe(edge);
  } else {
    settle(edge.time_ns);
    extend_burst(edge, mask);
  }
  const bool repeated = (known_ & mask) != 0 && ((levels_ & mask) != 0) == edge.level;
  if (repeated) {
    lose_track(last_edge_ns_[bit], edge.time_ns,
               fmt::format("d{} has two edges in a row that go the same way", edge.line.value));
  }
  known_ |= mask;
  levels_ = edge.level ? levels_ | mask : levels_ & ~mask;
  last_edge_ns_[bit] = last_change_ns_ = edge.time_ns;
}

void CodeDecoder::change_before_strobe(const Edge& edge) {
  // What is stamped no later than the stamps are exact still belongs to the strobe before it.
  const TimeNs slack_ns = last_strobe_ ? (TimeNs{edge.resolution_ns} + last_strobe_->resolution_ns) / 2 : 0;
  if (strobe_pending_ && edge.time_ns > last_strobe_->time_ns + slack_ns) commit_strobe();
  const bool stood = levels_ != stable_ && edge.time_ns - last_change_ns_ >= code_.settle_ns;
  if (stood && !strobe_pending_) lose_track(shown_ns_, edge.time_ns, "a code came without its strobe");
}

void CodeDecoder::extend_burst(const Edge& edge, std::uint32_t mask) {
  if (!burst_) burst_ = Burst{{edge.time_ns, edge.time_ns}};
  Burst& burst = *burst_;
  // Two lines that change at once are stamped no further apart than both are exact.
  const TimeNs inexact_ns = (TimeNs{edge.resolution_ns} + burst.last_resolution_ns + 1) / 2;
  if (burst.changed != 0 && levels_ == 0 && edge.time_ns - burst.time.end_ns > inexact_ns)
    burst.passed_zero = true;
  burst.line_changed_twice = burst.line_changed_twice || (burst.changed & mask) != 0;
  burst.changed |= mask;
  burst.time.end_ns = edge.time_ns;
  burst.last_resolution_ns = edge.resolution_ns;
  burst.resolution_ns = std::max(burst.resolution_ns, edge.resolution_ns);
}

void CodeDecoder::strobe(const Edge& edge) {
  const bool pulse = strobe_pending_ && edge.time_ns - last_strobe_->time_ns < code_.settle_ns;
  if (pulse && levels_ == stable_) {
    count_glitch({last_strobe_->time_ns, edge.time_ns});
    strobe_pending_ = false;
  } else {
    if (strobe_pending_) commit_strobe();
    strobe_pending_ = true;
  }
  if (last_strobe_ && last_strobe_->level == edge.level)
    lose_track(last_strobe_->time_ns, edge.time_ns, "the strobe has two edges in a row that go the same way");
  last_strobe_ = edge;
}

void CodeDecoder::commit_strobe() {
  strobe_pending_ = false;
  show({levels_, last_strobe_->time_ns, last_strobe_->resolution_ns});
}

// The lines stood still until now: if that was long enough, what they showed counts.
void CodeDecoder::settle(TimeNs now_ns) {
  if (!burst_) return;
  const Burst burst = *burst_;
  if (now_ns - burst.time.end_ns < std::max<TimeNs>(code_.settle_ns, burst.resolution_ns)) return;
  burst_.reset();
  const Shown shown{levels_, burst.time.begin_ns + burst.time.length_ns() / 2,
                    as_resolution(burst.time.length_ns() + burst.resolution_ns)};
  if (burst.passed_zero && stable_ != 0 && levels_ != 0) {
    lose_track(burst.time.begin_ns, shown.time_ns,
               "all lines were low for less than the settling time: an event ended there, or not");
  } else if (burst.line_changed_twice && levels_ != stable_ && levels_ != 0 && depth_around(levels_) == 0) {
    lose_track(burst.time.begin_ns, shown.time_ns, "two codes came within the settling time");
  } else if (in_step_ && levels_ == stable_) {
    return count_glitch(burst.time);
  }
  show(shown);
}

void CodeDecoder::count_glitch(TimeRange where) {
  if (glitches_++ == 0) glitches_where_ = where;
  glitches_where_.end_ns = where.end_ns;
}

void CodeDecoder::show(const Shown& shown) {
  const std::size_t keep = depth_around(shown.code);
  const bool closes = shown.code == 0 || keep != 0;
  if (code_.strobe && closes && open_.size() > keep + 1)
    lose_track(shown_ns_, shown.time_ns, "its end was not shown, so strobes are missing");
  stable_ = shown.code;
  const TimeNs before_ns = std::exchange(shown_ns_, shown.time_ns);
  if (!in_step_) {
    if (shown.code != 0 || known_ != all_lines(code_)) return;
    doubts_.push_back({{out_of_step_ns_, shown.time_ns}, 0, 0});
    in_step_ = true;
  } else if (closes && open_.empty()) {
    doubts_.push_back({{before_ns, shown.time_ns}, 0, 0});
    log_.add(AnomalyKind::unpaired_marker, Severity::doubtful, {shown.time_ns, shown.time_ns},
             fmt::format("coded markers: an end without a begin (at {:.6f} s)", to_seconds(shown.time_ns)));
  } else if (closes) {
    close(shown, keep);
  } else if (open_.size() == k_deepest) {
    lose_track(shown.time_ns, shown.time_ns, "events seem to nest without an end");
  } else {
    open_.push_back(shown);
  }
}

// How many events remain open when that code, shown now, ends the innermost; 0 when it begins one.
std::size_t CodeDecoder::depth_around(std::uint32_t code) const {
  if (open_.empty()) return 0;
  const auto around =
      std::find_if(open_.rbegin() + 1, open_.rend(), [&](const Shown& open) { return open.code == code; });
  return static_cast<std::size_t>(open_.rend() - around);
}

// The innermost event is over, and so are those around it down to the first `keep`, whose ends were not
// shown.
void CodeDecoder::close(const Shown& shown, std::size_t keep) {
  const Shown innermost = open_.back();
  open_.pop_back();
  if (shown.time_ns > innermost.time_ns) {
    windows_.push_back({{innermost.time_ns, shown.time_ns},
                        innermost.code,
                        std::max(innermost.resolution_ns, shown.resolution_ns)});
  } else {
    drop(innermost, shown.time_ns, "begins and ends at one time");
  }
  while (open_.size() > keep) {
    const Shown around = open_.back();
    open_.pop_back();
    drop(around, shown.time_ns, "ends without its code shown again, so it may have ended before");
  }
}

void CodeDecoder::lose_track(TimeNs since_ns, TimeNs now_ns, const std::string& why) {
  const bool known = !in_step_;
  if (forget(since_ns, now_ns, why) || known) return;
  log_.add(AnomalyKind::unpaired_marker, Severity::doubtful, {now_ns, now_ns},
           fmt::format("coded markers: {} (at {:.6f} s)", why, to_seconds(now_ns)));
}

// What ended after since_ns, or is still open, is not known well enough any more. Whether there was any.
bool CodeDecoder::forget(TimeNs since_ns, TimeNs now_ns, const std::string& why) {
  const std::string reason = "is in doubt: " + why;
  bool any = !open_.empty();
  for (const Shown& open : open_)
    drop(open, now_ns, reason);
  open_.clear();
  for (; !windows_.empty() && windows_.back().time.end_ns > since_ns; windows_.pop_back()) {
    const CodeWindow& window = windows_.back();
    drop({window.code, window.time.begin_ns, 0}, window.time.end_ns, reason);
    any = true;
  }
  out_of_step_ns_ = in_step_ ? since_ns : std::min(out_of_step_ns_, since_ns);
  in_step_ = false;
  return any;
}

void CodeDecoder::drop(const Shown& open, TimeNs end_ns, const std::string& why) {
  doubts_.push_back({{open.time_ns, end_ns}, open.code, 0});
  log_.add(AnomalyKind::unpaired_marker, Severity::doubtful, {open.time_ns, end_ns},
           fmt::format("event '{}' (code {}) {}; the window is left out (at {:.6f} s)", name_of_(open.code),
                       open.code, why, to_seconds(open.time_ns)));
}

void CodeDecoder::finish(TimeNs end_ns) {
  static_cast<void>(pass_blindness(end_ns));
  if (strobe_pending_) commit_strobe();
  settle(end_ns);
  const TimeNs last_ns = std::max(end_ns, shown_ns_);
  for (const Shown& open : open_) {
    doubts_.push_back({{open.time_ns, last_ns}, open.code, 0});
    log_.add(AnomalyKind::never_ending, Severity::doubtful, {open.time_ns, last_ns},
             fmt::format("event '{}' (code {}) is still open at the end of the capture (since {:.6f} s)",
                         name_of_(open.code), open.code, to_seconds(open.time_ns)));
  }
  if (!in_step_) doubts_.push_back({{out_of_step_ns_, last_ns}, 0, 0});
}

}  // namespace joulemark
