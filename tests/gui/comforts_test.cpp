// SPDX-License-Identifier: GPL-3.0-or-later
// What a person relies on without thinking of it: the keyboard, names for screen readers, a layout that
// stays, files that are dropped, an output that nobody touches unasked, and a recording that outlives the
// window.
#include <app/dashboard/banner.h>
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/tile_row.h>
#include <app/models/capture_document.h>
#include <app/models/recording_session.h>
#include <app/models/text.h>
#include <app/recording/instruments.h>

#include <tests/gui/window_fixture.h>

#include <QAbstractItemView>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QDockWidget>
#include <QDropEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTest>
#include <QTimer>
#include <QToolTip>
#include <QUrl>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>

using namespace joulemark;

class ComfortsTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void init();
  void cleanup() { window_.reset(); }

  void everyKeyIsListed();
  void everyPaneHasLimitsInTheMenu();
  void everyPlaceOfTheKeyboardHasAName();
  void paintedFiguresAreSpoken();
  void docksStayWhereTheyWerePut();
  void aDroppedCaptureIsOpened();
  void aDroppedTableIsImportedAfterAQuestion();
  void whatCannotBeOpenedIsNotDropped_data();
  void whatCannotBeOpenedIsNotDropped();
  void aCaptureIsKnownInCapitalsToo();
  void namesAreNoHtml();
  void recentFilesAreToldApart();
  void theOutputIsSetOnlyAfterAnotherQuestion();
  void optionsOutliveWhatIsPluggedIn();
  void anOutputInTheUriIsAskedAboutToo();
  void aRecordingSurvivesTheDeathOfItsWindow();
  void aRecordingIsKeptInMindWhateverOthersRecord();

 private:
  [[nodiscard]] QPushButton* output_button() const;
  void drop(const QString& file);
};

void ComfortsTest::initTestCase() {
  record_short_sample();
}

void ComfortsTest::init() {
  QSettings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui").clear();
  show_window();
}

void ComfortsTest::everyKeyIsListed() {
  QStringList listed;
  when_asked([&](QDialog& dialog) {
    for (const auto* label : dialog.findChildren<QLabel*>())
      listed << label->text();
  });
  QTest::keyClick(window_.get(), Qt::Key_Question);
  int keys = 0;
  for (const auto* action : window_->actions()) {
    const QString key = action->shortcut().toString(QKeySequence::NativeText);
    if (key.isEmpty() || (key.size() == 1 && key[0].isDigit())) continue;
    QVERIFY2(listed.contains(key), qPrintable(key));
    ++keys;
  }
  QVERIFY(keys > 25);
  QVERIFY(listed.contains(QStringLiteral("1 \u2026 9")));
}

void ComfortsTest::everyPaneHasLimitsInTheMenu() {
  open(sample_);
  const auto choose = [this](const QKeySequence& keys) {
    const auto actions = window_->actions();
    const auto found = std::ranges::find(actions, keys, &QAction::shortcut);
    QVERIFY2(found != actions.end(), qPrintable(keys.toString()));
    (*found)->trigger();
  };
  for (const auto& [quantity, keys] :
       {std::pair{"Current", QKeySequence(Qt::Key_Y)}, {"Power", QKeySequence(Qt::SHIFT | Qt::Key_Y)}}) {
    QString title;
    when_asked([&](QDialog& dialog) { title = dialog.windowTitle(); });
    choose(keys);
    QCOMPARE(title, QStringLiteral("Limits: %1").arg(QLatin1String(quantity)));
  }
  choose(QKeySequence(Qt::ALT | Qt::Key_Y));
  QCOMPARE(window_->banner().text(), QStringLiteral("No voltage is shown."));  // the simulation has none
}

