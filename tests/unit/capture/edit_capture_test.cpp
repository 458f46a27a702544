// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/edit_capture.h>
#include <analysis/capture/verify.h>
#include <analysis/timing/saved_windows.h>

#include <tests/support/temporary_folder.h>

#include <gmock/gmock.h>

#include <vector>

namespace joulemark {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EditCapture : public ::testing::Test {
 protected:
  void SetUp() override {
    CaptureWriter writer({.path = path, .mode = CaptureMode::live});
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "test.current";
    info.channels[0].rate_hz = 1000;
    info.lines = {{LineId{0}, "busy"}};
    ASSERT_TRUE(writer.begin(info));
    ASSERT_TRUE(writer.accept(MetadataItem{"event.busy", "d0"}));
    ASSERT_TRUE(writer.accept(MetadataItem{"source.file", "bench"}));
    ASSERT_TRUE(writer.accept(Marker{"start", MarkerKind::instant, MarkerSource::line, 5}));
    ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(5000, 1.5F), {}}));
    ASSERT_TRUE(writer.end(EndReason::completed));
  }

  std::unique_ptr<CaptureReader> reopened() {
    auto reader = CaptureReader::open(path);
    EXPECT_TRUE(reader) << reader.error().message;
    return std::move(reader).value();
  }

  test::TemporaryFolder folder;
  std::string path = folder.file("edit.jmk");
};

TEST_F(EditCapture, SetsReplacesAndRemovesMetadata) {
  ASSERT_TRUE(edit_capture(path, {.metadata = {{"event.busy", "d0,repeat=4"}, {"useful", "busy"}}}));
  EXPECT_THAT(reopened()->metadata().value(),
              ElementsAre(MetadataItem{"source.file", "bench"}, MetadataItem{"event.busy", "d0,repeat=4"},
                          MetadataItem{"useful", "busy"}));
  ASSERT_TRUE(edit_capture(path, {.metadata = {{"useful", std::nullopt}, {"event.busy", std::nullopt}}}));
  EXPECT_THAT(reopened()->metadata().value(), ElementsAre(MetadataItem{"source.file", "bench"}));
}

TEST_F(EditCapture, AddsAndRemovesAPersonsMarkersAndLeavesAllOthers) {
  const NamedWindow boot{"boot", {1'000'000, 9'000'000}};
  const NamedWindow before{"boot", {500'000, 1'000'000}};  // written later, and ends where boot begins
  ASSERT_TRUE(edit_capture(path, {.added = markers_of(boot)}));
  ASSERT_TRUE(edit_capture(path, {.added = markers_of(boot)}));  // not doubled
  ASSERT_TRUE(edit_capture(path, {.added = markers_of(before)}));
  EXPECT_EQ(reopened()->markers()->size(), 5U);
  EXPECT_THAT(saved_windows(reopened()->markers().value()), ElementsAre(before, boot));
  ASSERT_TRUE(edit_capture(path, {.removed = markers_of(boot)}));
  ASSERT_TRUE(edit_capture(path, {.removed = markers_of(boot)}));  // gone already
  EXPECT_THAT(saved_windows(reopened()->markers().value()), ElementsAre(before));
  EXPECT_EQ(reopened()->markers()->size(), 3U);
}

TEST_F(EditCapture, RefusesAnotherCaptureInThePlaceOfTheOneThatIsMeant) {
  const std::string id = reopened()->info().id;
  EXPECT_TRUE(edit_capture(path, {.metadata = {{"useful", "busy"}}, .capture = id}));
  const Status edited = edit_capture(path, {.metadata = {{"useful", "idle"}}, .capture = "another"});
  ASSERT_FALSE(edited);
  EXPECT_THAT(edited.error().message, HasSubstr("another capture was put in its place"));
  EXPECT_EQ(reopened()->metadata()->back(), (MetadataItem{"useful", "busy"}));
}

TEST_F(EditCapture, LeavesTheFileWholeAndItsSamplesAlone) {
  const auto reader = reopened();  // another window may have it open
  ASSERT_TRUE(reader->extent(ChannelId{0}));
  ASSERT_TRUE(edit_capture(path, {.metadata = {{"useful", "busy"}}}));
  const auto verified = verify_capture(path);
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->intact());
  EXPECT_TRUE(verified->closed);
  EXPECT_EQ(verified->end_reason, EndReason::completed);
  EXPECT_EQ(verified->channels[0].good_samples, 5000);
}

TEST_F(EditCapture, RefusesAnotherSourcesMarkersAndMissingFiles) {
  const std::vector<Marker> markers{{"m", MarkerKind::instant, MarkerSource::line, 0}};
  EXPECT_EQ(edit_capture(path, {.added = markers}).error().code, ErrorCode::usage);
  EXPECT_EQ(edit_capture(folder.file("none.jmk"), {}).error().code, ErrorCode::unreadable);
}

TEST_F(EditCapture, RefusesARecordingThatIsNotClosed) {
  const std::string live = folder.file("live.jmk");
  CaptureWriter writer({.path = live, .mode = CaptureMode::live});
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "test.current";
  info.channels[0].rate_hz = 1000;
  ASSERT_TRUE(writer.begin(info));
  EXPECT_THAT(edit_capture(live, {.metadata = {{"useful", "x"}}}).error().message, HasSubstr("never closed"));
}

TEST(SavedWindows, PairABeginWithTheNextEndOfItsName) {
  const auto person = [](std::string name, MarkerKind kind, TimeNs time_ns) {
    return Marker{std::move(name), kind, MarkerSource::person, time_ns};
  };
  const std::vector<Marker> markers{person("b", MarkerKind::begin, 5),
                                    person("a", MarkerKind::begin, 1),
                                    person("a", MarkerKind::end, 9),
                                    person("b", MarkerKind::end, 7),
                                    person("a", MarkerKind::begin, 20),
                                    person("c", MarkerKind::end, 30),
                                    {"d", MarkerKind::begin, MarkerSource::line, 1}};
  EXPECT_THAT(saved_windows(markers), ElementsAre(NamedWindow{"a", {1, 9}}, NamedWindow{"b", {5, 7}}));
}

}  // namespace
}  // namespace joulemark
