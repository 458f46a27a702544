// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/capture_writer.h>
#include <analysis/formats/importer.h>
#include <analysis/model/tee.h>
#include <analysis/model/watched_source.h>

#include <app/models/import_job.h>
#include <app/models/text.h>

#include <QElapsedTimer>
#include <memory>

namespace joulemark {
namespace {

constexpr qint64 k_tell_ms = 100;

// Rides along with the writer: tells how far the import is, and ends it when asked to.
class Watch final : public SampleSink {
 public:
  Watch(std::stop_token stop, std::function<void(qint64)> tell)
      : stop_(std::move(stop)), tell_(std::move(tell)) {
    since_told_.start();
  }

  Status begin(const CaptureInfo&) override { return go_on(); }
  Status accept(const SampleBlock& block) override {
    samples_ += static_cast<qint64>(block.values.size());
    if (since_told_.elapsed() >= k_tell_ms) {
      tell_(samples_);
      since_told_.restart();
    }
    return go_on();
  }
  Status accept(const Edge&) override { return {}; }
  Status accept(const Marker&) override { return {}; }
  Status accept(const Anomaly&) override { return {}; }
  Status accept(const ClockPoint&) override { return {}; }
  Status accept(const MetadataItem&) override { return {}; }
  Status accept(const RawBytes&) override { return {}; }
  Status end(EndReason) override { return {}; }

 private:
  [[nodiscard]] Status go_on() const {
    if (stop_.stop_requested()) return fail(ErrorCode::io, WatchedSource::k_cancelled);
    return {};
  }

  std::stop_token stop_;
  std::function<void(qint64)> tell_;
  QElapsedTimer since_told_;
  qint64 samples_ = 0;
};

Status import(const ImportRequest& request, const std::stop_token& stop, std::function<void(qint64)> tell) {
  JM_TRY_ASSIGN(const Importer* const importer, choose_importer(request.format, request.inputs));
  JM_TRY_ASSIGN(const OptionValues options, OptionValues::parse(request.options, importer->options));
  CaptureWriter writer(
      {request.file, CaptureMode::bulk, Overflow::block, request.overwrite, Compression::fast});
  Watch watch(stop, std::move(tell));
  Tee both({&writer, &watch});
  return importer->import(request.inputs, options, both);
}

}  // namespace

void ImportJob::start(ImportRequest request) {
  worker_.post(0, [this, request = std::move(request)](const std::stop_token& stop) {
    const auto tell = [this](qint64 samples) {
      deliver(this, [this, samples] { Q_EMIT progressed(samples); });
    };
    const Status status = import(request, stop, tell);
    deliver(this, [this, status, file = to_qt(request.file)] {
      if (status) return Q_EMIT done(file);
      Q_EMIT failed(to_qt(status.error().message));
    });
  });
}

}  // namespace joulemark