void ComfortsTest::everyPlaceOfTheKeyboardHasAName() {
  open(sample_);
  for (const auto* dock : window_->findChildren<QDockWidget*>())
    window_->show_dock(dock->objectName());
  QStringList nameless;
  for (const auto* widget : window_->findChildren<QWidget*>()) {
    if (widget->window() != window_.get()) continue;  // the list of a combo box
    if ((widget->focusPolicy() & Qt::TabFocus) == 0 || widget->focusProxy() != nullptr) continue;
    if (qobject_cast<const QTabBar*>(widget) != nullptr) continue;  // its tabs have names
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    const bool inner = qobject_cast<const QComboBox*>(widget->parentWidget()) != nullptr ||
                       qobject_cast<const QAbstractItemView*>(widget->parentWidget()) != nullptr;
    if (!inner && widget->accessibleName().isEmpty() && (button == nullptr || button->text().isEmpty()))
      nameless << QLatin1String(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
  }
  QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QStringLiteral(", "))));
}

void ComfortsTest::paintedFiguresAreSpoken() {
  open(sample_);
  const auto spoken = [](QWidget& widget) {
    auto* heard = QAccessible::queryAccessibleInterface(&widget);
    return heard->text(QAccessible::Name) + QLatin1Char('\n') + heard->text(QAccessible::Description);
  };
  for (std::size_t i = 0; i < empty_tiles().size(); ++i) {
    const Tile& tile = window_->tiles().tile(i).tile();
    const QString text = spoken(*field(*window_, window_->tiles().tile(i).accessibleName()));
    for (const QString& part :
         {tile.title, tile.figure.number, tile.figure.unit, tile.uncertainty, tile.note, tile.definition})
      QVERIFY2(text.contains(part), qPrintable(text));
  }
  const EventReport& event = window_->document()->analysis()->report.events.front();
  auto* histogram = field(*window_, QStringLiteral("Histogram"));
  QVERIFY(histogram != nullptr);
  QVERIFY2(spoken(*histogram).contains(QString::fromStdString(event.name)) &&
               spoken(*histogram).contains(si_text(event.energy_j.median, "J")),
           qPrintable(spoken(*histogram)));
  const QString line = QStringLiteral("Dashed line: the mean, %1").arg(si_text(event.energy_j.mean, "J"));
  QVERIFY2(spoken(*histogram).contains(line), qPrintable(spoken(*histogram)));
  QCOMPARE(histogram->toolTip(), line);
  QTRY_VERIFY_WITH_TIMEOUT(window_->ensemble_dock().ensemble() != nullptr, k_patience_ms);
  const Ensemble& ensemble = *window_->ensemble_dock().ensemble();
  auto* fold = field(*window_, QStringLiteral("Ensemble"));
  QVERIFY(fold != nullptr);
  QVERIFY2(spoken(*fold).contains(si_text(std::ranges::max(ensemble.median), "W")),
           qPrintable(spoken(*fold)));
}

void ComfortsTest::docksStayWhereTheyWerePut() {
  auto* rules = window_->findChild<QDockWidget*>(QStringLiteral("rules"));
  window_->addDockWidget(Qt::LeftDockWidgetArea, rules);
  window_->findChild<QDockWidget*>(QStringLiteral("histogram"))->hide();
  QVERIFY(window_->close());
  window_.reset();
  show_window();
  rules = window_->findChild<QDockWidget*>(QStringLiteral("rules"));
  QCOMPARE(window_->dockWidgetArea(rules), Qt::LeftDockWidgetArea);
  QVERIFY(window_->findChild<QDockWidget*>(QStringLiteral("histogram"))->isHidden());
}

