// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/event_setup.h>

#include <QAbstractTableModel>
#include <functional>

namespace joulemark {

// The rules that say which line means what, to be edited in place. A change goes through `commit`, which
// checks, shows and saves it; what it refuses stays as it was.
class RuleTable final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { name, line, pairing, polarity, skip, repeat, useful, k_columns };
  using Commit = std::function<Status(EventSetup setup, const QString& what)>;

  explicit RuleTable(Commit commit, QObject* parent = nullptr)
      : QAbstractTableModel(parent), commit_(std::move(commit)) {}

  void set(EventSetup setup, std::vector<Line> lines);
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  void add_rule();
  void remove_rule(int row);
  // What can stand in a column, as setData takes it; empty: free text or a number.
  [[nodiscard]] QStringList choices(int column) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  void refused(const QString& message);

 private:
  [[nodiscard]] QString line_text(LineId id) const;
  [[nodiscard]] bool change(EventSetup& setup, EventRule& rule, int column, const QVariant& value) const;
  bool commit(EventSetup setup, const QString& what);

  Commit commit_;
  EventSetup setup_;
  std::vector<Line> lines_;
};

}  // namespace joulemark
