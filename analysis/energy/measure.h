// SPDX-License-Identifier: Apache-2.0
// The measuring half of the report: what is to be integrated is planned first, then read in as few passes
// over the samples as can be.
#pragma once

#include <analysis/energy/partition.h>
#include <analysis/energy/rail.h>
#include <analysis/model/report.h>
#include <analysis/timing/timeline.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace joulemark {

// Of the primary channel.
struct Sampling {
  double interval_s = 0;  // timed channels: the mean one
  Characteristic aperture_s;
  TimeRange span;        // recorded, from the first to the end of the last sample
  double lost_s = 0;     // without pauses of unknown length
  double clipped_s = 0;  // beyond the instrument's range

  // What one sample reaches over beyond its stamp: the aperture, or the interval while that is unknown.
  [[nodiscard]] double reach_s() const { return aperture_s.known() ? aperture_s.value : interval_s; }
};

// How the events of one name are measured.
struct EventPlan {
  std::int64_t count = 0;
  double median_latency_s = 0;
  std::uint32_t resolution_ns = 0;  // the coarsest edge's
  Guard guard;
  Guard clear;           // how far idle keeps away: the guard, or more
  TimeNs margin_ns = 0;  // no sample further than this from an event touches it
  Method method = Method::integral;
  bool wanted_excess = false;  // short enough for excess, but not isolated or without idle
  // What is drawn above idle outside the marker, by an event's own amount (see surroundings.h); 0: nothing,
  // or not known.
  double before_rel = 0;  // that comes to rest, and so is of the event
  double after_rel = 0;
  double beyond_rel = 0;  // the part of both that is outside the guard
  double beside_rel = 0;  // that goes on beside each event: other work, or its own
  bool looked = true;     // on both sides there was room to see that
  bool settled = true;    // it comes to rest before anything else begins

  // What the event's energy does not hold of its own.
  [[nodiscard]] double not_held_rel() const {
    return std::min(1.0, method == Method::integral ? before_rel + after_rel : beyond_rel);
  }
};

// What the samples fluctuate by from one to the next, taken as independent: the variance of an integral over
// a time T is density x T.
struct Noise {
  std::optional<double> energy;  // J^2/s
  std::optional<double> charge;  // C^2/s
  bool undithered = false;   // below half a step of the instrument: unknown, and errors do not average out
  double half_step_rel = 0;  // of undithered: half a step of the instrument, to what is typical; 0: not known
};

// Idle is cut at the ends of its batches and, in a thousand unbroken stretches at most, where their first
// tenth ends.
struct IdlePiece {
  std::uint32_t batch = 0;
  std::optional<std::uint32_t> stretch;  // which of those looked at, where it is of one
  bool early = false;                    // in its first tenth
};

struct Measurement {
  Timeline timeline;
  Sampling sampling;
  bool has_energy = false;
  bool has_charge = false;
  bool goes_on = false;                // the recording
  std::vector<EventPlan> plans;        // by name
  std::vector<std::uint8_t> flags;     // by event: EventFlag
  Partition partition;                 // idle is cut into its pieces
  std::vector<IdlePiece> idle_pieces;  // by segment, where the label is idle
  std::size_t idle_batches = 0;
  std::size_t idle_stretches = 0;  // looked at

  std::vector<WindowSum> events;    // by event, fractional
  std::vector<WindowSum> segments;  // by segment, fractional
  std::vector<WindowSum> blocks;    // equal parts of the span, fractional
  // By event; empty where the method is not excess. Whole samples over [begin - g, end + g], and over the
  // outer halves of the guards, which no sample that touches the event reaches.
  std::vector<WindowSum> guarded;
  std::vector<WindowSum> before;
  std::vector<WindowSum> after;

  std::vector<Noise> noise;  // by name
  Noise idle_noise;
};

struct MeasureOptions {
  std::optional<TimeNs> guard_ns;  // none: by rule, per name
  std::size_t blocks = 20;
};

// Below this many sample intervals an event is measured by excess.
inline constexpr double k_least_intervals_for_integral = 50;

// Errors: inadequate when the capture holds no samples to measure by; the source's own.
[[nodiscard]] Result<Measurement> measure(SampleSource& source, Timeline timeline,
                                          const MeasureOptions& options);

// For a recording that goes on: without the events that leave it, by their window or their guard, and with no
// fault found in those that have not ended yet. Their time is no idle time all the same.
void leave_out_unfinished(Measurement& measurement);

}  // namespace joulemark
