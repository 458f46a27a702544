// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/registry.h>
#include <drivers/sim/sim_family.h>

#include <gmock/gmock.h>

#include <array>

namespace joulemark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

InstrumentRegistry registry() {
  InstrumentRegistry registry;
  registry.add(sim::sim_family());
  return registry;
}

Error error_of(std::string_view uri, std::vector<std::string> options = {}) {
  const auto opened = registry().open(uri, options);
  EXPECT_FALSE(opened) << uri;
  return opened ? Error{} : opened.error();
}

TEST(InstrumentUri, FallsIntoSchemePlaceAndOptions) {
  const auto uri = InstrumentUri::parse("probe:/dev/ttyUSB0?baud=921600&label=a=b").value();
  EXPECT_EQ(uri.scheme, "probe");
  EXPECT_EQ(uri.place, "/dev/ttyUSB0");
  EXPECT_THAT(uri.options, ElementsAre("baud=921600", "label=a=b"));
  EXPECT_EQ(InstrumentUri::parse("monsoon:?serial=20519").value().place, "");
  EXPECT_EQ(InstrumentUri::parse("monsoon").error().code, ErrorCode::usage);
  EXPECT_EQ(InstrumentUri::parse(":kws").error().code, ErrorCode::usage);
}

TEST(InstrumentRegistry, NamesTheKnownSchemesWhenOneIsUnknown) {
  const Error error = error_of("ppk9:");
  EXPECT_EQ(error.code, ErrorCode::no_instrument);
  EXPECT_THAT(error.message, HasSubstr("sim:"));
}

TEST(InstrumentRegistry, FindsNoInstrumentUnderAnUnknownPlaceOfAKnownScheme) {
  const Error error = error_of("sim:toaster");
  EXPECT_EQ(error.code, ErrorCode::no_instrument);
  EXPECT_THAT(error.message, HasSubstr("sim:kws"));
}

TEST(InstrumentRegistry, TakesOptionsFromTheUriAndBesidesItButEachOnce) {
  const std::array<std::string, 1> options{"rate=10kHz"};
  const auto opened = registry().open("sim:kws?seed=7&voltage=1.8V", options);
  ASSERT_TRUE(opened) << opened.error().message;
  const CaptureInfo& info = (*opened)->info();
  EXPECT_EQ(info.channels[0].rate_hz, 10e3);
  EXPECT_EQ(info.supply.voltage_v, 1.8);
  EXPECT_EQ(info.instrument.uri, "sim:kws?seed=7&voltage=1.8V");
  EXPECT_THAT(error_of("sim:kws?rate=1kHz", {"rate=10kHz"}).message, HasSubstr("twice"));
}

TEST(SimOptions, AreRefusedWithTheirNameAndWhatTheyTake) {
  struct Row {
    const char* option;
    const char* message;
  };
  for (const Row& row :
       {Row{"rate=3MHz", "not between 1.00 kHz and 2.00 MHz"}, Row{"rate=100000", "'rate'"},
        Row{"pace=slow", "'real' or 'max'"}, Row{"seed=-1", "whole number"}, Row{"noise=nan", "'noise'"},
        Row{"gap=2s", "2s,samples=500"}, Row{"gap=2s,samples=0", "whole number"},
        Row{"gap=-2s,samples=9", "0 s or later"}, Row{"edge_resolution=0s", "'edge_resolution'"},
        Row{"volume=11", "there is no option"}}) {
    const Error error = error_of("sim:kws", {row.option});
    EXPECT_EQ(error.code, ErrorCode::usage) << row.option;
    EXPECT_THAT(error.message, HasSubstr(row.message));
  }
}

TEST(SimOptions, RefuseATruthFileThatCannotBeWrittenBeforeAnythingIsMeasured) {
  EXPECT_EQ(error_of("sim:kws", {"truth=/nowhere/at/all.json"}).code, ErrorCode::io);
}

}  // namespace
}  // namespace joulemark
