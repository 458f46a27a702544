// SPDX-License-Identifier: GPL-3.0-or-later
// Files that others write as well: other windows, the recorder, who put another one in their place.
#include <analysis/capture/database.h>

#include <app/models/rule_table.h>

#include <tests/unit/models/document_fixture.h>

#include <gmock/gmock.h>

#include <QCoreApplication>
#include <QTest>
#include <QThread>
#include <filesystem>
#include <future>

namespace joulemark {
namespace {

using test::Document;
using test::k_patience_ms;
using testing::HasSubstr;

TEST_F(Document, LeavesAloneWhatAnotherWindowChangesInTheSameFile) {
  CaptureDocument one;
  CaptureDocument two;
  open(one, path);
  open(two, path);
  EventSetup ones = one.setup();
  ones.rules[0].repeat = 7;
  ones.rules.push_back({.name = "mine", .line = LineId{1}});
  ones.windows = {{"boot", {1'000'000'000, 2'000'000'000}}};
  change(one, ones);
  EventSetup twos = two.setup();
  twos.rules[1].repeat = 3;
  twos.windows = {{"radio", {3'000'000'000, 4'000'000'000}}};
  change(two, twos);

  const EventSetup both = kept();
  ASSERT_EQ(both.windows.size(), 2U);
  EXPECT_EQ(both.windows[0].name, "boot");
  EXPECT_EQ(both.windows[1].name, "radio");
  const auto repeat = [&](const std::string& name) {
    const auto rule = std::ranges::find(both.rules, name, &EventRule::name);
    return rule == both.rules.end() ? 0 : rule->repeat;
  };
  EXPECT_EQ(repeat(ones.rules[0].name), 7);
  EXPECT_EQ(repeat(twos.rules[1].name), 3);
  EXPECT_EQ(repeat("mine"), 1);

  QSignalSpy analysed(&two, &CaptureDocument::analysisChanged);
  two.undo_stack().undo();
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  ASSERT_EQ(kept().windows.size(), 1U);
  EXPECT_EQ(kept().windows[0].name, "boot");
}

TEST_F(Document, TakesOverWhatAnotherWindowChanged) {
  CaptureDocument one;
  CaptureDocument two;
  open(one, path);
  open(two, path);
  EventSetup ones = one.setup();
  ones.rules[0].repeat = 7;
  ones.windows = {{"boot", {1'000'000'000, 2'000'000'000}}};
  change(one, ones);
  QSignalSpy taken(&two, &CaptureDocument::setupTaken);
  QSignalSpy analysed(&two, &CaptureDocument::analysisChanged);
  two.look_for_changes();
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  EXPECT_EQ(two.setup(), ones);
  EXPECT_EQ(json(two.analysis()->report), json(reported().report));
  EventSetup twos = two.setup();
  twos.windows.push_back({"radio", {3'000'000'000, 4'000'000'000}});
  change(two, twos);
  two.look_for_changes();
  QTRY_VERIFY_WITH_TIMEOUT(two.idle(), k_patience_ms);
  QCoreApplication::processEvents();
  EXPECT_EQ(taken.count(), 1) << "what it wrote itself is no change";
  two.undo_stack().undo();
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  two.undo_stack().undo();
  two.finish_saving();
  EXPECT_EQ(kept(), ones) << "what others did is not undone";
}

// Another window changes the file while an edit of this one could not be saved.
class Disputed : public Document {
 protected:
  void SetUp() override {
    Document::SetUp();
    open(one, path);
    open(two, path);
    auto other = capture::Database::open(path, capture::Database::Access::write);
    ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
    twos = two.setup();
    twos.rules[0].repeat = 3;
    twos.windows = {{"mine", {3'000'000'000, 4'000'000'000}}};
    change(two, twos);
    ASSERT_TRUE(other->execute("ROLLBACK"));
    ones = one.setup();
    ones.windows = {{"theirs", {1'000'000'000, 2'000'000'000}}};
    change(one, ones);
    QSignalSpy disputed(&two, &CaptureDocument::setupDisputed);
    two.look_for_changes();
    ASSERT_TRUE(disputed.wait(k_patience_ms));
    EXPECT_EQ(two.setup(), twos);
    EXPECT_NE(two.unsaved(), "");
  }

