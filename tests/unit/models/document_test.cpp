// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/database.h>
#include <analysis/report/json.h>

#include <app/models/capture_document.h>
#include <app/models/rule_table.h>
#include <app/recording/instruments.h>
#include <app/recording/recorder.h>

#include <tests/support/temporary_folder.h>

#include <gmock/gmock.h>

#include <QCoreApplication>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <filesystem>
#include <future>

namespace joulemark {
namespace {

using testing::HasSubstr;

constexpr int k_patience_ms = 60'000;

class Document : public testing::Test {
 protected:
  // Half a minute of the simulated board at 10 kS/s, with a gap.
  void SetUp() override {
    const std::vector<std::string> options{"pace=max", "rate=10kHz", "gap=2s,samples=500"};
    auto instrument = make_registry().open("sim:kws", options);
    ASSERT_TRUE(instrument);
    CaptureWriter writer({.path = path, .mode = CaptureMode::live});
    ASSERT_TRUE(record(**instrument, writer, {30.0, {}, false}, {}));
  }

  void open(CaptureDocument& document, const std::string& file) {
    QSignalSpy opened(&document, &CaptureDocument::opened);
    QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
    document.open(QString::fromStdString(file));
    ASSERT_TRUE(opened.wait(k_patience_ms));
    ASSERT_TRUE(analysed.count() > 0 || analysed.wait(k_patience_ms));
  }

  void change(CaptureDocument& document, EventSetup setup) {
    QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
    ASSERT_TRUE(document.change_setup(std::move(setup), "change"));
    ASSERT_TRUE(analysed.wait(k_patience_ms));
  }

  // What the command line says of the file.
  Analysis reported(const ReportOptions& options = {}) {
    auto reader = CaptureReader::open(path);
    EXPECT_TRUE(reader);
    auto analysis = build_report(**reader, options);
    EXPECT_TRUE(analysis) << analysis.error().message;
    return std::move(*analysis);
  }

  static std::string json(Report report) {
    report.capture.file.clear();
    return to_json(report);
  }

  EventSetup kept() {
    auto setup = read_setup(*CaptureReader::open(path).value());
    EXPECT_TRUE(setup);
    return std::move(*setup);
  }