void ComfortsTest::drop(const QString& file) {
  QMimeData data;
  data.setUrls({QUrl::fromLocalFile(file)});
  QDragEnterEvent enter({100, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window_.get(), &enter);
  QVERIFY(enter.isAccepted());
  QDropEvent event(QPointF(100, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window_.get(), &event);
}

void ComfortsTest::aDroppedCaptureIsOpened() {
  drop(sample_);
  QTRY_VERIFY(window_->document() != nullptr);
  settle();
  QCOMPARE(window_->document()->path(), sample_);
}

void ComfortsTest::whatCannotBeOpenedIsNotDropped_data() {
  QTest::addColumn<QStringList>("urls");
  QTest::addColumn<QString>("why");
  QTest::newRow("a page of the net") << QStringList{"http://example.org/a.jmk"} << "of this computer";
  QTest::newRow("two captures") << QStringList{"file:///a.jmk", "file:///b.JMK"} << "One capture";
  QTest::newRow("a capture and a table") << QStringList{"file:///a.csv", "file:///b.jmk"} << "One capture";
}

void ComfortsTest::whatCannotBeOpenedIsNotDropped() {
  QFETCH(const QStringList, urls);
  QFETCH(const QString, why);
  QMimeData data;
  data.setUrls(QUrl::fromStringList(urls));
  QDragEnterEvent enter({100, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
  enter.ignore();
  QApplication::sendEvent(window_.get(), &enter);
  QVERIFY(!enter.isAccepted());
  QVERIFY2(window_->banner().text().contains(why), qPrintable(window_->banner().text()));
}

void ComfortsTest::aCaptureIsKnownInCapitalsToo() {
  QVERIFY(QFile::copy(sample_, path("UP.JMK")));
  drop(path("UP.JMK"));
  QTRY_VERIFY(window_->document() != nullptr);
  settle();
  QCOMPARE(window_->document()->path(), path("UP.JMK"));
}

void ComfortsTest::namesAreNoHtml() {
  const QString name = QStringLiteral("<img src=x><b>bold</b>.jmk");
  window_->open_file(path(name));
  QTRY_VERIFY(window_->banner().text().contains(name));
  for (const QLabel* label : window_->banner().findChildren<QLabel*>())
    QCOMPARE(label->textFormat(), Qt::PlainText);
  QToolTip::showText({100, 100}, name, window_.get());
  QTRY_VERIFY(QToolTip::isVisible());
  for (const QWidget* widget : QApplication::topLevelWidgets()) {
    const auto* tip = qobject_cast<const QLabel*>(widget);
    if (tip != nullptr && tip->text() == name) QCOMPARE(tip->textFormat(), Qt::PlainText);
  }
  QToolTip::hideText();
  when_asked([](QDialog& dialog) {
    QCOMPARE(dialog.findChild<QLabel*>(QStringLiteral("qt_msgbox_label"))->textFormat(), Qt::PlainText);
  });
  QMessageBox::question(window_.get(), QStringLiteral("?"), name);
}

void ComfortsTest::recentFilesAreToldApart() {
  QSettings settings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui");
  settings.setValue("recent", QStringList{path("a/one&two.jmk"), path("b/one&two.jmk")});
  settings.sync();
  show_window();
  const QMenu* menu = nullptr;
  for (const QMenu* each : window_->findChildren<QMenu*>()) {
    if (each->title().contains(QStringLiteral("recent"))) menu = each;
  }
  QVERIFY(menu != nullptr && menu->toolTipsVisible());
  QCOMPARE(menu->actions().at(0)->text(), QStringLiteral("one&&two.jmk (a)"));
  QCOMPARE(menu->actions().at(1)->text(), QStringLiteral("one&&two.jmk (b)"));
  QCOMPARE(menu->actions().at(1)->toolTip(), path("b/one&two.jmk"));
}

void ComfortsTest::aDroppedTableIsImportedAfterAQuestion() {
  std::ofstream(path("ppk.csv").toStdString()) << "Timestamp(ms),Current(uA)\n0,100\n1,200\n2,300\n3,250\n";
  when_asked([](QDialog& dialog) {
    auto* voltage = qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("voltage")));
    QVERIFY(voltage != nullptr);
    voltage->setText(QStringLiteral("3V"));
    dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok)->click();
  });
  drop(path("ppk.csv"));
  QTRY_VERIFY_WITH_TIMEOUT(window_->document() != nullptr, k_patience_ms);
  settle();
  QCOMPARE(window_->document()->analysis()->report.capture.primary.samples, std::int64_t{4});
}

namespace {

// A bench with one instrument, and a second one from the moment that more is set.
InstrumentRegistry bench(const std::shared_ptr<std::atomic<bool>>& more) {
  InstrumentFamily family;
  family.scheme = "bench";
  family.example = "bench:b";
  family.options = {{"shunt", OptionKind::scalar, "ohm", "any", "", "the shunt"}};
  family.discover = [more]() -> Result<std::vector<DeviceListing>> {
    std::vector<DeviceListing> listed{{"bench:b", "the first", !*more, "busy", "wait"}};
    if (*more) listed.insert(listed.begin(), {"bench:a", "the second", true, {}, {}});
    return listed;
  };
  InstrumentRegistry registry;
  registry.add(std::move(family));
  return registry;
}

}  // namespace

void ComfortsTest::optionsOutliveWhatIsPluggedIn() {
  const auto more = std::make_shared<std::atomic<bool>>(false);
  window_ = std::make_unique<MainWindow>(bench(more));
  window_->show();
  auto* instrument = qobject_cast<QComboBox*>(field(*window_, QStringLiteral("Instrument")));
  QTRY_COMPARE(instrument->currentText(), QStringLiteral("bench:b"));
  const auto buttons = window_->findChildren<QPushButton*>();
  const auto options = std::ranges::find_if(
      buttons, [](const QPushButton* each) { return each->text().startsWith(QStringLiteral("Options")); });
  QVERIFY(options != buttons.end());
  when_asked([](QDialog& dialog) {
    qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("shunt")))->setText(QStringLiteral("0.1"));
    dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok)->click();
  });
  (*options)->click();
  QCOMPARE((*options)->text(), QStringLiteral("Options (1)\u2026"));
  *more = true;  // plugged in, and the first one is in use now
  QTRY_COMPARE_WITH_TIMEOUT(instrument->count(), 2, k_patience_ms);
  QCOMPARE(instrument->currentText(), QStringLiteral("bench:b"));
  QCOMPARE((*options)->text(), QStringLiteral("Options (1)\u2026"));
  instrument->setEditText(QStringLiteral("bench:c"));  // another one has not that shunt
  QCOMPARE((*options)->text(), QStringLiteral("Options\u2026"));
}

