// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/ina219/acquisition.h>
#include <drivers/ina219/channels.h>
#include <drivers/ina219/decoder.h>
#include <drivers/ina219/edge_stream.h>
#include <drivers/ina219/settings.h>
#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>

#include <cstdint>
#include <span>
#include <vector>

namespace joulemark::ina219 {

// What both ways to an INA219 do with what their acquisition threads hand over: samples, edges, and what is
// to be said about them. On the thread of run.
class Intake {
 public:
  // edges may be null. All outlive it.
  Intake(const ChannelSetup& setup, const Settings& settings, gpio::EdgeSource* edges, Timebase& timebase,
         SampleSink& sink);

  // Before all else.
  [[nodiscard]] Status begin() { return edges_.start(edge_acquisition_.levels(), timebase_.steady_ns()); }
  [[nodiscard]] Status accept(std::span<const Reading> readings);
  // Readings that the hand-over dropped, in all.
  [[nodiscard]] Status dropped(std::int64_t readings);
  // Now and then: edges, clock points, and what is buffered.
  [[nodiscard]] Status pass_time();
  [[nodiscard]] Status finish(const Instrument::News& news);

 private:
  [[nodiscard]] Status take_edges();
  [[nodiscard]] Status lose_lines(int error);
  [[nodiscard]] Status tell_clock(TimeNs now_ns);
  [[nodiscard]] Status tell_rate(const Instrument::News& news);

  ChannelSetup setup_;
  Timebase& timebase_;
  SampleSink& sink_;
  Decoder decoder_;
  EdgeStream edges_;
  EdgeAcquisition edge_acquisition_;
  bool lines_lost_ = false;
  TimeNs lines_watched_ns_ = 0;  // when they were last known to be there
  std::int64_t dropped_ = 0;
  TimeNs flushed_ns_ = 0;
  TimeNs next_clock_ns_ = 0;
};

// How exactly edges are stamped: as stated, or as the chip allows, or as an interrupt usually is.
[[nodiscard]] std::uint32_t edge_resolution_ns(const Settings& settings, const gpio::EdgeSource* edges);

// "event.<name>" for every marker line.
[[nodiscard]] std::vector<MetadataItem> event_rules(const Settings& settings);

// How the shunt is known, and what to say about it.
struct Shunt {
  double ohm = k_usual_shunt_ohm;
  const char* basis = "stated";  // stated, kernel or assumed
};
[[nodiscard]] std::vector<MetadataItem> describe(const ChannelSetup& setup, const Shunt& shunt);
[[nodiscard]] Status tell_shunt(const Shunt& shunt, SampleSink& sink, const Instrument::News& news);

// Everything in the ring; how many readings that was.
[[nodiscard]] Result<std::int64_t> drain(Ring<Reading>& ring, Intake& intake);

}  // namespace joulemark::ina219
