// SPDX-License-Identifier: GPL-3.0-or-later
// Coded lines in the window: seen, named and measured as the command line reports them.
#include <app/dashboard/marker_dialog.h>
#include <app/dashboard/rule_dock.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/recording_session.h>

#include <tests/gui/window_fixture.h>

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTest>
#include <algorithm>
#include <fstream>

using namespace joulemark;

class MarkersTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void codesAreRowsOfTheRules();
  void codedEventsAreWhatTheCommandLineReports();
  void aCodeIsNamedInItsCell();
  void codedLinesAreAskedForInADialog();
  void aWindowIsRemovedInTheTable();
  void rulesAreKeptForNewRecordings();

 private:
  [[nodiscard]] QTableView* rules() const {
    return window_->findChild<QTableView*>(QStringLiteral("rules.table"));
  }
  [[nodiscard]] QStringList names() const;
  void after(const std::function<void()>& edit);
};

// Inference and detector as codes 1 and 2; 1 is called spot.
void MarkersTest::initTestCase() {
  make_folder();
  sample_ = path("coded.jmk");
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"pace=max", "rate=10kHz"};
  request.file = sample_.toStdString();
  request.limits.duration_s = 20;
  request.limits.metadata = {{"markers", "code:d0-d1"}, {"marker.1", "spot"}};
  record_once(request);
}

QStringList MarkersTest::names() const {
  QStringList list;
  for (int row = 0; row < rules()->model()->rowCount(); ++row)
    list << rules()->model()->index(row, RuleTable::name).data().toString();
  return list;
}

void MarkersTest::after(const std::function<void()>& edit) {
  const auto before = window_->document()->analysis();
  edit();
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before && window_->document()->idle(),
                           k_patience_ms);
}

void MarkersTest::codesAreRowsOfTheRules() {
  open(sample_);
  QCOMPARE(names(), (QStringList{"frontend", "keyword", "spot", "code2"}));
  QCOMPARE(rules()->model()->index(2, RuleTable::pairing).data().toString(), QStringLiteral("code"));
}

void MarkersTest::codedEventsAreWhatTheCommandLineReports() {
  open(sample_);
  const QString listed = path("events.csv");
  const QJsonObject report = reported({window_->document()->path(), "--per-event", listed});
  const Analysis& shown = *window_->document()->analysis();
  const QJsonArray events = report["events"].toArray();
  QCOMPARE(static_cast<qsizetype>(shown.report.events.size()), events.size());
  for (qsizetype i = 0; i < events.size(); ++i) {
    const EventReport& event = shown.report.events[static_cast<std::size_t>(i)];
    QCOMPARE(QString::fromStdString(event.name), events[i]["name"].toString());
    QCOMPARE(static_cast<double>(event.count), events[i]["count"].toDouble());
    QVERIFY(*event.energy_j.mean == events[i]["energy_j"]["mean"].toDouble());
    QVERIFY(*event.latency_s.mean == events[i]["latency_s"]["mean"].toDouble());
  }
  std::ifstream csv(listed.toStdString());
  const auto lines = std::count(std::istreambuf_iterator<char>(csv), {}, '\n');
  QCOMPARE(static_cast<long>(window_->events().rowCount()), lines - 1);
  // And on the waveform: what is under the middle of each is that event.
  int spots = 0;
  for (int row = 0; row < window_->events().rowCount(); ++row) {
    const auto event = window_->events().event_at(row);
    if (shown.report.events[shown.rows[event].name].name != "spot") continue;
    ++spots;
    const TimeRange time = window_->events().time_of(event);
    QVERIFY(window_->waveform().event_at(time.begin_ns + time.length_ns() / 2) == event);
  }
  QVERIFY(spots > 3);
}

