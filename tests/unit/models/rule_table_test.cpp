// SPDX-License-Identifier: GPL-3.0-or-later
// What names events, edited in its table; the command line's report of the same file is the yardstick.
#include <analysis/capture/capture_writer.h>
#include <analysis/report/json.h>

#include <app/models/capture_document.h>
#include <app/models/rule_table.h>
#include <app/recording/instruments.h>
#include <app/recording/recorder.h>

#include <tests/support/temporary_folder.h>
#include <tests/unit/models/host_elf.h>

#include <gmock/gmock.h>

#include <QSignalSpy>

namespace joulemark {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr int k_patience_ms = 60'000;

// Ten seconds of the simulated board: inference on d0, detector on d1, frontend on d2, keyword on d3, one at
// a time. As codes d0 to d1 show 1 and 2.
class Rules : public testing::Test {
 protected:
  void record_with(std::vector<MetadataItem> metadata) {
    auto instrument = make_registry().open("sim:kws", std::vector<std::string>{"pace=max", "rate=10kHz"});
    ASSERT_TRUE(instrument);
    CaptureWriter writer({.path = path, .mode = CaptureMode::live});
    ASSERT_TRUE(record(**instrument, writer, {10.0, {}, false, std::move(metadata)}, {}));
    open();
  }

  void open() {
    QObject::connect(&document, &CaptureDocument::opened, &table, [this] { show(); });
    QObject::connect(&document, &CaptureDocument::setupChanged, &table, [this] { show(); });
    QObject::connect(&document, &CaptureDocument::analysisChanged, &table, [this] {
      table.set_unnamed_codes(unnamed_codes(document.setup(), document.analysis()->report));
    });
    QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
    document.open(QString::fromStdString(path));
    ASSERT_TRUE(analysed.wait(k_patience_ms));
  }

  void show() { table.set(document.setup(), document.info().lines); }

  void after(const std::function<void()>& edit) {
    QSignalSpy analysed(&document, &CaptureDocument::analysisChanged);
    edit();
    ASSERT_TRUE(analysed.count() > 0 || analysed.wait(k_patience_ms));
  }

  [[nodiscard]] std::vector<std::string> column(int which) const {
    std::vector<std::string> texts;
    for (int row = 0; row < table.rowCount(); ++row)
      texts.push_back(table.index(row, which).data().toString().toStdString());
    return texts;
  }

  // The report of the file as the command line makes it, and that it is what the document shows.
  Report reported() {
    auto reader = CaptureReader::open(path);
    EXPECT_TRUE(reader);
    auto analysis = build_report(**reader, {});
    EXPECT_TRUE(analysis) << analysis.error().message;
    Report shown = document.analysis()->report;
    shown.capture.file.clear();
    EXPECT_EQ(to_json(shown), to_json(analysis->report));
    return analysis->report;
  }

  static std::vector<std::string> names_of_events(const Report& report) {
    std::vector<std::string> names;
    for (const EventReport& event : report.events)
      names.push_back(event.name);
    return names;
  }