QPushButton* ComfortsTest::output_button() const {
  const auto buttons = window_->findChildren<QPushButton*>();
  const auto found = std::ranges::find_if(
      buttons, [](const QPushButton* each) { return each->text().startsWith(QStringLiteral("Vout")); });
  return found == buttons.end() ? nullptr : *found;
}

void ComfortsTest::theOutputIsSetOnlyAfterAnotherQuestion() {
  window_->set_instrument(QStringLiteral("monsoon:"));
  QPushButton* output = output_button();
  QVERIFY(output != nullptr);
  QCOMPARE(output->text(), QStringLiteral("Vout: as it is"));
  when_asked([](QDialog& dialog) {
    auto* vout = qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("vout")));
    QVERIFY(vout != nullptr);
    vout->setText(QStringLiteral("3.3"));
    dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok)->click();
  });
  output->click();
  QCOMPARE(output->text(), QStringLiteral("Vout 3.3 at start"));
  window_->activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(window_.get()));
  QString question;
  when_asked([&](QDialog& dialog) {
    question = qobject_cast<QMessageBox*>(&dialog)->text();
    QTest::keyClick(&dialog, Qt::Key_Return);  // the default is not to
  });
  QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
  QVERIFY2(question.contains(QStringLiteral("monsoon:")) && question.contains(QStringLiteral("3.3")),
           qPrintable(question));
  QVERIFY(window_->session() == nullptr);
}

