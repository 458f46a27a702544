// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/recording_session.h>

#include <QElapsedTimer>
#include <QStringList>
#include <QWidget>
#include <optional>

QT_BEGIN_NAMESPACE
class QComboBox;
class QLabel;
class QPushButton;
QT_END_NAMESPACE

namespace joulemark {

class InstrumentList;

// "monsoon:?vout=3V&rate=1kHz" -> vout=3V, rate=1kHz
[[nodiscard]] QStringList options_in(const QString& uri);

// One row that is always visible: the instrument, record and stop, its output, and how the recording goes.
class StateBar final : public QWidget {
  Q_OBJECT
 public:
  explicit StateBar(InstrumentList& instruments, QWidget* parent = nullptr);

  [[nodiscard]] QString uri() const;
  void set_uri(const QString& uri);
  void set_options(const QStringList& options);  // besides those in the URI, key=value
  // As they will be used: those in the URI and those that were set.
  [[nodiscard]] QStringList options() const;
  [[nodiscard]] QString output_voltage() const;  // as written; empty: the output is not touched
  void show_idle(const QString& folder);         // the disk that would be recorded to
  void show_recording(const CaptureInfo& info, const RecordingSession::Figures& figures,
                      const QString& folder);
  // recorded: by another program, just now.
  void show_capture(const CaptureInfo& info, double duration_s, std::int64_t lost_samples, bool recorded,
                    const QString& folder);
  void set_running(bool running);

 Q_SIGNALS:
  void recordAsked();
  void stopAsked();
  void optionsAsked();
  void outputAsked();
  void uriChanged(const QString& uri);

 private:
  class InstrumentLabel;
  void set_figures(double rate_hz, std::optional<std::int64_t> lost, std::optional<double> duration_s);
  void ask_disk(const QString& folder);
  void set_disk(const QString& folder);
  void set_instrument(const InstrumentIdentity& instrument);
  void set_range(const CaptureInfo& info);
  void show_options();
  void keep_uri();
  void follow_uri();

  InstrumentList& instruments_;
  QComboBox* choice_;
  QPushButton* record_;
  QPushButton* stop_;
  QPushButton* options_;
  QPushButton* output_;
  InstrumentLabel* instrument_;
  QLabel* rate_;
  QLabel* lost_;
  QLabel* range_;
  QLabel* time_;
  QLabel* disk_;
  QString asked_folder_;
  QElapsedTimer since_asked_;
  std::optional<double> free_gb_;  // there
  QStringList given_;
  QString uri_;           // as it was told last
  bool listing_ = false;  // the list changes: the box may say anything
};

}  // namespace joulemark
