// SPDX-License-Identifier: GPL-3.0-or-later
// What goes on beside a person's work takes nothing from it, and nothing that was begun is lost in silence.
#include <app/dashboard/banner.h>
#include <app/dashboard/event_columns.h>
#include <app/dashboard/event_dock.h>
#include <app/dashboard/state_bar.h>
#include <app/dashboard/tile_row.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/event_table.h>
#include <app/models/import_job.h>
#include <app/models/instrument_list.h>
#include <app/models/recording_session.h>

#include <tests/gui/window_fixture.h>

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QFileInfo>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

using namespace joulemark;

namespace {

// Some label of it says so.
bool tells(const QWidget& widget, const QString& words) {
  return std::ranges::any_of(widget.findChildren<QLabel*>(),
                             [&](const QLabel* label) { return label->text().contains(words); });
}

}  // namespace

class KeptTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void init();
  void cleanup() { window_.reset(); }

  void anImportThatEndsLeavesWhatIsOpen();
  void aNameIsGivenToNoOtherCapture();
  void aSecondImportIsRefusedInWords();
  void aSecondExportIsRefusedInWords();
  void theEndOfOneWorkLeavesAnotherItsCancel();
  void closingAsksAboutAnImport();
  void closingAsksAboutAnExport();
  void aChangeThatCannotBeSavedIsToldBeforeClosing();
  void figuresOfOtherRulesAreMarked();
  void recordingsOfOneSecondStayInTheirFolder();
  void theWayBackEndsWithTheCapture();
  void tablesKeepTheirKeys();
  void columnsOfTheEventsFitTheUsualWindow();
  void columnsOfTheEventsAreChosenByKeysAndKept();
  void aFewEventsAreCopiedAndMillionsRefused();
  void lastCapturesAreLookedForWhenOpened();
  void freeSpaceIsNotAskedWithEveryPicture();

 private:
  [[nodiscard]] QTableView& event_table() const { return *window_->event_dock().findChild<QTableView*>(); }
  void start_import(const QString& name);
  [[nodiscard]] QString copy_of_sample(const QString& name) const;
  [[nodiscard]] QPushButton* button(const QString& text) const;
  [[nodiscard]] bool told(const QString& words) const;
  [[nodiscard]] QDockWidget* dock(const QString& name) const {
    return window_->findChild<QDockWidget*>(name);
  }
  // How many pixels of a diagram have a colour.
  [[nodiscard]] int coloured(const QString& diagram) const;
  // Closes, answering the question with that; what it said.
  QString close_answering(QMessageBox::StandardButton answer);
};

void KeptTest::initTestCase() {
  record_short_sample();
}

void KeptTest::init() {
  QSettings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui").clear();
  show_window();
}

void KeptTest::start_import(const QString& name) {
  const QString table = path(name + ".csv");
  std::ofstream(table.toStdString()) << "Timestamp(ms),Current(uA)\n0,100\n1,200\n2,300\n3,250\n";
  window_->start_import(
      {{table.toStdString()}, "csv", {"voltage=3V"}, path(name + ".jmk").toStdString(), false});
}

QString KeptTest::copy_of_sample(const QString& name) const {
  return QFile::copy(sample_, path(name)) ? path(name) : QString();
}

// Null: none is visible.
QPushButton* KeptTest::button(const QString& text) const {
  const auto buttons = window_->findChildren<QPushButton*>();
  const auto found = std::ranges::find_if(
      buttons, [&](const QPushButton* each) { return each->isVisible() && each->text() == text; });
  return found == buttons.end() ? nullptr : *found;
}

bool KeptTest::told(const QString& words) const {
  return window_->banner().text().contains(words);
}

int KeptTest::coloured(const QString& diagram) const {
  const QImage image = field(*dock(diagram.toLower())->widget(), diagram)->grab().toImage();
  int count = 0;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const QColor at = image.pixelColor(x, y);
      const auto [least, most] = std::minmax({at.red(), at.green(), at.blue()});
      count += most - least > 60 ? 1 : 0;
    }
  }
  return count;
}

QString KeptTest::close_answering(QMessageBox::StandardButton answer) {
  QString question;
  when_asked([&](QDialog& dialog) {
    auto* box = qobject_cast<QMessageBox*>(&dialog);
    question = box->text();
    box->button(answer)->click();
  });
  window_->close();
  return question;
}

void KeptTest::anImportThatEndsLeavesWhatIsOpen() {
  open(sample_);
  const QString before = window_->document()->path();
  start_import(QStringLiteral("beside"));
  QTRY_VERIFY_WITH_TIMEOUT(told(QStringLiteral("Imported: beside.jmk")), k_patience_ms);
  QTest::qWait(100);
  QVERIFY(!window_->opening());
  QCOMPARE(window_->document()->path(), before);
  QVERIFY(button(QStringLiteral("Open")) != nullptr);
  button(QStringLiteral("Open"))->click();
  QTRY_COMPARE_WITH_TIMEOUT(window_->document()->path(), path("beside.jmk"), k_patience_ms);
  settle();
}

