// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn stays drawable and readable, whatever the values, the limits and the number of lines are.
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/lane_view.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/time_window.h>

#include <QApplication>
#include <QScrollBar>
#include <QTest>
#include <QWheelEvent>

using namespace joulemark;

class PanesTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { use_theme(*qApp, true); }

  void negativeEventsAreDrawnTheRightWayUp();
  void manyLinesGetThinner();
  void thirtyTwoLinesAreReachedByScrolling();
};

namespace {

constexpr TimeRange k_second{0, 1'000'000'000};

std::vector<ViewColumn> columns_between(std::size_t count, double min, double max) {
  return std::vector<ViewColumn>(count, ViewColumn{k_second, 1, min, max, (min + max) / 2, 0});
}

// Power alone, or current alone, and so many lines.
class Still final : public WaveSource {
 public:
  Still(Quantity quantity, std::uint32_t lines) : quantity_(quantity) {
    info_.channels.resize(1);
    for (std::uint32_t i = 0; i < lines; ++i)
      info_.lines.push_back({LineId{i}, "line"});
  }
  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] TimeRange extent() const override { return k_second; }
  [[nodiscard]] bool has(Quantity quantity) const override { return quantity == quantity_; }
  [[nodiscard]] std::vector<ViewColumn> columns(Quantity, TimeRange, std::size_t count) override {
    return columns_between(count, 1e-3, 2e-3);
  }
  [[nodiscard]] std::vector<LaneColumn> lanes(TimeRange, std::size_t count) override {
    return std::vector<LaneColumn>(count, LaneColumn{0xFFFFFFFF, 0});
  }
  [[nodiscard]] const std::vector<TimeRange>& gaps() const override { return gaps_; }

 private:
  Quantity quantity_;
  CaptureInfo info_;
  std::vector<TimeRange> gaps_;
};

struct ShownView {
  TimeWindow window;
  WaveformView view{window};
  LaneView* lanes = nullptr;

  explicit ShownView(WaveSource& source, int height = 560) {
    view.resize(890, height);
    view.show();
    window.set_limits(k_second, 1000);
    view.set_source(&source);
    QApplication::processEvents();
    for (auto* widget : view.findChildren<QWidget*>()) {
      if (auto* found = dynamic_cast<LaneView*>(widget)) lanes = found;
    }
  }
  [[nodiscard]] bool in_sight(std::size_t lane) const {
    return QRectF(lanes->rect()).contains(lanes->lane_area(lane));
  }
};

}  // namespace

void PanesTest::negativeEventsAreDrawnTheRightWayUp() {
  for (const double sign : {-1.0, 1.0, 0.0}) {
    Ensemble ensemble;
    ensemble.p05 = {sign * 2 - 0.5, sign * 3 - 0.5};
    ensemble.p95 = {sign * 2 - 0.1, sign * 3 - 0.1};
    const auto [low, high] = value_limits(ensemble);
    QVERIFY(low < high);
    QVERIFY(low <= 0 && high >= 0);
    for (std::size_t i = 0; i < 2; ++i)
      QVERIFY(low <= ensemble.p05[i] && high >= ensemble.p95[i]);
  }
}

void PanesTest::manyLinesGetThinner() {
  Still source(Quantity::current, 12);
  const ShownView shown(source, 430);
  QVERIFY(shown.lanes != nullptr);
  QVERIFY(shown.view.height() - shown.lanes->height() > shown.view.height() / 2);  // samples before lines
  for (std::size_t lane = 0; lane < 12; ++lane)
    QVERIFY2(shown.in_sight(lane), qPrintable(QString::number(lane)));
  QVERIFY(shown.lanes->lane_area(0).height() >= QFontMetrics(label_font()).ascent());
}

void PanesTest::thirtyTwoLinesAreReachedByScrolling() {
  Still source(Quantity::current, 32);
  const ShownView shown(source);
  QVERIFY(shown.lanes != nullptr);
  QVERIFY(shown.view.height() - shown.lanes->height() > shown.view.height() / 2);  // samples before lines
  QVERIFY(shown.lanes->lane_area(0).height() >= QFontMetrics(label_font()).ascent());
  QVERIFY(shown.in_sight(0));
  QVERIFY(!shown.in_sight(31));
  const QPointF names(20, 20);
  const TimeRange before = shown.window.range();
  for (int notch = 0; notch < 20; ++notch) {
    QWheelEvent event(names, shown.lanes->mapToGlobal(names), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(shown.lanes, &event);
  }
  QVERIFY(shown.in_sight(31));
  QVERIFY(!shown.in_sight(0));
  QVERIFY(shown.window.range() == before);
  shown.lanes->findChild<QScrollBar*>()->setValue(0);
  QVERIFY(shown.in_sight(0));
}

QTEST_MAIN(PanesTest)
#include "panes_test.moc"
