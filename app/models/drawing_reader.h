// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's thread draws a capture from.
#pragma once

#include <app/models/lane_index.h>
#include <app/models/opened_capture.h>

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace joulemark {

// Never waits: while the file is being written, what was last drawn stands in, and worthAnotherTry() comes
// soon. A capture without an end may still be recorded, and its recorder, or whoever reads it last, can leave
// it alone in its folder only when nobody else has it open: so that is let go of between pictures.
class DrawingReader final : public QObject {
  Q_OBJECT
 public:
  explicit DrawingReader(QObject* parent = nullptr);

  void take(OpenedCapture capture, std::unique_ptr<CaptureReader> reader);
  void let_go() { reader_.reset(); }  // the next picture shows the file as it is then
  [[nodiscard]] bool is_open() const { return !capture_.path.empty(); }
  [[nodiscard]] const OpenedCapture& capture() const { return capture_; }
  [[nodiscard]] const CaptureInfo& info() const { return info_; }
  [[nodiscard]] bool closed_properly() const { return closed_; }  // by now

  // Empty for what cannot be read; trouble() says why.
  [[nodiscard]] std::vector<ViewColumn> columns(ChannelId channel, TimeRange range, std::size_t count);
  [[nodiscard]] std::vector<LaneColumn> lanes(std::size_t first, const LaneIndex& index, TimeRange range,
                                              std::size_t count);
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 Q_SIGNALS:
  void worthAnotherTry();

 private:
  template <typename Column>
  struct Picture {
    TimeRange range;
    std::vector<Column> columns;
  };
  [[nodiscard]] Result<CaptureReader*> reader();
  template <typename Column, typename Read>
  [[nodiscard]] std::vector<Column> draw(Picture<Column>& last, TimeRange range, std::size_t count,
                                         const Read& read);
  template <typename Column>
  [[nodiscard]] static std::vector<Column> shifted(const Picture<Column>& last, TimeRange range,
                                                   std::size_t count);

  OpenedCapture capture_;
  CaptureInfo info_;
  bool closed_ = false;
  bool stands_alone_ = false;
  std::unique_ptr<CaptureReader> reader_;  // null: let go of
  QElapsedTimer held_;
  QTimer let_go_;
  QTimer again_;
  int tries_ = 0;
  std::map<ChannelId, Picture<ViewColumn>> last_columns_;
  std::map<std::size_t, Picture<LaneColumn>> last_lanes_;  // by the first line
  std::string trouble_;
};

}  // namespace joulemark