  test::TemporaryFolder folder;
  std::string path = folder.file("sim.jmk");
};

TEST_F(Document, SaysOfACaptureWhatTheReportSays) {
  CaptureDocument document;
  open(document, path);
  EXPECT_EQ(json(document.analysis()->report), json(reported().report));
  ASSERT_EQ(document.gaps().size(), 1U);
  EXPECT_NEAR(document.gaps()[0].seconds(), 0.05, 1e-6);
  EXPECT_TRUE(document.has(Quantity::current));
  EXPECT_TRUE(document.has(Quantity::power));
  EXPECT_FALSE(document.has(Quantity::voltage));
}

TEST_F(Document, ReadsCodedMarkersAsTheReportDoes) {
  {
    auto instrument = make_registry().open("sim:kws", std::vector<std::string>{"pace=max", "rate=10kHz"});
    CaptureWriter writer({.path = path, .mode = CaptureMode::live, .overwrite = true});
    const RecordingLimits limits{
        10.0, {}, false, {{"markers", "code:d0-d1"}, {"marker.1", "spot"}, {"useful", "spot"}}};
    ASSERT_TRUE(record(**instrument, writer, limits, {}));
  }
  CaptureDocument document;
  open(document, path);
  const Report& report = document.analysis()->report;
  EXPECT_EQ(json(report), json(reported().report));
  const auto spot = std::ranges::find(report.events, "spot", &EventReport::name);
  ASSERT_NE(spot, report.events.end());
  EXPECT_GT(spot->count, 0);
}

TEST_F(Document, MeasuresBetweenCursorsWhatTheReportSaysOfThatWindow) {
  CaptureDocument document;
  open(document, path);
  const TimeRange window{3'123'456'789, 9'876'543'210};
  QSignalSpy measured(&document, &CaptureDocument::windowMeasured);
  document.measure_window(0, window);
  ASSERT_TRUE(measured.wait(k_patience_ms));
  const auto stats = measured[0][1].value<WindowStats>();
  ReportOptions options;
  options.windows = {{"cursors", window}};
  const Analysis analysis = reported(options);
  const auto of_window = std::ranges::find_if(
      analysis.rows, [&](const EventRow& row) { return analysis.report.events[row.name].name == "cursors"; });
  ASSERT_NE(of_window, analysis.rows.end());
  EXPECT_EQ(stats.energy_j, of_window->energy_j);
  EXPECT_EQ(stats.charge_c, of_window->charge_c);
  EXPECT_EQ(stats.power_w->mean, of_window->power_w);
  EXPECT_EQ(stats.current_a->max, of_window->peak_current_a);
}

TEST_F(Document, SavesAnEditThoughItGoesAtOnce) {
  {
    CaptureDocument document;
    open(document, path);
    EventSetup setup = document.setup();
    setup.windows.push_back({"kept", {5'000'000'000, 6'000'000'000}});
    document.fold("inference");  // long work that an edit must not wait behind
    ASSERT_TRUE(document.change_setup(std::move(setup), "name a window"));
  }
  auto reader = CaptureReader::open(path);
  ASSERT_TRUE(reader);
  const auto setup = read_setup(**reader);
  ASSERT_TRUE(setup);
  ASSERT_EQ(setup->windows.size(), 1U);
  EXPECT_EQ(setup->windows[0].name, "kept");
}

TEST_F(Document, SavesAnEditedRuleSoThatTheReportReadsIt) {
  CaptureDocument document;
  open(document, path);
  EventSetup setup = document.setup();
  std::erase_if(setup.rules, [](const EventRule& rule) { return rule.name != "inference"; });
  setup.rules[0].name = "net";
  setup.rules[0].repeat = 2;
  setup.useful = "net";
  setup.windows = {{"warm-up", {1'000'000'000, 1'500'000'000}}};
  change(document, setup);
  const Analysis analysis = reported();
  ASSERT_EQ(analysis.report.events.size(), 2U);
  EXPECT_EQ(analysis.report.events[0].name, "net");
  EXPECT_EQ(analysis.report.events[0].repeat, 2);
  EXPECT_EQ(analysis.report.events[1].name, "warm-up");
  EXPECT_EQ(analysis.report.useful_event.name, "net");
  EXPECT_EQ(json(document.analysis()->report), json(analysis.report));
}

TEST_F(Document, TakesBackAnEdit) {
  const std::string before = json(reported().report);
  CaptureDocument document;
  open(document, path);
  EventSetup setup = document.setup();
  setup.rules.clear();
  setup.rules.push_back({.name = "only", .line = LineId{1}});
  change(document, setup);
  EXPECT_NE(json(reported().report), before);
  QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
  document.undo_stack().undo();
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  EXPECT_EQ(json(document.analysis()->report), before);
  EXPECT_EQ(json(reported().report), before);
}

TEST_F(Document, RefusesNamesThatMakeNoSense) {
  CaptureDocument document;
  open(document, path);
  EventSetup setup = document.setup();
  setup.rules[1].name = setup.rules[0].name;
  EXPECT_THAT(document.change_setup(setup, "x").error().message, HasSubstr("two rules"));
  setup = document.setup();
  setup.windows = {{"idle", {0, 10}}};
  EXPECT_THAT(document.change_setup(setup, "x").error().message, HasSubstr("idle"));
  setup.windows = {{"w", {0, 10}}, {"w", {5, 20}}};
  EXPECT_THAT(document.change_setup(setup, "x").error().message, HasSubstr("overlap"));
  EXPECT_EQ(document.undo_stack().count(), 0);
}

TEST_F(Document, SaysThatAChangeCannotBeSaved) {
  CaptureDocument document;
  open(document, path);
  std::filesystem::remove(path);
  QSignalSpy failed(&document, &CaptureDocument::saveFailed);
  EventSetup setup = document.setup();
  setup.useful.reset();
  ASSERT_TRUE(document.change_setup(setup, "x"));
  ASSERT_TRUE(failed.wait(k_patience_ms));
  EXPECT_THAT(failed[0][0].toString().toStdString(), HasSubstr("No such file"));
}

TEST_F(Document, MeasuresByWhatItShowsThoughThatCouldNotBeSaved) {
  CaptureDocument document;
  open(document, path);
  auto other = capture::Database::open(path, capture::Database::Access::write);
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));  // others may read, and nobody else write
  QSignalSpy failed(&document, &CaptureDocument::saveFailed);
  change(document, {});
  EXPECT_EQ(failed.count(), 1);
  EXPECT_TRUE(document.analysis()->report.events.empty());
  EXPECT_EQ(document.analysis()->report.useful_event.name, std::nullopt);
  ASSERT_TRUE(other->execute("ROLLBACK"));
  EXPECT_FALSE(kept().rules.empty());
  EventSetup setup;
  setup.windows = {{"kept", {5'000'000'000, 6'000'000'000}}};
  change(document, setup);
  EXPECT_EQ(kept(), setup) << "what could not be saved goes with the next change";
}

