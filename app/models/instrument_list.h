// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/option.h>

#include <drivers/instrument/registry.h>

#include <app/models/worker.h>

#include <QAbstractListModel>
#include <QTimer>
#include <vector>

namespace joulemark {

// What can be recorded from: the attached instruments, usable or not and why, then the simulations. Looks
// again every two seconds while watching; looking never changes an instrument.
class InstrumentList final : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Role { uri_role = Qt::UserRole, usable_role, advice_role };
  struct Entry {
    QString uri;
    QString title;
    bool usable = true;
    QString reason;
    QString advice;
    bool operator==(const Entry&) const = default;
  };

  explicit InstrumentList(InstrumentRegistry registry, QObject* parent = nullptr);

  void watch(bool on);
  void refresh();
  [[nodiscard]] const Entry& entry(int row) const { return entries_[static_cast<std::size_t>(row)]; }
  // The option table of a URI's family; empty when there is no such family.
  [[nodiscard]] std::vector<OptionSpec> options_of(const QString& uri) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;

 Q_SIGNALS:
  void aboutToChange();
  void changed();  // after all rows of a look are in place
  void refreshed();

 private:
  void merge(const std::vector<Entry>& found);
  void remove(int row);

  InstrumentRegistry registry_;
  std::vector<Entry> entries_;
  QTimer timer_;
  Worker worker_;
};

}  // namespace joulemark
