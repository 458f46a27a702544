// SPDX-License-Identifier: Apache-2.0
// On a made-up /sys and /dev: what is there, what is not, and what to do about it.
#include <drivers/ina219/i2c_family.h>
#include <drivers/transport/i2c/i2c_dev.h>

#include <tests/support/temporary_folder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace joulemark::ina219 {
namespace {

using testing::HasSubstr;

class I2cListing : public testing::Test {
 protected:
  I2cListing() {
    roots_ = {folder_.path() / "sys", folder_.path() / "dev"};
    std::filesystem::create_directories(roots_.dev);
  }
  void put(const std::filesystem::path& path, const std::string& text) const {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  void add_adapter(const std::string& node, const std::string& name) const {
    put(roots_.sys / "bus/i2c/devices" / node / "name", name);
  }
  std::string node(const std::string& name) const { return (roots_.dev / name).string(); }

  test::TemporaryFolder folder_;
  linux_system::Roots roots_;
};

TEST_F(I2cListing, WithoutAdaptersIsEmptyAndOpeningSaysHowToGetOne) {
  EXPECT_TRUE(list_i2c(roots_).empty());
  const auto bus = i2c::open(node("i2c-1"), 0x40, roots_);
  ASSERT_FALSE(bus);
  EXPECT_EQ(bus.error().code, ErrorCode::no_instrument);
  EXPECT_THAT(bus.error().message, HasSubstr("raspi-config"));
}

TEST_F(I2cListing, AnAdapterWithoutANodeLacksItsDriver) {
  add_adapter("i2c-1", "bcm2835 (i2c@7e804000)");
  const auto listings = list_i2c(roots_);
  ASSERT_EQ(listings.size(), 1u);
  EXPECT_EQ(listings[0].uri, "i2c:" + node("i2c-1"));
  EXPECT_THAT(listings[0].description, HasSubstr("bcm2835 (i2c@7e804000)"));
  EXPECT_FALSE(listings[0].usable);
  EXPECT_THAT(listings[0].reason, HasSubstr("i2c-dev driver is not loaded"));
  EXPECT_THAT(listings[0].advice, HasSubstr("sudo modprobe i2c-dev"));
}

TEST_F(I2cListing, AWrongNumberIsToldWhichOnesThereAre) {
  add_adapter("i2c-10", "a");
  add_adapter("i2c-2", "b");
  const auto bus = i2c::open(node("i2c-7"), 0x40, roots_);
  ASSERT_FALSE(bus);
  EXPECT_EQ(bus.error().code, ErrorCode::no_instrument);
  EXPECT_THAT(bus.error().message, HasSubstr("there are /dev/i2c-2, /dev/i2c-10"));
}

TEST_F(I2cListing, AFileThatIsNoAdapterIsRefused) {
  put(roots_.dev / "i2c-1", "text");
  add_adapter("i2c-1", "a");
  const auto bus = i2c::open(node("i2c-1"), 0x40, roots_);
  ASSERT_FALSE(bus);
  EXPECT_EQ(bus.error().code, ErrorCode::usage);
  const auto listings = list_i2c(roots_);
  ASSERT_EQ(listings.size(), 1u);
  EXPECT_FALSE(listings[0].usable);
}

TEST_F(I2cListing, WhatAComputerHasForItselfIsNotAsked) {
  add_adapter("i2c-0", "SMBus I801 adapter at efa0");
  add_adapter("i2c-1", "i915 gmbus dpb");
  put(roots_.dev / "i2c-0", "opening it would show that this is no adapter");
  put(roots_.dev / "i2c-1", "");
  const auto listings = list_i2c(roots_);
  ASSERT_EQ(listings.size(), 2u);
  for (const DeviceListing& listing : listings) {
    EXPECT_FALSE(listing.usable);
    EXPECT_THAT(listing.reason, HasSubstr("not asked"));
    EXPECT_THAT(listing.advice, HasSubstr("record from this URI"));
  }
}

// Names as the kernel's drivers give them.
TEST(I2cAdapter, IsKnownByItsNameForOneThatAComputerHasForItself) {
  for (const char* name :
       {"SMBus I801 adapter at f040", "SMBus PIIX4 adapter port 0 at 0b00", "SMBus nForce2 adapter at 4d00",
        "SMBus iSMT adapter at fe0c0000", "SMBus CMI adapter cmi", "NVIDIA i2c adapter 1 at 1:00.0",
        "nvkm-0000:01:00.0-bus-0000", "AMDGPU DM i2c hw bus 0", "AMDGPU DM aux hw bus 1",
        "Radeon i2c bit bus 0x90", "i915 gmbus dpa", "i915 gmbus tc1", "DPDDC-A", "DPMST",
        "AUX A/DDI A/PHY A", "AUX USBC1/DDI TC1/PHY TC1", "DPAUX-0", "DesignWare HDMI"})
    EXPECT_TRUE(is_internal(name)) << name;
  for (const char* name :
       {"SMBus stub driver", "CP2112 SMBus Bridge on hidraw0", "bcm2835 (i2c@7e804000)",
        "i2c-tiny-usb at bus 1", "Synopsys DesignWare I2C adapter", "OMAP I2C adapter", "i2c-gpio0",
        "mv64xxx_i2c adapter", "imx-i2c", "rk3x-i2c", "21a0000.i2c", "MCP2221 usb-i2c bridge"})
    EXPECT_FALSE(is_internal(name)) << name;
}

TEST_F(I2cListing, KnowsWhichDriverHasADevice) {
  add_adapter("i2c-1", "a");
  put(roots_.sys / "bus/i2c/devices/1-0040/name", "ina219");
  auto client = i2c::kernel_client("/dev/i2c-1", 0x40, roots_);
  ASSERT_TRUE(client);
  EXPECT_EQ(client->device, "ina219");
  EXPECT_FALSE(client->driver);
  std::filesystem::create_directories(roots_.sys / "bus/i2c/drivers/ina2xx");
  std::filesystem::create_symlink("../../drivers/ina2xx", roots_.sys / "bus/i2c/devices/1-0040/driver");
  client = i2c::kernel_client("/dev/i2c-1", 0x40, roots_);
  EXPECT_EQ(client->driver, "ina2xx");
  EXPECT_FALSE(i2c::kernel_client("/dev/i2c-1", 0x41, roots_));
}

}  // namespace
}  // namespace joulemark::ina219
