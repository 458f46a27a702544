// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/banner.h>
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/main_window.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/tour.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/import_job.h>
#include <app/models/recording_session.h>
#include <app/models/text.h>

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QFontDatabase>
#include <QTextStream>
#include <QThread>
#include <functional>
#include <optional>

namespace joulemark {
namespace {

constexpr int k_patience_ms = 120'000;
constexpr int k_live_ms = 9'000;

bool wait_for(const std::function<bool()>& there, int patience_ms = k_patience_ms) {
  QElapsedTimer timer;
  timer.start();
  while (!there() && timer.elapsed() < patience_ms) {
    QApplication::processEvents(QEventLoop::AllEvents, 20);
    QThread::msleep(2);
  }
  QApplication::processEvents();
  return there();
}

// The capture to show: the file, or what it becomes in the folder when it is of another tool.
Result<QString> capture_of(const QString& file, const QString& folder) {
  if (file.isEmpty() || QFileInfo(file).suffix() == QStringLiteral("jmk")) return file;
  ImportRequest request;
  request.inputs = {file.toStdString()};
  request.file = (folder + QStringLiteral("/imported.jmk")).toStdString();
  request.overwrite = true;
  ImportJob job;
  std::optional<Result<QString>> outcome;
  QObject::connect(&job, &ImportJob::done, &job, [&](const QString& made) { outcome = made; });
  QObject::connect(&job, &ImportJob::failed, &job, [&](const QString& message) {
    outcome = fail(ErrorCode::unreadable, message.toStdString());
  });
  job.start(request);
  while (!outcome)
    QApplication::processEvents(QEventLoop::WaitForMoreEvents);
  return *outcome;
}

class Tour {
 public:
  Tour(MainWindow& window, QString folder) : window_(window), folder_(std::move(folder)) {}

  [[nodiscard]] bool open(const QString& capture) {
    window_.open_file(capture);
    return wait_for([&] {
             return !window_.opening() && (window_.document() == nullptr ||
                                           (window_.document()->analysis() && window_.document()->idle()));
           }) &&
           window_.document() != nullptr;
  }

  void picture(const QString& name) {
    for (int i = 0; i < 4; ++i)
      QApplication::processEvents(QEventLoop::AllEvents, 20);
    window_.grab().save(folder_ + QLatin1Char('/') + name + QStringLiteral(".png"));
    QTextStream(stdout) << name << ".png\n";
  }

  void in_every_look(const QString& name) {
    for (const bool dark : {true, false}) {
      window_.set_dark(dark);
      for (const QSize size : {QSize(1280, 800), QSize(2560, 1440)}) {
        window_.resize(size);
        picture(QStringLiteral("%1-%2-%3")
                    .arg(name, dark ? QStringLiteral("dark") : QStringLiteral("light"))
                    .arg(size.width()));
      }
    }
    window_.set_dark(true);
    window_.resize(1280, 800);
  }

  void views() {
    window_.show_dock(QStringLiteral("events"));
    in_every_look(QStringLiteral("overview"));
    const auto& rows = window_.document()->analysis()->rows;
    if (!rows.empty()) {
      show_around(rows[rows.size() / 2].time);
      in_every_look(QStringLiteral("event"));
      window_.waveform().set_logarithmic(true);
      in_every_look(QStringLiteral("logarithmic"));
      window_.waveform().set_logarithmic(false);
      window_.show_dock(QStringLiteral("ensemble"));
      wait_for([&] { return window_.document()->idle(); });
      in_every_look(QStringLiteral("ensemble"));
    }
    window_.show_dock(QStringLiteral("histogram"));
    in_every_look(QStringLiteral("histogram"));
    window_.show_dock(QStringLiteral("rules"));
    in_every_look(QStringLiteral("rules"));
    window_.show_dock(QStringLiteral("events"));
  }

  [[nodiscard]] bool live(const QString& instrument) {
    RecordingRequest request;
    request.uri = instrument.toStdString();
    request.file = (folder_ + QStringLiteral("/live.jmk")).toStdString();
    request.overwrite = true;
    window_.set_instrument(instrument);
    window_.record(request);
    const auto running = [&] { return window_.session() != nullptr && window_.session()->running(); };
    wait_for([&] { return !running() || window_.session()->figures().samples > 0; });
    if (!running()) return false;
    wait_for([] { return false; }, k_live_ms);
    in_every_look(QStringLiteral("live"));
    window_.stop_recording();
    return wait_for([&] { return window_.document() != nullptr && window_.document()->analysis(); });
  }

  void trouble() {
    const QString broken = folder_ + QStringLiteral("/broken.jmk");
    QFile file(broken);
    if (file.open(QIODevice::WriteOnly)) file.write("this is no capture");
    file.close();
    window_.open_file(broken);
    wait_for([&] { return !window_.banner().text().isEmpty() && !window_.opening(); });
    in_every_look(QStringLiteral("error"));
    file.remove();
  }

 private:
  void show_around(TimeRange event) {
    const TimeNs margin = event.length_ns();
    window_.time_window().show({event.begin_ns - margin, event.end_ns + margin});
    window_.time_window().set_cursors(0, event);
    wait_for([&] { return window_.waveform().stats(0).has_value(); }, 5000);
  }

  MainWindow& window_;
  QString folder_;
};

}  // namespace

int run_tour(QApplication& app, InstrumentRegistry registry, const QString& folder, const QString& capture,
             const QString& instrument) {
  if (!QDir().mkpath(folder)) {
    QTextStream(stderr) << folder << ": cannot be made\n";
    return 9;
  }
  const Result<QString> shown = capture_of(capture, folder);
  if (!shown) {
    QTextStream(stderr) << "joulemark-gui: not imported: " << to_qt(shown.error().message) << '\n';
    return 2;
  }
  if (QFontDatabase::families().contains(QStringLiteral("Roboto")))
    QApplication::setFont(QFont(QStringLiteral("Roboto"), 10));
  use_theme(app, true);
  MainWindow window(std::move(registry));
  window.resize(1280, 800);
  window.show();
  Tour tour(window, folder);
  tour.in_every_look(QStringLiteral("empty"));
  if (!tour.live(instrument.isEmpty() ? QStringLiteral("sim:kws") : instrument)) {
    QTextStream(stderr) << instrument << ": " << window.banner().text() << '\n';
    return 3;
  }
  const QString file = shown->isEmpty() ? folder + QStringLiteral("/live.jmk") : *shown;
  if (!tour.open(file)) {
    QTextStream(stderr) << file << ": " << window.banner().text() << '\n';
    return 2;
  }
  tour.views();
  tour.trouble();
  return 0;
}

}  // namespace joulemark
