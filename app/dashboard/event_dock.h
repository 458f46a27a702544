// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/time.h>

#include <QWidget>
#include <optional>
#include <string>
#include <utility>

QT_BEGIN_NAMESPACE
class QLabel;
class QLineEdit;
class QTableView;
QT_END_NAMESPACE

namespace joulemark {

class EventColumns;
class EventTable;

// All events, to be searched, sorted and clicked.
class EventDock final : public QWidget {
  Q_OBJECT
 public:
  explicit EventDock(EventTable& table, QWidget* parent = nullptr);

  void select(std::size_t event);
  void step(int by);  // to the next or previous one as they are sorted
  void go_to_row(int row);
  void focus_filter();
  void list_only(const QString& name);  // the events of that name
  [[nodiscard]] EventColumns& columns() const { return *columns_; }
  void set_stale(bool stale);  // what is listed is of other rules than those that are shown

 Q_SIGNALS:
  void eventChosen(std::size_t event);
  void refused(const QString& message);

 private:
  void set_up_view();
  void filter();
  void show_filter_trouble();
  void show_what_to_do();
  void count();
  void copy();
  [[nodiscard]] int row_of_last() const;

  EventTable& table_;
  QTableView* view_;
  std::optional<std::pair<std::string, TimeNs>> last_;  // name and begin of the event that was chosen last
  bool stale_ = false;
  QLineEdit* filter_;
  QLabel* count_;
  EventColumns* columns_;
  QLabel* trouble_;     // why the filter finds nothing
  QLabel* what_to_do_;  // where there is nothing to list
};

}  // namespace joulemark