TEST_F(Document, TriesOnceMoreToSaveBeforeItGoes) {
  CaptureDocument document;
  open(document, path);
  auto other = capture::Database::open(path, capture::Database::Access::write);
  ASSERT_TRUE(other->execute("BEGIN IMMEDIATE"));
  change(document, {});
  ASSERT_TRUE(other->execute("ROLLBACK"));
  QSignalSpy saved(&document, &CaptureDocument::savedAtLast);
  document.finish_saving();
  EXPECT_EQ(saved.count(), 1);
  EXPECT_EQ(kept(), EventSetup());
}

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

TEST_F(Document, DrawsLinesBeyondTheThirtySecond) {
  const std::string wide = folder.file("wide.jmk");
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "test.current";
  info.channels[0].rate_hz = 1000;
  for (std::uint32_t line = 0; line < 40; ++line)
    info.lines.push_back({LineId{line}, ""});
  {
    CaptureWriter writer({.path = wide, .mode = CaptureMode::bulk});
    ASSERT_TRUE(writer.begin(info));
    ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(1000, 0.F), {}}));
    ASSERT_TRUE(writer.accept(Edge{600'000'000, 0, LineId{39}, true}));
    ASSERT_TRUE(writer.end(EndReason::completed));
  }
  CaptureDocument document;
  QSignalSpy indexed(&document, &CaptureDocument::lanesReady);
  open(document, wide);
  ASSERT_TRUE(indexed.count() > 0 || indexed.wait(k_patience_ms));
  const auto columns = document.lanes(32, document.extent(), 10);
  ASSERT_EQ(columns.size(), 10U);
  EXPECT_EQ(columns[2].low, 1U << 7);
  EXPECT_EQ(columns[8].high, 1U << 7);
  EXPECT_EQ(document.lanes(0, document.extent(), 10)[8].high, 0U);
}

// Busy machines give the worker time to end before the window's thread gets to cancelling it.
TEST_F(Document, TellsNothingOfAReportThatWasCancelledWhenItHadJustEnded) {
  CaptureDocument document;
  open(document, path);
  const auto before = document.analysis();
  EventSetup setup = document.setup();
  setup.windows = {{"late", {5'000'000'000, 6'000'000'000}}};
  QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
  ASSERT_TRUE(document.change_setup(setup, "name"));
  while (!document.idle())
    QThread::msleep(1);  // without hearing of it
  document.cancel_report();
  QCoreApplication::processEvents();
  EXPECT_EQ(analysed.count(), 0);
  EXPECT_EQ(document.analysis(), before);
  document.measure();
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  EXPECT_EQ(document.analysis()->report.events.back().name, "late");
}

