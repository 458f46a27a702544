// SPDX-License-Identifier: GPL-3.0-or-later
// One instrument into one new capture file, watched while it goes on.
#pragma once

#include <analysis/energy/build_report.h>
#include <analysis/energy/window_stats.h>

#include <app/models/event_setup.h>
#include <app/models/wave_source.h>
#include <app/models/worker.h>
#include <app/recording/live_strip.h>
#include <app/recording/recorder.h>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace joulemark {

struct RecordingRequest {
  std::string uri;
  std::vector<std::string> options;  // key=value
  std::string file;
  RecordingLimits limits;
  bool overwrite = false;
  // Kept by a person, see metadata_of: the capture gets these instead of what the instrument recommends, if
  // it has the lines they need.
  std::vector<MetadataItem> rules{};
  // Another way to the instrument than the registry: none, but in tests.
  std::function<Result<std::unique_ptr<Instrument>>()> open{};
};

// Records on a thread of its own, whatever the window does. Destroyed while it runs it stops as on stop() and
// waits for the file to be closed. While it runs it is what the panes draw.
class RecordingSession final : public QObject, public WaveSource {
  Q_OBJECT
 public:
  static constexpr std::size_t k_windows = 2;
  struct Figures {
    double duration_s = 0;
    double rate_hz = 0;
    std::int64_t samples = 0;
    std::int64_t lost_samples = 0;
  };

  explicit RecordingSession(RecordingRequest request, QObject* parent = nullptr);
  ~RecordingSession() override;

  void start();  // then started() and later ended(), or ended() alone
  void stop();   // asks; ended() follows within a moment
  [[nodiscard]] bool running() const { return running_; }
  [[nodiscard]] const std::string& file() const { return request_.file; }
  [[nodiscard]] const std::string& uri() const { return request_.uri; }
  [[nodiscard]] Figures figures() const;
  // What went wrong so far, as it arrives; what only the file's writer had no room for is not among it.
  [[nodiscard]] std::vector<Anomaly> anomalies() const { return strip_.anomalies(); }
  [[nodiscard]] EventSetup setup() const;  // as the capture has it

  // As soon as all of it is in the file; then windowMeasured(). Each key has one window, the last one.
  void measure_window(std::size_t key, TimeRange window);

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] TimeRange extent() const override { return strip_.extent(); }
  [[nodiscard]] bool has(Quantity quantity) const override;
  [[nodiscard]] std::vector<ViewColumn> columns(Quantity quantity, TimeRange range,
                                                std::size_t count) override;
  [[nodiscard]] std::vector<LaneColumn> lanes(std::size_t first, TimeRange range, std::size_t count) override;
  [[nodiscard]] const std::vector<TimeRange>& gaps() const override;

 Q_SIGNALS:
  void started();
  void news(const QString& sentence);  // an output was switched, rules that do not fit are not used
  // kept: the file is there and properly closed. error: empty when it ended as asked, be it before it began.
  void ended(bool kept, const QString& reason, const QString& error);
  // Of what was written in the last minute.
  void analysed(std::shared_ptr<const joulemark::Analysis> recent);
  void windowMeasured(std::size_t key, const joulemark::WindowStats& stats);

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] Result<RecordingOutcome> record_all(const std::stop_token& stop);
  void analyse_recent();
  void measure_windows();  // those that are wanted
  void finish(const Result<RecordingOutcome>& outcome);

  RecordingRequest request_;
  CaptureInfo info_;  // set before started()
  LiveStrip strip_;
  mutable std::vector<TimeRange> gaps_;
  mutable std::mutex mutex_;
  Figures figures_;
  std::atomic<bool> running_ = false;
  QTimer timer_;
  std::array<std::optional<TimeRange>, k_windows> wanted_windows_;
  QElapsedTimer since_analysis_;
  std::atomic<qint64> analysis_ms_ = 0;
  Worker analyst_;
  std::jthread thread_;
};

}  // namespace joulemark
