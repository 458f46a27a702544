// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/instrument/attention.h>
#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>
#include <drivers/probe/conversation.h>
#include <drivers/probe/decoder.h>
#include <drivers/probe/ping_clock.h>
#include <drivers/probe/settings.h>
#include <drivers/probe/setup.h>
#include <drivers/transport/serial/byte_stream.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace joulemark::probe {

// Opens the port anew. Errors: as the transport's.
using Connect = std::function<Result<std::unique_ptr<serial::ByteStream>>()>;

// One run of a probe, from START to STOP: keeps its lease, pairs its clock with ours, and takes it up again
// when it was reset or had gone.
class Recording {
 public:
  // All outlive it.
  Recording(const Setup& setup, const Settings& settings, const Connect& connect,
            std::unique_ptr<serial::ByteStream>& port, Timebase& timebase, SampleSink& sink,
            const Instrument::News& news);

  // unplugged: gone when no sample came for longer than the patience; stalled: there, but without samples for
  // so long. Errors: the sink's, protocol.
  [[nodiscard]] Result<EndReason> run(const std::stop_token& stop);

 private:
  [[nodiscard]] Result<EndReason> keep_on(const std::stop_token& stop);
  [[nodiscard]] Status turn();
  [[nodiscard]] EndReason give_up();
  [[nodiscard]] std::string silence();
  [[nodiscard]] Status start();
  [[nodiscard]] Status tell_levels(const jm_wire_status& status);
  [[nodiscard]] Status look_after(TimeNs now_ns);
  void note_samples(TimeNs now_ns);
  [[nodiscard]] bool is_adrift();
  [[nodiscard]] Status try_to_take_up();  // once; a probe that does not answer is no Error
  [[nodiscard]] Status take_up();         // whatever state the probe is in: it samples again
  [[nodiscard]] Status pair_anew(std::uint16_t boot);
  [[nodiscard]] Status reconnect();  // tries once
  [[nodiscard]] Status check_same(const Hello& hello) const;
  void note_pong();
  [[nodiscard]] TimeNs capture_at(TimeNs steady_ns) const;
  [[nodiscard]] Status tell_clock_point(bool at_once);
  [[nodiscard]] Status tell_clock();
  [[nodiscard]] Status end();
  void connect_to_port();
  [[nodiscard]] TimeNs silent_ns() const { return attention_.seen_ns() - sampled_seen_ns_; }
  void tell(const std::string& sentence) const {
    if (news_) news_(sentence);
  }

  Setup setup_;
  const Settings& settings_;
  const Connect& connect_;
  std::unique_ptr<serial::ByteStream>& port_;
  Timebase& timebase_;
  Attention attention_;
  SampleSink& sink_;
  const Instrument::News& news_;
  Decoder decoder_;
  std::optional<Conversation> talk_;
  PingClock pings_;             // of this boot
  TimeNs sampled_ns_ = 0;       // when the last samples came
  TimeNs sampled_seen_ns_ = 0;  // what attention_ had seen then, or when the probe was taken up again
  TimeNs asked_seen_ns_ = 0;    // ... or when HELLO was last asked for
  std::int64_t samples_seen_ = 0;
  bool adrift_ = false;      // reset, altered, stopped by itself or back: to be taken up
  bool gone_ = false;        // its port had vanished
  bool forgiven_ = false;    // taken up since the last samples: waited for once more
  bool owes_start_ = false;  // whatever it samples was not begun by us
  std::string trouble_;      // why it could not be taken up
  TimeNs next_ping_ns_ = 0;
  TimeNs next_point_ns_ = 0;
  TimeNs flushed_ns_ = 0;
  int quick_pings_ = 0;  // still to send
  bool levels_told_ = false;
};

}  // namespace joulemark::probe
