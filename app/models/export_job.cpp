// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/capture_reader.h>
#include <analysis/model/watched_source.h>

#include <app/models/export_job.h>
#include <app/models/sample_export.h>
#include <app/models/text.h>

#include <QElapsedTimer>

namespace joulemark {
namespace {

constexpr qint64 k_tell_ms = 100;

Status run(const std::string& capture, TimeRange range, const QString& file, const std::stop_token& stop,
           const Progress& tell) {
  JM_TRY_ASSIGN(const auto reader, CaptureReader::open(capture));
  WatchedSource source(*reader, stop);
  QElapsedTimer since_told;
  since_told.start();
  return export_samples(source, range, file, [&](double part) {
    if (since_told.elapsed() < k_tell_ms) return;
    tell(part);
    since_told.restart();
  });
}

}  // namespace

void ExportJob::start(std::string capture, TimeRange range, QString file) {
  worker_.post(
      0, [this, capture = std::move(capture), range, file = std::move(file)](const std::stop_token& stop) {
        const auto tell = [this](double part) { deliver(this, [this, part] { Q_EMIT progressed(part); }); };
        const Status status = run(capture, range, file, stop, tell);
        deliver(this, [this, status, file] {
          if (status) return Q_EMIT done(file);
          Q_EMIT failed(to_qt(status.error().message));
        });
      });
}

}  // namespace joulemark
