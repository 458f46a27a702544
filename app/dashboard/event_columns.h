// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/event_table.h>

#include <QObject>
#include <QStringList>
#include <array>
#include <set>
#include <vector>

QT_BEGIN_NAMESPACE
class QAction;
class QMenu;
class QTableView;
QT_END_NAMESPACE

namespace joulemark {

// Which columns the table of the events has, and how wide. Until somebody chooses, those that count most, as
// far as they have room beside each other.
class EventColumns final : public QObject {
  Q_OBJECT
 public:
  EventColumns(EventTable& table, QTableView& view);

  // By their words in the settings; empty: as many as have room. Words that are no column's are passed over.
  void choose(const QStringList& columns);
  [[nodiscard]] QStringList chosen() const;
  [[nodiscard]] QMenu* menu() const { return menu_; }

 Q_SIGNALS:
  void chosenByHand();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void build_menu();
  void toggle(int column);
  void measure();
  void lay_out();
  [[nodiscard]] int needed(int column) const;
  [[nodiscard]] std::set<int> shown() const;
  void check_actions(const std::set<int>& shown);

  EventTable& table_;
  QTableView& view_;
  QMenu* menu_;
  std::vector<QAction*> actions_;  // by column
  QAction* fitting_;
  std::set<int> chosen_;
  std::array<int, EventTable::k_columns> widths_{};
  std::set<int> made_by_hand_;  // widths
  bool laying_out_ = false;
  bool measured_ = false;
};

}  // namespace joulemark
