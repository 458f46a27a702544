// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/worker.h>

#include <QObject>
#include <QString>

namespace joulemark {

// A capture whose recorder was killed is closed, on a thread of its own; see repair_capture. It cannot be
// left in the middle: destroyed while it works it waits.
class RecoveryJob final : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  void start(const QString& file);  // then done() or failed()

 Q_SIGNALS:
  void progressed(double part);
  void done(const QString& file);
  void failed(const QString& message);

 private:
  Worker worker_;
};

}  // namespace joulemark
