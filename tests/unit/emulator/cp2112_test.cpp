// SPDX-License-Identifier: Apache-2.0
// The bridge as AN495 and HID 1.11 describe it; the Linux driver in the virtual machine is the other witness.
#include <drivers/emulator/cp2112_model.h>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace joulemark::emulator {
namespace {

constexpr TimeNs k_ms = 1'000'000;

std::unique_ptr<MonsoonScenario> scenario(std::string_view text) {
  auto made = make_monsoon_scenario(text, 1);
  EXPECT_TRUE(made);
  return std::move(*made);
}

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> all;
  for (const int value : values)
    all.push_back(static_cast<std::byte>(value));
  return all;
}

class Bridge : public testing::Test {
 protected:
  // What the driver does for one register: order, ask until it is over, fetch.
  std::optional<int> read_register(int reg, int address = 0x40) {
    model_.data_out(now_ns_, bytes({0x11, address << 1, 0, 2, 1, reg}));
    if (!completes()) return std::nullopt;
    model_.data_out(now_ns_, bytes({0x12, 0, 2}));
    const auto reply = wait_for_report();
    EXPECT_EQ(reply[0], 0x13);
    EXPECT_EQ(reply[2], 2);
    return reply[3] << 8 | reply[4];
  }
  bool write_register(int reg, int value) {
    model_.data_out(now_ns_, bytes({0x14, 0x80, 3, reg, value >> 8, value & 0xFF}));
    return completes();
  }
  bool completes() {
    for (int tries = 0; tries < 10; ++tries) {
      model_.data_out(now_ns_, bytes({0x15, 1}));
      const auto status = wait_for_report();
      EXPECT_EQ(status[0], 0x16);
      if (status[1] == 1) continue;
      EXPECT_EQ(status[2], status[1] == 2 ? 5 : 0);
      return status[1] == 2;
    }
    return false;
  }
  std::vector<int> wait_for_report() {
    for (int i = 0; i < 100; ++i, now_ns_ += k_ms / 10) {
      const auto packet = model_.bulk_in(now_ns_);
      if (!packet) continue;
      std::vector<int> values;
      for (const std::byte byte : *packet)
        values.push_back(std::to_integer<int>(byte));
      return values;
    }
    ADD_FAILURE() << "no report";
    return std::vector<int>(64);
  }
  usbip::UsbReply get_feature(int id, int length) {
    return model_.control(
        now_ns_, {0xA1, 0x01, static_cast<std::uint16_t>(0x0300 | id), 0, static_cast<std::uint16_t>(length)},
        {});
  }

  Cp2112Settings settings_{
      .serial = "7", .address = 0x40, .unplug_ns = 60'000 * k_ms, .loose_ns = 30'000 * k_ms};
  ScenarioLoad load_{scenario("square:5mA,100mA,2s"), 3.3, 0.1};
  Ina219Model chip_{{}, load_};
  Cp2112Model model_{settings_, chip_, load_};
  TimeNs now_ns_ = 0;
};

TEST_F(Bridge, RegistersAreWrittenAndRead) {
  EXPECT_EQ(read_register(0), 0x399F);
  EXPECT_TRUE(write_register(0, 0x019D));
  EXPECT_EQ(read_register(0), 0x019D);
  now_ns_ += 500 * k_ms;
  EXPECT_EQ(read_register(1), 50);  // 5 mA through 0.1 ohm
  now_ns_ = 1500 * k_ms;
  EXPECT_EQ(read_register(1), 1000);
}

TEST_F(Bridge, AnotherAddressDoesNotAcknowledge) {
  EXPECT_EQ(read_register(0, 0x41), std::nullopt);
  EXPECT_EQ(read_register(0), 0x399F);
}

TEST_F(Bridge, ReadsAboutAsManyRegistersASecondAsTheRealOne) {
  int reads = 0;
  for (; now_ns_ < 1000 * k_ms; ++reads)
    ASSERT_TRUE(read_register(1));
  EXPECT_GT(reads, 150);
  EXPECT_LT(reads, 250);
}