void KeptTest::aNameIsGivenToNoOtherCapture() {
  open(sample_);
  const QString other = copy_of_sample("other.jmk");
  window_->time_window().set_cursors(0, TimeRange{1'000'000'000, 2'000'000'000});
  when_asked([&](QDialog& dialog) {
    window_->open_file(other);
    QTRY_VERIFY_WITH_TIMEOUT(window_->document()->path() == other, k_patience_ms);
    qobject_cast<QInputDialog*>(&dialog)->setTextValue(QStringLiteral("mine"));
    dialog.accept();
  });
  QTest::keyClick(window_.get(), Qt::Key_W);
  settle();
  QCOMPARE(window_->document()->path(), other);
  QVERIFY(window_->document()->setup().windows.empty());
  QVERIFY(told(QStringLiteral("not open any more")));
}

void KeptTest::aSecondImportIsRefusedInWords() {
  start_import(QStringLiteral("first"));
  start_import(QStringLiteral("second"));
  QVERIFY(told(QStringLiteral("An import is under way")));
  settle();
  QCOMPARE(window_->document()->path(), path("first.jmk"));
  QVERIFY(!QFile::exists(path("second.jmk")));
}

void KeptTest::aSecondExportIsRefusedInWords() {
  open(sample_);
  window_->export_to(path("first-export.csv"));
  window_->export_to(path("second-export.csv"));
  QVERIFY(told(QStringLiteral("A file is being written")));
  QTRY_VERIFY_WITH_TIMEOUT(told(QStringLiteral("Written: ") + path("first-export.csv")), k_patience_ms);
  QVERIFY(QFile::exists(path("first-export.csv")));
  QVERIFY(!QFile::exists(path("second-export.csv")));
}

void KeptTest::theEndOfOneWorkLeavesAnotherItsCancel() {
  RecordingRequest request;  // seconds to export
  request.uri = "sim:kws";
  request.options = {"pace=max", "rate=100kHz"};
  request.file = path("long.jmk").toStdString();
  request.limits.duration_s = 30;
  window_->record(request);
  settle();
  window_->time_window().show_all();
  window_->export_to(path("cancelled.csv"));
  QTRY_VERIFY_WITH_TIMEOUT(button(QStringLiteral("Cancel")) != nullptr, k_patience_ms);
  const auto before = window_->document()->analysis();
  EventSetup setup = window_->document()->setup();
  setup.windows.push_back({"late", {3'000'000'000, 4'000'000'000}});
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("name")).has_value());
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before, k_patience_ms);
  QVERIFY(button(QStringLiteral("Cancel")) != nullptr);
  button(QStringLiteral("Cancel"))->click();
  QTRY_VERIFY_WITH_TIMEOUT(told(QStringLiteral("Not written")), k_patience_ms);
  QVERIFY(!QFile::exists(path("cancelled.csv")));
}

void KeptTest::closingAsksAboutAnImport() {
  start_import(QStringLiteral("closing"));
  const QString question = close_answering(QMessageBox::Cancel);
  QVERIFY2(question.contains(QStringLiteral("An import is under way")), qPrintable(question));
  QVERIFY(window_->isVisible());
  settle();
  QCOMPARE(window_->document()->path(), path("closing.jmk"));
}

void KeptTest::closingAsksAboutAnExport() {
  open(sample_);
  window_->export_to(path("closing.csv"));
  const QString question = close_answering(QMessageBox::Cancel);
  QVERIFY2(question.contains(QStringLiteral("A file is being written")), qPrintable(question));
  QVERIFY(window_->isVisible());
  QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path("closing.csv")), k_patience_ms);
}

void KeptTest::aChangeThatCannotBeSavedIsToldBeforeClosing() {
  open(sample_);
  EventSetup setup = window_->document()->setup();
  setup.windows.push_back({"mine", {1'000'000'000, 2'000'000'000}});
  QVERIFY(QFile::remove(window_->document()->path()));  // the disk is gone, say
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("name")).has_value());
  const QString question = close_answering(QMessageBox::Cancel);
  QVERIFY2(question.contains(QStringLiteral("not saved")), qPrintable(question));
  QVERIFY(window_->isVisible());
  close_answering(QMessageBox::Close);
  QVERIFY(window_->isHidden());
}

