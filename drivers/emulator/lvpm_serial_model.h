// SPDX-License-Identifier: Apache-2.0
// An LVPM with factory firmware as its serial port shows it, as far as that is known.
#pragma once

#include <drivers/emulator/lvpm_serial_packets.h>
#include <drivers/emulator/monsoon_unit.h>
#include <drivers/transport/serial/serial_device.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::emulator {

// Where the sources leave it open: damaged frames are passed over byte by byte and shown in the next status;
// a start while sampling and unknown orders are refused without a word; a stop has no answer.
class LvpmSerialModel final : public serial::SerialDevice {
 public:
  LvpmSerialModel(const MonsoonSettings& settings, std::unique_ptr<MonsoonScenario> scenario,
                  MonsoonObserver observer);

  [[nodiscard]] bool advance(TimeNs now_ns) override;
  void receive(TimeNs now_ns, std::span<const std::byte> bytes) override;
  [[nodiscard]] std::vector<std::byte> send(TimeNs now_ns) override;
  [[nodiscard]] std::optional<TimeNs> ready_ns() const override;

  void finish() { unit_.finish(); }
  [[nodiscard]] MonsoonCounters counters() const { return unit_.counters(); }
  [[nodiscard]] double output_v() const { return unit_.output_v(); }

 private:
  using Payload = std::span<const std::byte>;

  // Takes what stands at the front of the input. False: not all of it has come.
  [[nodiscard]] bool take_frame(TimeNs now_ns);
  void obey(TimeNs now_ns, Payload payload);
  void set(TimeNs now_ns, int what, int value);
  void start(TimeNs now_ns, Payload payload);
  void send_status();

  MonsoonSettings settings_;
  LvpmSerialPackets packets_;
  MonsoonUnit unit_;
  std::array<int, 256> parameters_{};  // by what is set
  std::vector<std::byte> input_;
  std::deque<std::vector<std::byte>> answers_;
  bool damaged_ = false;  // a frame, since the last status
  bool started_ = false;  // by the first advance
  bool plugged_ = true;
};

}  // namespace joulemark::emulator
