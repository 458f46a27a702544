// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>
#include <analysis/energy/ensemble.h>

#include <QWidget>
#include <memory>
#include <utility>

QT_BEGIN_NAMESPACE
class QComboBox;
class QLabel;
class QListWidget;
QT_END_NAMESPACE

namespace joulemark {

// What its value axis reaches over: all of its band, and zero where that is not far.
[[nodiscard]] std::pair<double, double> value_limits(const Ensemble& ensemble);

// All events of a name folded on the edge that begins them: median, p5 to p95, and the oddest ones by rank.
class EnsembleDock final : public QWidget {
  Q_OBJECT
 public:
  explicit EnsembleDock(QWidget* parent = nullptr);

  void set_names(const QStringList& names);
  void set_name(const QString& name);  // if it is among them
  // analysis: the one whose rows the ensemble's events are.
  void show_ensemble(const QString& name, std::shared_ptr<const Ensemble> ensemble, const Analysis& analysis,
                     bool power);
  void set_stale(bool stale);  // what is shown is of other rules than those that are shown
  void clear();
  void show_message(const QString& message);
  [[nodiscard]] QString name() const;
  [[nodiscard]] const Ensemble* ensemble() const { return ensemble_.get(); }

 Q_SIGNALS:
  void nameChosen(const QString& name);
  void eventChosen(std::size_t event);

 private:
  class Plot;
  void choose(int row);
  void tell();

  QComboBox* names_;
  Plot* plot_;
  QLabel* caption_;
  QLabel* head_;  // of the oddest
  QListWidget* odd_;
  std::shared_ptr<const Ensemble> ensemble_;
  bool stale_ = false;
};

}  // namespace joulemark
