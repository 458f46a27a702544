// SPDX-License-Identifier: Apache-2.0
// The records as docs/formats/markers.md writes them.
#include <analysis/elf/marker_table.h>

#include <gmock/gmock.h>

namespace joulemark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string section(const std::vector<std::string>& records) {
  std::string text;
  for (const std::string& record : records)
    text += record + '\0';
  return text;
}

TEST(MarkerTable, TellsHowALineForEachEventMarks) {
  const auto table = parse_marker_records(
      section({"@mode lines 3", "@event 2 layer", "@event 1 inference", "@instant 0x3 keyword"}));
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_FALSE(table->coded);
  EXPECT_THAT(table->event_rules(), ElementsAre("inference=d0", "layer=d1", "keyword=d2"));
  EXPECT_THAT(table->metadata(),
              ElementsAre(MetadataItem{"event.inference", "d0"}, MetadataItem{"event.layer", "d1"},
                          MetadataItem{"event.keyword", "d2"}));
}

TEST(MarkerTable, TellsHowCodesMark) {
  const auto table =
      parse_marker_records(section({"@mode code 4 strobe", "@event 15 layer", "@instant 9 keyword"}));
  ASSERT_TRUE(table);
  EXPECT_EQ(table->code_text(), "code:d0-d3,strobe=d4");
  EXPECT_THAT(table->metadata(),
              ElementsAre(MetadataItem{"markers", "code:d0-d3,strobe=d4"},
                          MetadataItem{"marker.9", "keyword"}, MetadataItem{"marker.15", "layer"}));
  EXPECT_EQ(parse_marker_records(section({"@mode code 1", "@event 1 work"}))->code_text(), "code:d0");
}

TEST(MarkerTable, PassesOverWhatItNeedNotKnow) {
  const auto table =
      parse_marker_records(section({"", "junk", "@mode lines 2", "@later thing", "@event 1 a further fields",
                                    "@mode lines 2", "@event 1 a"}) +
                           "@event 2 unended");
  ASSERT_TRUE(table);
  EXPECT_THAT(table->event_rules(), ElementsAre("a=d0"));
}

TEST(MarkerTable, RefusesContradictions) {
  const std::vector<std::pair<std::vector<std::string>, const char*>> cases{
      {{}, "names no markers"},
      {{"@mode lines 3"}, "names no markers"},
      {{"@event 1 a"}, "names no markers"},
      {{"@mode lines 3", "@mode code 3", "@event 1 a"}, "another mode"},
      {{"@mode lines 9", "@event 1 a"}, "not a mode"},
      {{"@mode", "@event 1 a"}, "not a mode"},
      {{"@mode spiral 2", "@event 1 a"}, "not a mode"},
      {{"@mode lines 3", "@event 1 a", "@event 1 b"}, "already"},
      {{"@mode lines 3", "@event 1 a", "@event 2 a"}, "already"},
      {{"@mode lines 3", "@event 4 a"}, "1 to 3"},
      {{"@mode code 2", "@event 4 a"}, "1 to 3"},
      {{"@mode code 2", "@event 0 a"}, "1 to 3"},
      {{"@mode lines 3", "@event 010 a"}, "not written as one"},
      {{"@mode lines 3", "@event FIRST a"}, "not written as one"},
      {{"@mode lines 3", "@event 1 idle"}, "rename it"},
      {{"@mode lines 3", "@event 1 a=b"}, "rename it"},
      {{"@mode lines 3", "@event 1 a\xff", "@event 2 a\xfe"}, "rename it"},  // one name in JSON
      {{"@mode lines 3", "@event 1 a\u202e"}, "rename it"},
      {{"@mode lines 3", "@event 1 a\x1b[31m"}, "rename it"},
  };
  for (const auto& [records, why] : cases) {
    const auto table = parse_marker_records(section(records));
    ASSERT_FALSE(table) << why;
    EXPECT_EQ(table.error().code, ErrorCode::unreadable);
    EXPECT_THAT(table.error().message, HasSubstr(why));
  }
}

}  // namespace
}  // namespace joulemark
