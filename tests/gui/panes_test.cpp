// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn stays drawable and readable, whatever the values, the limits and the number of lines are.
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/event_dock.h>
#include <app/dashboard/figure_box.h>
#include <app/dashboard/lane_view.h>
#include <app/dashboard/minimap.h>
#include <app/dashboard/overlay.h>
#include <app/dashboard/pane.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/time_axis.h>
#include <app/dashboard/waveform_view.h>
#include <app/dashboard/whole_rows.h>
#include <app/models/event_table.h>
#include <app/models/time_window.h>

#include <QApplication>
#include <QLabel>
#include <QListWidget>
#include <QScrollBar>
#include <QTest>
#include <QWheelEvent>
#include <cmath>
#include <cstdlib>
#include <limits>

using namespace joulemark;

class PanesTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { use_theme(*qApp, true); }

  void limitsOfALogarithmicAxisStayAboveZero();
  void zoomingValuesForEverStaysFinite();
  void limitsWithoutEndChangeNothing();
  void valuesFarOutsideFillTheBand();
  void theFirstPaneShownTellsTheTime();
  void figuresBetweenCursorsAreToldApart();
  void figuresHideNothingOfTheTrace_data();
  void figuresHideNothingOfTheTrace();
  void aNarrowStripHasTheFirstFigures();
  void oneEventIsToldAsOne();
  void negativeEventsAreDrawnTheRightWayUp();
  void anEnsembleOfNearlyTheSameFillsItsAxis();
  void theOverviewShowsWhatHardlyChanges();
  void manyLinesGetThinner();
  void aLineOfUnknownLevelSaysSo();
  void thirtyTwoLinesAreReachedByScrolling();
  void eventsFromFallToFallAreSeenOnTheirLane();
  void linesBeyondThirtyTwoAreDrawn();
  void aTickNearTheTopOfALowPaneIsNamed();
  void everyHeightHasTicksEnoughAndOneNearTheTop();
  void fewDecadesAreParted();
  void theTimeAxisBeginsWithItsFirstTick();
  void aMarkerIsNotHiddenByACursor();
  void aListEndsWithAWholeRow();
};

