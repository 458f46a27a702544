// SPDX-License-Identifier: GPL-3.0-or-later
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
