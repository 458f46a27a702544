// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>

#include <QCoreApplication>
#include <QWidget>
#include <memory>

QT_BEGIN_NAMESPACE
class QComboBox;
class QLabel;
QT_END_NAMESPACE

namespace joulemark {

// How a figure is spread over the events of a name.
class HistogramDock final : public QWidget {
  Q_DECLARE_TR_FUNCTIONS(HistogramDock)

 public:
  explicit HistogramDock(QWidget* parent = nullptr);
  ~HistogramDock() override;
  void set_analysis(std::shared_ptr<const Analysis> analysis);
  void set_stale(bool stale);                 // what is shown is of other rules than those that are shown
  void show_message(const QString& message);  // instead of events

 private:
  class Plot;
  void redraw();

  std::shared_ptr<const Analysis> analysis_;
  bool stale_ = false;
  QComboBox* name_;
  QComboBox* figure_;
  Plot* plot_;
  QLabel* caption_;
  QLabel* trust_;
};

}  // namespace joulemark
