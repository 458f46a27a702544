// SPDX-License-Identifier: Apache-2.0
// The Report: the finished result of an analysis, a value. What text, JSON, HTML, JUnit and the dashboard
// show.
//
// SI base units throughout, the unit in each name (_j, _w, _a, _v, _c, _s, _hz). An empty optional is
// "unknown"; no member is ever NaN. The JSON form is described by docs/report.schema.json.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/marker.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace joulemark {

struct Interval {
  double low = 0;
  double high = 0;

  [[nodiscard]] double half_width() const { return (high - low) / 2; }
  bool operator==(const Interval&) const = default;
};

// A distribution of n values. n 0: everything is unknown; n 1: no stddev and no interval.
struct Stats {
  std::optional<double> mean;
  std::optional<double> median;
  std::optional<double> stddev;  // of the sample (n - 1)
  std::optional<double> min;
  std::optional<double> p05;
  std::optional<double> p95;
  std::optional<double> max;
  std::optional<Interval> ci95;              // for the long-run mean of the process
  std::optional<Interval> measurement_ci95;  // for the mean of these very values: noise and idle alone
  std::int64_t n = 0;

  bool operator==(const Stats&) const = default;
};

enum class Method { integral, excess, overlap_regression };
enum class Grade { good, fair, poor };            // of one event's adequacy
enum class QualityGrade { good, degraded, bad };  // of the data as a whole
enum class FindingSeverity { info, warning };

[[nodiscard]] std::string_view name_of(Method method);
[[nodiscard]] std::string_view name_of(Grade grade);
[[nodiscard]] std::string_view name_of(QualityGrade grade);
[[nodiscard]] std::string_view name_of(FindingSeverity severity);

struct ToolReport {
  std::string name;
  std::string version;
};

struct ChannelReport {
  std::string id;
  Quantity quantity = Quantity::current;
  std::optional<double> rate_hz;  // of uneven samples the mean one
  bool uneven = false;            // each sample has its own stamp
  std::int64_t samples = 0;
  std::int64_t lost_samples = 0;
  std::optional<double> dead_time_s;  // in all, by design of the instrument
  std::optional<double> aperture_s;
};

struct CaptureReport {
  std::string id;
  std::string file;                   // as the user named it; "" in memory
  std::optional<std::string> sha256;  // of that file, lower-case hex
  std::optional<std::int64_t> started_at_utc_ns;
  double duration_s = 0;  // from the first to the end of the last sample of the primary channel
  EndReason end_reason = EndReason::completed;
  InstrumentIdentity instrument;
  VoltageBasis voltage_basis = VoltageBasis::unknown;
  std::optional<double> supply_voltage_v;
  std::vector<ChannelReport> channels;
  ChannelReport primary;  // the channel that times the capture
  double lost_s = 0;      // of duration_s, not recorded
};

struct AnomalyGroup {
  AnomalyKind kind = AnomalyKind::gap;
  Severity severity = Severity::info;
  std::int64_t count = 0;  // samples or occurrences, summed
  std::string message;     // the first one's, and how many more
};

struct QualityReport {
  QualityGrade grade = QualityGrade::good;
  std::vector<AnomalyGroup> anomalies;
  std::vector<AnomalyGroup> told_once;  // the same for people: see analysis/model/told_once.h
};

// What edge resolution, sampling interval and aperture leave, as a bound on |error| / value of the mean
// energy.
struct Adequacy {
  Grade grade = Grade::poor;
  std::optional<double> bound_rel;
  std::vector<std::string> reasons;  // in words
};

struct Uncertainty {
  std::optional<double> type_a_rel;    // standard uncertainty of the mean energy (k = 1)
  std::optional<double> type_b_rel;    // of the instrument (k = 1); unknown without its specification
  std::optional<double> expanded_rel;  // k = 2; unknown while type B is
};

