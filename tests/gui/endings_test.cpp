// SPDX-License-Identifier: GPL-3.0-or-later
// How recordings begin and end: as asked, in trouble, cut off; and what is kept of them.
#include <analysis/capture/verify.h>

#include <drivers/transport/linux/file_descriptor.h>

#include <app/dashboard/banner.h>
#include <app/dashboard/tile_row.h>
#include <app/models/capture_document.h>
#include <app/models/recording_session.h>

#include <tests/gui/window_fixture.h>

#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include <QAction>
#include <QDir>
#include <QElapsedTimer>
#include <QJsonObject>
#include <QLabel>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QTest>
#include <QTimer>
#include <algorithm>

using namespace joulemark;

class EndingsTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { record_sample(); }
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void recordsFromTheSimulationAndShowsItsFigures();
  void aRecordingThatDoesNotBeginLeavesWhatIsOpen();
  void unpluggedWhileRecordingKeepsWhatCame();
  void aFullDiskEndsTheRecordingAndKeepsIt();
  void anInstrumentThatDoesNotAnswerIsToldAbout();
  void closingWhileRecordingClosesTheFile();
  void whatIsBeingOpenedIsLeftAtOnce_data();
  void whatIsBeingOpenedIsLeftAtOnce();
  void aRecordingThatWasCutOffIsOfferedUntilItIsAnswered();
  void samplesLostAtTheBeginAreCountedAsTheReportDoes();
};

namespace {

// Gives two seconds of samples and is pulled out.
class PulledOut final : public Instrument {
 public:
  PulledOut() {
    info_.channels.resize(1);
    info_.channels[0].name = "bench.current";
    info_.channels[0].rate_hz = 1000;
    info_.supply = {3.0, VoltageBasis::assumed};
  }
  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token&) override {
    JM_TRY(sink.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(2000, 1e-3F), {}}));
    return EndReason::unplugged;
  }

 private:
  CaptureInfo info_;
};

// Answers the next modal question with the button of that role, as soon as it is up.
void answer(QMessageBox::StandardButton button) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, qApp, [timer, button] {
    auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
    if (box == nullptr) return;
    timer->deleteLater();
    timer->stop();
    box->button(button)->click();
  });
  timer->start(20);
}

}  // namespace

void EndingsTest::whatIsBeingOpenedIsLeftAtOnce_data() {
  QTest::addColumn<bool>("closing");
  QTest::newRow("by Stop") << false;
  QTest::newRow("by closing the window") << true;
}

// Whoever listens there never answers: a probe has six seconds to.
void EndingsTest::whatIsBeingOpenedIsLeftAtOnce() {
  QFETCH(const bool, closing);
  const linux_system::FileDescriptor silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  QCOMPARE(::bind(silent.get(), generic, size), 0);
  QCOMPARE(::listen(silent.get(), 1), 0);
  QCOMPARE(::getsockname(silent.get(), generic, &size), 0);
  RecordingRequest request;
  request.uri = "probe:tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  request.file = path("never.jmk").toStdString();
  window_->record(request);
  QTest::qWait(300);
  QElapsedTimer waited;
  waited.start();
  if (closing) {
    window_->close_unasked();
  } else {
    window_->stop_recording();
    QTRY_VERIFY(window_->session() == nullptr);
    QVERIFY(window_->banner().text().contains(QStringLiteral("stopped while")));
  }
  QVERIFY(waited.elapsed() < 1500);
  QVERIFY(!QFile::exists(path("never.jmk")));
}

void EndingsTest::recordsFromTheSimulationAndShowsItsFigures() {
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"rate=10kHz"};
  request.file = path("live.jmk").toStdString();
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->session() != nullptr && window_->session()->figures().samples > 5000,
                           k_patience_ms);
  QTRY_VERIFY_WITH_TIMEOUT(window_->events().rowCount() > 0,
                           k_patience_ms);  // tiles and table follow while it runs
  QVERIFY(window_->tiles().tile(1).tile().figure.number != QString(QChar(0x2014)));
  QTest::keyClick(window_.get(), Qt::Key_R, Qt::ControlModifier);
  settle();
  const QJsonObject report = reported({path("live.jmk")});
  QCOMPARE(static_cast<double>(window_->document()->analysis()->report.capture.primary.samples),
           report["capture"]["samples"].toDouble());
  QCOMPARE(*window_->document()->analysis()->report.total.energy_j, report["total"]["energy_j"].toDouble());
}

void EndingsTest::aRecordingThatDoesNotBeginLeavesWhatIsOpen() {
  open(sample_);
  RecordingRequest request;
  request.uri = "monsoon:/dev/nothing";
  request.file = path("none.jmk").toStdString();
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("Nothing was recorded")),
                           k_patience_ms);
  QVERIFY(window_->document() != nullptr);
  QVERIFY(has_figures() && window_->events().rowCount() > 0);
}

void EndingsTest::unpluggedWhileRecordingKeepsWhatCame() {
  RecordingRequest request;
  request.uri = "bench:";
  request.file = path("unplugged.jmk").toStdString();
  request.open = []() -> Result<std::unique_ptr<Instrument>> { return std::make_unique<PulledOut>(); };
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("unplugged")), k_patience_ms);
  settle();
  QCOMPARE(window_->document()->analysis()->report.capture.primary.samples, std::int64_t{2000});
  QVERIFY(window_->document()->closed_properly());
}