  CaptureDocument one;
  CaptureDocument two;
  EventSetup ones;
  EventSetup twos;
};

TEST_F(Disputed, SetupBecomesThatOfTheFileWhereThatIsChosen) {
  two.take_theirs();
  EXPECT_EQ(two.setup(), ones);
  EXPECT_EQ(two.unsaved(), "");
  two.finish_saving();
  EXPECT_EQ(kept(), ones);
}

TEST_F(Disputed, SetupIsSavedBesideTheirsWhereThatIsChosen) {
  QSignalSpy taken(&two, &CaptureDocument::setupTaken);
  two.keep_own();
  ASSERT_TRUE(taken.wait(k_patience_ms));
  EXPECT_EQ(two.unsaved(), "");
  EXPECT_EQ(two.setup(), kept());
  twos.windows.insert(twos.windows.begin(), ones.windows[0]);
  EXPECT_EQ(kept(), twos);
}

TEST_F(Document, NeitherReadsNorChangesAnotherCaptureInItsPlace) {
  CaptureDocument document;
  open(document, path);
  const std::string mine = std::exchange(path, folder.file("other.jmk"));
  SetUp();
  std::filesystem::rename(path, mine);
  path = mine;
  const EventSetup theirs = kept();
  QSignalSpy not_measured(&document, &CaptureDocument::windowFailed);
  QSignalSpy not_reported(&document, &CaptureDocument::analysisFailed);
  QSignalSpy not_saved(&document, &CaptureDocument::saveFailed);
  QSignalSpy not_folded(&document, &CaptureDocument::foldFailed);
  document.fold("inference");
  ASSERT_TRUE(not_folded.wait(k_patience_ms));
  document.measure_window(0, {1'000'000'000, 2'000'000'000});
  ASSERT_TRUE(not_measured.wait(k_patience_ms));
  ASSERT_TRUE(document.change_setup({}, "x"));
  ASSERT_TRUE(not_reported.wait(k_patience_ms));
  ASSERT_EQ(not_saved.count(), 1);
  EXPECT_THAT(not_saved[0][0].toString().toStdString(), HasSubstr("another capture"));
  EXPECT_THAT(not_reported[0][0].toString().toStdString(), HasSubstr("open it again"));
  EXPECT_EQ(kept(), theirs);
}

TEST_F(Document, OutlastsAMomentInWhichTheFileIsWritten) {
  CaptureDocument document;
  open(document, path);
  const std::size_t count = 200;
  const TimeRange all = document.extent();
  const TimeRange half{all.begin_ns, all.begin_ns + all.length_ns() / 2};
  ASSERT_EQ(document.columns(Quantity::current, all, count).size(), count);
  QTRY_VERIFY_WITH_TIMEOUT(document.idle(), k_patience_ms);
  auto writer = capture::Database::open(path, capture::Database::Access::write);
  ASSERT_TRUE(writer->execute("BEGIN EXCLUSIVE"));
  QSignalSpy again(&document, &CaptureDocument::worthAnotherTry);
  QSignalSpy measured(&document, &CaptureDocument::windowMeasured);
  document.measure_window(0, {1'000'000'000, 2'000'000'000});
  const auto meanwhile = document.columns(Quantity::current, half, count);
  ASSERT_EQ(meanwhile.size(), count);
  EXPECT_GT(meanwhile.front().count, 0);
  EXPECT_EQ(meanwhile.front().time.begin_ns, half.begin_ns);
  ASSERT_TRUE(again.wait(k_patience_ms));
  ASSERT_TRUE(writer->execute("ROLLBACK"));
  EXPECT_TRUE(measured.count() > 0 || measured.wait(k_patience_ms));
  EXPECT_GT(document.columns(Quantity::current, half, count).back().count, 0);
  EXPECT_EQ(document.trouble(), "");
}

TEST_F(Document, LetsTheRecorderEndWhatItShows) {
  const std::string live = folder.file("live.jmk");
  CaptureWriter writer({.path = live, .mode = CaptureMode::live});
  const CaptureInfo info = CaptureReader::open(path).value()->info();
  ASSERT_TRUE(writer.begin(info));
  const std::vector<float> values(50'000, 1000.F);
  auto record_more = [&, at = std::int64_t{0}](int times) mutable {
    for (; times > 0; --times, at += std::ssize(values))
      ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, at, values, {}}));
  };
  record_more(2);
  const auto there = [&] {
    const auto reader = CaptureReader::open(live);
    return reader && (*reader)->extent(ChannelId{0})->samples > 0;
  };
  QTRY_VERIFY_WITH_TIMEOUT(there(), k_patience_ms);
  CaptureDocument document;
  open(document, live);
  EXPECT_FALSE(document.closed_properly());
  const TimeRange seen = document.extent();
  EXPECT_GT(document.columns(Quantity::current, seen, 100).front().count, 0);
  record_more(2);
  auto ended = std::async(std::launch::async, [&] { return writer.end(EndReason::completed); });
  QTRY_VERIFY_WITH_TIMEOUT(ended.wait_for(std::chrono::seconds(0)) == std::future_status::ready,
                           k_patience_ms);
  const Status status = ended.get();
  EXPECT_TRUE(status) << status.error().message;
  EXPECT_FALSE(std::filesystem::exists(live + "-wal"));
  EXPECT_GT(document.columns(Quantity::current, seen, 100).front().count, 0);
  EXPECT_EQ(document.trouble(), "");
  EXPECT_TRUE(document.closed_properly());
}

