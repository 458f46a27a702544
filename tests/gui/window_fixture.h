// SPDX-License-Identifier: GPL-3.0-or-later
// A window with settings and a folder of its own, and the command line to compare it with.
#pragma once

#include <app/dashboard/main_window.h>

#include <QJsonObject>
#include <QObject>
#include <QPoint>
#include <QString>
#include <QTemporaryDir>
#include <functional>
#include <memory>
#include <string>
#include <vector>

class QDialog;
class QWidget;

namespace joulemark {

struct RecordingRequest;

inline constexpr int k_patience_ms = 60'000;

// Acts on the next dialog as soon as it is up; one that is still there then is rejected, so that a failed
// check does not hang.
void when_asked(const std::function<void(QDialog&)>& act);
// By its accessible name; null: there is none.
[[nodiscard]] QWidget* field(const QWidget& parent, const QString& name);

class WindowFixture : public QObject {
 protected:
  void make_folder();
  // Shown, active and 1280 x 800.
  void show_window();
  // To its end, in a window that is gone afterwards.
  void record_once(const RecordingRequest& request);
  // A copy of a capture, opened and measured.
  void open(const QString& file);
  // Of the simulation, as sample_, for all tests of a class: half a minute with 800 samples lost at 4 s; or
  // five seconds with none lost.
  void record_sample();
  void record_short_sample();
  void settle();
  void click(const QString& button);
  [[nodiscard]] bool has_figures() const;
  // The current's plot, and a place in it: 0 at its left end, 1 at its right.
  [[nodiscard]] QWidget* plot() const;
  [[nodiscard]] QPoint at(double part) const;
  [[nodiscard]] QString path(const QString& name) const { return folder_->filePath(name); }
  // What `joulemark report ARGUMENTS --json -` says.
  [[nodiscard]] static QJsonObject reported(const QStringList& arguments);

  void record_sample(const std::vector<std::string>& options, double duration_s);

  std::unique_ptr<QTemporaryDir> folder_;
  std::unique_ptr<MainWindow> window_;
  QString sample_;  // a finished recording
};

}  // namespace joulemark
