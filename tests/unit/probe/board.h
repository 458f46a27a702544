// SPDX-License-Identifier: Apache-2.0
// The firmware's core with a working INA219, at the other end of a serial line that can be cut, damaged and
// pulled, in simulated time. One at a time: the firmware knows no other.
#pragma once

#include <analysis/model/memory_capture.h>

#include <drivers/instrument/timebase.h>
#include <drivers/probe/probe_instrument.h>
#include <drivers/transport/serial/byte_stream.h>

#include <tests/firmware/fake_ina219.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace joulemark::probe::test {

// Options of most recordings.
inline const std::vector<std::string> k_plain{"voltage=3.3", "lines=d0", "max_current=3A"};

inline constexpr TimeNs k_ms = 1'000'000;
inline constexpr TimeNs k_s = 1'000'000'000;
inline constexpr TimeNs k_tick_ns = 500;

class Board final : public Timebase {
 public:
  Board();

  // Runs the firmware that long. Never from within a happening.
  void advance(TimeNs duration_ns);
  // Something that happens at that time since the board was made; "now" for what has passed.
  void at(TimeNs time_ns, std::function<void()> happening) {
    happenings_.emplace(time_ns / k_tick_ns, std::move(happening));
  }
  [[nodiscard]] TimeNs now_ns() const { return static_cast<TimeNs>(ticks()) * k_tick_ns; }
  [[nodiscard]] std::uint64_t ticks() const { return base_ticks_ + host_now(); }  // since it was made

  void reset(std::uint8_t cause);
  void unplug() { plugged_ = false; }
  void plug_in() { plugged_ = true; }
  [[nodiscard]] bool plugged() const { return plugged_; }
  // What the line makes of bytes on their way to the host.
  std::function<void(std::vector<std::byte>&)> line;
  bool takes_data = true;  // false: what is written waits a second, in vain
  bool deaf = false;       // hears no commands
  // This computer is held up so long in its next reading of the port, which then gives nothing.
  TimeNs held_up_ns = 0;
  double drift_ppm = 0;  // how much faster than ours the board's clock runs

  [[nodiscard]] Connect connect();

  TimeNs steady_ns() override;
  TimeNs utc_ns() override { return steady_ns() + 1'700'000'000 * k_s; }
  void wait(TimeNs duration_ns) override { advance(duration_ns); }

  std::vector<std::byte> arrived;

 private:
  void step(std::uint64_t ticks);

  std::multimap<std::uint64_t, std::function<void()>> happenings_;  // by ticks
  std::uint64_t base_ticks_ = 0;
  bool plugged_ = true;
};

struct Recorded {
  Result<EndReason> end = EndReason::failed;
  MemoryCapture capture;
  std::vector<std::string> news;

  struct Sample {
    std::int64_t index = 0;
    int code = 0;
    TimeNs stamp_ns = 0;
  };
  [[nodiscard]] std::vector<Sample> samples(ChannelId channel);
  [[nodiscard]] std::vector<Edge> edges();
  [[nodiscard]] std::vector<Anomaly> anomalies(AnomalyKind kind);
  [[nodiscard]] std::string metadata(const std::string& key);
};

// Opens a probe on the board with these options.
[[nodiscard]] Result<std::unique_ptr<Instrument>> open(Board& board,
                                                       const std::vector<std::string>& options = {},
                                                       const std::stop_token& stop = {});

// Records until that long after now.
[[nodiscard]] std::unique_ptr<Recorded> record(Board& board, TimeNs duration_ns,
                                               const std::vector<std::string>& options = {});

}  // namespace joulemark::probe::test