TEST_F(Bridge, FeatureReportsHaveExactlyTheLengthsThatLinuxDemands) {
  for (const auto& [id, length] :
       std::vector<std::pair<int, int>>{{0x02, 5}, {0x03, 2}, {0x05, 3}, {0x06, 14}, {0x20, 2}, {0x21, 10}}) {
    const auto reply = get_feature(id, length);
    EXPECT_EQ(reply.status, 0);
    ASSERT_EQ(static_cast<int>(reply.data.size()), length);
    EXPECT_EQ(std::to_integer<int>(reply.data[0]), id);
  }
  EXPECT_NE(get_feature(0x13, 64).status, 0);
}

TEST_F(Bridge, TheMarkerIsOnTheFirstGpio) {
  EXPECT_EQ(std::to_integer<int>(get_feature(0x03, 2).data[1]), 0);
  now_ns_ = 1500 * k_ms;
  EXPECT_EQ(std::to_integer<int>(get_feature(0x03, 2).data[1]), 1);
}

TEST_F(Bridge, ALooseChipStopsAnsweringAndAnUnpluggedBridgeLeaves) {
  now_ns_ = 29'900 * k_ms;
  EXPECT_TRUE(read_register(0));
  now_ns_ = 30'100 * k_ms;
  EXPECT_FALSE(read_register(0));
  EXPECT_TRUE(model_.advance(59'999 * k_ms));
  EXPECT_FALSE(model_.advance(60'001 * k_ms));
}

TEST_F(Bridge, ItsDescriptorsAreThoseOfAHidDevice) {
  const auto get = [&](int type_of_request, int descriptor) {
    return model_.control(
        0,
        {static_cast<std::uint8_t>(type_of_request), 6, static_cast<std::uint16_t>(descriptor << 8), 0, 1024},
        {});
  };
  const auto configuration = get(0x80, 2);
  ASSERT_EQ(configuration.data.size(), 9u + 9 + 9 + 7 + 7);
  EXPECT_EQ(std::to_integer<int>(configuration.data[2]), 41);
  EXPECT_EQ(std::to_integer<int>(configuration.data[14]), 3);  // class HID
  const int report_size =
      std::to_integer<int>(configuration.data[25]) | std::to_integer<int>(configuration.data[26]) << 8;
  EXPECT_EQ(static_cast<int>(get(0x81, 0x22).data.size()), report_size);
  EXPECT_EQ(std::to_integer<int>(configuration.data[27 + 3]), 3);  // interrupt
  EXPECT_EQ(std::to_integer<int>(configuration.data[27 + 6]), 1);  // every millisecond
}

TEST(ScenarioLoadTest, MeansAreThoseOfTheScenario) {
  ScenarioLoad load(scenario("square:1mA,11mA,10ms"), 3, 10);
  EXPECT_NEAR(load.mean_current_a({0, 5 * k_ms}), 1e-3, 1e-12);
  EXPECT_NEAR(load.mean_current_a({5 * k_ms, 10 * k_ms}), 11e-3, 1e-12);
  // 2.999655 ms of 1 mA and 2.000345 ms of 11 mA.
  EXPECT_NEAR(load.mean_current_a({12 * k_ms + 345, 17 * k_ms + 345}), 5.00069e-3, 1e-12);
  EXPECT_FALSE(load.marker(22 * k_ms));
  EXPECT_TRUE(load.marker(27 * k_ms));
  EXPECT_NEAR(load.mean_voltage_v({20 * k_ms, 25 * k_ms}), 3 - 10 * 1e-3, 1e-12);
  EXPECT_NEAR(load.mean_voltage_v({25 * k_ms, 30 * k_ms}), 3 - 10 * 11e-3, 1e-12);
}

}  // namespace
}  // namespace joulemark::emulator
