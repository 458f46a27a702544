// SPDX-License-Identifier: GPL-3.0-or-later
// Cursors moved by keys, and what is said of the figures between them.
#include <app/dashboard/pane.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>

#include <tests/gui/window_fixture.h>

#include <QAccessible>
#include <QApplication>
#include <QHelpEvent>
#include <QJsonArray>
#include <QJsonObject>
#include <QTest>
#include <QToolTip>

using namespace joulemark;

class CursorsTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { record_sample(); }
  void init();
  void cleanup() { window_.reset(); }

  void keysStepAsThePointerDoes();
  void keysStepBySamples();
  void keysTakeOneCursorAfterTheOther();
  void aCursorThatPassesItsPartnerGoesOn();
  void theViewFollowsACursorThatIsOutOfSight();
  void theFirstKeyBringsAPair();
  void theFiguresSayHowTheyAreFound();
  void theFiguresAreSpoken();

 private:
  void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}, int times = 1);
  void select(const QPoint& from, const QPoint& to);
  [[nodiscard]] TimeRange cursors(std::size_t pair = 0) {
    return window_->time_window().cursors(pair).value_or(TimeRange{});
  }
};

void CursorsTest::init() {
  show_window();
  open(sample_);
  window_->time_window().show({5'000'000'000, 15'000'000'000});
  window_->waveform().setFocus();
}

void CursorsTest::press(Qt::Key key, Qt::KeyboardModifiers modifiers, int times) {
  for (int i = 0; i < times; ++i)
    QTest::keyClick(&window_->waveform(), key, modifiers);
}

void CursorsTest::select(const QPoint& from, const QPoint& to) {
  QTest::mousePress(plot(), Qt::LeftButton, Qt::ShiftModifier, from);
  QTest::mouseMove(plot(), to);
  QTest::mouseRelease(plot(), Qt::LeftButton, Qt::ShiftModifier, to);
}

