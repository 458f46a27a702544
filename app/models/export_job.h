// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>
#include <analysis/model/progress.h>
#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <app/models/opened_capture.h>
#include <app/models/worker.h>

#include <QObject>
#include <QString>
#include <functional>
#include <stop_token>
#include <string>

namespace joulemark {

// What is made of a capture file on a thread and with a reader of its own. Cancelled or failed, no file is
// made.
class ExportJob final : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  ~ExportJob() override { cancel(); }

  // The samples of a range as CSV (sample_export.h); then done() or failed().
  void start_samples(OpenedCapture capture, TimeRange range, QString file);
  // The report as `joulemark report --json` gives it; then done() or failed().
  void start_report(OpenedCapture capture, ReportOptions options, ToolReport tool, QString file);
  void cancel() { stop_.request_stop(); }  // then failed(), unless it was done already

 Q_SIGNALS:
  void progressed(double part);
  void done(const QString& file);
  void failed(const QString& message);

 private:
  using Work = std::function<Status(const std::stop_token& stop, const Progress& tell)>;
  void start(Work work, QString file);

  std::stop_source stop_;
  Worker worker_;
};

}  // namespace joulemark
