// SPDX-License-Identifier: GPL-3.0-or-later
// The small questions to a person: nonsense is refused in words, the dialog stays, and what is right is
// taken.
#include <app/dashboard/banner.h>
#include <app/dashboard/dialogs.h>
#include <app/dashboard/theme.h>

#include <tests/gui/window_fixture.h>

#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <algorithm>
#include <fstream>

using namespace joulemark;

class DialogsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void limitsAreTakenWithTheirUnits();
  void limitsThatMakeNoSenseAreRefused();
  void aLogarithmicAxisHasNoLimitsAtOrBelowZero();
  void limitsLeftEmptyAreAutomatic();
  void cancelChoosesNothing();
  void optionsComeFromTheInstrumentsOwnTable();
  void anImportAsksBeforeItReplacesAFile();
  void theFormOfAnImportFollowsItsFormat();
  void theFormatOfAnImportIsDescribedInFull();
  void aClickOnCancelOutlivesTheProgress();
  void helpHasTheRoomOfItsText();
  void buttonsAreFlat();
  void toolsOfAFileDialogHaveTheirPictures();
};

namespace {

void press(const QDialog& dialog, QDialogButtonBox::StandardButton button) {
  dialog.findChild<QDialogButtonBox*>()->button(button)->click();
}

// What a dialog has to complain of.
QString complaint(const QDialog& dialog) {
  for (const QLabel* label : dialog.findChildren<QLabel*>()) {
    if (label->property("role") == QStringLiteral("bad") && label->isVisible()) return label->text();
  }
  return {};
}

void fill(const QDialog& dialog, const QString& low, const QString& high) {
  const auto edits = dialog.findChildren<QLineEdit*>();
  edits.at(0)->setText(low);
  edits.at(1)->setText(high);
}

std::optional<ValueLimits> ask(bool logarithmic = false) {
  return ask_limits(nullptr, QStringLiteral("Limits"), QStringLiteral("A"), {0, 0.05}, logarithmic);
}

std::vector<OptionSpec> rate_option() {
  return {{"rate", OptionKind::scalar, "Hz", "10 Hz .. 2 MHz", "100 kHz", "samples a second"}};
}

}  // namespace

void DialogsTest::limitsAreTakenWithTheirUnits() {
  when_asked([](QDialog& dialog) {
    fill(dialog, QStringLiteral("200uA"), QStringLiteral("5 mA"));
    press(dialog, QDialogButtonBox::Ok);
  });
  const auto chosen = ask();
  QVERIFY(chosen && *chosen);
  QCOMPARE((**chosen).first, 200e-6);
  QCOMPARE((**chosen).second, 5e-3);
}

void DialogsTest::limitsThatMakeNoSenseAreRefused() {
  QStringList complaints;
  when_asked([&complaints](QDialog& dialog) {
    for (const auto& [low, high] :
         {std::pair{"5mA", "1mA"}, {"1mA", "1mA"}, {"0A", "soon"}, {"0V", "1V"}, {"", "1mA"}}) {
      fill(dialog, QString::fromLatin1(low), QString::fromLatin1(high));
      press(dialog, QDialogButtonBox::Ok);
      complaints << (dialog.isVisible() ? complaint(dialog) : QString());
    }
  });
  QVERIFY(!ask());
  QCOMPARE(complaints.size(), 5);
  QVERIFY(complaints[0].contains(QStringLiteral("above")));
  QVERIFY(complaints[1].contains(QStringLiteral("above")));
  for (const QString& text : complaints)
    QVERIFY2(!text.isEmpty(), qPrintable(complaints.join(QLatin1Char('|'))));
}

void DialogsTest::aLogarithmicAxisHasNoLimitsAtOrBelowZero() {
  QStringList complaints;
  when_asked([&complaints](QDialog& dialog) {
    for (const QString& low : {QStringLiteral("0A"), QStringLiteral("-5mA")}) {
      fill(dialog, low, QStringLiteral("50mA"));
      press(dialog, QDialogButtonBox::Ok);
      complaints << (dialog.isVisible() ? complaint(dialog) : QString());
    }
    fill(dialog, QStringLiteral("1uA"), QStringLiteral("50mA"));
    press(dialog, QDialogButtonBox::Ok);
  });
  const auto chosen = ask(true);
  QCOMPARE(complaints.size(), 2);
  for (const QString& text : complaints)
    QVERIFY2(text.contains(QStringLiteral("zero")), qPrintable(text));
  QVERIFY(chosen && *chosen);
  QCOMPARE((**chosen).first, 1e-6);
}