void EndingsTest::aFullDiskEndsTheRecordingAndKeepsIt() {
  const QString disk = path("disk");
  QDir().mkpath(disk);
  if (::mount("tmpfs", disk.toUtf8().constData(), "tmpfs", 0, "size=24m") != 0)
    QSKIP("needs the right to mount");
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = {"rate=2MHz", "pace=max"};
  request.file = (disk + "/full.jmk").toStdString();
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("ended early")), k_patience_ms);
  QVERIFY(window_->banner().text().contains(QStringLiteral("disk full")));
  const auto verified = verify_capture(request.file);
  QVERIFY(verified.has_value());
  QVERIFY(verified->intact());
  settle();
  window_.reset();
  ::umount(disk.toUtf8().constData());
}

void EndingsTest::anInstrumentThatDoesNotAnswerIsToldAbout() {
  RecordingRequest request;
  request.uri = "monsoon:/dev/nothing";
  request.file = path("none.jmk").toStdString();
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("Nothing was recorded")),
                           k_patience_ms);
  QVERIFY(!QFile::exists(path("none.jmk")));
}

void EndingsTest::closingWhileRecordingClosesTheFile() {
  RecordingRequest request;
  request.uri = "sim:kws";
  request.file = path("closing.jmk").toStdString();
  window_->record(request);
  QTRY_VERIFY_WITH_TIMEOUT(window_->session()->figures().samples > 0, k_patience_ms);
  answer(QMessageBox::Cancel);
  window_->close();
  QVERIFY(window_->session()->running());
  answer(QMessageBox::Close);
  window_->close();
  QVERIFY(window_->session() == nullptr);
  const auto verified = verify_capture(request.file);
  QVERIFY(verified.has_value());
  QVERIFY(verified->closed && verified->intact());
}

void EndingsTest::aRecordingThatWasCutOffIsOfferedUntilItIsAnswered() {
  QSettings settings(QSettings::IniFormat, QSettings::UserScope, "joulemark", "joulemark-gui");
  for (const QString& name : QStringList{"cut-1.jmk", "cut-2.jmk"})
    QVERIFY(QFile::copy(sample_, path(name)));
  const auto unfinished = [&settings] {
    settings.sync();
    settings.beginGroup("recording/unfinished");
    const QStringList keys = settings.allKeys();
    settings.endGroup();
    return keys;
  };
  for (const QString& name : QStringList{"cut-1.jmk", "cut-2.jmk", "gone.jmk"})
    settings.setValue("recording/unfinished/" + name, path(name));
  settings.sync();
  for (int start = 0; start < 2; ++start) {  // not answered the first time
    window_.reset();
    show_window();
    window_->offer_unfinished();
    QVERIFY(window_->offers().text().contains(QStringLiteral("cut-2.jmk")));
  }
  const QString told = window_->offers().text();
  window_->record({});  // trouble, which is told beside it
  QTRY_VERIFY(!window_->banner().text().isEmpty());
  QCOMPARE(window_->offers().text(), told);
  QVERIFY(window_->session() == nullptr);
  const auto buttons = window_->offers().findChildren<QPushButton*>();
  const auto dismiss = std::ranges::find(buttons, QStringLiteral("Dismiss"), &QAbstractButton::text);
  QVERIFY(dismiss != buttons.end());
  (*dismiss)->click();
  QVERIFY(window_->offers().text().contains(QStringLiteral("cut-1.jmk")));
  QTest::qWait(0);
  window_->offers().hide();
  const auto actions = window_->findChildren<QAction*>();
  const auto recover = std::ranges::find(actions, QStringLiteral("Re&cover\u2026"), &QAction::text);
  QVERIFY(recover != actions.end());
  (*recover)->trigger();
  QVERIFY(window_->offers().text().contains(QStringLiteral("cut-1.jmk")));
  click(QStringLiteral("Recover and open"));
  settle();
  QCOMPARE(window_->document()->path(), path("cut-1.jmk"));
  (*recover)->trigger();
  QVERIFY(window_->banner().text().contains(QStringLiteral("No recording")));
  window_.reset();
  QCOMPARE(unfinished(), QStringList());
}

void EndingsTest::samplesLostAtTheBeginAreCountedAsTheReportDoes() {
  const QString file = path("late.jmk");
  QProcess recorder;
  recorder.start(qEnvironmentVariable("JOULEMARK_BIN"),
                 {"record", "sim:kws", "-o", file, "--duration", "1s", "--option", "pace=max", "--option",
                  "gap=0s,samples=137"});
  QVERIFY(recorder.waitForFinished(k_patience_ms));
  open(file);
  const QJsonObject report = reported({file});
  QCOMPARE(report["capture"].toObject()["lost_samples"].toInt(), 137);
  const auto told = [this] {
    return std::ranges::any_of(window_->findChildren<QLabel*>(), [](const QLabel* label) {
      return label->text().contains(QStringLiteral("lost")) && label->text().contains(QStringLiteral("137"));
    });
  };
  QVERIFY(told());
  window_->set_dark(false);  // says everything anew
  QVERIFY(told());
  window_->set_dark(true);
}

QTEST_MAIN(EndingsTest)
#include "endings_test.moc"
