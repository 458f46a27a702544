// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/verify.h>

#include <app/models/recovery_job.h>
#include <app/models/text.h>

#include <QElapsedTimer>

namespace joulemark {
namespace {

constexpr qint64 k_tell_ms = 100;

}  // namespace

void RecoveryJob::start(const QString& file) {
  worker_.post_kept([this, file] {
    QElapsedTimer since_told;
    since_told.start();
    const auto tell = [&](double part) {
      if (since_told.elapsed() < k_tell_ms) return;
      deliver(this, [this, part] { Q_EMIT progressed(part); });
      since_told.restart();
    };
    const auto repaired = repair_capture(file.toStdString(), tell);
    const QString message = repaired ? QString() : to_qt(repaired.error().message);
    deliver(this, [this, file, message] {
      if (message.isEmpty()) return Q_EMIT done(file);
      Q_EMIT failed(message);
    });
  });
}

}  // namespace joulemark
