// SPDX-License-Identifier: Apache-2.0
// A CP2112 USB-to-I2C bridge (Silicon Labs AN495) with an INA219 on its bus and the target's marker on GPIO
// 0.
#pragma once

#include <drivers/emulator/ina219_model.h>
#include <drivers/emulator/scenario_load.h>
#include <drivers/transport/usbip/usb_device.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace joulemark::emulator {

struct Cp2112Settings {
  std::string serial = "0001";
  std::uint8_t address = 0x40;  // of the INA219
  // Faults, in device time.
  std::optional<TimeNs> unplug_ns;
  std::optional<TimeNs> loose_ns;  // from then on the INA219 does not acknowledge
};

// Reports go one a millisecond and direction, as on a full-speed bus; so it reads about 190 registers a
// second.
class Cp2112Model final : public usbip::UsbDevice {
 public:
  // load: of the chip. All outlive it.
  Cp2112Model(const Cp2112Settings& settings, Ina219Model& chip, ScenarioLoad& load);

  [[nodiscard]] const usbip::UsbDescriptors& descriptors() const override { return descriptors_; }
  [[nodiscard]] bool advance(TimeNs now_ns) override;
  [[nodiscard]] usbip::UsbReply control(TimeNs now_ns, const usbip::UsbSetup& setup,
                                        std::span<const std::byte> out) override;
  void data_out(TimeNs now_ns, std::span<const std::byte> data) override;
  [[nodiscard]] std::optional<Packet> bulk_in(TimeNs now_ns) override;
  [[nodiscard]] std::optional<TimeNs> bulk_in_ready_ns() const override;

  [[nodiscard]] std::int64_t transfers() const { return transfers_; }

 private:
  // On the I2C bus: first the written bytes, then, after a repeated start, the read ones.
  struct Transfer {
    TimeNs end_ns = 0;
    std::uint8_t address = 0;
    std::vector<std::uint8_t> written;
    std::size_t to_read = 0;
  };
  enum class BusState : std::uint8_t { idle = 0, busy = 1, complete = 2, error = 3 };
  struct Report {
    TimeNs ready_ns = 0;
    Packet packet{};
  };

  [[nodiscard]] usbip::UsbReply get_feature(TimeNs now_ns, std::uint8_t id, std::size_t length);
  void begin(TimeNs now_ns, Transfer transfer);
  void finish_until(TimeNs time_ns);
  void finish(const Transfer& transfer);
  void send_status(TimeNs now_ns);
  void send_data(TimeNs now_ns, std::size_t most);
  void send(TimeNs now_ns, std::span<const std::uint8_t> bytes);

  Cp2112Settings settings_;
  Ina219Model& chip_;
  ScenarioLoad& load_;
  usbip::UsbDescriptors descriptors_;
  std::array<std::uint8_t, 14> bus_settings_;
  std::array<std::uint8_t, 5> gpio_settings_;
  std::optional<Transfer> transfer_;
  BusState state_ = BusState::idle;
  std::vector<std::uint8_t> read_;  // not yet fetched
  std::size_t done_ = 0;            // bytes of the last transfer
  std::uint8_t pointer_ = 0;        // the INA219 keeps it
  std::deque<Report> reports_;
  std::int64_t transfers_ = 0;
};

}  // namespace joulemark::emulator
