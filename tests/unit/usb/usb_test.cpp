// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usb/usb.h>

#include <gtest/gtest.h>

namespace joulemark::usb {
namespace {

constexpr Id k_nobody{0xFFFE, 0xFFFE};

TEST(Usb, FindsNothingWhereNothingIs) {
  const auto found = find(std::span(&k_nobody, 1));
  if (!found) GTEST_SKIP() << found.error().message;
  EXPECT_TRUE(found->empty());
}

TEST(Usb, SaysThatNoSuchDeviceIsAttached) {
  const auto device = open(k_nobody, "");
  ASSERT_FALSE(device);
  EXPECT_TRUE(device.error().code == ErrorCode::no_instrument || device.error().code == ErrorCode::io);
}

}  // namespace
}  // namespace joulemark::usb
