// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <memory>

namespace joulemark {

// While it lives, SIGINT, SIGTERM and SIGHUP are told in the event loop instead of ending the process;
// further ones change nothing, so that closing a capture is never cut short. One at a time.
class QuitOnSignal final : public QObject {
  Q_OBJECT
 public:
  QuitOnSignal();
  ~QuitOnSignal() override;

 Q_SIGNALS:
  void asked();

 private:
  void read();

  std::unique_ptr<QSocketNotifier> notifier_;
};

}  // namespace joulemark
