// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/event_setup.h>

#include <QCoreApplication>
#include <QWidget>
#include <utility>

QT_BEGIN_NAMESPACE
class QCheckBox;
class QLabel;
class QTableView;
QT_END_NAMESPACE

namespace joulemark {

class RuleTable;

// Which line or code means what; every change is shown at once and saved with the capture.
class RuleDock final : public QWidget {
  Q_DECLARE_TR_FUNCTIONS(RuleDock)

 public:
  explicit RuleDock(RuleTable& table, QWidget* parent = nullptr);
  [[nodiscard]] QTableView* view() const { return view_; }
  [[nodiscard]] QCheckBox* keeps() const { return keeps_; }  // checked: new recordings begin with these rules

 private:
  void set_up_view();
  void follow_table();

  RuleTable& table_;
  QTableView* view_;
  QLabel* trouble_;
  QCheckBox* keeps_;
  std::pair<int, int> place_{-1, -1};  // of the current cell, over an edit
};

}  // namespace joulemark
