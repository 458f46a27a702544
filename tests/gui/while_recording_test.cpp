// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing that happens meanwhile ends a recording, and nothing is done to a target unasked.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/verify.h>

#include <app/dashboard/banner.h>
#include <app/dashboard/pane.h>
#include <app/dashboard/quit_on_signal.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/import_job.h>
#include <app/models/recording_session.h>

#include <tests/gui/window_fixture.h>

#include <QDialog>
#include <QFile>
#include <QLabel>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>

using namespace joulemark;

class WhileRecordingTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { make_folder(); }
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void anImportThatEndsLeavesTheRecordingAlone();
  void aRecordingMayEndWhileClosingAsks();
  void nothingIsLookedForMeanwhile();
  void aSignalClosesTheFileUnasked();
  void timeBeginsAtZero();
  void anotherProgramsRecordingIsFollowed();
  void cursorsHaveFigures();
  void whatIsShownLaterIsSaid();

 private:
  // In real time, until it is stopped or that long.
  void record(const QString& name, std::optional<double> duration_s = std::nullopt);
};

namespace {

// Null: no visible button begins so.
QPushButton* button(const QWidget& parent, const QString& begin) {
  const auto buttons = parent.findChildren<QPushButton*>();
  const auto found = std::ranges::find_if(
      buttons, [&](const QPushButton* each) { return each->isVisible() && each->text().startsWith(begin); });
  return found == buttons.end() ? nullptr : *found;
}

}  // namespace

void WhileRecordingTest::record(const QString& name, std::optional<double> duration_s) {
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"rate=10kHz"};
  request.file = path(name).toStdString();
  request.limits.duration_s = duration_s;
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->session()->figures().samples > 0, k_patience_ms);
}

// And what comes is drawn where it stays, until the width is full.
void WhileRecordingTest::timeBeginsAtZero() {
  record("begin.jmk");
  const TimeWindow& window = window_->time_window();
  QTRY_VERIFY(window_->session()->extent().end_ns > 1'000'000'000);
  QCOMPARE(window.range().begin_ns, TimeNs{0});
  QCOMPARE(window.range().end_ns, TimeNs{10'000'000'000});
  window_->stop_recording();
  settle();
}

// To its end, for which nobody waits.
void WhileRecordingTest::anotherProgramsRecordingIsFollowed() {
  const QString file = path("theirs.jmk");
  QProcess recorder;
  recorder.start(qEnvironmentVariable("JOULEMARK_BIN"),
                 {"record", "sim:kws", "--option", "rate=10kHz", "-o", file});
  const auto there = [&] {
    const auto reader = CaptureReader::open(file.toStdString());
    return reader && (*reader)->extent(ChannelId{0})->samples > 0;
  };
  QTRY_VERIFY_WITH_TIMEOUT(there(), k_patience_ms);
  window_->open_file(file);
  settle();
  const auto told = [this](const QString& words) {
    const auto labels = window_->findChildren<QLabel*>();
    return std::ranges::any_of(labels, [&](const QLabel* label) { return label->text().contains(words); });
  };
  const TimeWindow& shown = window_->time_window();
  const TimeNs first = window_->document()->extent().end_ns;
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->extent().end_ns > first + 2'000'000'000, k_patience_ms);
  QCOMPARE(shown.limits().end_ns, window_->document()->extent().end_ns);
  QCOMPARE(shown.range(), shown.limits());  // the whole, as before
  QVERIFY(told(QStringLiteral("still recording")));
  window_->time_window().show({0, 500'000'000});
  const TimeNs second = window_->document()->extent().end_ns;
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->extent().end_ns > second, k_patience_ms);
  QCOMPARE(shown.range(), (TimeRange{0, 500'000'000}));  // somebody looks back
  ::kill(static_cast<pid_t>(recorder.processId()), SIGINT);
  QTRY_VERIFY_WITH_TIMEOUT(recorder.state() == QProcess::NotRunning, k_patience_ms);
  QCOMPARE(recorder.exitCode(), 0);
  QTRY_VERIFY_WITH_TIMEOUT(!told(QStringLiteral("still recording")), k_patience_ms);
  QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(file + QStringLiteral("-wal")), k_patience_ms);
  const auto verified = verify_capture(file.toStdString());
  QVERIFY(verified && verified->closed && verified->intact());
  QCOMPARE(window_->document()->extent(),
           CaptureReader::open(file.toStdString()).value()->extent(ChannelId{0})->time);
}

void WhileRecordingTest::cursorsHaveFigures() {
  record("cursors.jmk");
  QTRY_VERIFY(window_->session()->extent().end_ns > 500'000'000);
  window_->time_window().set_cursors(0, TimeRange{100'000'000, 500'000'000});
  const Pane* pane = window_->waveform().pane(Quantity::current);
  QTRY_VERIFY_WITH_TIMEOUT(!pane->figures(0).empty(), k_patience_ms);
  QVERIFY(window_->session()->running());
  window_->stop_recording();
  settle();
}

void WhileRecordingTest::whatIsShownLaterIsSaid() {
  const auto told = [this](const QString& begin) {
    int count = 0;
    for (const auto* label : window_->findChildren<QLabel*>())
      count += static_cast<int>(label->text().startsWith(begin));
    return count;
  };
  record("later.jmk");
  QTRY_VERIFY_WITH_TIMEOUT(window_->events().rowCount() > 0, k_patience_ms);
  QCOMPARE(told(QStringLiteral("Shown when the recording has ended.")), 2);  // ensemble and histogram
  QCOMPARE(told(QStringLiteral("No events yet")), 0);
  window_->stop_recording();
  settle();
  QCOMPARE(told(QStringLiteral("Shown when the recording has ended.")), 0);
}

void WhileRecordingTest::anImportThatEndsLeavesTheRecordingAlone() {
  const QString table = path("meanwhile.csv");
  std::ofstream(table.toStdString()) << "Timestamp(ms),Current(uA)\n0,100\n1,200\n2,300\n3,250\n";
  record("going-on.jmk");
  window_->start_import(
      {{table.toStdString()}, "", {"voltage=3V"}, path("meanwhile.jmk").toStdString(), false});
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("meanwhile.jmk")), k_patience_ms);
  QVERIFY(window_->session() != nullptr && window_->session()->running());
  auto* open = button(window_->banner(), QStringLiteral("Open"));
  QVERIFY(open != nullptr);
  open->click();
  QVERIFY(window_->session()->running());
  window_->stop_recording();
  settle();
  QCOMPARE(window_->document()->path(), path("going-on.jmk"));
}