// Else the figures of the rules before it would stand there as those of the newest.
TEST_F(Document, TellsNothingOfAReportThatWasAskedForAnewWhenItHadJustEnded) {
  CaptureDocument document;
  open(document, path);
  EventSetup setup = document.setup();
  setup.windows = {{"first", {5'000'000'000, 6'000'000'000}}};
  QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
  ASSERT_TRUE(document.change_setup(setup, "name"));
  while (!document.idle())
    QThread::msleep(1);
  setup.windows[0].name = "second";
  ASSERT_TRUE(document.change_setup(setup, "name"));
  ASSERT_TRUE(analysed.wait(k_patience_ms));
  EXPECT_EQ(document.analysis()->report.events.back().name, "second");
  EXPECT_EQ(analysed.count(), 1);
}

TEST_F(Document, FoldsTheEventsOfAName) {
  CaptureDocument document;
  open(document, path);
  QSignalSpy folded(&document, &CaptureDocument::folded);
  document.fold("inference");
  ASSERT_TRUE(folded.wait(k_patience_ms));
  const auto ensemble = folded[0][1].value<std::shared_ptr<const Ensemble>>();
  const auto& analysis = *document.analysis();
  for (const FoldedEvent& event : ensemble->by_distance)
    EXPECT_EQ(analysis.report.events[analysis.rows[event.event].name].name, "inference");
  EXPECT_EQ(ensemble->folded + ensemble->left_out, analysis.report.events[2].count);
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

TEST_F(Document, FailsInWordsOnWhatIsNoCapture) {
  CaptureDocument document;
  QSignalSpy failed(&document, &CaptureDocument::failed);
  document.open(QString::fromStdString(folder.file("none.jmk")));
  ASSERT_TRUE(failed.wait(k_patience_ms));
  EXPECT_THAT(failed[0][0].toString().toStdString(), HasSubstr("none.jmk"));
}

TEST_F(Document, IsLeftInTheMiddleOfItsWork) {
  CaptureDocument document;
  document.open(QString::fromStdString(path));
  QSignalSpy opened(&document, &CaptureDocument::opened);
  ASSERT_TRUE(opened.wait(k_patience_ms));
}  // destroyed while it measures

TEST_F(Document, RulesAreEditedCellByCell) {
  CaptureDocument document;
  open(document, path);
  RuleTable table(
      [&](EventSetup setup, const QString& what) { return document.change_setup(std::move(setup), what); });
  QObject::connect(&document, &CaptureDocument::setupChanged, &table,
                   [&] { table.set(document.setup(), document.info().lines); });
  table.set(document.setup(), document.info().lines);
  ASSERT_EQ(table.rowCount(), 4);
  EXPECT_TRUE(table.setData(table.index(0, RuleTable::pairing), "rising"));
  EXPECT_EQ(document.setup().rules[0].pairing, Pairing::rising);
  EXPECT_TRUE(table.setData(table.index(0, RuleTable::repeat), 7));
  EXPECT_EQ(document.setup().rules[0].repeat, 7);
  EXPECT_FALSE(table.setData(table.index(0, RuleTable::polarity), "low")) << "only with levels";
  EXPECT_TRUE(table.setData(table.index(1, RuleTable::useful), Qt::Checked, Qt::CheckStateRole));
  EXPECT_EQ(document.setup().useful, document.setup().rules[1].name);
  QSignalSpy refused(&table, &RuleTable::refused);
  EXPECT_FALSE(table.setData(table.index(0, RuleTable::name), "a b"));
  EXPECT_EQ(refused.count(), 1);
  table.add_rule();
  EXPECT_EQ(table.rowCount(), 5);
  table.remove_row(0);
  EXPECT_EQ(table.rowCount(), 4);
}

}  // namespace
}  // namespace joulemark
