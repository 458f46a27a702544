// SPDX-License-Identifier: Apache-2.0
// A small working stand-in for a unit behind usb::Device, on simulated time.
#pragma once

#include <drivers/transport/usb/device.h>

#include <tests/support/fake_time.h>
#include <tests/unit/monsoon/packet_builder.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::monsoon::test {

// What a unit is and does; outlives the device that the instrument owns.
struct FakeUnit {
  static constexpr std::int64_t k_never = 1LL << 60;

  std::map<int, std::uint32_t> parameters = hvpm_parameters();
  bool sampling = false;
  double slot_ns = 200'000;
  std::function<Words(std::int64_t slot)> words = [](std::int64_t) { return measurement(20000); };
  bool calibrates = true;

  // Faults.
  std::int64_t unplug_at_request = k_never;  // 0: the first control request
  std::int64_t unplug_at_slot = k_never;
  std::int64_t stall_at_slot = k_never;
  std::int64_t drop_at_slot = k_never;
  int drop_count = 0;
  std::int64_t corrupt_packet_at_slot = k_never;
  std::int64_t unreadable_from_slot = k_never;
  TimeNs leaves_in_ns = 300'000'000;  // sample mode, after the stop
  int stops_ignored = 0;
  bool gone = false;
  bool ignores_voltage = false;

  // What happened.
  std::vector<std::string> orders;  // "stop", "start", "set 0x41 3879731"
  std::vector<double> outputs;      // every voltage set
  int hazards = 0;                  // voltages set in sample mode
  std::int64_t requests = 0;
  int streams = 0;

  static std::map<int, std::uint32_t> hvpm_parameters();
  static std::map<int, std::uint32_t> lvpm_parameters();
};

[[nodiscard]] std::unique_ptr<usb::Device> make_fake_device(FakeUnit& unit, FakeTime& time);

}  // namespace joulemark::monsoon::test