void MarkersTest::aCodeIsNamedInItsCell() {
  open(sample_);
  window_->show_dock(QStringLiteral("rules"));
  QTableView* view = rules();
  const QModelIndex cell = view->model()->index(3, RuleTable::name);
  view->setCurrentIndex(cell);
  view->setFocus();
  after([&] {
    view->edit(cell);
    auto* editor = view->viewport()->findChild<QLineEdit*>();
    QVERIFY(editor != nullptr);
    editor->setText(QStringLiteral("listen"));
    QTest::keyClick(editor, Qt::Key_Return);
  });
  QCOMPARE(names(), (QStringList{"frontend", "keyword", "spot", "listen"}));
  QCOMPARE(view->currentIndex().row(), 3);  // the keyboard goes on from here
  const QJsonArray events = reported({window_->document()->path()})["events"].toArray();
  QCOMPARE(events.last()["name"].toString(), QStringLiteral("listen"));
}

void MarkersTest::codedLinesAreAskedForInADialog() {
  open(sample_);
  QString complaint;
  after([&] {
    when_asked([&](QDialog& dialog) {
      auto* code = qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("Coded lines")));
      QVERIFY(code != nullptr);
      QCOMPARE(code->text(), QStringLiteral("code:d0-d1"));
      code->setText(QStringLiteral("code:d0-d7"));
      QPushButton* use = dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok);
      use->click();
      for (const QLabel* label : dialog.findChildren<QLabel*>()) {
        if (label->property("role") == QStringLiteral("bad")) complaint = label->text();
      }
      QVERIFY(dialog.isVisible());
      code->setText(QStringLiteral("code:d0-d3"));
      use->click();
    });
    ask_markers(window_.get(), window_->rules());
  });
  QVERIFY2(complaint.contains(QStringLiteral("d7")), qPrintable(complaint));
  QCOMPARE(names(), (QStringList{"spot", "code2", "code4", "code8"}));
  window_->activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(window_.get()));
  after([&] { QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier); });
  QCOMPARE(names(), (QStringList{"frontend", "keyword", "spot", "code2"}));
}

void MarkersTest::aWindowIsRemovedInTheTable() {
  open(sample_);
  EventSetup setup = window_->document()->setup();
  setup.windows = {{"boot", {1'000'000'000, 2'000'000'000}}};
  after([&] { QVERIFY(window_->document()->change_setup(setup, "draw").has_value()); });
  QCOMPARE(names().last(), QStringLiteral("boot"));
  rules()->setCurrentIndex(rules()->model()->index(4, RuleTable::name));
  QPushButton* remove = nullptr;
  for (auto* button : rules()->parentWidget()->findChildren<QPushButton*>()) {
    if (button->text() == QStringLiteral("Remove")) remove = button;
  }
  QVERIFY(remove != nullptr);
  after([&] { remove->click(); });
  QCOMPARE(names().size(), 4);
}

void MarkersTest::rulesAreKeptForNewRecordings() {
  open(sample_);
  rules()->parentWidget()->findChild<QCheckBox*>()->setChecked(true);
  after([&] { QVERIFY(window_->rules().setData(window_->rules().index(3, RuleTable::name), "listen")); });
  QSettings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui")
      .setValue("recording/folder", path("recordings"));
  window_.reset();
  show_window();
  window_->set_instrument(QStringLiteral("sim:kws"));
  QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
  const QStringList kept{"frontend", "keyword", "spot", "listen"};
  QTRY_VERIFY_WITH_TIMEOUT(window_->session() != nullptr && window_->session()->figures().duration_s > 1,
                           k_patience_ms);
  QCOMPARE(names(), kept);  // while it runs, too
  const QString file = QString::fromStdString(window_->session()->file());
  const auto said = [&file] {
    QStringList events;
    for (const auto& event : reported({file})["events"].toArray())
      events << event.toObject()["name"].toString();
    return events;
  };
  QCOMPARE(said(), kept);  // however it ends
  QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
  settle();
  QCOMPARE(names(), kept);
  QCOMPARE(said(), kept);
  rules()->parentWidget()->findChild<QCheckBox*>()->setChecked(false);
}

QTEST_MAIN(MarkersTest)
#include "markers_test.moc"
