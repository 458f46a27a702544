// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/worker.h>

#include <QObject>
#include <QStringList>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace joulemark {

struct ImportRequest {
  std::vector<std::filesystem::path> inputs;
  std::string format;                // "": by the looks of the first input
  std::vector<std::string> options;  // key=value
  std::string file;                  // the capture to make
  bool overwrite = false;
};

// A recording of another tool becomes a capture file, on a thread of its own. Cancelled or failed, no file is
// made.
class ImportJob final : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;
  ~ImportJob() override { cancel(); }

  void start(ImportRequest request);       // then done() or failed()
  void cancel() { stop_.request_stop(); }  // then failed(), unless it was done already

 Q_SIGNALS:
  void progressed(qint64 samples);
  void done(const QString& file);
  void failed(const QString& message);

 private:
  std::stop_source stop_;
  Worker worker_;
};

}  // namespace joulemark
