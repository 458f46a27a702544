// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/pane.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/tile_row.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/recording_session.h>
#include <app/recording/instruments.h>

#include <tests/gui/window_fixture.h>

#include <QApplication>
#include <QDialog>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QPushButton>
#include <QRandomGenerator>
#include <QSettings>
#include <QTest>
#include <QTimer>
#include <algorithm>

namespace joulemark {

void when_asked(const std::function<void(QDialog&)>& act) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, qApp, [timer, act] {
    auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
    if (dialog == nullptr) return;
    timer->stop();
    timer->deleteLater();
    act(*dialog);
    if (dialog->isVisible()) dialog->reject();
  });
  timer->start(10);
}

QWidget* field(const QWidget& parent, const QString& name) {
  const auto widgets = parent.findChildren<QWidget*>();
  const auto found = std::ranges::find(widgets, name, &QWidget::accessibleName);
  return found == widgets.end() ? nullptr : *found;
}

void WindowFixture::make_folder() {
  use_theme(*qApp, true);
  folder_ = std::make_unique<QTemporaryDir>();
  QVERIFY(folder_->isValid());
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, path("settings"));
}

void WindowFixture::show_window() {
  window_ = std::make_unique<MainWindow>(make_registry());
  window_->resize(1280, 800);
  window_->show();
  window_->activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(window_.get()));
}

void WindowFixture::record_once(const RecordingRequest& request) {
  window_ = std::make_unique<MainWindow>(make_registry());
  window_->record(request);
  settle();
  window_.reset();
}

void WindowFixture::record_sample() {
  record_sample({"pace=max", "rate=10kHz", "gap=4s,samples=800"}, 30);
}

void WindowFixture::record_short_sample() {
  record_sample({"pace=max", "rate=10kHz"}, 5);
}

void WindowFixture::record_sample(const std::vector<std::string>& options, double duration_s) {
  make_folder();
  sample_ = path("sample.jmk");
  RecordingRequest request;
  request.uri = "sim:kws";
  request.options = options;
  request.file = sample_.toStdString();
  request.limits.duration_s = duration_s;
  record_once(request);
}

void WindowFixture::click(const QString& button) {
  const auto buttons = window_->findChildren<QPushButton*>();
  const auto found = std::ranges::find(buttons, button, &QAbstractButton::text);
  QVERIFY2(found != buttons.end(), qPrintable(button));
  (*found)->click();
}

bool WindowFixture::has_figures() const {
  return window_->tiles().tile(1).tile().figure.number != QString(QChar(0x2014));
}

QWidget* WindowFixture::plot() const {
  return window_->waveform().pane(Quantity::current)->viewport();
}

QPoint WindowFixture::at(double part) const {
  const QRectF area = window_->waveform().pane(Quantity::current)->plot();
  return QPointF(area.left() + part * area.width(), area.center().y()).toPoint();
}

void WindowFixture::settle() {
  QTRY_VERIFY_WITH_TIMEOUT(!window_->opening() && window_->document() != nullptr &&
                               window_->document()->analysis() != nullptr && window_->document()->idle(),
                           k_patience_ms);
  QApplication::processEvents();
}

void WindowFixture::open(const QString& file) {
  const QString copy = path(QStringLiteral("copy-%1.jmk").arg(QRandomGenerator::global()->generate()));
  QVERIFY(QFile::copy(file, copy));
  window_->open_file(copy);
  settle();
}

QJsonObject WindowFixture::reported(const QStringList& arguments) {
  QProcess command;
  command.start(qEnvironmentVariable("JOULEMARK_BIN"),
                QStringList{"report"} + arguments + QStringList{"--json", "-"});
  command.waitForFinished(k_patience_ms);
  return QJsonDocument::fromJson(command.readAllStandardOutput()).object();
}

}  // namespace joulemark
