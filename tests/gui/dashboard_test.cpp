// SPDX-License-Identifier: GPL-3.0-or-later
// The window as a person uses it. Figures are compared with the command line's.
#include <app/dashboard/banner.h>
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/event_dock.h>
#include <app/dashboard/overlay.h>
#include <app/dashboard/pane.h>
#include <app/dashboard/state_bar.h>
#include <app/dashboard/tile_row.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/import_job.h>
#include <app/models/instrument_list.h>
#include <app/models/text.h>
#include <app/recording/instruments.h>

#include <tests/gui/window_fixture.h>

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QJsonArray>
#include <QJsonObject>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QTableView>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>

using namespace joulemark;

class DashboardTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { record_sample(); }
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void emptyWindowSaysWhatToDo();
  void wheelZoomsAtThePointer();
  void dragPansAndShiftDragSelects();
  void cursorsShowWhatTheCommandLineReports();
  void theSecondPairOfCursorsHasFiguresOfItsOwn();
  void figuresOfAnotherStretchAreNeverTold();
  void theMinimapGoesWhereItIsClicked();
  void theLogarithmicAxisReachesFromIdleToPeak();
  void aClickOnAnEventGoesThere();
  void aDoubleClickGoesToTheEventAndBack();
  void keysGoFromEventToEvent();
  void keysGoOnWhereTheyWereAfterAnEdit();
  void whatIsTypedIntoARuleIsNoShortcut();
  void foldsEventsAndGoesToTheOddest();
  void theEnsembleIsOfTheEventThatWasChosen();
  void findingsLeadToTheirPlace();
  void manyShortGapsLeaveTheDataInSight();
  void whatCannotBeReadIsToldOnce();
  void aBrokenFileIsRefusedInWords();
  void aBrokenFileLeavesWhatIsOpen();
  void figuresOfOneCaptureNeverStandBesideAnother();
  void aBrokenImportIsRefusedInWords();
  void darkAndLightAreBothDrawn();
  void theTitleSaysWhatRecordedIt();
  void aLongNameOfTheInstrumentHasTheFreeRoom();
  void aWiderWindowHasAWiderDock();
  void tabsHaveOneUnderline();

 private:
  void wheel(const QPoint& where, int notches);
};