void ComfortsTest::anOutputInTheUriIsAskedAboutToo() {
  window_->set_instrument(QStringLiteral("monsoon:/dev/nothing?vout=4.5&serial=20519"));
  QPushButton* output = output_button();
  QVERIFY(output != nullptr);
  QCOMPARE(output->text(), QStringLiteral("Vout 4.5 at start"));
  QString question;
  when_asked([&](QDialog& dialog) {
    question = qobject_cast<QMessageBox*>(&dialog)->text();
    QTest::keyClick(&dialog, Qt::Key_Return);  // the default is not to
  });
  QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
  QVERIFY2(question.contains(QStringLiteral("4.5")), qPrintable(question));
  QVERIFY(window_->session() == nullptr);
  when_asked([](QDialog& dialog) {  // the form has it, and it can be taken back there
    auto* vout = qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("vout")));
    QVERIFY(vout != nullptr);
    QCOMPARE(vout->text(), QStringLiteral("4.5"));
    vout->clear();
    dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Ok)->click();
  });
  output->click();
  QCOMPARE(output->text(), QStringLiteral("Vout: as it is"));
  auto* instrument = qobject_cast<QComboBox*>(field(*window_, QStringLiteral("Instrument")));
  QVERIFY(instrument != nullptr);
  QCOMPARE(instrument->currentText(), QStringLiteral("monsoon:/dev/nothing?serial=20519"));
}

void ComfortsTest::aRecordingSurvivesTheDeathOfItsWindow() {
  const QString file = path("killed.jmk");
  QProcess other;
  other.start(QApplication::applicationFilePath(), {"--record", path("settings"), file});
  QVERIFY(other.waitForReadyRead(k_patience_ms));  // two seconds are recorded
  window_.reset();
  show_window();
  window_->offer_unfinished();
  QCOMPARE(window_->offers().text(), QString());  // it is not lost
  other.kill();
  QVERIFY(other.waitForFinished(k_patience_ms));
  QCOMPARE(other.exitStatus(), QProcess::CrashExit);
  window_.reset();
  show_window();
  window_->offer_unfinished();
  QVERIFY(window_->offers().text().contains(QStringLiteral("killed.jmk")));
  const auto buttons = window_->offers().findChildren<QPushButton*>();
  const auto recover = std::ranges::find(buttons, QStringLiteral("Recover and open"), &QAbstractButton::text);
  QVERIFY(recover != buttons.end());
  (*recover)->click();
  settle();
  QVERIFY(window_->document()->closed_properly());
  QVERIFY(window_->document()->analysis()->report.capture.duration_s > 0.4);
}

void ComfortsTest::aRecordingIsKeptInMindWhateverOthersRecord() {
  QProcess other;
  other.start(QApplication::applicationFilePath(), {"--record", path("settings"), path("killed-2.jmk")});
  QVERIFY(other.waitForReadyRead(k_patience_ms));
  RecordingRequest mine;
  mine.uri = "sim:kws";
  mine.options = {"pace=max", "rate=10kHz"};
  mine.file = path("mine.jmk").toStdString();
  mine.limits.duration_s = 1;
  window_->record(mine);
  settle();
  other.kill();
  QVERIFY(other.waitForFinished(k_patience_ms));
  window_.reset();
  show_window();
  window_->offer_unfinished();
  QVERIFY2(window_->offers().text().contains(QStringLiteral("killed-2.jmk")),
           qPrintable(window_->offers().text()));
}

namespace {

// A window that records until it is killed.
int record_for_ever(const QString& settings, const QString& file) {
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings);
  MainWindow window(make_registry());
  window.show();
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"rate=10kHz"};
  request.file = file.toStdString();
  window.record(request);
  QTimer timer;
  QObject::connect(&timer, &QTimer::timeout, [&] {
    if (window.session()->figures().duration_s < 2) return;
    std::puts("recorded");
    std::fflush(stdout);
    timer.stop();
  });
  timer.start(20);
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  const QStringList arguments = QApplication::arguments();
  if (arguments.size() == 4 && arguments[1] == QStringLiteral("--record"))
    return record_for_ever(arguments[2], arguments[3]);
  ComfortsTest test;
  return QTest::qExec(&test, argc, argv);
}

#include "comforts_test.moc"
