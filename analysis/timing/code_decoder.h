// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/edge.h>
#include <analysis/model/time.h>
#include <analysis/timing/anomaly_log.h>
#include <analysis/timing/marker_code.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace joulemark {

// One event that codes showed.
struct CodeWindow {
  TimeRange time;
  std::uint32_t code = 0;
  std::uint32_t resolution_ns = 0;
};

// A stretch in which edges may be missing, and the levels after it. Bit i stands for the code's line i.
struct CodeBlindness {
  TimeRange time;
  std::uint32_t known = 0;
  std::uint32_t levels = 0;
};

// Turns the edges of coded lines into windows. The lines show the number of the innermost open event, 0 when
// none is open: a code that the one around already had ends the innermost event, any other begins one within.
// What does not fit that (a level that was lost, an end that was never shown) becomes an Anomaly, never a
// window; then the next 0 is waited for, and the time until it is in doubt.
class CodeDecoder {
 public:
  using NameOf = std::function<std::string(std::uint32_t)>;

  // levels: before the first edge. blind: by begin, apart from each other.
  CodeDecoder(MarkerCode code, std::uint32_t levels, std::vector<CodeBlindness> blind, NameOf name_of);

  // By time; other lines' edges are passed over.
  void push(const Edge& edge);
  void finish(TimeNs end_ns);

  // By end.
  [[nodiscard]] const std::vector<CodeWindow>& windows() const { return windows_; }
  // Stretches in which that code's event (0: any) may have been under way, though no window of it is known.
  [[nodiscard]] const std::vector<CodeWindow>& doubts() const { return doubts_; }
  [[nodiscard]] AnomalyLog& log() { return log_; }
  // Codes that were shown too briefly to count, and pulses on the strobe with no code.
  [[nodiscard]] std::int64_t glitches() const { return glitches_; }
  [[nodiscard]] TimeRange glitches_where() const { return glitches_where_; }

 private:
  struct Shown {  // a code that counts, and when it came
    std::uint32_t code = 0;
    TimeNs time_ns = 0;
    std::uint32_t resolution_ns = 0;
  };
  // Without a strobe: the changes since the lines were last stable.
  struct Burst {
    TimeRange time;                        // of the first and the last
    std::uint32_t resolution_ns = 0;       // the coarsest
    std::uint32_t last_resolution_ns = 0;  // of the last
    std::uint32_t changed = 0;
    bool line_changed_twice = false;
    bool passed_zero = false;  // no line was active for longer than edges are inexact
  };

  [[nodiscard]] bool pass_blindness(TimeNs time_ns);
  void go_blind(const CodeBlindness& blind);
  void see_again(const CodeBlindness& blind);
  void change(const Edge& edge, std::size_t bit);
  void change_before_strobe(const Edge& edge);
  void extend_burst(const Edge& edge, std::uint32_t mask);
  void strobe(const Edge& edge);
  void commit_strobe();
  void settle(TimeNs now_ns);
  void count_glitch(TimeRange where);
  void show(const Shown& shown);
  [[nodiscard]] std::size_t depth_around(std::uint32_t code) const;
  void close(const Shown& shown, std::size_t keep);
  void lose_track(TimeNs since_ns, TimeNs now_ns, const std::string& why);
  [[nodiscard]] bool forget(TimeNs since_ns, TimeNs now_ns, const std::string& why);
  void drop(const Shown& open, TimeNs end_ns, const std::string& why);

  MarkerCode code_;
  std::vector<CodeBlindness> blind_;
  std::size_t next_blind_ = 0;
  bool blinded_ = false;  // within blind_[next_blind_]
  NameOf name_of_;

  std::uint32_t levels_;
  std::uint32_t known_;
  std::array<TimeNs, 8> last_edge_ns_;  // of each line; until then nothing can be missing
  std::uint32_t stable_;                // the code that counted last
  TimeNs last_change_ns_;
  std::optional<Edge> last_strobe_;
  bool strobe_pending_ = false;
  std::optional<Burst> burst_;

  bool in_step_;
  TimeNs out_of_step_ns_;
  TimeNs shown_ns_;
  std::vector<Shown> open_;
  std::vector<CodeWindow> windows_;
  std::vector<CodeWindow> doubts_;
  AnomalyLog log_;
  std::int64_t glitches_ = 0;
  TimeRange glitches_where_;
};

}  // namespace joulemark
