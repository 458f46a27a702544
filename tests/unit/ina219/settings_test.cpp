// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/settings.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace joulemark::ina219 {
namespace {

using testing::HasSubstr;

Result<Settings> read(const std::vector<std::string>& texts) {
  const auto specs = i2c_option_specs();
  const auto values = OptionValues::parse(texts, specs);
  if (!values) return tl::make_unexpected(values.error());
  return read_settings(*values);
}

TEST(Settings, AreReadWithTheirUnits) {
  const auto settings =
      read({"addr=0x45", "shunt=100mohm", "max_current=1.5", "adc=4x", "mode=both", "bus_range=32V",
            "markers=17:inference,27", "gpiochip=gpiochip4", "edge_resolution=10us"});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->address, 0x45);
  EXPECT_DOUBLE_EQ(*settings->shunt_ohm, 0.1);
  EXPECT_DOUBLE_EQ(*settings->max_current_a, 1.5);
  EXPECT_EQ(settings->range(0.1), ShuntRange::mv160);
  EXPECT_EQ(settings->adc->code, 10);
  EXPECT_TRUE(settings->both);
  EXPECT_EQ(settings->bus_range, BusRange::v32);
  ASSERT_EQ(settings->markers.size(), 2u);
  EXPECT_EQ(settings->markers[0].name, "inference");
  EXPECT_EQ(settings->markers[1].offset, 27u);
  EXPECT_EQ(settings->markers[1].name, "gpio27");
  EXPECT_EQ(settings->gpiochip, "gpiochip4");
  EXPECT_DOUBLE_EQ(*settings->edge_resolution_s, 10e-6);
}

TEST(Settings, WithoutAnyTheFinestRangeIsUsed) {
  const auto settings = read({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->address, 0x40);
  EXPECT_FALSE(settings->shunt_ohm);
  EXPECT_EQ(settings->range(0.1), ShuntRange::mv40);
  EXPECT_DOUBLE_EQ(settings->most_current_a(0.1), 0.4);
}

TEST(Settings, NonsenseIsRefusedByName) {
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"addr=0x39", "0x40 to 0x4f"},
           {"addr=64x", "0x40 to 0x4f"},
           {"shunt=0", "1.00 mohm"},
           {"shunt=100mA", "shunt"},
           {"adc=13bit", "12bit"},
           {"mode=fast", "both"},
           {"markers=a", "17:inference"},
           {"markers=1,1", "twice"},
           {"markers=1:idle", "share"},
           {"markers=1:a b", "cannot name an event"},
           {"bus_interval=1ms", "100 ms"},
           {"edge_resolution=2s", "edge_resolution"},
           {"voltage=300", "26.0 V"},
       }) {
    const auto settings = read({text});
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().code, ErrorCode::usage);
    EXPECT_THAT(settings.error().message, HasSubstr(says));
  }
  EXPECT_FALSE(read({"bus_interval=1s", "voltage=3.3"}));
}

}  // namespace
}  // namespace joulemark::ina219
