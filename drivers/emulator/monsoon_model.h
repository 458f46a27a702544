// SPDX-License-Identifier: Apache-2.0
// A Monsoon power monitor as its USB port shows it, byte for byte as far as that is known.
#pragma once

#include <drivers/emulator/monsoon_hardware.h>
#include <drivers/emulator/monsoon_unit.h>
#include <drivers/emulator/monsoon_usb_packets.h>
#include <drivers/transport/usbip/usb_device.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace joulemark::emulator {

// Where the sources leave it open: 0xC0, 0xC1 and 0xC4 answer in sample mode, all else is refused; unknown
// opcodes and set requests whose data stage and wValue/wIndex disagree stall.
class MonsoonModel final : public usbip::UsbDevice {
 public:
  MonsoonModel(const MonsoonSettings& settings, std::unique_ptr<MonsoonScenario> scenario,
               MonsoonObserver observer);

  [[nodiscard]] const usbip::UsbDescriptors& descriptors() const override { return descriptors_; }
  [[nodiscard]] bool advance(TimeNs now_ns) override;
  [[nodiscard]] usbip::UsbReply control(TimeNs now_ns, const usbip::UsbSetup& setup,
                                        std::span<const std::byte> out) override;
  [[nodiscard]] std::optional<Packet> bulk_in(TimeNs now_ns) override;
  [[nodiscard]] std::optional<TimeNs> bulk_in_ready_ns() const override;

  void finish() { unit_.finish(); }
  [[nodiscard]] MonsoonCounters counters() const { return unit_.counters(); }
  [[nodiscard]] double output_v() const { return unit_.output_v(); }

 private:
  [[nodiscard]] usbip::UsbReply vendor(TimeNs now_ns, const usbip::UsbSetup& setup,
                                       std::span<const std::byte> out);
  [[nodiscard]] usbip::UsbReply get(TimeNs now_ns, const usbip::UsbSetup& setup);
  [[nodiscard]] usbip::UsbReply set(TimeNs now_ns, const usbip::UsbSetup& setup,
                                    std::span<const std::byte> out);
  [[nodiscard]] usbip::UsbReply start(TimeNs now_ns, const usbip::UsbSetup& setup,
                                      std::span<const std::byte> out);
  [[nodiscard]] usbip::UsbReply stop(TimeNs now_ns);
  [[nodiscard]] usbip::UsbReply refuse(const std::string& what);
  void set_voltage(TimeNs now_ns, std::uint32_t raw);
  void begin_run(TimeNs now_ns, std::uint16_t interval_ms, std::uint32_t measurements);
  void unplug(const std::string& why);
  void unplug_in(MonsoonPhase phase, const std::string& why);

  MonsoonKind kind_;
  MonsoonFaults faults_;
  usbip::UsbDescriptors descriptors_;
  MonsoonParameters parameters_;
  MonsoonUsbPackets packets_;
  MonsoonUnit unit_;
  bool started_ = false;  // by the first advance
  bool configured_ = false;
  bool plugged_ = true;
  bool resetting_ = false;  // off the bus, but back at once
};

}  // namespace joulemark::emulator
