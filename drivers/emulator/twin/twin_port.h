// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <drivers/emulator/twin/twin.h>
#include <drivers/transport/serial/serial_device.h>

#include <functional>

namespace joulemark::twin {

enum class Pace { real_time, maximum };

// The twin's probe as a serial port sees it. In real time what the host does not take waits; once a
// second of bytes waits, the boards' time stands still. At maximum pace they go on only when all is taken.
class TwinPort final : public serial::SerialDevice {
 public:
  // The twin outlives it. on_failure: told why the boards have stopped; once.
  TwinPort(Twin& twin, Pace pace, std::function<void(const Error&)> on_failure);

  [[nodiscard]] bool advance(TimeNs now_ns) override;
  void receive(TimeNs now_ns, std::span<const std::byte> bytes) override;
  [[nodiscard]] std::vector<std::byte> send(TimeNs now_ns) override;
  [[nodiscard]] std::optional<TimeNs> ready_ns() const override;

 private:
  [[nodiscard]] TimeNs goal_ns(TimeNs now_ns);
  void fetch();

  Twin& twin_;
  Pace pace_;
  std::function<void(const Error&)> on_failure_;
  TimeNs offset_ns_ = 0;  // the twin's time less the host's
  TimeNs now_ns_ = 0;
  bool behind_ = false;
  bool failed_ = false;
  std::vector<std::uint8_t> waiting_;
};

}  // namespace joulemark::twin