// A recorder, in so far as it writes a file.
class Growing : public Document {
 protected:
  void SetUp() override {
    Document::SetUp();
    CaptureInfo info = CaptureReader::open(path).value()->info();
    info.id.clear();
    path = folder.file("growing.jmk");
    CaptureOptions options{.path = path, .mode = CaptureMode::live};
    options.closing_patience = std::chrono::milliseconds(50);
    writer.emplace(options);
    ASSERT_TRUE(writer->begin(info));
    record_more();
    QTRY_VERIFY_WITH_TIMEOUT(there() == at, k_patience_ms);
  }
  void record_more() {
    const std::vector<float> values(k_second, 1000.F);
    ASSERT_TRUE(writer->accept(SampleBlock{ChannelId{0}, at, values, {}}));
    ASSERT_TRUE(writer->accept(Edge{at * 100'000, 0, LineId{0}, true}));
    ASSERT_TRUE(writer->accept(Edge{at * 100'000 + 500'000'000, 0, LineId{0}, false}));
    at += k_second;
  }
  [[nodiscard]] std::int64_t there() const {
    const auto reader = CaptureReader::open(path);
    return reader ? (*reader)->extent(ChannelId{0})->samples : 0;
  }
  // Not in the moment in which the log is folded in, say.
  [[nodiscard]] static bool is_drawn_to_its_end(CaptureDocument& document) {
    const auto columns = document.columns(Quantity::current, document.extent(), 10);
    return !columns.empty() && columns.back().count > 0;
  }
  [[nodiscard]] static std::int64_t events(const CaptureDocument& document) {
    const auto& events = document.analysis()->report.events;
    const auto of_line = std::ranges::find(events, "spot", &EventReport::name);
    return of_line == events.end() ? 0 : of_line->count;
  }

  static constexpr std::int64_t k_second = 10'000;
  std::optional<CaptureWriter> writer;
  std::int64_t at = 0;
};

TEST_F(Growing, IsFollowedToItsEnd) {
  ASSERT_TRUE(writer->accept(MetadataItem{"event.spot", "d0"}));
  CaptureDocument document;
  open(document, path);
  QSignalSpy grew(&document, &CaptureDocument::grew);
  for (int seconds = 2; seconds < 4; ++seconds) {
    record_more();
    QTRY_VERIFY_WITH_TIMEOUT(document.primary_extent().samples == at, k_patience_ms);
    EXPECT_EQ(document.extent().end_ns, TimeNs{1'000'000'000} * seconds);
    EXPECT_TRUE(document.recorded());
    QTRY_VERIFY_WITH_TIMEOUT(is_drawn_to_its_end(document), k_patience_ms);
  }
  QTRY_VERIFY_WITH_TIMEOUT(events(document) > 1, k_patience_ms);
  EXPECT_FALSE(document.closed_properly());
  record_more();
  ASSERT_TRUE(writer->end(EndReason::completed));
  QTRY_VERIFY_WITH_TIMEOUT(!document.recorded() && document.primary_extent().samples == at, k_patience_ms);
  QTRY_VERIFY_WITH_TIMEOUT(events(document) == at / k_second && document.idle(), k_patience_ms);
  EXPECT_EQ(json(document.analysis()->report), json(reported().report));
  QTRY_VERIFY_WITH_TIMEOUT(!std::filesystem::exists(path + "-wal"), k_patience_ms);
}

TEST_F(Growing, IsLeftAloneInItsFolderByWhoFollowsItLast) {
  CaptureDocument document;
  open(document, path);
  auto reader = CaptureReader::open(path).value();
  reader->set_patience({});  // it leaves the log to others
  ASSERT_TRUE(writer->end(EndReason::completed));
  ASSERT_TRUE(writer->left_log());
  reader.reset();
  QTRY_VERIFY_WITH_TIMEOUT(!std::filesystem::exists(path + "-wal"), k_patience_ms);
  QTRY_VERIFY_WITH_TIMEOUT(is_drawn_to_its_end(document), k_patience_ms);
  EXPECT_TRUE(document.closed_properly());
}

TEST_F(Growing, IsNotSaidToBeRecordedWhenItsRecorderIsGone) {
  const std::string killed = folder.file("killed.jmk");
  for (const char* part : {"", "-wal"})
    std::filesystem::copy_file(path + part, killed + part);
  CaptureDocument document;
  open(document, killed);
  QSignalSpy recorded(&document, &CaptureDocument::recordedChanged);
  QTest::qWait(2500);  // two looks
  EXPECT_EQ(recorded.count(), 0);
  EXPECT_FALSE(document.recorded());
}

TEST_F(Growing, IsNotMeasuredWhenThatWasCancelled) {
  CaptureDocument document;
  open(document, path);
  document.cancel_report();
  const auto before = document.analysis();
  record_more();
  QTRY_VERIFY_WITH_TIMEOUT(document.primary_extent().samples == at, k_patience_ms);
  QTRY_VERIFY_WITH_TIMEOUT(document.idle(), k_patience_ms);
  QCoreApplication::processEvents();
  EXPECT_EQ(document.analysis(), before);
}

}  // namespace
}  // namespace joulemark
