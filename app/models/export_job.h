// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/time.h>

#include <app/models/worker.h>

#include <QObject>
#include <QString>
#include <string>

namespace joulemark {

// The samples of a range of a capture file as CSV (sample_export.h), on a thread and with a reader of its
// own. Cancelled or failed, no file is made.
class ExportJob final : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  void start(std::string capture, TimeRange range, QString file);  // then done() or failed()
  void cancel() { worker_.cancel_all(); }

 Q_SIGNALS:
  void progressed(double part);
  void done(const QString& file);
  void failed(const QString& message);

 private:
  Worker worker_;
};

}  // namespace joulemark
