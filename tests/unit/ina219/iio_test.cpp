// SPDX-License-Identifier: Apache-2.0
// The kernel's IIO interface from its documentation, on a made-up /sys.
#include <drivers/ina219/iio_chip.h>
#include <drivers/ina219/iio_family.h>
#include <drivers/transport/iio/device.h>

#include <tests/support/temporary_folder.h>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace joulemark::ina219 {
namespace {

using testing::HasSubstr;

iio::ScanType type(std::string_view text) {
  const auto parsed = iio::parse_scan_type(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(iio::ScanType{});
}

TEST(ScanLayout, TypesAreReadAsTheKernelWritesThem) {
  EXPECT_EQ(type("le:u13/16>>3"), (iio::ScanType{false, false, 13, 16, 3}));
  EXPECT_EQ(type("be:s12/16>>4"), (iio::ScanType{true, true, 12, 16, 4}));
  EXPECT_EQ(type("le:s64/64>>0"), (iio::ScanType{false, true, 64, 64, 0}));
  for (const char* text : {"", "le:u16/16", "xe:u16/16>>0", "le:f16/16>>0", "le:u16/12>>0", "le:u16/16>>4",
                           "le:u16/16>>0 ", "le:u16X2/16>>0"})
    EXPECT_FALSE(iio::parse_scan_type(text)) << text;
}

TEST(ScanLayout, EveryElementIsAlignedToItsSize) {
  const iio::ScanLayout layout({{"in_timestamp", 4, type("le:s64/64>>0")},
                                {"in_voltage0", 0, type("le:u16/16>>0")},
                                {"in_voltage1", 1, type("le:u13/16>>3")},
                                {"in_power2", 2, type("le:u16/16>>0")}});
  EXPECT_EQ(layout.find("in_voltage0")->offset, 0u);
  EXPECT_EQ(layout.find("in_voltage1")->offset, 2u);
  EXPECT_EQ(layout.find("in_power2")->offset, 4u);
  EXPECT_EQ(layout.find("in_timestamp")->offset, 8u);
  EXPECT_EQ(layout.find("in_current3"), nullptr);
  EXPECT_EQ(layout.record_size(), 16u);
}

std::vector<std::byte> record(std::vector<int> bytes) {
  std::vector<std::byte> all;
  for (const int byte : bytes)
    all.push_back(static_cast<std::byte>(byte));
  return all;
}

TEST(RecordReader, TakesTheShuntForSignedAndFindsTheFlags) {
  const iio::ScanLayout layout({{"in_voltage0", 0, type("le:u16/16>>0")},
                                {"in_voltage1", 1, type("le:u13/16>>3")},
                                {"in_power2", 2, type("le:u16/16>>0")},
                                {"in_timestamp", 4, type("le:s64/64>>0")}});
  const auto reader = RecordReader::for_layout(layout);
  ASSERT_TRUE(reader);
  // -250 steps of 10 uV; 3000 steps of 4 mV, ready and overflowed; 0x0102030405060708 ns.
  const auto reading = reader->read(record({0x06, 0xFF, 0xC3, 0x5D, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(shunt_steps_from(reading.shunt), -250);
  EXPECT_EQ(bus_voltage_from(reading.bus).steps, 3000);
  EXPECT_TRUE(reading.overflow);
  EXPECT_EQ(reading.before_ns, 0x0102030405060708);
  EXPECT_FALSE(RecordReader::for_layout(iio::ScanLayout({{"in_voltage0", 0, type("le:u16/16>>0")}})));
}

TEST(IioChip, TheShuntIsReadAsOldAndNewKernelsWriteIt) {
  EXPECT_DOUBLE_EQ(*parse_shunt("0.100000000"), 0.1);
  EXPECT_DOUBLE_EQ(*parse_shunt("100000"), 0.1);  // micro-ohm
  EXPECT_DOUBLE_EQ(*parse_shunt("10.000000000"), 10);
  EXPECT_FALSE(parse_shunt("none"));
  EXPECT_FALSE(parse_shunt("0"));
}

TEST(IioChip, TheKernelsDefaultShuntIsNotBelieved) {
  Settings settings;
  EXPECT_EQ(choose_shunt(settings, 0.01).ohm, 0.1);
  EXPECT_STREQ(choose_shunt(settings, 0.01).basis, "assumed");
  EXPECT_EQ(choose_shunt(settings, 0.05).ohm, 0.05);
  EXPECT_STREQ(choose_shunt(settings, 0.05).basis, "kernel");
  settings.shunt_ohm = 0.01;
  EXPECT_EQ(choose_shunt(settings, 0.05).ohm, 0.01);
  EXPECT_STREQ(choose_shunt(settings, 0.05).basis, "stated");
}

class IioFolder : public testing::Test {
 protected:
  IioFolder() {
    roots_ = {folder_.path() / "sys", folder_.path() / "dev"};
    std::filesystem::create_directories(roots_.dev);
  }
  void put(const std::string& name, const std::string& text) const {
    const auto path = roots_.sys / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  std::string get(const std::string& name) const {
    std::ifstream file(roots_.sys / name);
    std::string text;
    std::getline(file, text);
    return text;
  }
  void add_device(const std::string& id = "iio:device0") const {
    const std::string base = "bus/iio/devices/" + id + "/";
    const std::vector<std::pair<std::string, std::string>> attributes{
        {"name", "ina219"},
        {"current_timestamp_clock", "realtime"},
        {"in_allow_async_readout", "1"},
        {"in_shunt_resistor", "0.010000000"},
        {"in_voltage0_integration_time", "0.000532"},
        {"in_voltage1_integration_time", "0.000532"},
        {"in_voltage0_hardwaregain", "0.125000000"},
        {"in_voltage1_hardwaregain", "1.000000000"},
        {"buffer/enable", "0"},
        {"buffer/length", "2"},
    };
    for (const auto& [name, text] : attributes)
      put(base + name, text);
    const std::vector<std::pair<std::string, std::string>> elements{{"in_voltage0", "le:u16/16>>0"},
                                                                    {"in_voltage1", "le:u13/16>>3"},
                                                                    {"in_power2", "le:u16/16>>0"},
                                                                    {"in_current3", "le:u16/16>>0"},
                                                                    {"in_timestamp", "le:s64/64>>0"}};
    for (std::size_t i = 0; i < elements.size(); ++i) {
      put(base + "scan_elements/" + elements[i].first + "_en", i == 3 ? "1" : "0");
      put(base + "scan_elements/" + elements[i].first + "_index", std::to_string(i));
      put(base + "scan_elements/" + elements[i].first + "_type", elements[i].second);
    }
    std::ofstream(roots_.dev / id) << "";
  }

  test::TemporaryFolder folder_;
  linux_system::Roots roots_;
};

TEST_F(IioFolder, SettingsAreMadeAndPutBack) {
  add_device();
  const std::string base = "bus/iio/devices/iio:device0/";
  {
    iio::Device device("iio:device0", roots_);
    Settings settings;
    const auto configuration = configure(device, settings, *adc_setting("2x"), 0.1);
    ASSERT_TRUE(configuration) << configuration.error().message;
    EXPECT_EQ(get(base + "current_timestamp_clock"), "monotonic");
    EXPECT_EQ(get(base + "in_allow_async_readout"), "0");
    EXPECT_EQ(get(base + "in_voltage0_integration_time"), "0.001060");
    EXPECT_EQ(get(base + "in_voltage1_integration_time"), "0.001060");
    EXPECT_EQ(get(base + "in_voltage0_hardwaregain"), "1");
    EXPECT_EQ(configuration->range, ShuntRange::mv40);
    EXPECT_EQ(configuration->bus_range, BusRange::v16);
    const auto layout = device.select(scan_elements());
    ASSERT_TRUE(layout);
    EXPECT_EQ(layout->record_size(), 16u);
    EXPECT_EQ(get(base + "scan_elements/in_power2_en"), "1");
    EXPECT_EQ(get(base + "scan_elements/in_current3_en"), "0");
  }
  EXPECT_EQ(get(base + "current_timestamp_clock"), "realtime");
  EXPECT_EQ(get(base + "in_voltage0_integration_time"), "0.000532");
  EXPECT_EQ(get(base + "in_voltage0_hardwaregain"), "0.125000000");
  EXPECT_EQ(get(base + "scan_elements/in_current3_en"), "1");
  EXPECT_EQ(get(base + "scan_elements/in_power2_en"), "0");
}

// A node that gives records as long as it is fed, and is silent then.
class FedNode {
 public:
  explicit FedNode(const std::filesystem::path& path) {
    std::filesystem::remove(path);
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    file_ =
        ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);  // both ends, so that it can be filled at once
    EXPECT_GE(file_, 0);
  }
  FedNode(const FedNode&) = delete;
  FedNode& operator=(const FedNode&) = delete;
  ~FedNode() { ::close(file_); }
  // False: it is full.
  bool feed() const {
    constexpr std::array<char, 16> k_record{};
    return ::write(file_, k_record.data(), k_record.size()) == 16;
  }

 private:
  int file_;
};

TEST_F(IioFolder, ABufferIsSwitchedOffOnlyWhileItsDriverStillGivesRecords) {
  add_device();
  const FedNode node(roots_.dev / "iio:device0");
  iio::Device device("iio:device0", roots_);
  const auto layout = device.select(scan_elements());
  ASSERT_TRUE(layout);
  const std::string enable = "bus/iio/devices/iio:device0/buffer/enable";
  auto running = device.start(*layout, 4096);
  ASSERT_TRUE(running);
  EXPECT_EQ(get(enable), "1");
  std::jthread driver([&node](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!node.feed()) std::this_thread::yield();
    }
  });
  EXPECT_TRUE((*running)->stop());
  driver = {};
  EXPECT_EQ(get(enable), "0");

  auto silent = device.start(*layout, 4096, std::chrono::milliseconds{20});
  ASSERT_TRUE(silent);
  while (node.feed()) {  // what was in the queue when it fell silent is no sign of life
  }
  EXPECT_FALSE((*silent)->stop());
  EXPECT_EQ(get(enable), "1");
  silent->reset();
  EXPECT_EQ(get(enable), "1");
}

TEST_F(IioFolder, ABufferThatAKilledRecorderLeftOnIsSwitchedOffFirst) {
  add_device();
  const std::string enable = "bus/iio/devices/iio:device0/buffer/enable";
  iio::Device device("iio:device0", roots_);
  EXPECT_FALSE(*switch_off_left_on(device));
  put(enable, "1");
  {
    const FedNode node(roots_.dev / "iio:device0");
    std::jthread driver([&node](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (!node.feed()) std::this_thread::yield();
      }
    });
    const auto was_on = switch_off_left_on(device);
    ASSERT_TRUE(was_on) << was_on.error().message;
    EXPECT_TRUE(*was_on);
    EXPECT_EQ(get(enable), "0");
  }
  put(enable, "1");
  const FedNode silent(roots_.dev / "iio:device0");
  const auto dead = switch_off_left_on(device, std::chrono::milliseconds{20});
  ASSERT_FALSE(dead);
  EXPECT_EQ(dead.error().code, ErrorCode::protocol);
  EXPECT_EQ(get(enable), "1");
  EXPECT_EQ(get("bus/iio/devices/iio:device0/buffer/length"), "2");
}

TEST_F(IioFolder, AnOldDriverHasTheWidestRange) {
  add_device();
  for (const char* name : {"in_voltage0_hardwaregain", "in_voltage1_hardwaregain"})
    std::filesystem::remove(roots_.sys / "bus/iio/devices/iio:device0" / name);
  iio::Device device("iio:device0", roots_);
  const auto configuration = configure(device, {}, *adc_setting("12bit"), 0.1);
  ASSERT_TRUE(configuration);
  EXPECT_EQ(configuration->range, ShuntRange::mv320);
  EXPECT_EQ(configuration->bus_range, BusRange::v32);
}

TEST_F(IioFolder, AStatedVoltageLeavesTheShuntMoreOfTheTime) {
  add_device();
  iio::Device device("iio:device0", roots_);
  Settings settings;
  settings.voltage_v = 3.3;
  ASSERT_TRUE(configure(device, settings, *adc_setting("12bit"), 0.1));
  EXPECT_EQ(get("bus/iio/devices/iio:device0/in_voltage1_integration_time"), "0.000084");
}

TEST_F(IioFolder, PlacesNameADevice) {
  EXPECT_THAT(find_iio("ina219", roots_).error().message, HasSubstr("new_device"));
  add_device("iio:device3");
  EXPECT_EQ(*find_iio("ina219", roots_), "iio:device3");
  EXPECT_EQ(*find_iio("", roots_), "iio:device3");
  EXPECT_EQ(*find_iio("device3", roots_), "iio:device3");
  EXPECT_EQ(find_iio("device4", roots_).error().code, ErrorCode::no_instrument);
  add_device("iio:device10");
  const auto several = find_iio("ina219", roots_);
  EXPECT_EQ(several.error().code, ErrorCode::usage);
  EXPECT_THAT(several.error().message, HasSubstr("iio:device3, iio:device10"));
  EXPECT_EQ(list_iio(roots_).size(), 2u);
}

TEST_F(IioFolder, AChipWithoutADriverIsListedWithWhatToDo) {
  put("bus/i2c/devices/1-0040/name", "ina219");
  auto listings = list_iio(roots_);
  ASSERT_EQ(listings.size(), 1u);
  EXPECT_FALSE(listings[0].usable);
  EXPECT_THAT(listings[0].advice, HasSubstr("modprobe ina2xx-adc"));
  EXPECT_THAT(find_iio("ina219", roots_).error().message, HasSubstr("modprobe ina2xx-adc"));
  std::filesystem::create_directories(roots_.sys / "bus/i2c/drivers/ina2xx");
  std::filesystem::create_symlink("../../drivers/ina2xx", roots_.sys / "bus/i2c/devices/1-0040/driver");
  listings = list_iio(roots_);
  ASSERT_EQ(listings.size(), 1u);
  EXPECT_THAT(listings[0].reason, HasSubstr("'ina2xx'"));
  EXPECT_THAT(listings[0].advice, HasSubstr("unbind"));
}

}  // namespace
}  // namespace joulemark::ina219
