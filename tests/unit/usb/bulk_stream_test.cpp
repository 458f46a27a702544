// SPDX-License-Identifier: Apache-2.0
// Streams through the real libusb, from a device that does what a test asks.
#include <drivers/transport/usb/device.h>

#include <tests/support/usbfs_stand_in.h>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>

namespace joulemark::usb {
namespace {

constexpr std::chrono::milliseconds k_patience{2000};

// Numbers its packets, answers every vendor request with the number of such requests.
class NumberedDevice final : public usbip::UsbDevice {
 public:
  NumberedDevice() {
    descriptors_.vendor_id = 0xFFFE;
    descriptors_.endpoints = {{0x81, k_packet_size}};
  }
  [[nodiscard]] const usbip::UsbDescriptors& descriptors() const override { return descriptors_; }
  [[nodiscard]] bool advance(TimeNs) override { return next_ < leaves_after; }
  [[nodiscard]] usbip::UsbReply control(TimeNs, const usbip::UsbSetup&, std::span<const std::byte>) override {
    return {0, {std::byte(++requests_)}};
  }
  [[nodiscard]] std::optional<Packet> bulk_in(TimeNs) override {
    if (next_ == std::min(sends, leaves_after)) return std::nullopt;
    Packet packet{};
    std::memcpy(packet.data(), &next_, sizeof next_);
    ++next_;
    return packet;
  }
  [[nodiscard]] std::optional<TimeNs> bulk_in_ready_ns() const override { return std::nullopt; }

  std::int64_t sends = 1LL << 60;
  std::int64_t leaves_after = 1LL << 60;

 private:
  usbip::UsbDescriptors descriptors_;
  std::int64_t next_ = 0;
  int requests_ = 0;
};

std::int64_t number_of(const Packet& packet) {
  std::int64_t number = 0;
  std::memcpy(&number, packet.bytes.data(), sizeof number);
  return number;
}

struct Bench {
  explicit Bench(std::int64_t sends, std::int64_t leaves_after = 1LL << 60) {
    source.sends = sends;
    source.leaves_after = leaves_after;
    auto claimed = test::claim(usbfs);
    EXPECT_TRUE(claimed) << claimed.error().message;
    if (claimed) device = std::move(*claimed);
  }
  NumberedDevice source;
  test::UsbfsStandIn usbfs{source};
  std::unique_ptr<Device> device;
};

TEST(BulkStream, BringsEveryPacketInOrder) {
  constexpr std::int64_t k_count = 5000;
  Bench bench(k_count);
  ASSERT_TRUE(bench.device->start_stream(0x81));
  std::array<Packet, 64> packets;
  for (std::int64_t next = 0; next < k_count;) {
    const auto count = bench.device->read(packets, k_patience);
    ASSERT_TRUE(count) << count.error().message;
    ASSERT_GT(*count, 0u);
    for (std::size_t i = 0; i < *count; ++i)
      ASSERT_EQ(number_of(packets[i]), next++);
  }
  const auto nothing = bench.device->read(packets, std::chrono::milliseconds(20));
  ASSERT_TRUE(nothing);
  EXPECT_EQ(*nothing, 0u);
}

TEST(BulkStream, EndsWithEveryTransferInFlight) {
  for (int round = 0; round < 20; ++round) {
    Bench bench(round);
    ASSERT_TRUE(bench.device->start_stream(0x81));
    bench.device.reset();
  }
}

TEST(BulkStream, AnswersRequestsWhilePacketsCome) {
  Bench bench(2000);
  ASSERT_TRUE(bench.device->start_stream(0x81));
  std::array<Packet, 64> packets;
  std::array<std::byte, 1> reply{};
  std::int64_t next = 0;
  for (int request = 1; request <= 100; ++request) {
    ASSERT_TRUE(bench.device->control_in({1, 0, 0}, reply));
    EXPECT_EQ(std::to_integer<int>(reply[0]), request);
    const auto count = bench.device->read(packets, std::chrono::milliseconds(5));
    ASSERT_TRUE(count);
    for (std::size_t i = 0; i < *count; ++i)
      ASSERT_EQ(number_of(packets[i]), next++);
  }
}

TEST(BulkStream, KeepsWhatCameBeforeTheDeviceLeft) {
  constexpr std::int64_t k_count = 1000;
  Bench bench(1LL << 60, k_count);
  ASSERT_TRUE(bench.device->start_stream(0x81));
  std::array<Packet, 64> packets;
  std::int64_t next = 0;
  auto count = bench.device->read(packets, k_patience);
  for (; count && *count > 0; count = bench.device->read(packets, k_patience)) {
    for (std::size_t i = 0; i < *count; ++i)
      ASSERT_EQ(number_of(packets[i]), next++);
  }
  ASSERT_FALSE(count) << "it should say that the device has gone";
  EXPECT_EQ(count.error().code, ErrorCode::protocol);
  EXPECT_TRUE(bench.device->unplugged());
  EXPECT_EQ(next, k_count);
}

}  // namespace
}  // namespace joulemark::usb
