// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/event_name.h>
#include <analysis/timing/event_rule.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace joulemark {
namespace {

using ::testing::HasSubstr;

const std::array k_lines{Line{LineId{0}, "inference"}, Line{LineId{7}, ""}};

Result<EventRule> parse(std::string_view text) {
  return parse_event_rule(text, k_lines);
}

TEST(EventRule, TakesALineByNumberOrByItsRecordedName) {
  EXPECT_EQ(parse("a=d7").value(), (EventRule{"a", LineId{7}, false, Pairing::level, 0, 1}));
  EXPECT_EQ(parse("a=inference").value().line, LineId{0});
}

TEST(EventRule, TakesEveryOption) {
  EXPECT_EQ(parse("kws=d0,pair=falling,skip=1,repeat=25").value(),
            (EventRule{"kws", LineId{0}, false, Pairing::falling, 1, 25}));
  EXPECT_EQ(parse("kws=d0,active=low").value(), (EventRule{"kws", LineId{0}, true, Pairing::level, 0, 1}));
  EXPECT_EQ(parse("kws=d0,pair=toggle").value().pairing, Pairing::toggle);
  EXPECT_EQ(parse("kws=d0,pair=rising").value().pairing, Pairing::rising);
}

TEST(EventRule, ReadsBackWhatItWrites) {
  for (const char* text :
       {"a=d0", "a=d7,active=low", "a=d0,pair=falling,skip=1", "a=d0,pair=toggle,repeat=10"})
    EXPECT_EQ(format_event_rule(parse(text).value()), text);
}

TEST(EventRule, RefusesWhatItCannotMean) {
  for (const char* text :
       {"", "a", "a=", "=d0", "a=d1", "a=d", "a=d0,skip=-1", "a=d0,skip=x", "a=d0,repeat=0", "a=d0,pair=both",
        "a=d0,active=1", "a=d0,colour=red", "a b=d0", "idle=d0", "unattributed=d0", "a+b=d0",
        "a=d0,pair=falling,active=low", "a=d0,repeat=99999999999999999999"}) {
    const auto rule = parse(text);
    ASSERT_FALSE(rule.has_value()) << text;
    EXPECT_EQ(rule.error().code, ErrorCode::usage);
    EXPECT_THAT(rule.error().message, HasSubstr(text));
  }
  EXPECT_THAT(parse("a=d1").error().message, HasSubstr("d0 (inference), d7"));
}

TEST(EventRule, TakesNamesWhoseLettersAllShow) {
  for (const char* name : {"gr\u00f6\u00dfe", "\u63a8\u8ad6", "\u0438\u043c\u044f", "\U0001D44E"})
    EXPECT_TRUE(check_event_name(name)) << name;
  // No UTF-8 (a stray byte, a cut and an overlong character, half of UTF-16), and what cannot be seen.
  for (const char* name : {"a\xff", "a\xc3", "a\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "a\xc2\x85",
                           "a\u202eb", "a\u2066", "a\u200b", "a\ufeff", "a\ufffd", "a\u00a0"})
    EXPECT_FALSE(check_event_name(name)) << name;
}

TEST(EventRule, ReadsWindowsWithTheirUnits) {
  EXPECT_EQ(parse_window("burst=1.5s..1502ms").value(),
            (NamedWindow{"burst", {1'500'000'000, 1'502'000'000}}));
  for (const char* text :
       {"burst", "burst=1s", "burst=1..2", "burst=2s..1s", "=1s..2s", "burst=1s..1s", "b=1s..999999h"})
    EXPECT_EQ(parse_window(text).error().code, ErrorCode::usage) << text;
}

TEST(EventRule, ComesFromTheCaptureTheLastOfEachName) {
  const std::array metadata{MetadataItem{"event.a", "d0"}, MetadataItem{"note", "x"},
                            MetadataItem{"event.a", "d0,pair=falling,skip=1"}, MetadataItem{"event.b", "d7"}};
  const auto rules = recommended_rules(metadata, k_lines).value();
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(format_event_rule(rules[0]), "a=d0,pair=falling,skip=1");
  EXPECT_EQ(format_event_rule(rules[1]), "b=d7");
  const std::array broken{MetadataItem{"event.a", "d0,pair=sideways"}};
  EXPECT_EQ(recommended_rules(broken, k_lines).error().code, ErrorCode::unreadable);
}

TEST(EventRule, GivesWayToTheCodesOfItsLine) {
  const std::array metadata{MetadataItem{"event.a", "d0"}, MetadataItem{"event.b", "d7"},
                            MetadataItem{"markers", "code:d0"}, MetadataItem{"marker.1", "b"}};
  EXPECT_TRUE(recommended_rules(metadata, k_lines).value().empty());
  EXPECT_EQ(recommended_rules(std::span(metadata).first(3), k_lines).value().size(), 1U);
  const std::array broken{MetadataItem{"markers", "code:d55"}};
  EXPECT_EQ(recommended_rules(broken, k_lines).error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace joulemark