struct EventReport {
  std::string name;
  std::int64_t count = 0;   // windows found
  std::int64_t repeat = 1;  // inferences one window stands for
  Method method = Method::integral;
  double guard_s = 0;                // around each window: kept out of idle, and summed over by excess
  std::int64_t energy_left_out = 0;  // windows that say nothing about energy (see flags)
  // Per inference (divided by repeat).
  Stats energy_j;
  Stats net_energy_j;  // above idle_mean
  Stats outside_marker_j;
  Stats charge_c;
  Stats latency_s;
  // Per window.
  Stats power_w;
  Stats peak_current_a;
  Adequacy adequacy;
  std::vector<std::string> flags;
  Uncertainty uncertainty;
};

struct IdleReport {
  double time_s = 0;  // recorded time outside events, their guards and stretches in doubt
  Stats power_w;      // of up to 20 batches of equal idle time
  Stats current_a;
  std::optional<double> floor_current_a;
  std::optional<bool> floor_is_upper_bound;
  std::optional<double> floor_window_s;
};

struct Share {
  std::string name;
  double fraction = 0;
};

struct UsefulEventReport {
  std::optional<std::string> name;  // none: nobody named one
  std::int64_t count = 0;           // in recorded time, x repeat
  std::optional<double> energy_j;   // of the observed span / count
  std::optional<Interval> ci95;
  std::int64_t n = 0;  // windows counted
  // Of the energy of the observed span, summing to 1; empty without a voltage, and where signs tell that the
  // energies are wrong.
  std::vector<Share> shares;
};

// A digital line that a rule listens to.
struct LineReport {
  LineId line;
  std::int64_t edges = 0;          // recorded
  std::int64_t ignored_edges = 0;  // of those: of pulses shorter than the hold time, and the like

  bool operator==(const LineReport&) const = default;
};

struct MarkersReport {
  double hold_s = 0;
  std::vector<LineReport> lines;  // by number
};

struct TotalReport {  // of the observed span
  std::optional<double> energy_j;
  std::optional<double> charge_c;
  std::optional<double> mean_power_w;
  std::optional<double> mean_current_a;
};

struct Finding {
  std::string code;  // stable, snake_case
  FindingSeverity severity = FindingSeverity::info;
  std::string message;      // what it means and what to do about it
  std::string remedy = {};  // likewise, where that is another thing on the command line than in a window
};

// As it is told on the command line and in files.
[[nodiscard]] inline std::string whole_message(const Finding& finding) {
  return finding.message + (finding.remedy.empty() ? "" : " " + finding.remedy);
}

struct Report {
  ToolReport tool;
  CaptureReport capture;
  QualityReport quality;
  TotalReport total;
  MarkersReport markers;
  std::vector<EventReport> events;
  IdleReport idle;
  UsefulEventReport useful_event;
  std::vector<Finding> findings;
};

// One event as measured: what --per-event lists.
struct EventRow {
  std::uint32_t name = 0;  // index into Report::events
  std::int64_t index = 0;  // among those of its name, from 0
  TimeRange time;
  // Of the whole window, per inference as above; unknown where flagged or underivable.
  std::optional<double> energy_j;
  std::optional<double> net_energy_j;
  std::optional<double> outside_marker_j;
  std::optional<double> charge_c;
  std::optional<double> power_w;
  std::optional<double> peak_current_a;
  Method method = Method::integral;
  std::uint8_t flags = 0;  // of EventFlag
};

enum EventFlag : std::uint8_t {
  k_flag_lost_samples = 1,     // the window or its guard touches time that was not recorded
  k_flag_outside_capture = 2,  // the window or its guard leaves the recording
  k_flag_not_isolated = 4,     // excess: the guarded windows of neighbours overlap
  k_flag_clipped = 8,          // the instrument was over-range or clipped inside
};

// "lost_samples", "outside_capture" ... in that order.
[[nodiscard]] std::vector<std::string> names_of_flags(std::uint8_t flags);

}  // namespace joulemark
