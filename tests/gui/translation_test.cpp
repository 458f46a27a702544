// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up language in which every text stands in guillemets: what then stands without them cannot be
// translated.
#include <app/dashboard/tile_row.h>
#include <app/models/recording_session.h>
#include <app/models/words.h>

#include <tests/gui/window_fixture.h>

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLibraryInfo>
#include <QLineEdit>
#include <QMenu>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QTranslator>

using namespace joulemark;

class TranslationTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void everyTextOfTheWindowCanBeTranslated();
  void everyWordOfTheVocabularyCanBeTranslated();
  void tablesAndFindingsSpeakTheLanguageToo();

 private:
  [[nodiscard]] QString run(const QString& tool, const QStringList& arguments);
  void make_language();

  QTranslator translator_;
};

namespace {

QString tool_path(const QString& name) {
  const QStringList places{QLibraryInfo::path(QLibraryInfo::BinariesPath),
                           QLibraryInfo::path(QLibraryInfo::LibraryExecutablesPath)};
  return QStandardPaths::findExecutable(name, places);
}

// Fills each source into its own empty translation.
QString in_guillemets(QString language) {
  const QRegularExpression plain(
      QStringLiteral("<source>([^<]*)</source>(\\s*)<translation type=\"unfinished\"></translation>"));
  const QRegularExpression numerus(
      QStringLiteral("<source>([^<]*)</source>(\\s*)<translation type=\"unfinished\">\\s*"
                     "(?:<numerusform></numerusform>\\s*)+</translation>"));
  language.replace(plain,
                   QStringLiteral("<source>\\1</source>\\2<translation>\u00ab\\1\u00bb</translation>"));
  language.replace(numerus, QStringLiteral("<source>\\1</source>\\2<translation><numerusform>\u00ab\\1\u00bb"
                                           "</numerusform></translation>"));
  return language;
}

// Without letters there is nothing to translate; the rest are names: the product's, files', instruments'.
bool needs_translation(QString text) {
  static const QRegularExpression k_names(
      QStringLiteral("Joulemark|[^\\s\u00ab]*live\\.jmk|sim:kws|twin:kws"));
  text.remove(k_names);
  static const QRegularExpression k_letters(QStringLiteral("[A-Za-z]{2}"));
  return text.contains(k_letters) && !text.contains(QChar(0x00ab));
}

// Qt names the insides of its own widgets, and translates them itself.
bool is_of_qt(const QWidget* widget) {
  return widget->objectName().startsWith(QStringLiteral("qt_")) || widget->parentWidget() == nullptr ||
         qobject_cast<const QTabBar*>(widget->parentWidget()) != nullptr;
}

QStringList texts_of(const QWidget& window) {
  QStringList texts{window.windowTitle()};
  for (const auto* label : window.findChildren<QLabel*>())
    texts << label->text() << label->toolTip();
  for (const auto* button : window.findChildren<QAbstractButton*>()) {
    if (!is_of_qt(button)) texts << button->text() << button->toolTip();
  }
  for (const auto* action : window.findChildren<QAction*>()) {
    if (!action->isSeparator()) texts << action->text();
  }
  for (const auto* edit : window.findChildren<QLineEdit*>())
    texts << edit->placeholderText();
  for (const auto* table : window.findChildren<QTableView*>()) {
    for (int column = 0; column < table->model()->columnCount(); ++column)
      texts << table->model()->headerData(column, Qt::Horizontal).toString()
            << table->model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString();
  }
  for (const auto* widget : window.findChildren<QWidget*>()) {
    if (!is_of_qt(widget)) texts << widget->accessibleName();
  }
  return texts;
}

}  // namespace

QString TranslationTest::run(const QString& tool, const QStringList& arguments) {
  QProcess process;
  process.setWorkingDirectory(qEnvironmentVariable("JOULEMARK_SOURCE_DIR"));
  process.setProcessChannelMode(QProcess::MergedChannels);
  process.start(tool_path(tool), arguments);
  process.waitForFinished(k_patience_ms);
  return QString::fromUtf8(process.readAll());
}

