// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/worker.h>

#include <QObject>
#include <QString>

namespace joulemark {

// A capture whose recorder was killed is closed, on a thread of its own; see repair_capture. Once it
// begins to change the file it is not left in the middle: cancelled, or destroyed, it then goes on to its
// end.
class RecoveryJob final : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  void start(const QString& file);  // then done(), failed() or cancelled()
  void cancel();

 Q_SIGNALS:
  void progressed(double part);
  void done(const QString& file);
  void failed(const QString& message);
  void cancelled();

 private:
  Worker worker_;
};

}  // namespace joulemark