void DialogsTest::limitsLeftEmptyAreAutomatic() {
  when_asked([](QDialog& dialog) {
    fill(dialog, {}, {});
    press(dialog, QDialogButtonBox::Ok);
  });
  const auto chosen = ask();
  QVERIFY(chosen && !*chosen);
}

void DialogsTest::cancelChoosesNothing() {
  when_asked([](QDialog& dialog) { press(dialog, QDialogButtonBox::Cancel); });
  QVERIFY(!ask());
}

void DialogsTest::optionsComeFromTheInstrumentsOwnTable() {
  when_asked([](QDialog& dialog) {
    auto* rate = qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("rate")));
    QVERIFY(rate != nullptr);
    QCOMPARE(rate->text(), QStringLiteral("1kHz"));  // as given
    rate->setText(QStringLiteral("20kHz"));
    press(dialog, QDialogButtonBox::Ok);
  });
  const auto chosen =
      ask_options(nullptr, QStringLiteral("Options"), rate_option(), {QStringLiteral("rate=1kHz")});
  QVERIFY(chosen);
  QCOMPARE(*chosen, QStringList{QStringLiteral("rate=20kHz")});
}

void DialogsTest::helpHasTheRoomOfItsText() {
  bool seen = false;
  when_asked([&seen](QDialog& dialog) {
    const auto labels = dialog.findChildren<QLabel*>();
    const auto help = std::ranges::find(labels, QStringLiteral("samples a second"), &QLabel::text);
    QVERIFY(help != labels.end());
    seen = true;
    QVERIFY((*help)->width() >= (*help)->fontMetrics().horizontalAdvance((*help)->text()));
    const QWidget* rate = field(dialog, QStringLiteral("rate"));
    QVERIFY((*help)->width() >= rate->width());
    QVERIFY2(rate->width() >= 300 && rate->width() <= 400, qPrintable(QString::number(rate->width())));
  });
  QVERIFY(!ask_options(nullptr, QStringLiteral("Options"), rate_option(), {}));
  QVERIFY(seen);
}

void DialogsTest::buttonsAreFlat() {
  use_theme(*qApp, true);
  bool seen = false;
  when_asked([&seen](QDialog& dialog) {
    for (const QPushButton* button : dialog.findChildren<QPushButton*>()) {
      seen = true;
      QVERIFY2(button->icon().isNull(), qPrintable(button->text()));
    }
  });
  QVERIFY(!ask());
  QVERIFY(seen);
}

void DialogsTest::anImportAsksBeforeItReplacesAFile() {
  const QTemporaryDir folder;
  const QString table = folder.filePath(QStringLiteral("run.csv"));
  std::ofstream(table.toStdString()) << "t_ms,i_ma\n0,1\n1,2\n";
  std::ofstream(folder.filePath(QStringLiteral("run.jmk")).toStdString()) << "something";
  QString asked;
  when_asked([&asked](QDialog& dialog) {
    press(dialog, QDialogButtonBox::Ok);
    asked = dialog.isVisible() ? complaint(dialog) : QString();
    press(dialog, QDialogButtonBox::Ok);
  });
  const auto request = ask_import(nullptr, {table});
  QVERIFY2(asked.contains(QStringLiteral("run.jmk")), qPrintable(asked));
  QVERIFY(request);
  QVERIFY(request->overwrite);
  QCOMPARE(request->format, std::string("csv"));
  QCOMPARE(QString::fromStdString(request->file), folder.filePath(QStringLiteral("run.jmk")));
}

void DialogsTest::theFormOfAnImportFollowsItsFormat() {
  const QTemporaryDir folder;
  const QString table = folder.filePath(QStringLiteral("run.csv"));
  std::ofstream(table.toStdString()) << "t_ms,i_ma\n0,1\n1,2\n";
  bool csv_has = false;
  bool eembc_has = true;
  when_asked([&](QDialog& dialog) {
    csv_has = qobject_cast<QLineEdit*>(field(dialog, QStringLiteral("voltage"))) != nullptr;  // to be typed
    QVERIFY(qobject_cast<QComboBox*>(field(dialog, QStringLiteral("decimal"))) != nullptr);
    auto* format = dialog.findChild<QComboBox*>();
    format->setCurrentIndex(format->findData(QStringLiteral("eembc")));
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    eembc_has = field(dialog, QStringLiteral("voltage")) != nullptr;
    press(dialog, QDialogButtonBox::Cancel);
  });
  QVERIFY(!ask_import(nullptr, {table}));
  QVERIFY(csv_has);
  QVERIFY(!eembc_has);
}