void CursorsTest::keysStepAsThePointerDoes() {
  const QPoint step(1, 0);
  select(at(0.2), at(0.6));
  press(Qt::Key_Right, Qt::ControlModifier, 3);
  press(Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
  press(Qt::Key_Left, Qt::ControlModifier);
  QTRY_VERIFY_WITH_TIMEOUT(window_->waveform().stats(0).has_value(), k_patience_ms);
  const WindowStats by_keys = *window_->waveform().stats(0);
  QVERIFY(by_keys.time == cursors());
  QTest::keyClick(window_.get(), Qt::Key_X);
  select(at(0.2), at(0.6));
  QTest::mousePress(plot(), Qt::LeftButton, {}, at(0.2));
  QTest::mouseMove(plot(), at(0.2) + 22 * step);
  QTest::mouseRelease(plot(), Qt::LeftButton, {}, at(0.2) + 22 * step);
  QVERIFY(cursors() == by_keys.time);
  const QString window = QStringLiteral("mine=%1ns..%2ns").arg(cursors().begin_ns).arg(cursors().end_ns);
  const QJsonObject mine =
      reported({window_->document()->path(), "--window", window})["events"].toArray().last().toObject();
  QVERIFY(*by_keys.energy_j == mine["energy_j"]["mean"].toDouble());
}

void CursorsTest::keysStepBySamples() {
  const TimeNs interval_ns = 100'000;  // 10 kHz
  const TimeRange before{6'000'012'345, 9'000'000'000};
  window_->time_window().set_cursors(0, before);
  press(Qt::Key_Right, Qt::AltModifier, 2);
  QCOMPARE(cursors().begin_ns, before.begin_ns + 2 * interval_ns);
  press(Qt::Key_Left, Qt::AltModifier | Qt::ShiftModifier);
  QCOMPARE(cursors().begin_ns, before.begin_ns - 18 * interval_ns);
  QCOMPARE(cursors().end_ns, before.end_ns);
}

void CursorsTest::keysTakeOneCursorAfterTheOther() {
  using Cursor = TimeWindow::Cursor;
  TimeWindow& window = window_->time_window();
  press(Qt::Key_C);
  QVERIFY(window.active_cursor() == (Cursor{0, false}));
  press(Qt::Key_T);
  QVERIFY(window.active_cursor() == (Cursor{0, true}));
  const TimeRange before = cursors();
  press(Qt::Key_Left, Qt::AltModifier);
  QVERIFY(cursors() == (TimeRange{before.begin_ns, before.end_ns - 100'000}));
  press(Qt::Key_T);
  QVERIFY(window.active_cursor() == (Cursor{0, false}));
  press(Qt::Key_C, Qt::ShiftModifier);
  QVERIFY(window.active_cursor() == (Cursor{1, false}));  // what came last
  press(Qt::Key_T, {}, 2);
  QVERIFY(window.active_cursor() == (Cursor{0, false}));
  press(Qt::Key_X);
  QVERIFY(!window.active_cursor());
}

void CursorsTest::aCursorThatPassesItsPartnerGoesOn() {
  window_->time_window().set_cursors(0, TimeRange{6'000'000'000, 6'000'050'000});
  press(Qt::Key_Right, Qt::AltModifier);
  QVERIFY(cursors() == (TimeRange{6'000'050'000, 6'000'100'000}));
  press(Qt::Key_Right, Qt::AltModifier);
  QVERIFY(cursors() == (TimeRange{6'000'050'000, 6'000'200'000}));
  window_->time_window().set_cursors(0, TimeRange{6'000'000'000, 29'999'950'000});
  press(Qt::Key_Right, Qt::AltModifier, 2);
  QCOMPARE(cursors().end_ns, TimeNs{30'000'000'000});  // the recording's end
}

void CursorsTest::theViewFollowsACursorThatIsOutOfSight() {
  window_->time_window().set_cursors(0, TimeRange{20'000'000'000, 21'000'000'000});
  press(Qt::Key_Right, Qt::AltModifier);
  const TimeRange shown = window_->time_window().range();
  QVERIFY(shown.contains(20'000'100'000));
  QCOMPARE(shown.length_ns(), TimeNs{10'000'000'000});
}

void CursorsTest::theFirstKeyBringsAPair() {
  press(Qt::Key_Right, Qt::ControlModifier);
  QVERIFY(window_->time_window().cursors(0).has_value());
  QVERIFY(!window_->time_window().cursors(1));
}

void CursorsTest::theFiguresSayHowTheyAreFound() {
  select(at(0.2), at(0.5));
  QTRY_VERIFY_WITH_TIMEOUT(window_->waveform().stats(0).has_value(), k_patience_ms);
  const Pane& pane = *window_->waveform().pane(Quantity::current);
  const QPoint beside = pane.figures_area(0).center().toPoint();
  QHelpEvent help(QEvent::ToolTip, beside, plot()->mapToGlobal(beside));
  QApplication::sendEvent(plot(), &help);
  QVERIFY2(QToolTip::text().contains(QStringLiteral("integral")), qPrintable(QToolTip::text()));
  QToolTip::hideText();
  QVERIFY(pane.tip_at(at(0.1)).isEmpty());
}

void CursorsTest::theFiguresAreSpoken() {
  select(at(0.2), at(0.5));
  QTRY_VERIFY_WITH_TIMEOUT(window_->waveform().stats(0).has_value(), k_patience_ms);
  const auto spoken = [this](Quantity quantity) {
    return QAccessible::queryAccessibleInterface(window_->waveform().pane(quantity))
        ->text(QAccessible::Description);
  };
  const QString window = QStringLiteral("mine=%1ns..%2ns").arg(cursors().begin_ns).arg(cursors().end_ns);
  const QJsonObject mine =
      reported({window_->document()->path(), "--window", window})["events"].toArray().last().toObject();
  const auto in_milli = [](double value) { return QString::number(1e3 * value, 'g', 3); };
  const QString energy = in_milli(mine["energy_j"]["mean"].toDouble());
  QVERIFY2(spoken(Quantity::power).contains(QStringLiteral("energy ") + energy),
           qPrintable(spoken(Quantity::power) + QStringLiteral(" / ") + energy));
  QVERIFY(spoken(Quantity::current).contains(QStringLiteral("charge ")));
  window_->time_window().set_cursors(0, TimeRange{8'000'000'000, 9'000'000'000});
  QVERIFY(!spoken(Quantity::power).contains(energy));  // those of another stretch are not told
  QTRY_VERIFY_WITH_TIMEOUT(spoken(Quantity::power).contains(QStringLiteral("energy ")), k_patience_ms);
}

QTEST_MAIN(CursorsTest)
#include "cursors_test.moc"
