// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>

#include <QAbstractListModel>
#include <optional>
#include <vector>

namespace joulemark {

// Everything that is wrong or doubtful, the worst first, in words.
class FindingsModel final : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { severity_role = Qt::UserRole };
  enum class Level { lost, warning, info };
  using QAbstractListModel::QAbstractListModel;

  void set(const Report& report, const std::vector<Anomaly>& anomalies);
  void clear();

  // Where to look; none: it is about the whole.
  [[nodiscard]] std::optional<TimeRange> time_of(int row) const;
  [[nodiscard]] Level level_of(int row) const { return items_[static_cast<std::size_t>(row)].level; }
  [[nodiscard]] int count(Level level) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  struct Item {
    Level level = Level::info;
    QString text;
    std::optional<TimeRange> time;
  };
  std::vector<Item> items_;
};

}  // namespace joulemark
