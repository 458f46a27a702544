// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>

#include <QAbstractListModel>
#include <vector>

namespace joulemark {

// Where a finding can be judged.
struct FindingPlace {
  enum class Kind { time, event, rules, whole };
  Kind kind = Kind::whole;
  TimeRange time;  // of Kind::time
  QString event;   // of Kind::event: the name of those that it is about

  bool operator==(const FindingPlace&) const = default;
};

// Everything that is wrong or doubtful, the worst first, in words.
class FindingsModel final : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { severity_role = Qt::UserRole };
  enum class Level { lost, warning, info };
  using QAbstractListModel::QAbstractListModel;

  // What is the same as before stays as it is, selected or not. anomalies: the capture's own.
  void set(const Report& report, const std::vector<Anomaly>& anomalies, const CaptureInfo& info);
  void clear();

  [[nodiscard]] const FindingPlace& place_of(int row) const {
    return items_[static_cast<std::size_t>(row)].place;
  }
  [[nodiscard]] Level level_of(int row) const { return items_[static_cast<std::size_t>(row)].level; }
  [[nodiscard]] int count(Level level) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;

 private:
  struct Item {
    Level level = Level::info;
    QString text;
    FindingPlace place;

    bool operator==(const Item&) const = default;
  };
  std::vector<Item> items_;
};

}  // namespace joulemark