void DialogsTest::theFormatOfAnImportIsDescribedInFull() {
  const QTemporaryDir folder;
  const QString table = folder.filePath(QStringLiteral("run.csv"));
  std::ofstream(table.toStdString()) << "t_ms,i_ma\n0,1\n1,2\n";
  QStringList told;
  when_asked([&told](QDialog& dialog) {
    auto* format = qobject_cast<QComboBox*>(field(dialog, QStringLiteral("Format")));
    QVERIFY(format != nullptr);
    for (int i = 0; i < format->count(); ++i) {
      format->setCurrentIndex(i);
      QApplication::processEvents();
      QVERIFY(format->width() >= format->sizeHint().width());
      for (const QLabel* label : dialog.findChildren<QLabel*>()) {
        if (label->text() != format->accessibleDescription()) continue;
        QVERIFY(label->isVisible() && dialog.rect().contains(label->geometry()));
        const QRect text = label->fontMetrics().boundingRect(QRect(0, 0, label->width(), 10'000),
                                                             Qt::TextWordWrap, label->text());
        QVERIFY2(text.width() <= label->width() && text.height() <= label->height(),
                 qPrintable(label->text()));
        told << label->text();
      }
    }
    press(dialog, QDialogButtonBox::Cancel);
  });
  QVERIFY(!ask_import(nullptr, {table}));
  QCOMPARE(told.size(), 3);
  QVERIFY2(told[0].endsWith(QStringLiteral("log.txt")), qPrintable(told[0]));
  QVERIFY2(told[2].contains(QStringLiteral("Monsoon and others")), qPrintable(told[2]));
}

void DialogsTest::aClickOnCancelOutlivesTheProgress() {
  Banner banner;
  int cancelled = 0;
  const auto cancel = [&cancelled] { ++cancelled; };
  banner.show_work(QStringLiteral("1 sample"), cancel);
  QTRY_VERIFY(banner.isVisible());
  const QPointer<QPushButton> button = banner.findChild<QPushButton*>();
  QTest::mousePress(button, Qt::LeftButton);
  banner.show_work(QStringLiteral("2 samples"), cancel);
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  QVERIFY(button != nullptr);
  QTest::mouseRelease(button, Qt::LeftButton);
  QCOMPARE(cancelled, 1);
  banner.show_message(Banner::Level::note, QStringLiteral("Written"));
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
  QCOMPARE(banner.findChildren<QPushButton*>().size(), 1);
}

// Not a dot that was left of them: in the middle of each, several pixels both ways are of a picture.
void DialogsTest::toolsOfAFileDialogHaveTheirPictures() {
  use_theme(*qApp, true);
  QFileDialog dialog;
  dialog.setOption(QFileDialog::DontUseNativeDialog);
  dialog.show();
  const auto tools = dialog.findChildren<QToolButton*>();
  int pictures = 0;
  for (QToolButton* tool : tools) {
    if (!tool->isVisible() || tool->icon().isNull()) continue;
    const QImage image = tool->grab().toImage();
    const QRect inner = image.rect().adjusted(3, 3, -3, -3);
    QRect drawn;
    for (int y = inner.top(); y <= inner.bottom(); ++y) {
      for (int x = inner.left(); x <= inner.right(); ++x)
        if (image.pixel(x, y) != image.pixel(inner.topLeft())) drawn |= QRect(x, y, 1, 1);
    }
    QVERIFY2(
        drawn.width() >= 8 && drawn.height() >= 8,
        qPrintable(
            QStringLiteral("%1: %2 x %3").arg(tool->objectName()).arg(drawn.width()).arg(drawn.height())));
    ++pictures;
  }
  QVERIFY(pictures >= 5);
}

QTEST_MAIN(DialogsTest)
#include "dialogs_test.moc"
