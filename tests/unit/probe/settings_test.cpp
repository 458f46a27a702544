// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/event_rule.h>

#include <drivers/probe/probe_family.h>
#include <drivers/probe/settings.h>

#include <tests/unit/probe/board.h>

#include <gmock/gmock.h>

namespace joulemark::probe::test {
namespace {

using testing::HasSubstr;

Result<Settings> read(const std::vector<std::string>& texts) {
  JM_TRY_ASSIGN(const OptionValues values, OptionValues::parse(texts, option_specs()));
  return read_settings(values);
}

TEST(ProbeSettings, ReadLinesInEveryWay) {
  const auto settings = read({"lines=d0:inference,d2-d4"});
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->lines.size(), 4U);
  EXPECT_EQ(settings->lines[0].name, "inference");
  EXPECT_EQ(settings->lines[3].line, 4U);
}

TEST(ProbeSettings, RefuseWhatMakesNoSense) {
  for (const char* text :
       {"lines=0",      "lines=d16",         "lines=d4-d2",  "lines=d0:",     "lines=d0-d1:a",
        "lines=d0,d0",  "lines=d0:a,d1:a",   "lines=d0:a=b", "lines=d0:idle", "lines=d0:a b",
        "lines=d0:x+y", "lines=d0:\033[31m", "baud=fast",    "baud=100",      "shunt=-1",
        "addr=0x39",    "adc=13bit",         "mode=bus",     "patience=-1s",  "voltage=30"}) {
    const auto settings = read({text});
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().code, ErrorCode::usage) << text;
  }
}

// Whoever records under a name must be able to report it.
TEST(ProbeSettings, TakeTheNamesThatAReportTakes) {
  for (const char* name : {"idle", "unattributed", "n m", "n+m", "n\x1b", "n\u202em", "n\xff"})
    EXPECT_FALSE(read({std::string("lines=d0:") + name})) << name;
  for (const char* name : {"idle2", "front.end-1", "\u00e9cho"})
    EXPECT_TRUE(read({std::string("lines=d0:") + name})) << name;
}

TEST(ProbeSettings, AMaximumCurrentIsHeldAgainstTheShuntThatThereIs) {
  const auto stated = read({"shunt=0.1", "max_current=5A"});
  ASSERT_FALSE(stated);
  EXPECT_EQ(stated.error().code, ErrorCode::usage);
  EXPECT_TRUE(read({"max_current=5A"}));
  Board board;  // with 0.1 ohm
  const auto opened = open(board, {"max_current=5A"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::usage);
  EXPECT_THAT(opened.error().message, HasSubstr("up to 0.32 V across the shunt, which is 3.20 A"));
  ASSERT_TRUE(open(board, {"shunt=0.01"}));  // which it keeps
  EXPECT_TRUE(open(board, {"max_current=5A"}));
}

TEST(ProbeSettings, AreCheckedAgainstTheProbe) {
  Board board;
  const auto opened = open(board, {"lines=d9"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::usage);
  EXPECT_THAT(opened.error().message, HasSubstr("7 lines"));
}

TEST(ProbeSettings, ReachTheChip) {
  Board board;
  ASSERT_TRUE(open(board, {"adc=4x", "max_current=3A", "bus_range=32V"}));
  EXPECT_EQ(fake_ina219_config(), 0x2000 | 3 << 11 | 3 << 7 | 10 << 3 | 5);
}

TEST(ProbeFamily, AsksForAPlace) {
  const auto opened = probe_family().open({"probe:", "probe", "", {}}, {}, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::usage);
}

TEST(ProbeFamily, SaysThatNothingListens) {
  const auto opened =
      probe_family().open({"probe:tcp://127.0.0.1:1", "probe", "tcp://127.0.0.1:1", {}}, {}, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::no_instrument);
}

}  // namespace
}  // namespace joulemark::probe::test