namespace {

constexpr TimeRange k_second{0, 1'000'000'000};

std::vector<ViewColumn> columns_between(std::size_t count, double min, double max) {
  return std::vector<ViewColumn>(count, ViewColumn{k_second, 1, min, max, (min + max) / 2, 0});
}

struct ShownPane {
  Pane pane{Quantity::current};

  ShownPane(double min, double max) {
    pane.resize(800, 300);
    pane.show();
    Overlay overlay;
    overlay.range = k_second;
    pane.show_columns(columns_between(pane.columns_wanted(), min, max), overlay);
  }
  [[nodiscard]] QColor colour_at(double x, double y) {
    const QRectF area = pane.plot();
    const QPointF at(area.left() + x * area.width(), area.top() + y * area.height());
    return pane.grab().toImage().pixelColor(at.toPoint());
  }
};

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
  [[nodiscard]] std::vector<LaneColumn> lanes(std::size_t first, TimeRange, std::size_t count) override {
    return std::vector<LaneColumn>(count, first == 0 ? LaneColumn{0xFFFFFFFF, 0} : LaneColumn{1U << 7, 0});
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

void PanesTest::limitsOfALogarithmicAxisStayAboveZero() {
  ShownPane shown(1e-6, 1e-2);
  shown.pane.set_logarithmic(true);
  for (const Pane::Limits& limits :
       {Pane::Limits{0, 0.05}, {-1, 0.05}, {-2, -1}, {1e-3, 1e-3}, {1e300, 1e308}, {1e-300, 1e-200}}) {
    shown.pane.set_limits(limits);
    const auto [low, high] = shown.pane.shown_limits();
    QVERIFY2(low >= 1e-12 && high >= 1.009 * low && high <= 1.02e6,
             qPrintable(QStringLiteral("%1 to %2").arg(low).arg(high)));
    QVERIFY(!shown.pane.grab().isNull());
  }
}

void PanesTest::zoomingValuesForEverStaysFinite() {
  for (const bool logarithmic : {true, false}) {
    for (const double factor : {1.25, 0.8, 1e200}) {
      ShownPane shown(1e-6, 1e-2);
      shown.pane.set_logarithmic(logarithmic);
      for (int notch = 0; notch < 300; ++notch) {
        shown.pane.zoom_value(factor, 100);
        const auto [low, high] = shown.pane.shown_limits();
        QVERIFY(std::isfinite(low) && std::isfinite(high) && high > low);
        QVERIFY(high < 1.1e9 && low > -1.1e9 && (!logarithmic || low > 0));
      }
      QVERIFY(!shown.pane.grab().isNull());
    }
  }
}

void PanesTest::limitsWithoutEndChangeNothing() {
  constexpr double k_endless = std::numeric_limits<double>::infinity();
  ShownPane shown(1e-6, 1e-2);
  shown.pane.set_limits(Pane::Limits{0, 1});
  for (const Pane::Limits& limits :
       {Pane::Limits{0, k_endless}, {-k_endless, 1}, {std::numeric_limits<double>::quiet_NaN(), 1}}) {
    shown.pane.set_limits(limits);
    QVERIFY((shown.pane.shown_limits() == Pane::Limits{0, 1}));
  }
  shown.pane.set_limits(std::nullopt);
  Overlay overlay;
  overlay.range = k_second;
  shown.pane.show_columns(columns_between(100, 0, k_endless), overlay);
  QVERIFY(std::isfinite(shown.pane.shown_limits().second));
}

// From half the height down to below it all; from above it all to half the height.
void PanesTest::valuesFarOutsideFillTheBand() {
  for (const auto& [min, max] : {std::pair{-1.0, 0.5e-9}, {0.5e-9, 1.0}}) {
    ShownPane shown(min, max);
    shown.pane.set_limits(Pane::Limits{0, 1e-9});
    const QColor upper = shown.colour_at(0.3, 0.3);
    const QColor lower = shown.colour_at(0.3, 0.7);
    QVERIFY2(upper != lower, qPrintable(upper.name() + lower.name()));
    QCOMPARE(min < 0 ? upper : lower, theme().surface);
  }
}

void PanesTest::theFirstPaneShownTellsTheTime() {
  WindowStats stats;
  stats.time = {0, 2'000'000'000};
  stats.missing_s = 0.5;
  stats.power_w = QuantityStats{};
  for (const Quantity quantity : {Quantity::power, Quantity::current}) {
    Still source(quantity, 0);
    ShownView shown(source);
    shown.view.set_stats(0, stats);
    QStringList labels;
    for (const FigureRow& row : shown.view.pane(quantity)->figures(0))
      labels << row.label;
    QVERIFY2(labels.contains(QStringLiteral("\u0394t")), qPrintable(labels.join(QLatin1Char(' '))));
    QVERIFY2(labels.contains(QStringLiteral("missing")), qPrintable(labels.join(QLatin1Char(' '))));
  }
  QVERIFY(figures_as_text(stats).contains(QStringLiteral("\u0394t")));
}

void PanesTest::figuresBetweenCursorsAreToldApart() {
  WindowStats stats;
  stats.time = k_second;
  stats.voltage_v = QuantityStats{3.29612, 3.29584, 3.2968, 1e-4};
  stats.power_w = QuantityStats{30e-3, 10e-3, 90e-3, {}};
  QCOMPARE(figures_in_words(figure_rows(stats, Quantity::voltage, false)),
           QString::fromUtf8("mean 3.2961 V, min 3.2958 V, max 3.2968 V, sd 100.0 \u00b5V"));
  const QString power = figures_in_words(figure_rows(stats, Quantity::power, false));
  QVERIFY2(power.contains(QString::fromUtf8("mean 30.00 mW, min 10.00 mW, max 90.00 mW, sd \u2014")),
           qPrintable(power));
}

void PanesTest::figuresHideNothingOfTheTrace_data() {
  QTest::addColumn<int>("height");
  QTest::addColumn<int>("pairs");
  QTest::addColumn<bool>("shared");
  QTest::newRow("low") << 90 << 1 << false;
  QTest::newRow("low, two pairs") << 90 << 2 << true;
  QTest::newRow("high") << 400 << 1 << false;
  QTest::newRow("high, two pairs") << 400 << 2 << false;
}

// Nothing of the plot looks different with them, wherever the cursors are.
void PanesTest::figuresHideNothingOfTheTrace() {
  QFETCH(int, height);
  QFETCH(int, pairs);
  QFETCH(bool, shared);
  ShownPane shown(1e-3, 2e-3);
  Pane& pane = shown.pane;
  pane.resize(780, height);
  for (const TimeNs begin_ns : {-100'000'000, 20'000'000, 400'000'000, 960'000'000}) {
    Overlay overlay;
    overlay.range = k_second;
    for (std::size_t pair = 0; pair < static_cast<std::size_t>(pairs); ++pair)
      overlay.cursors[pair] = TimeRange{begin_ns, begin_ns + 200'000'000};
    pane.set_stats(0, std::nullopt);
    pane.set_stats(1, std::nullopt);
    pane.show_overlay(overlay);
    const auto plot = [&pane] { return pane.grab(pane.plot().toAlignedRect()).toImage(); };
    const QImage without = plot();
    WindowStats stats;
    stats.time = *overlay.cursors[0];
    stats.current_a = QuantityStats{1.5e-3, 1e-3, 2e-3, 1e-4};
    for (std::size_t pair = 0; pair < static_cast<std::size_t>(pairs); ++pair) {
      pane.set_stats(pair, stats);
      const QRectF area = pane.figures_area(pair);
      QVERIFY(!area.isEmpty() && QRectF(pane.rect()).contains(area));
      QVERIFY(!pane.tip_at(area.center()).isEmpty());
      QVERIFY(area.bottom() <= pane.plot().top());
    }
    QCOMPARE(plot(), without);
    if (pairs == 2) {
      QVERIFY(!pane.figures_area(0).intersects(pane.figures_area(1)));
      QCOMPARE(pane.figures_area(0).top() == pane.figures_area(1).top(), shared);
    }
    QVERIFY(pane.plot().height() > height / 2.0);
  }
}

void PanesTest::aNarrowStripHasTheFirstFigures() {
  WindowStats stats;
  stats.current_a = QuantityStats{1.5e-3, 1e-3, 2e-3, 1e-4};
  const auto rows = figure_rows(stats, Quantity::current, true);
  const FigureBox wide = figure_box_in({100, 0, 2000, 17}, rows, 1990);
  QCOMPARE(wide.shown, rows.size());
  QCOMPARE(wide.area.right(), 2100.0);
  const FigureBox narrow = figure_box_in({100, 0, wide.area.width() - 1, 17}, rows, 500);
  QCOMPARE(narrow.shown, rows.size() - 1);
  QVERIFY(narrow.area.left() >= 100 && narrow.area.right() < 100 + wide.area.width());
  QCOMPARE(figure_box_in({100, 0, 10, 17}, rows, 100).shown, std::size_t{0});
}

void PanesTest::oneEventIsToldAsOne() {
  const auto texts_of = [](const QWidget& dock) {
    QStringList texts;
    for (const auto* label : dock.findChildren<QLabel*>())
      texts << label->text();
    texts.removeAll(QString());
    return texts.join(QLatin1Char('|'));
  };
  auto analysis = std::make_shared<Analysis>();
  analysis->report.events.resize(1);
  analysis->report.events[0].name = "inference";
  analysis->rows.resize(1);
  EventTable table;
  table.set_analysis(analysis);
  const EventDock events(table);
  QCOMPARE(texts_of(events), QStringLiteral("1 event"));
  auto ensemble = std::make_shared<Ensemble>();
  ensemble->p05 = ensemble->median = ensemble->p95 = {1e-3, 2e-3};
  ensemble->folded = 1;
  ensemble->left_out = 2;
  ensemble->cut_margins = 1;
  EnsembleDock folded;
  folded.set_names({QStringLiteral("inference")});
  folded.show_ensemble(QStringLiteral("inference"), ensemble, *analysis, true);
  const QString caption = QStringLiteral(
      "1 event folded: median and p5 to p95; 2 left out: not all of the time in them was recorded; not all "
      "of "
      "the time around 1 was recorded. The oddest first:");
  QVERIFY2(texts_of(folded).startsWith(caption), qPrintable(texts_of(folded)));
}

void PanesTest::negativeEventsAreDrawnTheRightWayUp() {
  for (const double sign : {-1.0, 1.0, 0.0}) {
    Ensemble ensemble;
    ensemble.p05 = {sign * 2 - 0.5, sign * 3 - 0.5};
    ensemble.p95 = {sign * 2 - 0.1, sign * 3 - 0.1};
    const auto [low, high] = value_limits(ensemble);
    QVERIFY(low < high);
    for (std::size_t i = 0; i < 2; ++i)
      QVERIFY(low <= ensemble.p05[i] && high >= ensemble.p95[i]);
  }
}

void PanesTest::anEnsembleOfNearlyTheSameFillsItsAxis() {
  constexpr double k_none = std::numeric_limits<double>::quiet_NaN();
  Ensemble ensemble;
  ensemble.p05 = {k_none, 2.10, 2.12};
  ensemble.p95 = {k_none, 2.20, 2.27};
  const auto [low, high] = value_limits(ensemble);
  QVERIFY2(low > 2.08 && low < 2.10 && high > 2.27 && high < 2.29,
           qPrintable(QStringLiteral("%1 to %2").arg(low).arg(high)));
}

// 2.0 mA to 2.1 mA: most of the height, and off the border.
void PanesTest::theOverviewShowsWhatHardlyChanges() {
  TimeWindow window;
  window.set_limits(k_second, 1000);
  Minimap map(window);
  map.resize(890, map.height());
  auto columns = columns_between(map.columns_wanted(), 2.05e-3, 2.05e-3);
  columns[columns.size() / 3] = columns_between(1, 2.0e-3, 2.0e-3).front();
  columns[2 * columns.size() / 3] = columns_between(1, 2.1e-3, 2.1e-3).front();
  map.show_columns(columns, Quantity::current, {});
  const QImage image = map.grab().toImage();
  const QColor trace = theme().quantity(Quantity::current);
  int top = image.height();
  int bottom = -1;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = k_gutter + 3; x < image.width() - k_right_margin - 3; ++x) {
      const QColor at = image.pixelColor(x, y);
      if (std::abs(at.red() - trace.red()) + std::abs(at.blue() - trace.blue()) > 12) continue;
      top = std::min(top, y);
      bottom = std::max(bottom, y);
    }
  }
  QVERIFY2(bottom - top > image.height() / 2, qPrintable(QStringLiteral("%1 to %2").arg(top).arg(bottom)));
  QVERIFY(top > 5 && bottom < image.height() - 5);  // within the border
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

void PanesTest::aLineOfUnknownLevelSaysSo() {
  LaneView lanes;
  lanes.set_lanes({{"low", -1}, {"silent", -1}, {"late", -1}});
  lanes.resize(890, 80);
  Overlay overlay;
  overlay.range = k_second;
  std::vector<LaneColumn> columns(lanes.columns_wanted(), LaneColumn{0, 0b001});
  QVERIFY(!lanes.is_unknown(1));  // nothing is read yet
  columns.back().high = 0b100;
  lanes.show_columns({columns}, overlay);
  QVERIFY(!lanes.is_unknown(0));
  QVERIFY(lanes.is_unknown(1));
  QVERIFY(!lanes.is_unknown(2));
  const QImage image = lanes.grab().toImage();
  const auto ink = [&](std::size_t lane) {
    const QRect area = lanes.lane_area(lane).toRect().adjusted(2, 2, -20, -2);
    int pixels = 0;
    for (int y = area.top(); y < area.bottom(); ++y) {
      for (int x = area.left(); x < area.right(); ++x)
        pixels += image.pixelColor(x, y) != theme().surface ? 1 : 0;
    }
    return pixels;
  };
  QVERIFY(ink(1) > 40);
  QCOMPARE(ink(2), 0);
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

// Falls at 0.2, 0.4, 0.6 and 0.8: two events, between which the line is as high as in them.
void PanesTest::eventsFromFallToFallAreSeenOnTheirLane() {
  LaneView view;
  view.set_lanes({{QStringLiteral("d0"), 0, true}});
  view.resize(k_gutter + k_right_margin + 1000, 28);
  view.show();
  Overlay overlay;
  overlay.range = k_second;
  overlay.events = {
      {{0, 1'000'000'000}, 1}, {{200'000'000, 400'000'000}, 0}, {{600'000'000, 800'000'000}, 0}};
  std::vector<LaneColumn> columns(view.columns_wanted(), LaneColumn{1, 0});
  for (const std::size_t fall : {2, 4, 6, 8})
    columns[fall * columns.size() / 10] = {1, 1};
  view.show_columns({columns}, overlay);
  const QImage shown = view.grab().toImage();
  const QRectF lane = view.lane_area(0);
  const auto colour_at = [&](double part) {
    return shown.pixelColor(QPointF(lane.left() + part * lane.width(), lane.center().y()).toPoint());
  };
  for (const double outside : {0.1, 0.5, 0.9})
    QCOMPARE(colour_at(outside), theme().surface);
  for (const double inside : {0.25, 0.35, 0.7})
    QVERIFY(colour_at(inside) != theme().surface);
  for (const double fall : {0.2, 0.4, 0.6, 0.8})
    QCOMPARE(colour_at(fall), theme().event(0));
}

// Of the last eight lines the last alone is high.
void PanesTest::linesBeyondThirtyTwoAreDrawn() {
  Still source(Quantity::current, 40);
  const ShownView shown(source);
  QVERIFY(shown.lanes != nullptr);
  auto* bar = shown.lanes->findChild<QScrollBar*>();
  bar->setValue(bar->maximum());
  QVERIFY(shown.in_sight(39));
  const QImage image = shown.lanes->grab().toImage();
  const auto high = [&](std::size_t lane) {
    return image.pixelColor(shown.lanes->lane_area(lane).center().toPoint()) != theme().surface;
  };
  QVERIFY(high(39));
  QVERIFY(!high(38));
}

// Zero to 46 mA: what the peaks reach is told, and not by the title alone.
void PanesTest::aTickNearTheTopOfALowPaneIsNamed() {
  ShownPane shown(0, 46e-3);
  shown.pane.resize(800, 96);
  const QRectF area = shown.pane.plot();
  const auto [low, high] = shown.pane.shown_limits();
  const int y = static_cast<int>(area.bottom() - area.height() * (40e-3 - low) / (high - low));
  const QImage image = shown.pane.grab().toImage();
  int inked = 0;
  for (int row = y - 3; row <= y + 3; ++row) {
    for (int x = k_gutter - 22; x < k_gutter - 8; ++x)
      inked += static_cast<int>(image.pixelColor(x, row).lightness() > theme().surface.lightness() + 40);
  }
  QVERIFY2(inked > 10, qPrintable(QString::number(inked)));
}

void PanesTest::everyHeightHasTicksEnoughAndOneNearTheTop() {
  const double text_px = QFontMetrics(label_font()).height();
  for (const double high : {3.6e-3, 50e-3, 46e-3, 9.4e-6, 1.0}) {
    for (const int height : {110, 130, 160, 300, 700}) {
      ShownPane shown(0, high);
      shown.pane.resize(800, height);
      const QRectF area = shown.pane.plot();
      const auto ticks = shown.pane.value_ticks(nullptr);
      const QByteArray which = QStringLiteral("%1 in %2 px").arg(high).arg(height).toUtf8();
      QVERIFY2(ticks.size() >= 3, which.constData());
      QVERIFY2(shown.pane.y(ticks.back().at) <= area.top() + area.height() / 3, which.constData());
      for (std::size_t i = 1; i < ticks.size(); ++i)
        QVERIFY2(shown.pane.y(ticks[i - 1].at) - shown.pane.y(ticks[i].at) >= text_px, which.constData());
    }
  }
}

void PanesTest::fewDecadesAreParted() {
  ShownPane shown(1e-5, 1e-3);
  shown.pane.set_logarithmic(true);
  shown.pane.set_limits(Pane::Limits{1e-5, 1e-3});
  QStringList texts;
  for (const Tick& tick : shown.pane.value_ticks(nullptr))
    texts << tick.text;
  QCOMPARE(texts.join(QLatin1Char(' ')).replace(QChar(0xa0), QLatin1Char('_')),
           QString::fromUtf8("10_\u00b5A 20_\u00b5A 50_\u00b5A 100_\u00b5A 200_\u00b5A 500_\u00b5A 1_mA"));
}

namespace {

std::vector<TimeAxis::Label> labels_of(const Overlay& overlay, TimeAxis::Label::Kind kind) {
  TimeAxis axis;
  axis.resize(800, axis.height());
  axis.show_overlay(overlay);
  auto labels = axis.labels();
  std::erase_if(labels, [kind](const TimeAxis::Label& label) { return label.kind != kind; });
  return labels;
}

}  // namespace

// Whatever stands at it; and how long all of it is does not read as a tick.
void PanesTest::theTimeAxisBeginsWithItsFirstTick() {
  using enum TimeAxis::Label::Kind;
  Overlay overlay;
  overlay.range = {0, 5'600'000'000};
  for (const bool cursor : {false, true}) {
    if (cursor) overlay.cursors[0] = TimeRange{0, 1'000'000'000};
    const auto ticks = labels_of(overlay, tick);
    QVERIFY(ticks.size() >= 4);
    QVERIFY2(ticks.front().text.startsWith(QLatin1Char('0')), qPrintable(ticks.front().text));
    for (const auto& flag : labels_of(overlay, first_cursor))
      QVERIFY(!flag.place.intersects(ticks.front().place));
    const auto spans = labels_of(overlay, span);
    QCOMPARE(spans.size(), std::size_t{1});
    QCOMPARE(spans.front().text, QStringLiteral("span 5.60\u00a0s"));
    QVERIFY(QFontMetrics(label_font()).horizontalAdvance(spans.front().text) <= spans.front().place.width());
    for (const auto& each : ticks)
      QVERIFY(each.place.bottom() <= spans.front().place.top());
  }
}

void PanesTest::aMarkerIsNotHiddenByACursor() {
  using enum TimeAxis::Label::Kind;
  Overlay overlay;
  overlay.range = k_second;
  overlay.cursors[0] = TimeRange{500'000'000, 600'000'000};
  overlay.instants = {{500'000'000, QStringLiteral("reset")}};
  const auto markers = labels_of(overlay, marker);
  QCOMPARE(markers.size(), std::size_t{1});
  QCOMPARE(labels_of(overlay, first_cursor).size(), std::size_t{2});
  for (const auto& flag : labels_of(overlay, first_cursor))
    QVERIFY(!flag.place.intersects(markers.front().place));
  const TimeAxis axis;
  QVERIFY(markers.front().place.bottom() <= axis.height());
}

void PanesTest::aListEndsWithAWholeRow() {
  WholeRows<QListWidget> list;
  for (int i = 0; i < 20; ++i)
    list.addItem(QString::number(i));
  list.show();
  for (int height = 60; height < 90; ++height) {
    list.resize(200, height);
    QApplication::processEvents();
    const int end = list.viewport()->height();
    const QListWidgetItem* last = list.itemAt(20, end - 1);
    QVERIFY(last != nullptr);
    QVERIFY2(list.visualItemRect(last).bottom() < end, qPrintable(QString::number(height)));
    QVERIFY(end > height - 2 * list.visualItemRect(last).height());
  }
}

QTEST_MAIN(PanesTest)
#include "panes_test.moc"
