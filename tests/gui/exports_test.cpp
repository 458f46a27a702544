// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures, reports and samples written to files, compared with the command line's.
#include <app/dashboard/exporter.h>
#include <app/models/capture_document.h>

#include <tests/gui/window_fixture.h>

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <cmath>

using namespace joulemark;

class ExportsTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { record_sample(); }
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void exportsPicturesAndReports();
  void exportsTheReportOfTheSelection_data();
  void exportsTheReportOfTheSelection();
  void exportsEveryChannelAndTheGaps();
  void aFileIsWhatItsFilterSays();

 private:
  [[nodiscard]] QStringList exported(TimeRange range);
};

void ExportsTest::exportsPicturesAndReports() {
  open(sample_);
  for (const QString& ending : QStringList{"png", "svg", "pdf", "json"}) {
    window_->export_to(path("out." + ending));
    QTRY_VERIFY2_WITH_TIMEOUT(QFileInfo(path("out." + ending)).size() > 1000, qPrintable(ending),
                              k_patience_ms);
  }
  window_->export_to(QStringLiteral("/dev/full/out.svg"));
  QVERIFY(!QFileInfo::exists(QStringLiteral("/dev/full/out.svg")));
}

// Cursors stand in nearly every window: only who asks for it gets one event more.
void ExportsTest::exportsTheReportOfTheSelection_data() {
  QTest::addColumn<bool>("with_selection");
  QTest::newRow("as on the screen") << false;
  QTest::newRow("with the selection") << true;
}

void ExportsTest::exportsTheReportOfTheSelection() {
  QFETCH(const bool, with_selection);
  open(sample_);
  window_->time_window().set_cursors(0, TimeRange{2'000'000'000, 3'500'000'000});
  const QString file = path("selected.json");
  QFile::remove(file);
  window_->export_to(file, with_selection);
  QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(file), k_patience_ms);
  QFile json(file);
  QVERIFY(json.open(QIODevice::ReadOnly));
  QJsonObject mine = QJsonDocument::fromJson(json.readAll()).object();
  QStringList asked{window_->document()->path()};
  if (with_selection)
    asked << "--window"
          << "selection=2s..3.5s";
  QJsonObject theirs = reported(asked);
  QVERIFY(!theirs["capture"].toObject()["sha256"].toString().isEmpty());
  QCOMPARE(mine["tool"].toObject()["name"], theirs["tool"].toObject()["name"]);
  for (const char* part : {"capture", "quality", "total", "events", "idle", "useful_event", "findings"})
    QVERIFY2(mine[QLatin1String(part)] == theirs[QLatin1String(part)], part);
}

// The lines of a range's samples.
QStringList ExportsTest::exported(TimeRange range) {
  window_->time_window().set_cursors(0, range);
  const QString file = path("out.csv");
  QFile::remove(file);
  window_->export_to(file);
  if (!QTest::qWaitFor([&] { return QFileInfo::exists(file); }, k_patience_ms)) return {};
  QFile csv(file);
  if (!csv.open(QIODevice::ReadOnly)) return {};
  return QString::fromUtf8(csv.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

void ExportsTest::exportsEveryChannelAndTheGaps() {
  open(sample_);
  const QStringList rows = exported({3'995'000'000, 4'085'000'000});  // over the gap
  QCOMPARE(rows.value(0), QStringLiteral("t_s,current_a,power_w,d0,d1,d2,d3"));
  QCOMPARE(rows.size(), 1 + 101);  // 50 before the lost 800, one for them, 50 after
  QVERIFY2(rows[51].startsWith(QStringLiteral("4.000000000,,,")), qPrintable(rows[51]));
  QVERIFY2(rows[52].startsWith(QStringLiteral("4.080000000,")), qPrintable(rows[52]));

  const TimeRange second{10'000'000'000, 11'000'000'000};
  const QStringList all = exported(second);
  double energy_j = 0;
  for (const QString& row : all.mid(1))
    energy_j += row.section(QLatin1Char(','), 2, 2).toDouble() / 10'000;
  const QJsonObject report = reported({window_->document()->path(), "--window", "mine=10s..11s"});
  const QJsonObject mine = report["events"].toArray().last().toObject();
  const double told = mine["energy_j"]["mean"].toDouble();
  QVERIFY(told > 0);
  QVERIFY2(std::abs(energy_j / told - 1) < 1e-3, qPrintable(QString::number(energy_j / told)));

  const QStringList part = exported({10'500'000'000, 10'510'000'000});  // what no edge of the part tells
  QVERIFY(part.size() > 2);
  for (const QString& row : part.mid(1))
    QVERIFY2(all.contains(row), qPrintable(row));
}

void ExportsTest::aFileIsWhatItsFilterSays() {
  const QString samples = QStringLiteral("Samples (*.csv)");
  const QString picture = QStringLiteral("Picture (*.png *.svg *.pdf)");
  QCOMPARE(with_ending_of(samples, QStringLiteral("/a/run.png")), QStringLiteral("/a/run.csv"));
  QCOMPARE(with_ending_of(samples, QStringLiteral("/a/run.v2")), QStringLiteral("/a/run.v2.csv"));
  QCOMPARE(with_ending_of(picture, QStringLiteral("/a/run.SVG")), QStringLiteral("/a/run.SVG"));
  QCOMPARE(with_ending_of(picture, QStringLiteral("/a/run")), QStringLiteral("/a/run.png"));
}

QTEST_MAIN(ExportsTest)
#include "exports_test.moc"
