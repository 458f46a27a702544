// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/packet_ring.h>

#include <gtest/gtest.h>

#include <thread>

namespace joulemark::usb {
namespace {

std::array<std::byte, 64> numbered(std::int64_t number) {
  std::array<std::byte, 64> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::int64_t number_of(const Packet& packet) {
  std::int64_t number = 0;
  std::memcpy(&number, packet.bytes.data(), sizeof number);
  return number;
}

TEST(PacketRing, CountsWhatDidNotFitOnTheNextPacketThatDoes) {
  PacketRing ring(4);
  for (int i = 0; i < 7; ++i)
    ring.push(numbered(i), i);
  std::array<Packet, 8> packets;
  ASSERT_EQ(ring.pop(packets), 4u);
  EXPECT_EQ(number_of(packets[3]), 3);
  ring.push(numbered(7), 7);
  ASSERT_EQ(ring.pop(packets), 1u);
  EXPECT_EQ(packets[0].missed, 3);
  EXPECT_EQ(packets[0].arrival_ns, 7);
}

TEST(PacketRing, KeepsOrderAndAccountsForEveryPacketBetweenTwoThreads) {
  constexpr std::int64_t k_packets = 20'000;
  PacketRing ring(64);
  std::atomic<bool> written{false};
  std::thread writer([&] {
    for (std::int64_t i = 0; i < k_packets; ++i) {
      ring.push(numbered(i), i);
      if (i % 50 == 0) std::this_thread::yield();
    }
    written = true;
  });
  std::array<Packet, 16> packets;
  std::int64_t next = 0;
  for (bool last = false;;) {
    const std::size_t count = ring.pop(packets);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(number_of(packets[i]), next + packets[i].missed);
      next = number_of(packets[i]) + 1;
    }
    if (count > 0) continue;
    if (last) break;
    last = written;
    std::this_thread::yield();
  }
  writer.join();
  EXPECT_GE(next, 64);
}

}  // namespace
}  // namespace joulemark::usb