namespace {

// Has a line over the whole time, of which nothing can be read.
class Unreadable final : public WaveSource {
 public:
  Unreadable() { info_.channels.resize(1); }
  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] TimeRange extent() const override { return {0, 1'000'000'000}; }
  [[nodiscard]] bool has(Quantity quantity) const override { return quantity == Quantity::current; }
  [[nodiscard]] std::vector<ViewColumn> columns(Quantity, TimeRange, std::size_t) override {
    trouble_ = "block 7 is damaged";
    return {};
  }
  [[nodiscard]] std::vector<LaneColumn> lanes(std::size_t, TimeRange, std::size_t) override { return {}; }
  [[nodiscard]] const std::vector<TimeRange>& gaps() const override { return gaps_; }

 private:
  CaptureInfo info_;
  std::vector<TimeRange> gaps_;
};

}  // namespace

void DashboardTest::wheel(const QPoint& where, int notches) {
  QWheelEvent event(where, plot()->mapToGlobal(where), {}, {0, 120 * notches}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(plot(), &event);
}

void DashboardTest::emptyWindowSaysWhatToDo() {
  QVERIFY(window_->document() == nullptr);
  QCOMPARE(window_->tiles().tile(0).tile().figure.number, QString(QChar(0x2014)));
  QVERIFY(!window_->tiles().tile(0).tile().note.isEmpty());
}

void DashboardTest::wheelZoomsAtThePointer() {
  open(sample_);
  const TimeRange all = window_->time_window().range();
  const QRectF area = window_->waveform().pane(Quantity::current)->plot();
  const double part = (at(0.25).x() - area.left()) / area.width();
  wheel(at(0.25), 3);
  const TimeRange closer = window_->time_window().range();
  QCOMPARE(static_cast<double>(closer.length_ns()) / static_cast<double>(all.length_ns()), 0.8 * 0.8 * 0.8);
  const auto under = [&](TimeRange range) {
    return static_cast<double>(range.begin_ns) + part * static_cast<double>(range.length_ns());
  };
  QVERIFY(std::abs(under(all) - under(closer)) < 10);
  QTest::keyClick(window_.get(), Qt::Key_A);
  QVERIFY(window_->time_window().range() == all);
  QTest::keyClick(window_.get(), Qt::Key_Backspace);
  QVERIFY(window_->time_window().range() == closer);
}

void DashboardTest::dragPansAndShiftDragSelects() {
  open(sample_);
  window_->time_window().show({5'000'000'000, 15'000'000'000});
  QTest::mousePress(plot(), Qt::LeftButton, {}, at(0.5));
  QTest::mouseMove(plot(), at(0.3));
  QTest::mouseRelease(plot(), Qt::LeftButton, {}, at(0.3));
  QVERIFY(std::abs(window_->time_window().range().begin_ns - 7'000'000'000) < 30'000'000);
  QTest::mousePress(plot(), Qt::LeftButton, Qt::ShiftModifier, at(0.2));
  QTest::mouseMove(plot(), at(0.6));
  QTest::mouseRelease(plot(), Qt::LeftButton, Qt::ShiftModifier, at(0.6));
  const auto selected = window_->time_window().cursors(0);
  QVERIFY(selected.has_value());
  QVERIFY(std::abs(selected->length_ns() - 4'000'000'000) < 30'000'000);
  QTest::keyClick(window_.get(), Qt::Key_Z);
  QVERIFY(window_->time_window().range() == *selected);
}

void DashboardTest::cursorsShowWhatTheCommandLineReports() {
  open(sample_);
  const TimeRange between{6'123'456'789, 17'987'654'321};
  window_->time_window().set_cursors(0, between);
  QTRY_VERIFY_WITH_TIMEOUT(window_->waveform().stats(0).has_value(), k_patience_ms);
  const WindowStats stats = *window_->waveform().stats(0);
  const QJsonObject report =
      reported({window_->document()->path(), "--window", "mine=6123456789ns..17987654321ns"});
  const QJsonObject mine = report["events"].toArray().last().toObject();
  QCOMPARE(mine["name"].toString(), QStringLiteral("mine"));
  QVERIFY(*stats.energy_j == mine["energy_j"]["mean"].toDouble());
  QVERIFY(*stats.charge_c == mine["charge_c"]["mean"].toDouble());
  QVERIFY(stats.power_w->mean == mine["power_w"]["mean"].toDouble());
  QVERIFY(stats.current_a->max == mine["peak_current_a"]["mean"].toDouble());
  QTest::keyClick(window_.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
  QVERIFY(QApplication::clipboard()->text().contains(QStringLiteral("charge")));
}

void DashboardTest::theSecondPairOfCursorsHasFiguresOfItsOwn() {
  open(sample_);
  QTest::keyClick(window_.get(), Qt::Key_C);
  QTest::keyClick(window_.get(), Qt::Key_C, Qt::ShiftModifier);
  QTRY_VERIFY_WITH_TIMEOUT(window_->waveform().stats(0) && window_->waveform().stats(1), k_patience_ms);
  QVERIFY(window_->waveform().stats(0)->time == *window_->time_window().cursors(0));
  QVERIFY(window_->waveform().stats(1)->time == *window_->time_window().cursors(1));
  QVERIFY(window_->waveform().stats(1)->time.length_ns() > window_->waveform().stats(0)->time.length_ns());
  QTest::keyClick(window_.get(), Qt::Key_X);
  QVERIFY(!window_->waveform().stats(0) && !window_->waveform().stats(1));
}

void DashboardTest::figuresOfAnotherStretchAreNeverTold() {
  open(sample_);
  TimeWindow& window = window_->time_window();
  const auto& stats = window_->waveform().stats(0);
  window.set_cursors(0, TimeRange{6'000'000'000, 7'000'000'000});
  QTRY_VERIFY_WITH_TIMEOUT(stats.has_value(), k_patience_ms);
  window.set_cursors(0, TimeRange{8'000'000'000, 9'000'000'000});
  QVERIFY(!stats);
  QTRY_VERIFY_WITH_TIMEOUT(stats.has_value(), k_patience_ms);
  window.set_cursors(0, TimeRange{9'000'000'000, 9'000'000'000});  // they meet
  QVERIFY(!stats);
  QVERIFY(QFile::remove(window_->document()->path()));
  window.set_cursors(0, TimeRange{8'000'000'000, 9'000'000'000});
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("between the cursors")),
                           k_patience_ms);
  QVERIFY(!stats);
}

void DashboardTest::theMinimapGoesWhereItIsClicked() {
  open(sample_);
  window_->time_window().show({1'000'000'000, 3'000'000'000});
  auto* map = field(*window_, QStringLiteral("The whole recording"));
  QVERIFY(map != nullptr);
  const QRectF area = window_->waveform().pane(Quantity::current)->plot();
  const QPoint middle(qRound(area.center().x()), map->height() / 2);
  QTest::mouseClick(map, Qt::LeftButton, {}, middle);
  const TimeRange range = window_->time_window().range();
  QCOMPARE(range.length_ns(), TimeNs{2'000'000'000});
  QVERIFY(std::abs(range.begin_ns + range.length_ns() / 2 - 15'000'000'000) < 60'000'000);
}

void DashboardTest::theLogarithmicAxisReachesFromIdleToPeak() {
  open(sample_);
  QTest::keyClick(window_.get(), Qt::Key_G);
  const auto [low, high] = window_->waveform().pane(Quantity::current)->shown_limits();
  // Idle is 15 uA and the peak some 30 mA: whole decades around them.
  QVERIFY(low <= 15e-6 && low >= 1e-9);
  QVERIFY(high >= 30e-3 && high <= 1);
  const double decades = std::log10(high / low);
  QVERIFY(std::abs(decades - std::round(decades)) < 1e-9);
  QTest::keyClick(window_.get(), Qt::Key_G);
}

void DashboardTest::aClickOnAnEventGoesThere() {
  open(sample_);
  const TimeRange all = window_->time_window().range();
  auto* table = qobject_cast<QTableView*>(field(window_->event_dock(), QStringLiteral("Events")));
  QVERIFY(table != nullptr);
  const auto click_row = [&](int row) {
    const QModelIndex cell = table->model()->index(row, EventTable::name);
    table->scrollTo(cell);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(cell).center());
  };
  click_row(4);
  const TimeRange event = window_->events().time_of(window_->events().event_at(4));
  const TimeRange near = window_->time_window().range();
  QVERIFY(window_->time_window().cursors(0) == event);
  QVERIFY(near.begin_ns < event.begin_ns && near.end_ns > event.end_ns);
  QVERIFY(near.length_ns() < 3 * event.length_ns());
  const TimeNs middle = event.begin_ns + event.length_ns() / 2;
  QVERIFY(window_->waveform().event_at(middle).has_value());
  window_->time_window().back();
  QVERIFY(window_->time_window().range() == all);  // one click, one step
  click_row(4);                                    // the current row leads there once more
  QVERIFY(window_->time_window().range() == near);
}

void DashboardTest::aDoubleClickGoesToTheEventAndBack() {
  open(sample_);
  const std::size_t chosen = window_->events().event_at(4);
  const TimeRange event = window_->events().time_of(chosen);
  const TimeRange around{event.begin_ns - event.length_ns() / 2, event.end_ns + event.length_ns() / 2};
  window_->time_window().show(around);
  QTest::qWait(50);
  QTest::mouseDClick(plot(), Qt::LeftButton, {}, at(0.5));
  QVERIFY(window_->time_window().cursors(0).has_value());
  QVERIFY(window_->time_window().range() != around);
  QTest::keyClick(window_.get(), Qt::Key_Backspace);
  QVERIFY(window_->time_window().range() == around);
}

void DashboardTest::keysGoFromEventToEvent() {
  open(sample_);
  QTest::keyClick(window_.get(), Qt::Key_1);
  QVERIFY(window_->time_window().cursors(0) == window_->events().time_of(window_->events().event_at(0)));
  QTest::keyClick(window_.get(), Qt::Key_N);
  QVERIFY(window_->time_window().cursors(0) == window_->events().time_of(window_->events().event_at(1)));
  QTest::keyClick(window_.get(), Qt::Key_P);
  QVERIFY(window_->time_window().cursors(0) == window_->events().time_of(window_->events().event_at(0)));
}

void DashboardTest::keysGoOnWhereTheyWereAfterAnEdit() {
  open(sample_);
  for (int i = 0; i < 5; ++i)
    QTest::keyClick(window_.get(), Qt::Key_N);
  const auto before = window_->document()->analysis();
  EventSetup setup = window_->document()->setup();
  setup.useful.reset();
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("none")).has_value());
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before, k_patience_ms);
  QTest::keyClick(window_.get(), Qt::Key_N);
  QVERIFY(window_->time_window().cursors(0) == window_->events().time_of(window_->events().event_at(5)));
}

void DashboardTest::whatIsTypedIntoARuleIsNoShortcut() {
  open(sample_);
  auto* rules = window_->findChild<QTableView*>(QStringLiteral("rules.table"));
  rules->setCurrentIndex(window_->rules().index(0, RuleTable::repeat));
  rules->setFocus();
  QKeyEvent press(QEvent::ShortcutOverride, Qt::Key_5, Qt::NoModifier, QStringLiteral("5"));
  press.ignore();
  QApplication::sendEvent(rules, &press);
  QVERIFY(press.isAccepted());
}

void DashboardTest::foldsEventsAndGoesToTheOddest() {
  open(sample_);
  QTRY_VERIFY_WITH_TIMEOUT(window_->ensemble_dock().ensemble() != nullptr, k_patience_ms);
  const Ensemble& ensemble = *window_->ensemble_dock().ensemble();
  QVERIFY(ensemble.folded > 10);
  QVERIFY(ensemble.by_distance[0].distance >= ensemble.by_distance[1].distance);
  const TimeRange odd = window_->events().time_of(ensemble.by_distance[0].event);
  window_->show_dock(QStringLiteral("ensemble"));
  QTest::qWait(50);
  auto* list =
      qobject_cast<QListWidget*>(field(window_->ensemble_dock(), QStringLiteral("The oddest events")));
  QVERIFY(list != nullptr);
  for (int time = 0; time < 2; ++time) {  // the row that is current already leads there, too
    window_->time_window().set_cursors(0, std::nullopt);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualItemRect(list->item(0)).center());
    QVERIFY(window_->time_window().cursors(0) == odd);
  }
}

void DashboardTest::theEnsembleIsOfTheEventThatWasChosen() {
  open(sample_);
  const Analysis& analysis = *window_->document()->analysis();
  std::set<std::string> names;
  for (std::size_t row = 0; row < 12; ++row) {
    QTest::keyClick(window_.get(), Qt::Key_N);
    const EventRow& chosen = analysis.rows[window_->events().event_at(static_cast<int>(row))];
    QVERIFY(window_->time_window().cursors(0) == chosen.time);
    const std::string& name = analysis.report.events[chosen.name].name;
    QCOMPARE(window_->ensemble_dock().name().toStdString(), name);
    names.insert(name);
  }
  QVERIFY(names.size() > 1);
}

void DashboardTest::findingsLeadToTheirPlace() {
  open(sample_);
  QVERIFY(window_->findings().count(FindingsModel::Level::lost) == 1);
  QCOMPARE(window_->document()->gaps().size(), std::size_t{1});
  const TimeRange gap{4'000'000'000, 4'080'000'000};  // as the simulation was told
  auto* list = qobject_cast<QListView*>(field(*window_, QStringLiteral("Findings")));
  QVERIFY(list != nullptr);
  const QRect row = list->visualRect(list->model()->index(0, 0));
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, row.center());
  const TimeRange shown = window_->time_window().range();
  QVERIFY(shown.begin_ns < gap.begin_ns && shown.end_ns > gap.end_ns);
  QVERIFY(shown.length_ns() < 10 * gap.length_ns());
}

void DashboardTest::manyShortGapsLeaveTheDataInSight() {
  std::vector<TimeRange> gaps;  // a hundred thousand of 1 us, 100 us apart
  for (TimeNs at = 0; at < 10'000'000'000; at += 100'000)
    gaps.push_back({at, at + 1000});
  const TimeRange all{0, 10'000'000'000};
  const auto joined = visible_gaps(gaps, all, 1000);
  QCOMPARE(joined.size(), std::size_t{1});
  QVERIFY(!joined[0].whole);
  QVERIFY((joined[0].time == TimeRange{0, 9'999'901'000}));
  const auto near = visible_gaps(gaps, {5'000'050'000, 5'000'350'000}, 1000);
  QCOMPARE(near.size(), std::size_t{3});
  QVERIFY(near[0].whole);
  QVERIFY((near[0].time == TimeRange{5'000'100'000, 5'000'101'000}));

  QImage image(1000, 40, QImage::Format_RGB32);
  image.fill(Qt::white);  // what was measured
  {
    QPainter painter(&image);
    paint_gaps(painter, joined, {all, 0, 1000}, {0, 0, 1000, 40});
  }
  int in_sight = 0;
  for (int x = 0; x < image.width(); ++x)
    in_sight += image.pixelColor(x, 20) == QColor(Qt::white) ? 1 : 0;
  QVERIFY(in_sight > image.width() / 2 && in_sight < image.width());
}

void DashboardTest::whatCannotBeReadIsToldOnce() {
  Unreadable source;
  window_->waveform().set_source(&source);
  window_->waveform().refresh();
  QVERIFY(window_->banner().text().contains(QStringLiteral("block 7 is damaged")));
  click(QStringLiteral("Dismiss"));
  window_->waveform().refresh();
  QCOMPARE(window_->banner().text(), QString());
  window_->waveform().set_source(nullptr);
}

void DashboardTest::aBrokenFileIsRefusedInWords() {
  std::ofstream(path("broken.jmk").toStdString()) << "this is no capture";
  window_->open_file(path("broken.jmk"));
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("broken.jmk")), k_patience_ms);
  QTRY_VERIFY(window_->document() == nullptr);
}

void DashboardTest::aBrokenFileLeavesWhatIsOpen() {
  open(sample_);
  const QString file = window_->document()->path();
  const QString title = window_->windowTitle();
  std::ofstream(path("broken.jmk").toStdString()) << "this is no capture";
  window_->open_file(path("broken.jmk"));
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("broken.jmk")), k_patience_ms);
  QVERIFY(window_->document() != nullptr);
  QCOMPARE(window_->document()->path(), file);
  QCOMPARE(window_->windowTitle(), title);
  QVERIFY(has_figures() && window_->events().rowCount() > 0);
}

void DashboardTest::figuresOfOneCaptureNeverStandBesideAnother() {
  open(sample_);
  QVERIFY(has_figures());
  const QString other = path("other.jmk");
  QVERIFY(QFile::copy(sample_, other));
  int seen = 0;
  connect(&window_->rules(), &QAbstractItemModel::modelReset, this, [&] {
    CaptureDocument* document = window_->document();
    if (document == nullptr || document->path() != other || document->analysis()) return;
    ++seen;  // the other one is open and not measured yet
    QVERIFY(!has_figures());
    QCOMPARE(window_->events().rowCount(), 0);
    QCOMPARE(window_->findings().rowCount(), 0);
    QVERIFY(window_->ensemble_dock().name().isEmpty());
  });
  window_->open_file(other);
  settle();
  QVERIFY(seen > 0);
  QVERIFY(has_figures());
}

void DashboardTest::aBrokenImportIsRefusedInWords() {
  std::ofstream(path("broken.csv").toStdString()) << "no table\nat all\n";
  window_->start_import(
      {{path("broken.csv").toStdString()}, "csv", {}, path("broken-import.jmk").toStdString(), false});
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("Not imported")), k_patience_ms);
  QVERIFY(window_->banner().text().contains(QStringLiteral("broken.csv")));
  QVERIFY(!QFile::exists(path("broken-import.jmk")));
}

void DashboardTest::darkAndLightAreBothDrawn() {
  open(sample_);
  window_->set_dark(true);
  const QColor dark = window_->grab().toImage().pixelColor(3, 400);
  window_->set_dark(false);
  const QColor light = window_->grab().toImage().pixelColor(3, 400);
  QVERIFY(dark.lightness() < 60);
  QVERIFY(light.lightness() > 200);
  window_->set_dark(true);
}

// Though another instrument is chosen to record from next.
void DashboardTest::theTitleSaysWhatRecordedIt() {
  open(sample_);
  window_->set_instrument(QStringLiteral("monsoon:"));
  const InstrumentIdentity& instrument = window_->document()->info().instrument;
  QVERIFY(!instrument.model.empty());
  const QString model = QString::fromStdString(instrument.model);
  QVERIFY2(window_->windowTitle().contains(model), qPrintable(window_->windowTitle()));
  const auto labels = window_->findChildren<QLabel*>();
  QVERIFY(std::ranges::any_of(labels, [&](const QLabel* label) {
    return label->isVisible() && label->toolTip().contains(model) &&
           label->toolTip().contains(QString::fromStdString(instrument.uri));
  }));
  window_->resize(2560, 1440);  // which has room for all of it
  QTRY_VERIFY(std::ranges::any_of(labels, [&](const QLabel* label) {
    return label->text().contains(instrument_text(instrument).toHtmlEscaped());
  }));
}

void DashboardTest::aLongNameOfTheInstrumentHasTheFreeRoom() {
  InstrumentList list(make_registry());
  StateBar bar(list);
  CaptureInfo info;
  info.instrument.model =
      "Power shield with a name that is longer than a narrow window has room for, rev. C-01";
  bar.show_capture(info, 1, 0, false, path("nowhere"));
  bar.show();
  const auto labels = bar.findChildren<QLabel*>();
  const auto shown = std::ranges::find_if(
      labels, [](const QLabel* label) { return label->text().contains(QStringLiteral("Power sh")); });
  QVERIFY(shown != labels.end());
  bar.resize(2560, bar.height());
  QTRY_VERIFY2((*shown)->text().contains(QStringLiteral("rev. C-01")), qPrintable((*shown)->text()));
  bar.resize(1100, bar.height());
  QTRY_VERIFY2((*shown)->text().contains(QChar(0x2026)), qPrintable((*shown)->text()));
  QVERIFY((*shown)->sizeHint().width() <= (*shown)->width());
}

void DashboardTest::aWiderWindowHasAWiderDock() {
  auto* dock = window_->findChild<QDockWidget*>(QStringLiteral("events"));
  const int before = dock->width();
  window_->resize(2560, 1440);
  QTRY_VERIFY2(dock->width() > before + 300, qPrintable(QString::number(dock->width())));
  window_->resize(1280, 800);
  QTRY_COMPARE(dock->width(), before);
  window_->resizeDocks({dock}, {before + 60}, Qt::Horizontal);
  QApplication::processEvents();
  window_->resize(1600, 800);
  QApplication::processEvents();
  QCOMPARE(dock->width(), before + 60);  // as somebody made it
}

void DashboardTest::tabsHaveOneUnderline() {
  const auto* dock = window_->findChild<QDockWidget*>(QStringLiteral("events"));
  const QImage grip = dock->titleBarWidget()->grab().toImage();
  const QColor bare = grip.pixelColor(1, 1);
  for (int x = 1; x < grip.width() - 1; ++x)
    QCOMPARE(grip.pixelColor(x, grip.height() / 2), bare);
  const auto* alone = window_->findChild<QDockWidget*>(QStringLiteral("findings"));
  const QImage line = alone->titleBarWidget()->grab().toImage();
  QVERIFY(line.pixelColor(line.width() / 2, line.height() / 2) != line.pixelColor(1, 1));
}

QTEST_MAIN(DashboardTest)
#include "dashboard_test.moc"