void KeptTest::figuresOfOtherRulesAreMarked() {
  open(sample_);
  const auto before = window_->document()->analysis();
  const auto shades = [this] {
    QApplication::processEvents();
    return window_->waveform().grab().toImage();
  };
  const auto marked = [this] {
    const QString words = QStringLiteral("before the change");
    return std::array{window_->tiles().tile(0).accessibleName().contains(words),
                      tells(window_->event_dock(), words), tells(*dock("histogram"), words),
                      tells(*dock("ensemble"), words)};
  };
  constexpr std::array k_all{true, true, true, true};
  constexpr std::array k_none{false, false, false, false};
  window_->show_dock(QStringLiteral("ensemble"));
  QTRY_VERIFY_WITH_TIMEOUT(tells(*dock("ensemble"), QStringLiteral("folded")), k_patience_ms);
  QVERIFY(marked() == k_none);
  QVERIFY(coloured("Histogram") > 50);
  QVERIFY(coloured("Ensemble") > 50);
  const QImage sure = shades();
  EventSetup setup = window_->document()->setup();
  setup.windows.push_back({"late", {3'000'000'000, 4'000'000'000}});
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("name")).has_value());
  QVERIFY(marked() == k_all);
  window_->document()->cancel_report();
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->idle(), k_patience_ms);
  QVERIFY(window_->document()->analysis() == before);
  QVERIFY(marked() == k_all);  // for good
  QCOMPARE(coloured("Histogram"), 0);
  QCOMPARE(coloured("Ensemble"), 0);
  QVERIFY(shades() != sure);
  window_->document()->measure();
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before, k_patience_ms);
  QVERIFY(marked() == k_none);
}

void KeptTest::recordingsOfOneSecondStayInTheirFolder() {
  const QString folder = path("c++/bench");
  QVERIFY(QDir().mkpath(folder));
  QSettings settings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui");
  settings.setValue("recording/folder", folder);
  window_.reset();
  show_window();
  const QDateTime now = QDateTime::currentDateTime();
  for (int s = 0; s < 10; ++s) {  // whenever it begins: there is one already
    QFile taken(folder + "/sim-kws-" + now.addSecs(s).toString("yyyyMMdd-HHmmss") + ".jmk");
    QVERIFY(taken.open(QIODevice::WriteOnly));
  }
  window_->record_simulation(1);
  const QFileInfo file(QString::fromStdString(window_->session()->file()));
  QCOMPARE(file.path(), folder);
  QVERIFY2(file.fileName().endsWith("+2.jmk"), qPrintable(file.fileName()));
}

void KeptTest::theWayBackEndsWithTheCapture() {
  open(sample_);
  window_->time_window().show({1'000'000'000, 1'500'000'000});
  QVERIFY(window_->time_window().can_go_back());
  open(sample_);
  QVERIFY(!window_->time_window().can_go_back());
}

void KeptTest::tablesKeepTheirKeys() {
  open(sample_);
  window_->show_dock(QStringLiteral("events"));
  window_->time_window().show({1'000'000'000, 1'500'000'000});
  auto* table = window_->event_dock().findChild<QTableView*>();
  table->setFocus();
  table->setCurrentIndex(table->model()->index(2, 3));
  const TimeRange shown = window_->time_window().range();
  QTest::keyClick(table, Qt::Key_Left);
  QCOMPARE(table->currentIndex().column(), 2);
  QTest::keyClick(table, Qt::Key_Right);
  QCOMPARE(table->currentIndex().column(), 3);
  QTest::keyClick(table, Qt::Key_End);
  QCOMPARE(table->currentIndex().column(), table->model()->columnCount() - 1);
  QTest::keyClick(table, Qt::Key_Home);
  QCOMPARE(table->currentIndex().column(), 0);
  QVERIFY(window_->time_window().range() == shown);
  window_->waveform().setFocus();
  QTest::keyClick(&window_->waveform(), Qt::Key_Home);
  QCOMPARE(window_->time_window().range().begin_ns, TimeNs{0});
}

void KeptTest::columnsOfTheEventsFitTheUsualWindow() {
  open(sample_);
  QTableView& table = event_table();
  const auto hidden = [&] {
    std::vector<int> columns;
    for (int column = 0; column < EventTable::k_columns; ++column)
      if (table.isColumnHidden(column)) columns.push_back(column);
    return columns;
  };
  const auto fits = [&] {
    bool whole = table.horizontalScrollBar()->maximum() == 0;
    const QAbstractItemView& cells = table;
    for (int column = 0; column < EventTable::remarks; ++column)
      whole =
          whole && (table.isColumnHidden(column) ||
                    table.columnWidth(column) >= std::max(cells.sizeHintForColumn(column),
                                                          table.horizontalHeader()->sectionSizeHint(column)));
    return whole;
  };
  QCOMPARE(window_->width(), 1280);
  QTRY_VERIFY(fits());
  for (const auto column : {EventTable::number, EventTable::name, EventTable::begin, EventTable::length,
                            EventTable::energy, EventTable::remarks})
    QVERIFY2(!table.isColumnHidden(column), qPrintable(QString::number(column)));
  window_->resize(2560, 1440);
  QTRY_VERIFY(hidden().empty());
  QTRY_VERIFY(fits());
  for (int column = 0; column < EventTable::k_columns; ++column)
    QVERIFY(!table.model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().isEmpty());
}

