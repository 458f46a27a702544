// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/verify.h>

#include <app/models/recovery_job.h>
#include <app/models/text.h>

#include <QElapsedTimer>

namespace joulemark {
namespace {

constexpr qint64 k_tell_ms = 100;
constexpr int k_recovery = 1;

}  // namespace

void RecoveryJob::start(const QString& file) {
  worker_.post(k_recovery, [this, file](const std::stop_token& stop) {
    QElapsedTimer since_told;
    since_told.start();
    const auto tell = [&](double part) {
      if (since_told.elapsed() < k_tell_ms) return;
      deliver(this, [this, part] { Q_EMIT progressed(part); });
      since_told.restart();
    };
    const auto repaired = repair_capture(file.toStdString(), tell, stop);
    const bool left = !repaired && stop.stop_requested();
    const QString message = repaired ? QString() : to_qt(repaired.error().message);
    deliver(this, [this, file, message, left] {
      if (left) return Q_EMIT cancelled();
      if (message.isEmpty()) return Q_EMIT done(file);
      Q_EMIT failed(message);
    });
  });
}

void RecoveryJob::cancel() {
  worker_.cancel(k_recovery);
}

}  // namespace joulemark
