// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/monsoon/fake_unit.h>

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace joulemark::monsoon::test {
namespace {

class FakeDevice final : public usb::Device {
 public:
  FakeDevice(FakeUnit& unit, FakeTime& time)
      : unit_(unit), time_(time), start_ns_(time.now_ns - 100'000'000) {}
  ~FakeDevice() override { advance(); }

  Status control_out(const usb::Request& request, std::span<const std::byte> data) override {
    JM_TRY(plugged());
    advance();
    if (request.request == 3) return stop();
    if (request.request == 2) return start();
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < data.size(); ++i)
      value |= std::to_integer<std::uint32_t>(data[i]) << (8 * i);
    const int opcode = request.index & 0xFF;
    if (data.size() != 4 || request.value != (value & 0xFFFF) ||
        (request.index >> 8) != (value >> 16 & 0xFF)) {
      return fail(ErrorCode::protocol, "the words of the request disagree");
    }
    unit_.orders.push_back(fmt::format("set 0x{:02X} {}", opcode, value));
    if (opcode == 0x41) set_voltage(value);
    if (opcode != 0x41 || !unit_.ignores_voltage) unit_.parameters[opcode] = value;
    return {};
  }

  Result<std::size_t> control_in(const usb::Request& request, std::span<std::byte> into) override {
    JM_TRY(plugged());
    advance();
    const int opcode = request.index;
    std::uint32_t value = 0xFFFFFFFE;
    const bool answers = opcode == 0xC0 || opcode == 0xC1 || opcode == 0xC4;
    if (opcode == 0xC4) {
      value = in_sample_mode() ? 0x80 : 0;
    } else if (answers || !in_sample_mode()) {
      const auto found = unit_.parameters.find(opcode);
      if (found == unit_.parameters.end()) return fail(ErrorCode::protocol, "refused by the device");
      value = found->second;
    }
    for (std::size_t i = 0; i < into.size(); ++i)
      into[i] = std::byte(value >> (8 * i));
    return into.size();
  }

  Status start_stream(std::uint8_t endpoint) override {
    JM_TRY(plugged());
    ++unit_.streams;
    return endpoint == 0x81 ? Status() : fail(ErrorCode::protocol, "no such endpoint");
  }

  Result<std::size_t> read(std::span<usb::Packet> into, std::chrono::milliseconds timeout) override {
    const TimeNs end_ns = time_.now_ns + std::chrono::nanoseconds(timeout).count();
    advance();
    while (packets_.empty() && !unit_.gone && time_.now_ns < end_ns) {
      time_.now_ns += 600'000;
      advance();
    }
    if (packets_.empty() && unit_.gone) return fail(ErrorCode::protocol, "the device was unplugged");
    std::size_t count = 0;
    for (; count < into.size() && !packets_.empty(); ++count) {
      into[count] = packets_.front();
      packets_.pop_front();
    }
    return count;
  }

  bool unplugged() const override { return unit_.gone; }

 private:
  Status plugged() {
    if (unit_.requests++ >= unit_.unplug_at_request) unit_.gone = true;
    return unit_.gone ? fail(ErrorCode::protocol, "it was unplugged") : Status();
  }
  bool in_sample_mode() const { return unit_.sampling || time_.now_ns < leaving_until_ns_; }

  Status stop() {
    unit_.orders.emplace_back("stop");
    if (unit_.stops_ignored > 0) {
      --unit_.stops_ignored;
      return {};
    }
    if (unit_.sampling) leaving_until_ns_ = time_.now_ns + unit_.leaves_in_ns;
    unit_.sampling = false;
    return {};
  }

  Status start() {
    unit_.orders.emplace_back("start");
    if (in_sample_mode()) return fail(ErrorCode::protocol, "refused by the device");
    unit_.sampling = true;
    start_ns_ = time_.now_ns;
    slot_ = 0;
    sequence_ = 0;
    dropped_ = 0;
    return {};
  }

  void set_voltage(std::uint32_t value) {
    if (in_sample_mode()) ++unit_.hazards;
    unit_.outputs.push_back(value / 1048576.0);
  }

  void advance() {
    while (unit_.sampling && !unit_.gone &&
           static_cast<double>(time_.now_ns - start_ns_) >= static_cast<double>(slot_ + 3) * unit_.slot_ns) {
      if (slot_ >= unit_.unplug_at_slot) {
        unit_.gone = true;
      } else {
        make_packet_of_three();
      }
    }
  }

  Words words_of(std::int64_t slot) const {
    const std::int64_t within = slot % 6250;
    if (unit_.calibrates && within < 5) return zero_words();
    if (unit_.calibrates && within < 10) return reference_words();
    return unit_.words(slot);
  }

  void make_packet_of_three() {
    const bool here = unit_.drop_at_slot >= slot_ && unit_.drop_at_slot < slot_ + 3;
    if (here) {
      dropped_ = static_cast<std::uint16_t>(dropped_ + unit_.drop_count);
      slot_ += unit_.drop_count;
    }
    std::vector<Words> three;
    for (int i = 0; i < 3; ++i)
      three.push_back(words_of(slot_ + i));
    usb::Packet packet;
    packet.bytes = make_packet(dropped_, 0x20 | (sequence_++ & 0x0F), three);
    const std::int64_t corrupt = unit_.corrupt_packet_at_slot;
    if (corrupt >= slot_ && corrupt < slot_ + 3) packet.bytes[3] = std::byte{0xE5};
    if (slot_ >= unit_.unreadable_from_slot) packet.bytes[3] = std::byte{7};
    slot_ += 3;
    packet.size = 64;
    packet.arrival_ns = start_ns_ + static_cast<TimeNs>(static_cast<double>(slot_) * unit_.slot_ns);
    if (slot_ < unit_.stall_at_slot) packets_.push_back(packet);
  }

  FakeUnit& unit_;
  FakeTime& time_;
  TimeNs start_ns_;
  TimeNs leaving_until_ns_ = 0;
  std::int64_t slot_ = 0;
  int sequence_ = 0;
  std::uint16_t dropped_ = 0;
  std::deque<usb::Packet> packets_;
};

}  // namespace

std::map<int, std::uint32_t> FakeUnit::hvpm_parameters() {
  return {{0x45, 2},      {0x42, 20519}, {0xC0, 32},     {0xC1, 18},    {0x41, 0},   {0x88, 0xE000},
          {0x89, 0xC800}, {0x1A, 36500}, {0x1B, 6400},   {0x1C, 14000}, {0x1D, 600}, {0x1E, 3100},
          {0x1F, 250},    {0x25, 15},    {0x26, 0xFFF4}, {0x27, 0},     {0x28, 0},   {0x10, 2},
          {0x23, 0},      {0x43, 0},     {0x44, 0}};
}

std::map<int, std::uint32_t> FakeUnit::lvpm_parameters() {
  return {{0x45, 1}, {0x42, 7}, {0xC0, 32}, {0xC1, 18}, {0x41, 0}, {0x02, 0xF6}, {0x11, 20}, {0x0D, 0},
          {0x12, 0}, {0x0E, 0}, {0x13, 0},  {0x10, 2},  {0x23, 0}, {0x43, 0},    {0x44, 0}};
}

std::unique_ptr<usb::Device> make_fake_device(FakeUnit& unit, FakeTime& time) {
  return std::make_unique<FakeDevice>(unit, time);
}

}  // namespace joulemark::monsoon::test
