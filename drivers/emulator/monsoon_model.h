// SPDX-License-Identifier: Apache-2.0
// A Monsoon power monitor as its USB port shows it, byte for byte as far as that is known.
#pragma once

#include <drivers/emulator/monsoon_hardware.h>
#include <drivers/emulator/monsoon_sampler.h>
#include <drivers/emulator/monsoon_scenario.h>
#include <drivers/transport/usbip/usb_device.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace joulemark::emulator {

struct MonsoonSettings {
  MonsoonKind kind = MonsoonKind::hvpm;
  std::uint16_t serial = 20519;
  double output_v = 0;  // left so by an earlier user; 0: off
  MonsoonSamplerSettings sampler{};
};

// Whom the unit tells what happens to it. Called from within the calls below; either may be empty.
struct MonsoonObserver {
  std::function<void(const std::string&)> log;  // one line
  // The exact energies of a run that ended (see MonsoonScenario::truth_json), from its start to its last
  // slot. Null energies where a violation made them unknown.
  std::function<void(const std::string&)> truth;
};

struct MonsoonCounters {
  std::int64_t runs = 0;
  std::int64_t slots = 0;            // of all runs
  std::int64_t dropped = 0;          // of all runs
  std::int64_t dropped_of_unit = 0;  // what the real unit's queue of 16 slots would have dropped
  std::int64_t refused = 0;          // orders and questions that make no sense then, answered as a unit does
  // Orders that put a target at risk: a voltage while in sample mode (a real unit may put out anything; this
  // one puts out a random voltage), one with dacCal out of tolerance, one out of range.
  std::int64_t violations = 0;
};

// Where the sources leave it open: 0xC0, 0xC1 and 0xC4 answer in sample mode, all else is refused; sample
// mode lasts 4 ms beyond a stop; unknown opcodes and set requests whose data stage and wValue/wIndex disagree
// stall.
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

  // Ends a run that is still going on, so that its truth is told.
  void finish();

  [[nodiscard]] MonsoonCounters counters() const;
  [[nodiscard]] double output_v() const { return output_v_; }

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
  void violate(const std::string& what, double output_v);
  void begin_run(TimeNs now_ns, std::uint16_t interval_ms, std::uint32_t measurements);
  void end_run();
  void unplug(const std::string& why);
  void unplug_in(MonsoonPhase phase, const std::string& why);
  void log(const std::string& line) const;
  [[nodiscard]] bool sample_mode(TimeNs now_ns) const;
  [[nodiscard]] double random_voltage();

  MonsoonSettings settings_;
  const MonsoonHardware& hardware_;
  std::unique_ptr<MonsoonScenario> scenario_;
  MonsoonObserver observer_;
  usbip::UsbDescriptors descriptors_;
  MonsoonParameters parameters_;
  MonsoonSampler sampler_;
  MonsoonCounters past_;  // without the present run
  double output_v_;
  TimeNs sample_mode_until_ns_ = 0;
  std::int64_t violations_before_run_ = 0;
  bool started_ = false;  // by the first advance
  bool configured_ = false;
  bool plugged_ = true;
  bool resetting_ = false;  // off the bus, but back at once
};

}  // namespace joulemark::emulator
