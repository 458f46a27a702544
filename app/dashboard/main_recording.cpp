// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: from an instrument to a capture.
#include <analysis/capture/file_head.h>

#include <app/dashboard/banner.h>
#include <app/dashboard/dialogs.h>
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/event_colours.h>
#include <app/dashboard/findings_bar.h>
#include <app/dashboard/histogram_dock.h>
#include <app/dashboard/main_window.h>
#include <app/dashboard/rule_dock.h>
#include <app/dashboard/state_bar.h>
#include <app/dashboard/tile_row.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/import_job.h>
#include <app/models/recording_session.h>
#include <app/models/recovery_job.h>
#include <app/models/text.h>
#include <app/models/tiles.h>
#include <app/models/words.h>

#include <QCheckBox>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QStandardPaths>
#include <algorithm>
#include <array>

namespace joulemark {
namespace {

constexpr TimeNs k_live_ns = 10'000'000'000;  // shown while following the newest
constexpr TimeNs k_least_live_ns = 20'000'000;
constexpr int k_frames_a_state = 8;

std::vector<MetadataItem> kept_rules(const QSettings& settings) {
  std::vector<MetadataItem> items;
  for (const QString& text : settings.value(QLatin1String(k_kept_rules)).toStringList()) {
    const qsizetype at = text.indexOf(QLatin1Char('='));
    items.push_back({text.left(at).toStdString(), text.mid(at + 1).toStdString()});
  }
  return items;
}

bool is_output(const QString& option) {
  return option.startsWith(QStringLiteral("vout"));
}

}  // namespace

QString MainWindow::recordings_folder() const {
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  return settings_.value(QStringLiteral("recording/folder"), documents + QStringLiteral("/Joulemark"))
      .toString();
}

QString MainWindow::new_recording_file(const QString& uri) const {
  const QString stem = uri.section(QLatin1Char('?'), 0, 0)
                           .replace(QLatin1Char(':'), QLatin1Char('-'))
                           .replace(QLatin1Char('/'), QLatin1Char('_'));
  const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
  const QString first = recordings_folder() + QLatin1Char('/') + stem + QLatin1Char('-') + stamp;
  QString file = first;
  for (int n = 2; QFileInfo::exists(file + QStringLiteral(".jmk")); ++n)
    file = first + QLatin1Char('+') + QString::number(n);
  return file + QStringLiteral(".jmk");
}

void MainWindow::set_instrument(const QString& uri) {
  state_->set_uri(uri);
}

void MainWindow::ask_options() {
  auto specs = instruments_.options_of(state_->uri());
  std::erase_if(specs, [](const OptionSpec& spec) { return is_output(to_qt(spec.name)); });
  ask_some_options(tr("Options of %1").arg(state_->uri()), specs, {});
}

void MainWindow::ask_output() {
  auto specs = instruments_.options_of(state_->uri());
  std::erase_if(specs, [](const OptionSpec& spec) { return !is_output(to_qt(spec.name)); });
  ask_some_options(tr("Output of %1").arg(state_->uri()), specs,
                   tr("A voltage that is too high destroys the target. It is set when the next recording "
                      "starts, after asking once more; left empty, the output is never touched."));
}

void MainWindow::ask_some_options(const QString& title, const std::vector<OptionSpec>& specs,
                                  const QString& warning) {
  QStringList all = state_->options();
  const auto chosen = joulemark::ask_options(this, title, specs, all, warning);
  if (!chosen) return;
  all.removeIf([&](const QString& option) {
    return std::ranges::any_of(specs, [&](const OptionSpec& spec) {
      return option.startsWith(to_qt(spec.name) + QLatin1Char('='));
    });
  });
  use_options(all + *chosen);
}

// What is as the URI says it stays there; a key that stood in both would be refused.
void MainWindow::use_options(QStringList options) {
  QStringList kept;
  const QStringList written = options_in(state_->uri());
  for (const QString& option : written) {
    if (options.removeOne(option)) kept << option;
  }
  if (kept != written) {
    const QString bare = state_->uri().section(QLatin1Char('?'), 0, 0);
    state_->set_uri(kept.isEmpty() ? bare : bare + QLatin1Char('?') + kept.join(QLatin1Char('&')));
  }
  options_ = options;
  state_->set_options(options_);
}

bool MainWindow::confirm_output() {
  const QString volts = state_->output_voltage();
  if (volts.isEmpty()) return true;
  QMessageBox question(QMessageBox::Warning, tr("Change the output?"),
                       tr("This sets the output of %1 to %2.").arg(harmless(state_->uri()), harmless(volts)),
                       QMessageBox::Cancel, this);
  question.setInformativeText(
      tr("Check that the target bears it. What becomes of it at the end is one of the output's options."));
  auto* yes = question.addButton(tr("Set it and record"), QMessageBox::AcceptRole);
  question.setDefaultButton(QMessageBox::Cancel);
  question.exec();
  return question.clickedButton() == static_cast<QAbstractButton*>(yes);
}

void MainWindow::ask_record() {
  if (recording()) return stop_recording();
  const QString uri = state_->uri();
  if (uri.isEmpty()) return trouble(tr("Choose an instrument first, or type its URI, like sim:kws."));
  if (!confirm_output()) return;
  RecordingRequest request;
  request.uri = uri.toStdString();
  for (const QString& option : options_)
    request.options.push_back(option.toStdString());
  QDir().mkpath(recordings_folder());
  request.file = new_recording_file(uri).toStdString();
  request.rules = kept_rules(settings_);
  record(request);
}

void MainWindow::record_simulation(double duration_s) {
  RecordingRequest request;
  request.uri = "sim:kws";
  request.limits.duration_s = duration_s;
  QDir().mkpath(recordings_folder());
  request.file = new_recording_file(QStringLiteral("sim:kws")).toStdString();
  record(request);
}

void MainWindow::record(const RecordingRequest& request) {
  if (recording()) return trouble(tr("A recording is under way already."));
  opening_.reset();
  session_ = std::make_unique<RecordingSession>(request);
  connect_session();
  set_running(true);
  work(Work::opening).show_work(tr("Opening %1").arg(to_qt(request.uri)), [this] { stop_recording(); });
  session_->start();
}

void MainWindow::connect_session() {
  connect(session_.get(), &RecordingSession::started, this, [this] { recording_started(); });
  connect(session_.get(), &RecordingSession::ended, this,
          [this](bool kept, const QString& reason, const QString& error) {
            recording_ended(kept, reason, error);
          });
  connect(session_.get(), &RecordingSession::windowMeasured, this,
          [this](std::size_t pair, const WindowStats& stats) {
            if (window_.cursors(pair) == stats.time) waveform_->set_stats(pair, stats);
          });
  connect(session_.get(), &RecordingSession::news, this,
          [this](const QString& sentence) { banner_->show_message(Banner::Level::note, sentence); });
  connect(session_.get(), &RecordingSession::analysed, this, [this](std::shared_ptr<const Analysis> recent) {
    give_colours(recent->report);
    tiles_->show_tiles(headline_tiles(*recent, true), true);
    waveform_->set_setup(session_->setup());
    waveform_->set_analysis(recent);
    rules_.set_unnamed_codes(unnamed_codes(session_->setup(), recent->report));
    events_.set_analysis(std::move(recent));
    findings_bar_->show_grade(word_of(events_.analysis()->report.quality.grade));
    show_live_findings();
  });
}

void MainWindow::recording_started() {
  work(Work::opening).hide_work();
  unfinished_.add(verbatim(session_->file()));  // which is there now
  setWindowTitle(tr("Recording %1 \u2013 Joulemark").arg(to_qt(session_->uri())));
  leave_source();
  const QString later = tr("Shown when the recording has ended.");
  ensemble_dock_->show_message(later);
  histogram_dock_->show_message(later);
  tiles_->show_tiles(empty_tiles(), true);
  rules_.set(session_->setup(), session_->info().lines);
  live_begun_ = false;
  waveform_->set_setup({});
  waveform_->set_following(true);
  waveform_->set_source(session_.get());
  centre_->setCurrentWidget(waveform_);
  frames_.start();
}

// The newest stays in sight until somebody looks back; from then on until "Follow the newest" the view stands
// still.
void MainWindow::live_frame() {
  if (!session_) return frames_.stop();
  const TimeRange extent = session_->extent();
  if (extent.empty()) return;
  const bool begins = !live_begun_;
  const bool following = begins || window_.range().end_ns >= newest_ns_;
  live_begun_ = true;
  newest_ns_ = extent.end_ns;
  window_.set_limits({extent.begin_ns, std::max(extent.end_ns, extent.begin_ns + k_live_ns)},
                     k_least_live_ns);
  if (begins) window_.show_end(k_live_ns);
  if (following) window_.pan(std::max<TimeNs>(0, newest_ns_ - window_.range().end_ns));
  waveform_->refresh();
  if (++frame_ % k_frames_a_state != 0) return;
  state_->show_recording(session_->info(), session_->figures(), recordings_folder());
  show_live_findings();
}

// What goes wrong is told as it arrives, beside what the newest figures find.
void MainWindow::show_live_findings() {
  const Analysis* recent = events_.analysis();
  findings_.set(recent == nullptr ? Report{} : recent->report, session_->anomalies(), session_->info());
}

void MainWindow::keep_rules() {
  if (!rule_dock_->keeps()->isChecked() || !document_ || !document_->is_open()) return;
  QStringList kept;
  for (const MetadataItem& item : metadata_of(document_->setup()))
    kept << verbatim(item.key) + QLatin1Char('=') + verbatim(item.value);
  settings_.setValue(QLatin1String(k_kept_rules), kept);
}

// Looking for instruments talks to those on a bus, which is left to the measuring meanwhile.
void MainWindow::set_running(bool running) {
  state_->set_running(running);
  instruments_.watch(!running);
}

bool MainWindow::recording() const {
  return session_ && session_->running();
}

void MainWindow::stop_recording() {
  if (session_) session_->stop();
}

void MainWindow::recording_ended(bool kept, const QString& reason, const QString& error) {
  frames_.stop();
  set_running(false);
  const QString file = verbatim(session_->file());
  unfinished_.forget(file);
  work(Work::opening).hide_work();
  if (!document_) waveform_->set_source(nullptr);  // else it never began, and what was open still is
  session_.release()->deleteLater();               // it is telling us that it ended
  if (!kept) {
    if (!document_) show_nothing();
    if (!error.isEmpty()) return trouble(tr("Nothing was recorded: %1").arg(error));
    return banner_->show_message(
        Banner::Level::note,
        tr("Nothing was recorded: it was stopped while the instrument was being opened."));
  }
  open_capture(file);
  if (error.isEmpty()) return;
  trouble(tr("The recording ended early (%1): %2. What came before is kept.").arg(reason, error));
}

// One after the other, the newest first. An entry goes when it was recovered or dismissed, or its file is
// gone from its folder.
void MainWindow::offer_unfinished() {
  offers_->hide();
  if (recovering_) return;  // it is offered then
  QStringList unfinished = unfinished_.files();
  while (!unfinished.isEmpty()) {
    const QString file = unfinished.takeLast();
    const QFileInfo place(file);
    if (!place.exists() && place.dir().exists()) unfinished_.forget(file);
    if (!place.exists() || (recording() && verbatim(session_->file()) == file)) continue;
    // Asking would lose the locks of what is open here.
    if (!is_open_here(file) && capture::in_use(file.toStdString())) continue;
    const auto dismissed = [this, file] {
      unfinished_.forget(file);
      offer_unfinished();
    };
    return offers_->show_message(
        Banner::Level::note,
        tr("%1 was still being recorded when this window went away. All but the last second or so is there.")
            .arg(harmless(place.fileName())),
        document_ || opening_ ? tr("Recover") : tr("Recover and open"), [this, file] { recover(file); },
        dismissed);
  }
}

void MainWindow::ask_recover() {
  if (recovering_) return;
  offer_unfinished();
  if (offers_->isHidden())
    banner_->show_message(Banner::Level::note, tr("No recording of before waits to be recovered."));
}

bool MainWindow::is_open_here(const QString& file) const {
  return std::ranges::any_of(std::array{document_.get(), opening_.get()}, [&](const CaptureDocument* each) {
    return each != nullptr && each->path() == QFileInfo(file).absoluteFilePath();
  });
}

void MainWindow::recover(const QString& file) {
  if (is_open_here(file)) {  // it is changed by nobody else than who has it alone
    opening_.reset();
    work(Work::opening).hide_work();
    show_nothing();
  }
  const QString name = harmless(QFileInfo(file).fileName());
  recovery_ = std::make_unique<RecoveryJob>();
  connect(recovery_.get(), &RecoveryJob::done, this, [this, name](const QString& recovered) {
    recovering_ = false;
    work(Work::recovering).hide_work();
    unfinished_.forget(recovered);
    open_when_free(recovered, tr("Recovered: %1.").arg(name));
    offer_unfinished();
  });
  connect(recovery_.get(), &RecoveryJob::failed, this, [this](const QString& message) {
    recovering_ = false;
    work(Work::recovering).hide_work();
    trouble(tr("Not recovered: %1").arg(message));
  });
  connect(recovery_.get(), &RecoveryJob::progressed, this,
          [this](double part) { work(Work::recovering).show_part(part); });
  connect(recovery_.get(), &RecoveryJob::cancelled, this, [this] {
    recovering_ = false;
    work(Work::recovering).hide_work();
    banner_->show_message(Banner::Level::note, tr("Recovering was cancelled: the file is as it was."));
  });
  work(Work::recovering).show_work(tr("Recovering %1").arg(name), [this] { recovery_->cancel(); });
  recovering_ = true;
  recovery_->start(file);
}

// Waits until the file is closed.
void MainWindow::finish_recording() {
  if (!recording()) return;
  frames_.stop();
  waveform_->set_source(nullptr);
  const QString file = verbatim(session_->file());
  session_.reset();
  unfinished_.forget(file);
}

}  // namespace joulemark