void KeptTest::columnsOfTheEventsAreChosenByKeysAndKept() {
  open(sample_);
  QVERIFY(event_table().isColumnHidden(EventTable::peak));
  QMenu* menu = window_->event_dock().columns().menu();
  const auto press = [&](const QString& text) {
    event_table().setFocus();
    QContextMenuEvent asked(QContextMenuEvent::Keyboard, QPoint(20, 20),
                            event_table().mapToGlobal(QPoint(20, 20)));
    QApplication::sendEvent(&event_table(), &asked);
    QTRY_VERIFY(menu->isVisible());
    const auto actions = menu->actions();
    const auto found = std::ranges::find(actions, text, &QAction::text);
    QVERIFY(found != actions.end());
    menu->setActiveAction(*found);
    QTest::keyClick(menu, Qt::Key_Return);
  };
  press(QStringLiteral("Peak"));
  QVERIFY(!event_table().isColumnHidden(EventTable::peak));
  press(QStringLiteral("Start"));
  QVERIFY(event_table().isColumnHidden(EventTable::begin));
  window_.reset();
  show_window();
  QVERIFY(!event_table().isColumnHidden(EventTable::peak));
  QVERIFY(event_table().isColumnHidden(EventTable::begin));
  menu = window_->event_dock().columns().menu();
  press(QStringLiteral("As many as have room"));
  QVERIFY(event_table().isColumnHidden(EventTable::peak));
  QVERIFY(!event_table().isColumnHidden(EventTable::begin));
}

void KeptTest::aFewEventsAreCopiedAndMillionsRefused() {
  const auto events = [](std::size_t count) {
    auto analysis = std::make_shared<Analysis>();
    analysis->report.events.resize(1);
    analysis->report.events[0].name = "inference";
    analysis->rows.resize(count);
    for (std::size_t i = 0; i < count; ++i)
      analysis->rows[i].time = {static_cast<TimeNs>(i) * 1000, static_cast<TimeNs>(i) * 1000 + 500};
    return analysis;
  };
  EventTable table;
  EventDock dock(table);
  QSignalSpy refused(&dock, &EventDock::refused);
  dock.show();
  dock.activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(&dock));
  auto* view = dock.findChild<QTableView*>();
  const auto copy_all = [&] {
    view->setFocus();
    QTest::keyClick(view, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier);
    return QApplication::clipboard()->text();
  };
  table.set_analysis(events(1000));
  const QStringList lines = copy_all().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 1000);
  QCOMPARE(lines[7].count(QLatin1Char('\t')), table.columnCount() - 1);
  QCOMPARE(lines[7].section(QLatin1Char('\t'), 1, 1), QStringLiteral("inference"));
  QCOMPARE(refused.count(), 0);
  QApplication::clipboard()->setText(QStringLiteral("mine"));
  table.set_analysis(events(2'000'000));
  QCOMPARE(copy_all(), QStringLiteral("mine"));
  QCOMPARE(refused.count(), 1);
}

void KeptTest::lastCapturesAreLookedForWhenOpened() {
  QSettings settings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui");
  settings.setValue("recent", QStringList{path("away.jmk")});
  window_.reset();
  show_window();
  QVERIFY(button(QStringLiteral("away.jmk")) != nullptr);
  button(QStringLiteral("away.jmk"))->click();
  QTRY_VERIFY_WITH_TIMEOUT(told(QStringLiteral("away.jmk")), k_patience_ms);
  QTRY_VERIFY(button(QStringLiteral("away.jmk")) == nullptr);
}

void KeptTest::freeSpaceIsNotAskedWithEveryPicture() {
  InstrumentList none{InstrumentRegistry()};
  StateBar bar(none);
  const auto disk = [&] {
    for (const auto* label : bar.findChildren<QLabel*>()) {
      if (label->text().contains(QStringLiteral("disk"))) return label->text();
    }
    return QString();
  };
  const QString place = path("place");
  QVERIFY(QFile::link(QStringLiteral("/proc"), place));  // no space at all
  bar.show_idle(place);
  const QString before = disk();
  QVERIFY2(before.contains(QStringLiteral("0.0 GB")), qPrintable(before));
  QVERIFY(QFile::remove(place) && QFile::link(path(""), place));
  bar.show_idle(place);
  QCOMPARE(disk(), before);
  QTest::qWait(1100);
  bar.show_idle(place);
  QVERIFY(disk() != before);
}

QTEST_MAIN(KeptTest)
#include "kept_test.moc"
