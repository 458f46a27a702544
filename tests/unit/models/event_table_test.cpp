// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/event_table.h>
#include <app/models/findings_model.h>
#include <app/models/text.h>
#include <app/models/tiles.h>

#include <gtest/gtest.h>

#include <QPersistentModelIndex>

namespace joulemark {
namespace {

EventRow row(std::uint32_t name, std::int64_t index, TimeNs begin_ns, TimeNs length_ns,
             std::optional<double> energy_j) {
  EventRow made;
  made.name = name;
  made.index = index;
  made.time = {begin_ns, begin_ns + length_ns};
  made.energy_j = energy_j;
  return made;
}

std::shared_ptr<const Analysis> example() {
  auto analysis = std::make_shared<Analysis>();
  analysis->report.events.resize(2);
  analysis->report.events[0].name = "inference";
  analysis->report.events[1].name = "radio";
  analysis->report.total.energy_j = 1;
  analysis->rows = {row(0, 0, 0, 20'000'000, 1.5e-3), row(1, 0, 5'000'000, 1'000'000, 9e-3),
                    row(0, 1, 30'000'000, 22'000'000, std::nullopt),
                    row(0, 2, 60'000'000, 19'000'000, 1.2e-3)};
  analysis->rows[2].flags = k_flag_lost_samples;
  return analysis;
}

std::vector<std::size_t> shown(const EventTable& table) {
  std::vector<std::size_t> events;
  for (int i = 0; i < table.rowCount(); ++i)
    events.push_back(table.event_at(i));
  return events;
}

using Events = std::vector<std::size_t>;

TEST(EventTable, SortsByAnyFigureWithUnknownOnesLast) {
  EventTable table;
  table.set_analysis(example());
  EXPECT_EQ(shown(table), (Events{0, 1, 2, 3}));
  table.sort(EventTable::energy, Qt::AscendingOrder);
  EXPECT_EQ(shown(table), (Events{3, 0, 1, 2}));
  table.sort(EventTable::energy, Qt::DescendingOrder);
  EXPECT_EQ(shown(table), (Events{1, 0, 3, 2}));
  table.sort(EventTable::length, Qt::DescendingOrder);
  EXPECT_EQ(shown(table), (Events{2, 0, 3, 1}));
}

TEST(EventTable, KeepsWhatIsSelectedWhenItIsSorted) {
  EventTable table;
  table.set_analysis(example());
  const QPersistentModelIndex chosen = table.index(0, EventTable::name);
  const QPersistentModelIndex unknown = table.index(2, EventTable::energy);
  table.sort(EventTable::energy, Qt::DescendingOrder);
  EXPECT_EQ(table.event_at(chosen.row()), 0U);
  EXPECT_EQ(table.event_at(unknown.row()), 2U);
  EXPECT_EQ(unknown.column(), EventTable::energy);
  table.sort(EventTable::begin, Qt::AscendingOrder);
  EXPECT_EQ(chosen.row(), 0);
}

TEST(EventTable, FindsWordsInTheNamesOfANewAnalysis) {
  EventTable table;
  table.set_analysis(example());
  EXPECT_TRUE(table.set_filter("radio"));
  auto renamed = std::make_shared<Analysis>(*example());
  std::swap(renamed->report.events[0].name, renamed->report.events[1].name);
  table.set_analysis(renamed);
  EXPECT_EQ(shown(table), (Events{0, 2, 3}));
}

TEST(EventTable, FiltersByWordsAndComparisons) {
  EventTable table;
  table.set_analysis(example());
  EXPECT_TRUE(table.set_filter("infer"));
  EXPECT_EQ(shown(table), (Events{0, 2, 3}));
  EXPECT_TRUE(table.set_filter("infer E>1.3mJ"));
  EXPECT_EQ(shown(table), (Events{0}));
  EXPECT_TRUE(table.set_filter("dt<10ms"));
  EXPECT_EQ(shown(table), (Events{1}));
  EXPECT_TRUE(table.set_filter("lost"));
  EXPECT_EQ(shown(table), (Events{2}));
  EXPECT_EQ(table.row_of(2), 0);
  EXPECT_EQ(table.row_of(0), -1);
  EXPECT_TRUE(table.set_filter(""));
  EXPECT_EQ(table.rowCount(), 4);
}

TEST(EventTable, FiltersByAWholeName) {
  auto analysis = std::make_shared<Analysis>(*example());
  for (const std::string name : {"key", "a \"key\" > b"}) {
    analysis->report.events[0].name = name;
    analysis->report.events[1].name = name + " word";
    EventTable table;
    table.set_analysis(analysis);
    EXPECT_TRUE(table.set_filter(EventTable::filter_for(QString::fromStdString(name))));
    EXPECT_EQ(shown(table), (Events{0, 2, 3})) << name;
  }
  EventTable table;
  table.set_analysis(analysis);
  EXPECT_TRUE(table.set_filter("=\"key\" E>1mJ"));
  EXPECT_EQ(table.rowCount(), 0);
}

TEST(EventTable, RefusesAComparisonThatMakesNoSense) {
  EventTable table;
  table.set_analysis(example());
  EXPECT_TRUE(table.set_filter("radio"));
  EXPECT_FALSE(table.set_filter("E>12"));
  EXPECT_FALSE(table.set_filter("colour<3mJ"));
  EXPECT_EQ(shown(table), (Events{1})) << "what was shown stays";
}

TEST(EventTable, TellsChargeFromEnergyInAFilter) {
  auto charges = std::make_shared<Analysis>(*example());
  charges->report.total.energy_j.reset();
  for (EventRow& row : charges->rows)
    row.charge_c = std::exchange(row.energy_j, std::nullopt);
  EventTable table;
  table.set_analysis(charges);
  EXPECT_TRUE(table.tells_charge());
  EXPECT_TRUE(table.set_filter("Q>1.3mC"));
  EXPECT_EQ(shown(table), (Events{0, 1}));
  EXPECT_EQ(table.filter_trouble(), "");
  EXPECT_TRUE(table.set_filter("E>1.3mJ"));
  EXPECT_EQ(shown(table), Events{});
  EXPECT_EQ(table.filter_trouble(), "E finds nothing: no event's energy is known; Q compares the charge");
  table.set_analysis(example());
  EXPECT_EQ(shown(table), (Events{0, 1})) << "there energy is known";
  EXPECT_EQ(table.filter_trouble(), "");
}

TEST(EventTable, SaysWhyAFilterMakesNoSense) {
  EventTable table;
  EXPECT_FALSE(table.set_filter("E>12uC"));
  EXPECT_EQ(table.filter_trouble(), "E>12uC: '12uC' is not a number with its unit, like 10mJ");
  EXPECT_FALSE(table.set_filter("colour<3mJ"));
  EXPECT_EQ(table.filter_trouble(), "'colour' is nothing to compare: E, Q, net, dt, t, P and I are");
  EXPECT_TRUE(table.set_filter("radio"));
  EXPECT_EQ(table.filter_trouble(), "");
}

TEST(EventTable, ShowsSiFiguresAndDashesForTheUnknown) {
  EventTable table;
  table.set_analysis(example());
  const auto text = [&](int r, int column) { return table.index(r, column).data().toString().toStdString(); };
  EXPECT_EQ(text(0, EventTable::energy), "1.500\u00a0mJ");
  EXPECT_EQ(text(2, EventTable::energy), "\u2014");
  EXPECT_EQ(text(2, EventTable::remarks), "lost samples");
  EXPECT_EQ(text(0, EventTable::method), "integral");
  EXPECT_EQ(text(3, EventTable::number), "3");
  auto guarded = std::make_shared<Analysis>(*example());
  guarded->rows[1].method = Method::excess;
  guarded->report.events[1].guard_s = 1.5e-3;
  table.set_analysis(guarded);
  EXPECT_EQ(text(1, EventTable::method), "excess, 1.50\u00a0ms");
  EXPECT_EQ(text(0, EventTable::method), "integral");
  EXPECT_DOUBLE_EQ(table.index(3, EventTable::energy).data(EventTable::part_role).toDouble(), 0.8);
}

TEST(EventTable, TellsTheDurationOfOneInferenceAsTheReportsDo) {
  auto analysis = std::make_shared<Analysis>(*example());
  analysis->report.events[0].repeat = 150;
  analysis->rows[0].time = {0, 11'265'000'000};
  EventTable table;
  table.set_analysis(analysis);
  const QModelIndex length = table.index(0, EventTable::length);
  EXPECT_EQ(length.data().toString().toStdString(), "75.10\u00a0ms");
  EXPECT_DOUBLE_EQ(length.data(EventTable::value_role).toDouble(), 0.0751);
  EXPECT_EQ(length.data(Qt::ToolTipRole).toString().toStdString(),
            "The window: 11.27\u00a0s, 150 inferences");
  EXPECT_TRUE(table.set_filter("dt>0.1s"));
  EXPECT_EQ(table.rowCount(), 0);
}

TEST(FindingsModel, PutsTheWorstFirstAndKnowsWhere) {
  Report report;
  report.findings = {{"adequacy", FindingSeverity::info, "short windows"},
                     {"smeared", FindingSeverity::warning, "a tail"}};
  Anomaly gap;
  gap.severity = Severity::data_loss;
  gap.time = {1'000'000'000, 1'040'000'000};
  gap.count = 34;
  gap.message = "34 samples lost";
  report.quality.told_once = {{AnomalyKind::gap, Severity::data_loss, 34, "34 samples lost"},
                              {AnomalyKind::glitch, Severity::info, 2, "2 pulses ignored"}};
  FindingsModel model;
  model.set(report, {gap}, {});
  ASSERT_EQ(model.rowCount(), 4) << "the gap once, the glitches, two findings";
  EXPECT_EQ(model.level_of(0), FindingsModel::Level::lost);
  EXPECT_EQ(model.place_of(0), (FindingPlace{FindingPlace::Kind::time, gap.time, {}}));
  EXPECT_EQ(model.index(0).data().toString().toStdString(), "Gap at 1.000\u00a0s: 34 samples lost");
  EXPECT_EQ(model.level_of(1), FindingsModel::Level::warning);
  EXPECT_EQ(model.place_of(1), FindingPlace{}) << "the whole";
  EXPECT_EQ(model.count(FindingsModel::Level::info), 2);
}

TEST(FindingsModel, TellsOnceWhatConcernsSeveralChannels) {
  CaptureInfo info;
  info.channels.resize(3);
  info.channels[0].name = "hvpm.current";
  info.channels[1].name = "hvpm.voltage";
  info.channels[2].name = "hvpm.temperature";
  std::vector<Anomaly> anomalies;
  for (const TimeNs begin_ns : {TimeNs{1'000'000'000}, TimeNs{2'000'000'000}}) {
    for (const std::uint32_t channel : {0U, 1U})
      anomalies.push_back({AnomalyKind::gap,
                           Severity::data_loss,
                           ChannelId{channel},
                           {begin_ns, begin_ns + 1'000'000},
                           5,
                           5,
                           "5 samples lost"});
  }
  Report report;
  report.quality.anomalies = {
      {AnomalyKind::gap, Severity::data_loss, 20, "5 samples lost (and 3 more like it)"}};
  report.quality.told_once = {
      {AnomalyKind::gap, Severity::data_loss, 10, "5 samples lost (and 1 more like it)"}};
  FindingsModel model;
  model.set(report, anomalies, info);
  ASSERT_EQ(model.count(FindingsModel::Level::lost), 2);
  ASSERT_EQ(model.rowCount(), 2);
  EXPECT_EQ(model.index(1).data().toString().toStdString(),
            "Gap at 2.000\u00a0s: 5 samples lost (hvpm.current, hvpm.voltage)");
  EXPECT_EQ(model.place_of(1), (FindingPlace{FindingPlace::Kind::time, anomalies[2].time, {}}));
}

TEST(FindingsModel, KnowsWhereEachFindingCanBeJudged) {
  using enum FindingPlace::Kind;
  Report report = example()->report;
  report.findings = {{"smeared", FindingSeverity::info, "'radio': 3 uJ per inference is drawn after"},
                     {"undithered", FindingSeverity::info, "In 'radio', 'inference', samples hardly differ"},
                     {"event_not_found", FindingSeverity::info, "'radio': no complete window was found"},
                     {"assumed_voltage", FindingSeverity::info, "Energies assume a constant supply"}};
  report.quality.told_once = {{AnomalyKind::unpaired_marker, Severity::info, 2, "2 edges without a partner"}};
  FindingsModel model;
  model.set(report, {}, {});
  ASSERT_EQ(model.rowCount(), 5);
  EXPECT_EQ(model.place_of(0), (FindingPlace{event, {}, "radio"}));
  EXPECT_EQ(model.place_of(1).kind, whole) << "of several events";
  EXPECT_EQ(model.place_of(2).kind, rules) << "there are no events to list";
  EXPECT_EQ(model.place_of(3).kind, whole);
  EXPECT_EQ(model.place_of(4).kind, rules) << "of the markers";
}

TEST(TimeStep, TellsShortEventsApart) {
  EXPECT_EQ(time_step(20'000'000), 1'000'000);
  EXPECT_EQ(time_step(750'000), 10'000);
  EXPECT_EQ(time_step(40'000), 1'000);
  EXPECT_EQ(time_step(3), 1);
  EXPECT_EQ(time_text(500'040'000, time_step(40'000)).toStdString(), "500.040\u00a0ms");
}

TEST(FindingsModel, TellsOnceWhatIsAsItShouldBeAndDoubtsAheadOfIt) {
  Report report;
  report.findings = {{"few_useful_events", FindingSeverity::info, "few"}};
  std::vector<Anomaly> anomalies;
  for (TimeNs second = 0; second < 5; ++second)
    anomalies.push_back({AnomalyKind::dead_time,
                         Severity::info,
                         ChannelId{0},
                         {second * 1'000'000'000, second * 1'000'000'000 + 1'000'000},
                         0,
                         1,
                         "bridged"});
  anomalies.push_back({AnomalyKind::gap, Severity::data_loss, ChannelId{0}, {0, 1}, 0, 1, "lost"});
  FindingsModel model;
  model.set(report, anomalies, {});
  ASSERT_EQ(model.rowCount(), 3);
  EXPECT_TRUE(model.index(0).data().toString().contains(QStringLiteral("lost")));
  EXPECT_EQ(model.index(1).data().toString().toStdString(), "few");
  EXPECT_TRUE(model.index(2).data().toString().contains(QStringLiteral("(and 4 more like it)")));
  EXPECT_EQ(model.count(FindingsModel::Level::info), 2);
}

TEST(FindingsModel, SaysWhatToDoInTheWindow) {
  Report report;
  for (const char* code :
       {"no_voltage", "shunt_not_stated", "output_off", "negative_power", "no_events", "event_withheld",
        "edges_ignored", "idle_unsettled", "inadequate", "no_useful_event"})
    report.findings.push_back({code, FindingSeverity::info, "Something is lacking.", "Use --option of=it."});
  FindingsModel model;
  model.set(report, {}, {});
  ASSERT_EQ(model.rowCount(), 10);
  for (int row = 0; row < model.rowCount(); ++row) {
    const QString text = model.index(row).data().toString();
    EXPECT_TRUE(text.startsWith("Something is lacking. ")) << text.toStdString();
    EXPECT_FALSE(text.contains("--")) << text.toStdString();
  }
  EXPECT_EQ(whole_message(report.findings[0]), "Something is lacking. Use --option of=it.");
}

TEST(FindingsModel, LeavesWhatIsTheSame) {
  Report report;
  report.findings = {{"smeared", FindingSeverity::info, "a tail"}};
  FindingsModel model;
  model.set(report, {}, {});
  const QPersistentModelIndex selected = model.index(0);
  model.set(report, {}, {});
  EXPECT_TRUE(selected.isValid());
  report.findings[0].message = "a longer tail";
  model.set(report, {}, {});
  EXPECT_FALSE(selected.isValid());
}

TEST(FindingsModel, TellsDoubtsOfTheAnalysisBesideTheCapturesOwnOfTheirKind) {
  Report report;
  Anomaly own;  // an importer's, which had no log to pair by
  own.kind = AnomalyKind::unpaired_marker;
  own.severity = Severity::info;
  own.message = "no log: the windows are by the edges";
  report.quality.told_once = {
      {own.kind, Severity::info, 1, own.message},
      {own.kind, Severity::doubtful, 3, "an edge has no partner (and 2 more like it)"}};
  FindingsModel model;
  model.set(report, {own}, {});
  ASSERT_EQ(model.rowCount(), 2);
  EXPECT_EQ(model.level_of(0), FindingsModel::Level::warning);
  EXPECT_EQ(model.index(0).data().toString().toStdString(), "an edge has no partner (and 2 more like it)");
  report.quality.told_once = {{own.kind, Severity::info, 4, "both (and 3 more like it)"}};
  model.set(report, {own}, {});
  EXPECT_EQ(model.rowCount(), 2) << "three of the four are the analysis's";
}

TEST(Tiles, ShowTheCostliestEventWithItsIntervalAndMethod) {
  auto analysis = std::make_shared<Analysis>(*example());
  EventReport& inference = analysis->report.events[0];
  inference.count = 3;
  inference.energy_j.mean = 1.482e-3;
  inference.energy_j.ci95 = Interval{1.482e-3 - 4.446e-6, 1.482e-3 + 4.446e-6};
  inference.latency_s.mean = 23.1e-3;
  inference.latency_s.p95 = 24e-3;
  inference.method = Method::excess;
  inference.guard_s = 1e-3;
  const std::vector<Tile> tiles = headline_tiles(*analysis);
  ASSERT_EQ(tiles.size(), empty_tiles().size());
  EXPECT_EQ(tiles[0].title.toStdString(), "Energy / inference");
  EXPECT_EQ((tiles[0].figure.number + tiles[0].figure.unit).toStdString(), "1.482mJ");
  EXPECT_EQ(tiles[0].uncertainty.toStdString(), "\u00b1 0.30\u00a0%");
  EXPECT_EQ(tiles[0].note.toStdString(), "3 windows, by excess, guard 1.00\u00a0ms");
  EXPECT_EQ(tiles[0].history, (std::vector<double>{1.5e-3, 1.2e-3}));
  EXPECT_EQ(tiles[3].uncertainty.toStdString(), "p95 24.00\u00a0ms");
  EXPECT_EQ(headline_tiles(*analysis, true)[0].note.toStdString(), "newest 1.200\u00a0mJ, 3 by excess");
}

TEST(Tiles, TellARangeOnlyInDigitsThatDiffer) {
  auto analysis = std::make_shared<Analysis>(*example());
  EventReport& inference = analysis->report.events[0];
  inference.count = 1;
  inference.energy_j.mean = 1e-3;
  const auto note = [&](double min, double max) {
    inference.latency_s.min = min;
    inference.latency_s.max = max;
    return headline_tiles(*analysis)[3].note.toStdString();
  };
  EXPECT_EQ(note(0.02, 0.025), "20.0\u00a0ms to 25.0\u00a0ms");
  EXPECT_EQ(note(0.10521, 0.10523), "105.21\u00a0ms to 105.23\u00a0ms");
  EXPECT_EQ(note(0.105, 0.105), "");
  EXPECT_EQ(note(0.105, 0.105 + 1e-9), "");
  EXPECT_EQ(headline_tiles(*analysis)[0].note.toStdString(), "1 window, by integral");
}

}  // namespace
}  // namespace joulemark
