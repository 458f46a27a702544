// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: imports and exports, which go on beside everything else, and closing, which ends them.
#include <app/dashboard/banner.h>
#include <app/dashboard/dialogs.h>
#include <app/dashboard/exporter.h>
#include <app/dashboard/gui_version.h>
#include <app/dashboard/main_window.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/event_setup.h>
#include <app/models/export_job.h>
#include <app/models/import_job.h>
#include <app/models/text.h>

#include <QCloseEvent>
#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>

namespace joulemark {
namespace {

// It may have ended and not be heard of yet.
void hear(QObject* job) {
  if (job != nullptr) QCoreApplication::sendPostedEvents(job, QEvent::MetaCall);
}

}  // namespace

// What became ready meanwhile never takes the place of what a person works with; sentence says what it is.
void MainWindow::open_when_free(const QString& path, const QString& sentence) {
  if (!recording() && !document_ && !opening_) return open_capture(path);
  remember(path);
  const auto open = [this, path, sentence] {
    if (recording())
      return open_when_free(path, tr("%1 It can be opened when the recording has ended.").arg(sentence));
    open_capture(path);
  };
  banner_->show_message(Banner::Level::note, sentence, tr("Open"), open);
}

// --- importing ---

void MainWindow::ask_open() {
  const QStringList paths = QFileDialog::getOpenFileNames(
      this, tr("Open or import"), settings_.value(QStringLiteral("open/folder")).toString(),
      tr("Captures and recordings (*.jmk *.csv *.bin *.json *.txt *.log);;All files (*)"));
  if (paths.isEmpty()) return;
  settings_.setValue(QStringLiteral("open/folder"), QFileInfo(paths.front()).path());
  open_inputs(paths);
}

bool MainWindow::may_import() {
  hear(import_.get());
  if (import_) trouble(tr("An import is under way: cancel it, or wait for its end, before the next one."));
  return !import_;
}

void MainWindow::import(const QStringList& paths) {
  if (!may_import()) return;
  const auto request = ask_import(this, paths);
  if (request) start_import(*request);
}

void MainWindow::start_import(const ImportRequest& request) {
  if (!may_import()) return;
  import_ = std::make_unique<ImportJob>();
  connect(import_.get(), &ImportJob::done, this, [this](const QString& file) {
    import_ended();
    open_when_free(file, tr("Imported: %1.").arg(harmless(QFileInfo(file).fileName())));
  });
  connect(import_.get(), &ImportJob::failed, this, [this](const QString& message) {
    import_ended();
    trouble(tr("Not imported: %1").arg(message));
  });
  const auto cancel = [this] {
    if (import_) import_->cancel();
  };
  connect(import_.get(), &ImportJob::progressed, this, [this, cancel](qint64 samples) {
    work(Work::importing).show_work(tr("Importing: %L1 samples").arg(samples), cancel);
  });
  work(Work::importing).show_work(tr("Importing"), cancel);
  import_->start(request);
}

void MainWindow::import_ended() {
  work(Work::importing).hide_work();
  import_.release()->deleteLater();  // it is telling us
}

// --- exporting ---

bool MainWindow::may_export() {
  hear(export_.get());
  if (export_) trouble(tr("A file is being written: cancel that, or wait for its end, before the next one."));
  return !export_;
}

void MainWindow::export_as() {
  if (!document_ || !document_->is_open()) return trouble(tr("Open a capture first."));
  const QPointer<CaptureDocument> asked = document_.get();
  const QFileInfo from(document_->path());
  const QString with_selection = tr("Report, with the selection as one more event (*.json)");
  QString filter;
  const QString named = QFileDialog::getSaveFileName(
      this, tr("Export"), from.path() + QLatin1Char('/') + from.completeBaseName() + QStringLiteral(".png"),
      QStringList{tr("Picture of the waveform (*.png *.svg *.pdf)"), tr("Report (*.json)"), with_selection,
                  tr("Samples of the selection or the view (*.csv)")}
          .join(QStringLiteral(";;")),
      &filter);
  if (named.isEmpty()) return;
  const QString file = with_ending_of(filter, named);
  if (file != named && QFileInfo::exists(file) &&
      QMessageBox::question(this, tr("Replace the file?"), tr("%1 exists already.").arg(harmless(file))) !=
          QMessageBox::Yes)
    return;
  if (is_still_open(asked)) export_to(file, filter == with_selection);
}

void MainWindow::export_to(const QString& file, bool with_selection) {
  const QString ending = QFileInfo(file).suffix().toLower();
  if (ending == QStringLiteral("json") || ending == QStringLiteral("csv"))
    return start_export(file, with_selection);
  if (const Status done = export_picture(*waveform_, file); !done)
    return trouble(to_qt(done.error().message));
  banner_->show_message(Banner::Level::note, tr("Written: %1").arg(harmless(file)));
}

void MainWindow::start_export(const QString& file, bool with_selection) {
  if (!may_export()) return;
  export_ = std::make_unique<ExportJob>();
  connect(export_.get(), &ExportJob::done, this, [this](const QString& written) {
    export_ended();
    banner_->show_message(Banner::Level::note, tr("Written: %1").arg(harmless(written)));
  });
  connect(export_.get(), &ExportJob::failed, this, [this](const QString& message) {
    export_ended();
    trouble(tr("Not written: %1").arg(message));
  });
  const auto show = [this, file](double part) {
    work(Work::writing)
        .show_work(tr("Writing %1: %2 %").arg(harmless(QFileInfo(file).fileName())).arg(qRound(100 * part)),
                   [this] {
                     if (export_) export_->cancel();
                   });
  };
  connect(export_.get(), &ExportJob::progressed, this, show);
  show(0);
  const OpenedCapture& capture = document_->capture();
  if (file.endsWith(QStringLiteral(".csv"), Qt::CaseInsensitive))
    return export_->start_samples(capture, selection().value_or(window_.range()), file);
  ReportOptions options = report_options_for(document_->setup());
  if (with_selection && selection()) options.windows.push_back({"selection", *selection()});
  export_->start_report(capture, options, {"joulemark", JOULEMARK_GUI_VERSION}, file);
}

void MainWindow::export_ended() {
  work(Work::writing).hide_work();
  export_.release()->deleteLater();  // it is telling us
}

// --- closing ---

// What goes on is stopped without asking, as on a signal.
void MainWindow::close_unasked() {
  unasked_ = true;
  finish_recording();
  close();
}

// Empty: nothing.
QString MainWindow::ended_by_closing() const {
  QStringList sentences;
  if (recording()) sentences << tr("A recording is under way. Closing stops it and keeps what was recorded.");
  if (import_) sentences << tr("An import is under way. Closing cancels it, and no capture is made.");
  if (export_) sentences << tr("A file is being written. Closing cancels that, and no file is made.");
  return sentences.join(QLatin1Char('\n'));
}

bool MainWindow::is_closing_meant(const QString& title, const QString& text) {
  return unasked_ || QMessageBox::question(this, title, text, QMessageBox::Close | QMessageBox::Cancel,
                                           QMessageBox::Cancel) == QMessageBox::Close;
}

// Closing ends a recording as Stop does; its file is closed before the window is gone, and edits are saved.
void MainWindow::closeEvent(QCloseEvent* event) {
  if (const QString ended = ended_by_closing(); !ended.isEmpty()) {
    if (!is_closing_meant(recording() ? tr("Stop recording?") : tr("Close all the same?"), ended))
      return event->ignore();
    finish_recording();  // if it did not end while the question stood
  }
  if (document_) document_->finish_saving();
  if (document_ && !document_->unsaved().isEmpty() &&
      !is_closing_meant(tr("Close all the same?"),
                        tr("The last change is not saved and will be lost: %1").arg(document_->unsaved()))) {
    if (stale_) document_->measure();  // saving went before
    return event->ignore();
  }
  settings_.setValue(QStringLiteral("window/geometry"), saveGeometry());
  settings_.setValue(QStringLiteral("window/state"), saveState());
  settings_.setValue(QStringLiteral("window/usual_docks"), usual_docks_);
  event->accept();
}

}  // namespace joulemark
