// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/emulator/monsoon_model.h>

#include <tests/unit/emulator/reference_decoder.h>

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace joulemark::test {

using emulator::MonsoonKind;
using emulator::MonsoonModel;
using emulator::MonsoonSettings;
using usbip::UsbReply;

inline constexpr TimeNs k_ms = 1'000'000;
inline constexpr TimeNs k_packet_time = 600'000;
inline constexpr std::uint32_t k_3v7 = 0x003B3333;

// An emulated unit and a host that talks to it, on a clock that the test turns.
class UnitOnABench {
 public:
  explicit UnitOnABench(const std::string& scenario, MonsoonSettings settings = {},
                        std::vector<std::string> faults = {})
      : kind_(settings.kind) {
    const auto parsed = emulator::parse_monsoon_faults(faults);
    EXPECT_TRUE(parsed) << parsed.error().message;
    settings.sampler.faults = parsed.value_or(emulator::MonsoonFaults{});
    auto made = emulator::make_monsoon_scenario(scenario, settings.sampler.seed);
    EXPECT_TRUE(made) << made.error().message;
    model_ = std::make_unique<MonsoonModel>(
        settings, std::move(*made),
        emulator::MonsoonObserver{[this](const std::string& line) { log += line + "\n"; },
                                  [this](const std::string& json) { truth = json; }});
    static_cast<void>(model_->advance(now_ns));
  }

  [[nodiscard]] MonsoonModel& model() { return *model_; }

  UsbReply set(std::uint8_t opcode, std::uint32_t value) {
    const auto index = static_cast<std::uint16_t>(opcode | (value >> 16 & 0xFF) << 8);
    return model_->control(now_ns, {0x40, 1, static_cast<std::uint16_t>(value), index, 4}, little(value));
  }

  UsbReply ask(std::uint8_t opcode) { return model_->control(now_ns, {0xC0, 1, 0, opcode, 4}, {}); }

  std::uint32_t get(std::uint8_t opcode) {
    const UsbReply reply = ask(opcode);
    EXPECT_EQ(reply.status, 0);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < reply.data.size(); ++i)
      value |= std::to_integer<std::uint32_t>(reply.data[i]) << (8 * i);
    return value;
  }

  UsbReply start(std::uint16_t interval_ms = 1250, std::uint32_t count = 0xFFFFFFFF) {
    return model_->control(now_ns, {0x40, 2, interval_ms, 0, 4}, little(count));
  }

  UsbReply stop() { return model_->control(now_ns, {0x40, 3, 0, 0, 0}, {}); }

  // Everything that is ready now.
  std::vector<Packet> drain() {
    std::vector<Packet> packets;
    while (const auto bytes = model_->bulk_in(now_ns))
      packets.push_back(decode(*bytes, kind_ == MonsoonKind::lvpm));
    return packets;
  }

  // Reads for so long, as a host in good time does.
  std::vector<Packet> read_for(double seconds) {
    std::vector<Packet> packets;
    for (const TimeNs end_ns = now_ns + from_seconds(seconds); now_ns < end_ns;) {
      now_ns = std::min(end_ns, now_ns + k_packet_time);
      for (Packet& packet : drain())
        packets.push_back(std::move(packet));
    }
    return packets;
  }

  TimeNs now_ns = 0;
  std::string log;
  std::string truth;

 private:
  static std::vector<std::byte> little(std::uint32_t value) {
    std::vector<std::byte> bytes;
    for (unsigned i = 0; i < 4; ++i)
      bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
    return bytes;
  }

  MonsoonKind kind_;
  std::unique_ptr<MonsoonModel> model_;
};

inline std::vector<Observation> observations_of(const std::vector<Packet>& packets) {
  std::vector<Observation> all;
  for (const Packet& packet : packets)
    all.insert(all.end(), packet.observations.begin(), packet.observations.end());
  return all;
}

}  // namespace joulemark::test
