// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/capture_writer.h>
#include <analysis/formats/importer.h>
#include <analysis/model/block_watch.h>
#include <analysis/model/tee.h>
#include <analysis/model/watched_source.h>

#include <app/models/import_job.h>
#include <app/models/text.h>

#include <QElapsedTimer>
#include <memory>

namespace joulemark {
namespace {

constexpr qint64 k_tell_ms = 100;

Status import(const ImportRequest& request, const std::stop_token& stop,
              const std::function<void(qint64)>& tell) {
  JM_TRY_ASSIGN(const Importer* const importer, choose_importer(request.format, request.inputs));
  JM_TRY_ASSIGN(const OptionValues options, OptionValues::parse(request.options, importer->options));
  CaptureWriter writer(
      {request.file, CaptureMode::bulk, Overflow::block, request.overwrite, Compression::fast});
  QElapsedTimer since_told;
  since_told.start();
  BlockWatch watch([&](std::int64_t samples) -> Status {
    if (since_told.elapsed() >= k_tell_ms) {
      tell(samples);
      since_told.restart();
    }
    if (stop.stop_requested()) return fail(ErrorCode::io, WatchedSource::k_cancelled);
    return {};
  });
  Tee both({&writer, &watch});
  return importer->import(request.inputs, options, both);
}

}  // namespace

void ImportJob::start(ImportRequest request) {
  stop_ = {};
  worker_.post_kept([this, request = std::move(request), stop = stop_.get_token()] {
    const auto tell = [this](qint64 samples) {
      deliver(this, [this, samples] { Q_EMIT progressed(samples); });
    };
    const Status status = import(request, stop, tell);
    deliver(this, [this, status, file = verbatim(request.file)] {
      if (status) return Q_EMIT done(file);
      Q_EMIT failed(to_qt(status.error().message));
    });
  });
}

}  // namespace joulemark
