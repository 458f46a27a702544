// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong or doubtful: it leads where it can be judged, and can be copied.
#include <app/dashboard/event_dock.h>
#include <app/models/capture_document.h>

#include <tests/gui/window_fixture.h>

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QJsonArray>
#include <QJsonObject>
#include <QLineEdit>
#include <QListView>
#include <QTest>

using namespace joulemark;

class FindingsTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { record_sample(); }
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void oneAboutAnEventListsItsEvents();
  void oneAboutTheRulesShowsThem();
  void oneAboutTheWholeShowsItAll();
  void whatIsSelectedIsCopied();

 private:
  [[nodiscard]] QListView* list() const {
    return qobject_cast<QListView*>(field(*window_, QStringLiteral("Findings")));
  }
  // The first that says so; -1: none does.
  [[nodiscard]] int row_with(const QString& part) const;
  void activate(int row);
};

int FindingsTest::row_with(const QString& part) const {
  for (int row = 0; row < list()->model()->rowCount(); ++row) {
    if (list()->model()->index(row, 0).data().toString().contains(part)) return row;
  }
  return -1;
}

void FindingsTest::activate(int row) {
  QVERIFY(row >= 0);
  list()->setFocus();
  list()->setCurrentIndex(list()->model()->index(row, 0));
  QTest::keyClick(list(), Qt::Key_Return);
}

void FindingsTest::oneAboutAnEventListsItsEvents() {
  open(sample_);
  window_->show_dock(QStringLiteral("histogram"));
  activate(row_with(QStringLiteral("'frontend': too short")));
  QVERIFY(!window_->event_dock().visibleRegion().isEmpty());
  int expected = 0;
  for (const auto& event : reported({window_->document()->path()})["events"].toArray()) {
    if (event.toObject()["name"].toString() == QStringLiteral("frontend"))
      expected = event.toObject()["count"].toInt();
  }
  QVERIFY(expected > 0);
  QCOMPARE(window_->events().rowCount(), expected);
  for (int row = 0; row < expected; ++row)
    QCOMPARE(window_->events().index(row, EventTable::name).data().toString(), QStringLiteral("frontend"));
}

void FindingsTest::oneAboutTheRulesShowsThem() {
  open(sample_);
  const auto before = window_->document()->analysis();
  EventSetup setup = window_->document()->setup();
  setup.useful.reset();
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("none")).has_value());
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before, k_patience_ms);
  activate(row_with(QStringLiteral("No event is named as the useful one")));
  auto* rules = window_->findChild<QDockWidget*>(QStringLiteral("rules"));
  QVERIFY(!rules->visibleRegion().isEmpty());
}

void FindingsTest::oneAboutTheWholeShowsItAll() {
  open(sample_);
  const TimeRange all = window_->time_window().range();
  window_->time_window().show({5'000'000'000, 6'000'000'000});
  activate(row_with(QStringLiteral("was not recorded")));
  QVERIFY(window_->time_window().range() == all);
}

void FindingsTest::whatIsSelectedIsCopied() {
  open(sample_);
  QVERIFY(list()->model()->rowCount() >= 3);
  list()->setFocus();
  QTest::mouseClick(list()->viewport(), Qt::LeftButton, {},
                    list()->visualRect(list()->model()->index(1, 0)).center());
  QTest::mouseClick(list()->viewport(), Qt::LeftButton, Qt::ControlModifier,
                    list()->visualRect(list()->model()->index(0, 0)).center());
  list()->setFocus();
  QTest::keyClick(list(), Qt::Key_C, Qt::ControlModifier);
  const QString first = list()->model()->index(0, 0).data().toString();
  const QString second = list()->model()->index(1, 0).data().toString();
  QCOMPARE(QApplication::clipboard()->text(), first + QLatin1Char('\n') + second + QLatin1Char('\n'));
}

QTEST_MAIN(FindingsTest)
#include "findings_test.moc"
