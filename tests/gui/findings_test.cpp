// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong or doubtful: it leads where it can be judged, can be copied, and is told as it arrives.
#include <app/dashboard/event_dock.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/recording_session.h>

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
  void whatGoesWrongIsToldWhileItIsRecorded();

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

void FindingsTest::whatGoesWrongIsToldWhileItIsRecorded() {
  const TimeRange gap{500'000'000, 700'000'000};
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"rate=10kHz", "gap=500ms,samples=2000"};
  request.file = path("live-gap.jmk").toStdString();
  window_->record(request);
  const auto told = [&] {
    return window_->findings().count(FindingsModel::Level::lost) == 1 &&
           window_->findings().place_of(0) == FindingPlace{FindingPlace::Kind::time, gap, {}};
  };
  QTRY_VERIFY_WITH_TIMEOUT(told(), k_patience_ms);
  QVERIFY(window_->session()->running());
  QCOMPARE(window_->session()->gaps(), std::vector<TimeRange>{gap});  // hatched
  QTRY_VERIFY_WITH_TIMEOUT(window_->time_window().limits().end_ns > 1'200'000'000, k_patience_ms);
  activate(0);
  const TimeRange shown = window_->time_window().range();
  QVERIFY(shown.begin_ns < gap.begin_ns && shown.end_ns > gap.end_ns);
  QVERIFY(shown.length_ns() < 10 * gap.length_ns());
  QTest::qWait(300);
  QVERIFY(window_->time_window().range() == shown);  // the newest does not take it away
  window_->stop_recording();
  settle();
  QVERIFY(told());
}

QTEST_MAIN(FindingsTest)
#include "findings_test.moc"