  test::TemporaryFolder folder;
  std::string path = folder.file("sim.jmk");
  CaptureDocument document;
  RuleTable table{[this](EventSetup setup, const QString& what) {
    return document.change_setup(std::move(setup), what);
  }};
};

TEST_F(Rules, ShowCodesBesideThem) {
  record_with({{"markers", "code:d0-d1"}, {"marker.1", "spot"}});
  EXPECT_THAT(column(RuleTable::name), ElementsAre("frontend", "keyword", "spot", "code2"));
  EXPECT_THAT(column(RuleTable::line),
              ElementsAre("d2 frontend", "d3 keyword", "d0\u2013d1 = 1", "d0\u2013d1 = 2"));
  EXPECT_THAT(names_of_events(reported()), ElementsAre("frontend", "keyword", "spot", "code2"));
}

TEST_F(Rules, NameACodeAndTakeTheNameAway) {
  record_with({{"markers", "code:d0-d1"}});
  ASSERT_THAT(column(RuleTable::name), ElementsAre("frontend", "keyword", "code1", "code2"));
  after([this] {
    EXPECT_TRUE(table.setData(table.index(3, RuleTable::useful), Qt::Checked, Qt::CheckStateRole));
  });
  EXPECT_EQ(reported().useful_event.name, "code2");
  after([this] { EXPECT_TRUE(table.setData(table.index(3, RuleTable::name), "listen")); });
  Report report = reported();
  EXPECT_THAT(names_of_events(report), ElementsAre("frontend", "keyword", "code1", "listen"));
  EXPECT_EQ(report.useful_event.name, "listen") << "what is useful goes by its new name";
  after([this] { table.remove_row(3); });
  report = reported();
  EXPECT_THAT(names_of_events(report), ElementsAre("frontend", "keyword", "code1", "code2"));
  EXPECT_EQ(report.useful_event.name, "code2");
}

TEST_F(Rules, MakeWayForCodesAndComeBack) {
  record_with({});
  const Report plain = reported();
  after([this] { EXPECT_TRUE(table.take_markers("code:d0-d1,settle=100us", {})); });
  EXPECT_THAT(names_of_events(reported()), ElementsAre("frontend", "keyword", "code1", "code2"));
  after([this] { EXPECT_TRUE(table.take_markers({}, {})); });
  EXPECT_EQ(to_json(reported()), to_json(plain));
}

TEST_F(Rules, ComeBackThoughTheCaptureWasClosedMeanwhile) {
  record_with({{"markers", "code:d0-d3"}});
  EXPECT_THAT(column(RuleTable::name), ElementsAre("code1", "code2", "code4", "code8"));
  after([this] { EXPECT_TRUE(table.take_markers({}, {})); });
  EXPECT_THAT(names_of_events(reported()), ElementsAre("detector", "frontend", "inference", "keyword"));
}

TEST_F(Rules, TakeTheNamesOfAFirmware) {
  record_with({});
  after([this] { EXPECT_TRUE(table.take_markers({}, test::k_host_elf)); });
  // Its 'inference' and 'keyword' are codes, so the rules of these names stand behind, whatever their line.
  EXPECT_THAT(names_of_events(reported()), ElementsAre("frontend", "front_end", "inference", "keyword"));
  EXPECT_THAT(column(RuleTable::line),
              ElementsAre("d2 frontend", "d0\u2013d1 = 1", "d0\u2013d1 = 2", "d0\u2013d1 = 3"));
}

TEST_F(Rules, RefuseWhatMakesNoSense) {
  record_with({{"markers", "code:d0-d1"}, {"marker.1", "spot"}});
  QSignalSpy refused(&table, &RuleTable::refused);
  EXPECT_FALSE(table.setData(table.index(0, RuleTable::line), "d0 inference"));
  EXPECT_THAT(refused.back()[0].toString().toStdString(), HasSubstr("d0 is one of the coded lines"));
  EXPECT_FALSE(table.setData(table.index(2, RuleTable::name), "keyword"));
  EXPECT_THAT(refused.back()[0].toString().toStdString(), HasSubstr("'keyword' is taken"));
  table.remove_row(3);
  EXPECT_THAT(refused.back()[0].toString().toStdString(), HasSubstr("no name"));
  EXPECT_THAT(table.take_markers("code:d0-d9", {}).error().message, HasSubstr("d9"));
  EXPECT_THAT(table.take_markers({}, "/nowhere.elf").error().message, HasSubstr("/nowhere.elf"));
  EXPECT_FALSE(table.setData(table.index(2, RuleTable::repeat), 3)) << "a code has no repeat";
  EXPECT_EQ(document.undo_stack().count(), 0);
}

TEST_F(Rules, AddOneOnALineThatIsFree) {
  record_with({{"markers", "code:d0-d2"}});
  after([this] { table.remove_row(0); });  // keyword on d3
  after([this] { table.add_rule(); });
  EXPECT_THAT(names_of_events(reported()), ElementsAre("event-d3", "code1", "code2", "code4"));
  after([this] { EXPECT_TRUE(table.take_markers("code:d0-d3", {})); });
  QSignalSpy refused(&table, &RuleTable::refused);
  table.add_rule();
  EXPECT_THAT(refused.back()[0].toString().toStdString(), HasSubstr("All lines show codes"));
}

TEST_F(Rules, RenameAndRemoveWindowsAndMarkers) {
  record_with({});
  EventSetup setup = document.setup();
  setup.windows = {{"boot", {1'000'000'000, 1'250'000'000}}};
  setup.instants = {{"reset", MarkerKind::instant, MarkerSource::person, 3'000'000'000}};
  after([&] { EXPECT_TRUE(document.change_setup(setup, "draw")); });
  ASSERT_EQ(table.rowCount(), 6);
  EXPECT_EQ(column(RuleTable::line)[4], "250\u00a0ms from 1.000\u00a0s");
  after([this] { EXPECT_TRUE(table.setData(table.index(4, RuleTable::name), "warm-up")); });
  after([this] { EXPECT_TRUE(table.setData(table.index(5, RuleTable::name), "power on")); });
  EXPECT_EQ(names_of_events(reported()).back(), "warm-up");
  EXPECT_EQ(document.setup().instants[0].name, "power on");
  EXPECT_FALSE(table.setData(table.index(5, RuleTable::name), "  ")) << "an instant needs a name";
  after([this] { table.remove_row(5); });
  after([this] { table.remove_row(4); });
  EXPECT_EQ(reported().events.size(), 4U);
  auto reader = CaptureReader::open(path);
  EXPECT_EQ((*reader)->markers()->size(), 0U);
}

TEST_F(Rules, WhatIsUsefulStaysSoWhileAnyWindowHasTheName) {
  record_with({});
  EventSetup setup = document.setup();
  for (const TimeNs second : {1, 3})
    setup.windows.push_back({"boot", {second * 1'000'000'000, (second + 1) * 1'000'000'000}});
  setup.useful = "boot";
  after([&] { EXPECT_TRUE(document.change_setup(setup, "draw")); });
  after([this] { EXPECT_TRUE(table.setData(table.index(5, RuleTable::name), "boot2")); });
  EXPECT_EQ(document.setup().useful, "boot");
  after([this] { table.remove_row(5); });
  EXPECT_EQ(document.setup().useful, "boot");
  after([this] { EXPECT_TRUE(table.setData(table.index(4, RuleTable::name), "start")); });
  EXPECT_EQ(document.setup().useful, "start");
  after([this] { table.remove_row(4); });
  EXPECT_EQ(document.setup().useful, std::nullopt);
}

}  // namespace
}  // namespace joulemark
