// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn stays drawable and readable, whatever the values, the limits and the number of lines are.
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/theme.h>

#include <QApplication>
#include <QTest>

using namespace joulemark;

class PanesTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { use_theme(*qApp, true); }

  void negativeEventsAreDrawnTheRightWayUp();
};

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

QTEST_MAIN(PanesTest)
#include "panes_test.moc"
