// SPDX-License-Identifier: GPL-3.0-or-later
// A capture that another program is still recording.
#pragma once

#include <app/models/event_setup.h>
#include <app/models/opened_capture.h>
#include <app/models/worker.h>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace joulemark {

// What is told of a capture before anything is drawn or measured.
struct CaptureContents {
  Extent extent;  // of the primary channel
  std::vector<Anomaly> anomalies;
  EventSetup setup;
  bool closed = false;
  bool stands_alone = false;  // see CaptureReader
};

// Errors: those of the reader; usage without a primary channel.
[[nodiscard]] Result<CaptureContents> read_contents(CaptureReader& reader);

// Looks at the file about once a second, on a worker, and reads it only when somebody wrote to it. Ends when
// the file stands alone: what its recorder had to leave is then folded in, be it by these looks.
class GrowingCapture final : public QObject {
  Q_OBJECT
 public:
  explicit GrowingCapture(QObject* parent = nullptr);

  void follow(OpenedCapture capture);
  // It was written to within the last few seconds, and has no end yet.
  [[nodiscard]] bool recorded() const { return recorded_; }

 Q_SIGNALS:
  void grew(const joulemark::CaptureContents& contents);
  void recordedChanged();

 private:
  // Of the file and of its log: when it was written to last, and its length.
  struct Written {
    std::filesystem::file_time_type at;
    std::uintmax_t bytes = 0;

    bool operator==(const Written&) const = default;
  };
  using State = std::array<Written, 2>;
  struct Look {
    State state;
    std::optional<CaptureContents> contents;  // none: nothing was written, or it cannot be read now
    qint64 took_ms = 0;
  };
  [[nodiscard]] static Written written(const std::string& file);
  void look();
  void take(const Look& look);
  void set_recorded(bool recorded);

  OpenedCapture capture_;
  std::optional<State> seen_;  // as of what was read last
  QElapsedTimer since_written_;
  QTimer next_;
  bool closed_ = false;
  bool recorded_ = false;
  std::optional<Worker> worker_;  // none: nothing is followed
};

}  // namespace joulemark