void WhileRecordingTest::aRecordingMayEndWhileClosingAsks() {
  record("asked.jmk", 1);
  bool asked = false;
  when_asked([&](QDialog& dialog) {
    asked = true;
    QTRY_VERIFY_WITH_TIMEOUT(window_->session() == nullptr || !window_->session()->running(), k_patience_ms);
    qobject_cast<QMessageBox*>(&dialog)->button(QMessageBox::Close)->click();
  });
  QVERIFY(window_->close());
  QVERIFY(asked);
  const auto verified = verify_capture(path("asked.jmk").toStdString());
  QVERIFY(verified && verified->closed && verified->intact());
}

void WhileRecordingTest::aSignalClosesTheFileUnasked() {
  const QuitOnSignal signal;
  connect(&signal, &QuitOnSignal::asked, window_.get(), [this] { window_->close_unasked(); });
  record("signal.jmk");
  std::raise(SIGTERM);
  QTRY_VERIFY_WITH_TIMEOUT(window_->isHidden(), k_patience_ms);
  QVERIFY(window_->session() == nullptr);
  const auto verified = verify_capture(path("signal.jmk").toStdString());
  QVERIFY(verified && verified->closed && verified->intact());
  QVERIFY(verified->end_reason == EndReason::interrupted);
}

void WhileRecordingTest::nothingIsLookedForMeanwhile() {
  const auto looks = std::make_shared<std::atomic<int>>(0);
  InstrumentFamily family;
  family.scheme = "bus";
  family.discover = [looks]() -> Result<std::vector<DeviceListing>> {
    ++*looks;
    return std::vector<DeviceListing>{};
  };
  InstrumentRegistry registry;
  registry.add(std::move(family));
  window_ = std::make_unique<MainWindow>(std::move(registry));
  window_->show();
  QTRY_VERIFY(*looks > 0);
  record("alone.jmk");
  const int before = *looks;
  QTest::qWait(5000);  // it looks every two seconds
  QCOMPARE(looks->load(), before);
  window_->stop_recording();
  QTRY_VERIFY_WITH_TIMEOUT(*looks > before, k_patience_ms);
}

QTEST_MAIN(WhileRecordingTest)
#include "while_recording_test.moc"
