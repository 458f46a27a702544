// SPDX-License-Identifier: Apache-2.0
// Before a recording: who is there, with which settings, and how long its conversions really take.
#pragma once

#include <drivers/instrument/timebase.h>
#include <drivers/probe/conversation.h>
#include <drivers/probe/frame_reader.h>
#include <drivers/probe/listener.h>
#include <drivers/probe/settings.h>
#include <drivers/probe/setup.h>
#include <drivers/transport/serial/byte_stream.h>

#include <stop_token>
#include <vector>

namespace joulemark::probe {

// Hears answers, and when samples of a channel were stamped.
class SurveyEar final : public Listener {
 public:
  [[nodiscard]] Status accept(std::span<const std::byte> bytes) override;

  // Ticks of the records with that channel, from here on, but for a first one that others cut off from the
  // rest: a probe begins with a bus voltage.
  void watch(std::size_t channel) {
    channel_ = channel;
    stamps_.clear();
    interrupted_ = false;
  }
  [[nodiscard]] const std::vector<std::uint64_t>& stamps() const { return stamps_; }

 private:
  void take(const jm_wire_samples& samples);

  FrameReader frames_;
  std::size_t channel_ = 0;
  std::vector<std::uint64_t> stamps_;
  bool interrupted_ = false;  // by records without the channel
};

// Has the probe take the settings, if it has others; what it then says. sample_s: from one sample to the
// next, since the probe counts an interval in samples. Errors: usage (lines or a current it does not have),
// capability (settings it cannot change), protocol.
[[nodiscard]] Result<Hello> apply(Conversation& talk, Hello hello, const Settings& settings, double sample_s);

// Asks, stops what may still run, applies the settings and measures for about a quarter of a second, longer
// where conversions do. A probe that had to be given settings has its old ones again when that fails, or is
// stopped. Errors: as above, no_instrument when the sensor does not answer, and those of go_on.
[[nodiscard]] Result<Setup> survey(serial::ByteStream& port, Timebase& timebase, const Settings& settings,
                                   const std::stop_token& stop = {});

}  // namespace joulemark::probe
