// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/file_digest.h>
#include <analysis/model/watched_source.h>
#include <analysis/report/json.h>

#include <app/models/export_job.h>
#include <app/models/sample_export.h>
#include <app/models/text.h>

#include <QElapsedTimer>
#include <QSaveFile>
#include <iterator>
#include <utility>

namespace joulemark {
namespace {

constexpr qint64 k_tell_ms = 100;

// Not more often than one can see it.
Progress now_and_then(Progress tell) {
  QElapsedTimer since_told;
  since_told.start();
  return [since_told, tell = std::move(tell)](double part) mutable {
    if (since_told.elapsed() < k_tell_ms) return;
    tell(part);
    since_told.restart();
  };
}

Status write(const QString& file, const std::string& text) {
  QSaveFile out(file);
  const bool written = out.open(QIODevice::WriteOnly) &&
                       out.write(text.data(), std::ssize(text)) == std::ssize(text) && out.commit();
  if (written) return {};
  return fail(ErrorCode::io, file.toStdString() + ": " + out.errorString().toStdString());
}

}  // namespace

void ExportJob::start_samples(OpenedCapture capture, TimeRange range, QString file) {
  const auto work = [capture = std::move(capture), range, file](const std::stop_token& stop,
                                                                const Progress& tell) -> Status {
    JM_TRY_ASSIGN(const auto reader, open_again(capture));
    WatchedSource source(*reader, stop);
    return export_samples(source, range, file, now_and_then(tell));
  };
  start(work, std::move(file));
}

void ExportJob::start_report(OpenedCapture capture, ReportOptions options, ToolReport tool, QString file) {
  const auto work = [capture = std::move(capture), options = std::move(options), tool = std::move(tool),
                     file](const std::stop_token& stop, const Progress& tell) -> Status {
    JM_TRY_ASSIGN(const auto reader, open_again(capture));
    WatchedSource source(*reader, stop, now_and_then(tell));
    JM_TRY_ASSIGN(Analysis analysis, build_report(source, options));
    Report& report = analysis.report;
    report.tool = tool;
    report.capture.file = capture.path;
    JM_TRY_ASSIGN(report.capture.sha256, sha256_of_capture(capture.path, stop));
    if (stop.stop_requested()) return fail(ErrorCode::io, WatchedSource::k_cancelled);
    return write(file, to_json(report));
  };
  start(work, std::move(file));
}

void ExportJob::start(Work work, QString file) {
  stop_ = {};
  worker_.post_kept([this, work = std::move(work), file = std::move(file), stop = stop_.get_token()] {
    const Status status =
        work(stop, [this](double part) { deliver(this, [this, part] { Q_EMIT progressed(part); }); });
    deliver(this, [this, status, file] {
      if (status) return Q_EMIT done(file);
      Q_EMIT failed(to_qt(status.error().message));
    });
  });
}

}  // namespace joulemark
