// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/ticks.h>
#include <app/models/text.h>

#include <QFont>
#include <QFontMetricsF>
#include <QtTest>
#include <cmath>
#include <limits>

namespace joulemark {

// What stands beside an axis can be read, and is enough to read values by.
class TicksTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void texts_of_a_time_axis_do_not_touch();
  void a_time_axis_of_usual_width_has_enough_texts();
  void values_are_one_two_or_five_times_a_power_of_ten_apart();
  void texts_of_decades_do_not_touch_and_are_enough();
  void an_axis_without_end_has_no_ticks();
  void numbers_stay_with_their_units();
};

namespace {

constexpr TimeNs k_s = 1'000'000'000;

double narrowest_gap_px(const TimeTicks& ticks, TimeRange range, double width) {
  QFont font;
  font.setPixelSize(12);
  const QFontMetricsF metrics(font);
  const double px_per_ns = width / static_cast<double>(range.length_ns());
  double narrowest = width;
  for (std::size_t i = 1; i < ticks.ticks.size(); ++i) {
    const Tick& left = ticks.ticks[i - 1];
    const Tick& right = ticks.ticks[i];
    const double texts = metrics.horizontalAdvance(left.text) + metrics.horizontalAdvance(right.text);
    narrowest = std::min(narrowest, (right.at - left.at) * px_per_ns - texts / 2);
  }
  return narrowest;
}

}  // namespace

void TicksTest::texts_of_a_time_axis_do_not_touch() {
  for (const TimeNs length : {10 * k_s, 34 * k_s, k_s, k_s / 7, k_s / 1000, k_s / 300'000, 3600 * k_s}) {
    for (const TimeNs begin : {TimeNs{0}, 3 * k_s + 1, 99'999 * k_s}) {
      for (const double width : {200.0, 430.0, 730.0, 2000.0}) {
        const TimeRange range{begin, begin + length};
        const double gap = narrowest_gap_px(time_ticks_within(range, width), range, width);
        QVERIFY2(gap >= 4, qPrintable(QStringLiteral("%1 ns from %2 in %3 px: %4 px apart")
                                          .arg(length)
                                          .arg(begin)
                                          .arg(width)
                                          .arg(gap)));
      }
    }
  }
}

void TicksTest::a_time_axis_of_usual_width_has_enough_texts() {
  for (const TimeNs length : {10 * k_s, 34 * k_s, k_s, k_s / 7})
    QVERIFY(time_ticks_within({0, length}, 730).ticks.size() >= 4);
}

void TicksTest::values_are_one_two_or_five_times_a_power_of_ten_apart() {
  const LinearTicks ticks = linear_ticks(0.0182, 0.0274, 5, "A");
  QCOMPARE(ticks.unit, QStringLiteral("mA"));
  QStringList texts;
  for (const Tick& tick : ticks.ticks)
    texts << tick.text;
  QCOMPARE(texts, QStringList({"20", "22", "24", "26"}));
}

void TicksTest::texts_of_decades_do_not_touch_and_are_enough() {
  const double text_px = QFontMetricsF(QFont()).height();
  for (const double low : {1e-12, 2e-9, 1e-6, 1e-3}) {
    for (const double pixels : {74.0, 90.0, 150.0, 300.0, 1000.0}) {
      const double high = 0.9;
      const double decade_px = pixels / std::log10(high / low);
      const auto ticks = decade_ticks_within(low, high, pixels, text_px, "A");
      QVERIFY(ticks.size() >= 2);
      for (std::size_t i = 1; i < ticks.size(); ++i)
        QVERIFY(std::log10(ticks[i].at / ticks[i - 1].at) * decade_px > text_px);
    }
  }
  const auto all = decade_ticks_within(2e-9, 0.9, 1000, text_px, "A");
  QCOMPARE(all.size(), std::size_t{8});  // 10 nA to 100 mA
  QCOMPARE(all.front().text, QStringLiteral("10\u00a0nA"));
}

void TicksTest::numbers_stay_with_their_units() {
  QCOMPARE(typeset(QStringLiteral("within 0.25 % of 3 mW at 20 \u00b5A, 7 samples, 5 Windows")),
           QStringLiteral("within 0.25\u00a0% of 3\u00a0mW at 20\u00a0\u00b5A, 7 samples, 5 Windows"));
  QCOMPARE(typeset(QStringLiteral("samples of 10.0 us, 3 us, 4 uses")),
           QStringLiteral("samples of 10.0\u00a0\u00b5s, 3\u00a0\u00b5s, 4 uses"));
  QCOMPARE(typeset(QStringLiteral("10 kS/s for 2 s")), QStringLiteral("10\u00a0kS/s for 2\u00a0s"));
}

void TicksTest::an_axis_without_end_has_no_ticks() {
  constexpr double k_endless = std::numeric_limits<double>::infinity();
  for (const auto& [low, high] : {std::pair{1e-3, k_endless}, {k_endless, k_endless}, {-k_endless, 1.0}}) {
    QVERIFY(linear_ticks(low, high, 5, "A").ticks.empty());
    QVERIFY(decade_ticks(low, high, 1, "A").empty());
  }
  QVERIFY(decade_ticks(0, 0.05, 1, "A").empty());
  QVERIFY(decade_ticks(-1, 0.05, 1, "A").empty());
}

}  // namespace joulemark

QTEST_MAIN(joulemark::TicksTest)
#include "ticks_test.moc"
