// SPDX-License-Identifier: Apache-2.0
// Driver and emulated unit in one process, on simulated time.
#pragma once

#include <drivers/emulator/monsoon_model.h>
#include <drivers/transport/usb/device.h>

#include <tests/support/fake_time.h>

#include <algorithm>
#include <chrono>
#include <span>

namespace joulemark::monsoon::test {

// The device that the driver claims, with the model at the other end of the cable.
class EmulatedDevice final : public usb::Device {
 public:
  EmulatedDevice(emulator::MonsoonModel& model, FakeTime& time) : model_(model), time_(time) {}

  Status control_out(const usb::Request& request, std::span<const std::byte> data) override {
    const auto size = static_cast<std::uint16_t>(data.size());
    const auto reply =
        model_.control(time_.now_ns, {0x40, request.request, request.value, request.index, size}, data);
    return check(reply.status);
  }
  Result<std::size_t> control_in(const usb::Request& request, std::span<std::byte> into) override {
    const auto size = static_cast<std::uint16_t>(into.size());
    const auto reply =
        model_.control(time_.now_ns, {0xC0, request.request, request.value, request.index, size}, {});
    JM_TRY(check(reply.status));
    std::copy_n(reply.data.begin(), std::min(reply.data.size(), into.size()), into.begin());
    return std::min(reply.data.size(), into.size());
  }
  Status start_stream(std::uint8_t) override { return {}; }
  Result<std::size_t> read(std::span<usb::Packet> into, std::chrono::milliseconds timeout) override {
    const TimeNs end_ns = time_.now_ns + std::chrono::nanoseconds(timeout).count();
    for (;;) {
      if (const std::size_t count = take(into); count > 0) return count;
      if (!model_.advance(time_.now_ns)) return tl::make_unexpected(check(0).error());
      const auto ready_ns = model_.bulk_in_ready_ns();
      if (!ready_ns || *ready_ns >= end_ns) {
        time_.now_ns = end_ns;
        return std::size_t{0};
      }
      time_.now_ns = std::max(*ready_ns, time_.now_ns + 1000);
    }
  }
  bool unplugged() const override { return gone_; }

 private:
  Status check(int status) {
    gone_ = gone_ || !model_.advance(time_.now_ns);
    if (gone_) return fail(ErrorCode::protocol, "it was unplugged");
    return status == 0 ? Status() : fail(ErrorCode::protocol, "refused by the device");
  }
  std::size_t take(std::span<usb::Packet> into) {
    std::size_t count = 0;
    while (count < into.size()) {
      const auto packet = model_.bulk_in(time_.now_ns);
      if (!packet) break;
      std::ranges::copy(*packet, into[count].bytes.begin());
      into[count].size = packet->size();
      into[count].missed = 0;
      into[count++].arrival_ns = time_.now_ns;
    }
    return count;
  }

  emulator::MonsoonModel& model_;
  FakeTime& time_;
  bool gone_ = false;
};

}  // namespace joulemark::monsoon::test