void TranslationTest::make_language() {
  const QString said = run(QStringLiteral("lupdate"), {"-I", ".", "app", "-ts", path("xx.ts")});
  QVERIFY2(!said.contains(QStringLiteral("lacks Q_OBJECT")) && !said.contains(QStringLiteral("Qualifying")),
           qPrintable(said));
  QFile source(path("xx.ts"));
  QVERIFY(source.open(QIODevice::ReadOnly));
  const QString language = in_guillemets(QString::fromUtf8(source.readAll()));
  QVERIFY(!language.contains(QStringLiteral("unfinished")));
  QFile made(path("xx_filled.ts"));
  QVERIFY(made.open(QIODevice::WriteOnly));
  made.write(language.toUtf8());
  made.close();
  const QString released = run(QStringLiteral("lrelease"), {path("xx_filled.ts"), "-qm", path("xx.qm")});
  QVERIFY2(QFile::exists(path("xx.qm")), qPrintable(released));
}

void TranslationTest::initTestCase() {
  make_folder();
  if (tool_path(QStringLiteral("lupdate")).isEmpty() || tool_path(QStringLiteral("lrelease")).isEmpty())
    QSKIP("qt6-l10n-tools is missing");
  make_language();
  QVERIFY(translator_.load(path("xx.qm")));
  QVERIFY(QApplication::installTranslator(&translator_));
}

void TranslationTest::everyTextOfTheWindowCanBeTranslated() {
  show_window();
  QStringList left;
  const auto look = [&] {
    for (const QString& text : texts_of(*window_)) {
      if (needs_translation(text) && !left.contains(text)) left << text;
    }
  };
  look();
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"pace=max", "rate=10kHz"};
  request.file = path("live.jmk").toStdString();
  request.limits.duration_s = 5;
  window_->record(request);
  settle();
  look();
  QVERIFY2(left.isEmpty(), qPrintable(left.join(QStringLiteral(" | "))));
}

namespace {

bool translated(const QString& text) {
  return text.startsWith(QChar(0x00ab));
}

// From the first enumerator to the last one.
template <typename Enum>
QStringList english_words(Enum last) {
  QStringList left;
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    const QString word = word_of(static_cast<Enum>(value));
    if (!translated(word)) left << word;
  }
  return left;
}

}  // namespace

void TranslationTest::everyWordOfTheVocabularyCanBeTranslated() {
  const QStringList left = english_words(AnomalyKind::damaged) + english_words(EndReason::killed) +
                           english_words(Grade::poor) + english_words(Method::overlap_regression) +
                           english_words(QualityGrade::bad) + english_words(Quantity::temperature);
  QVERIFY2(left.isEmpty(), qPrintable(left.join(QStringLiteral(", "))));
  for (const EventFlag flag :
       {k_flag_lost_samples, k_flag_outside_capture, k_flag_not_isolated, k_flag_clipped})
    QVERIFY2(translated(words_of_flags(flag)), qPrintable(words_of_flags(flag)));
}

void TranslationTest::tablesAndFindingsSpeakTheLanguageToo() {
  show_window();
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"pace=max", "rate=10kHz", "gap=2s,samples=20000"};
  request.file = path("gap.jmk").toStdString();
  request.limits.duration_s = 6;
  window_->record(request);
  settle();
  QStringList remarks;
  for (int row = 0; row < window_->events().rowCount(); ++row) {
    const QString text = window_->events().index(row, EventTable::remarks).data().toString();
    if (!text.isEmpty() && !remarks.contains(text)) remarks << text;
  }
  QVERIFY(!remarks.isEmpty());
  for (const QString& text : remarks)
    QVERIFY2(translated(text), qPrintable(text));
  const QString finding = window_->findings().index(0).data().toString();
  QVERIFY2(finding.contains(QStringLiteral("\u00abgap\u00bb")), qPrintable(finding));
  const QString note = window_->tiles().tile(0).tile().note;
  QVERIFY2(note.contains(QStringLiteral("\u00abexcess\u00bb")) ||
               note.contains(QStringLiteral("\u00abintegral\u00bb")),
           qPrintable(note));
  const QString share = window_->tiles().tile(2).tile().parts.front().name;
  QVERIFY2(translated(share), qPrintable(share));
  RuleTable& rules = window_->rules();
  const QModelIndex pairing = rules.index(0, RuleTable::pairing);
  QVERIFY(translated(pairing.data().toString()));
  QVERIFY(rules.choices(pairing).contains(pairing.data(Qt::EditRole).toString()));
  QVERIFY(rules.setData(pairing, rules.choices(pairing)[3]));
  QVERIFY(rules.setup().rules[0].pairing == Pairing::toggle);
}

QTEST_MAIN(TranslationTest)
#include "translation_test.moc"
