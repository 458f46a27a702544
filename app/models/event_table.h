// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>

#include <QAbstractTableModel>
#include <cstdint>
#include <memory>
#include <vector>

namespace joulemark {

// Every event of an analysis, one a row. Sorting and filtering reorder a list of 4 bytes an event, so that a
// million rows stay light; the view asks only for what it shows.
class EventTable final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { number, name, begin, length, energy, method, net_energy, power, peak, remarks, k_columns };
  enum Role {
    value_role = Qt::UserRole,  // double, in SI, of a figure
    part_role,                  // 0 to 1: of the largest energy of its name, for a bar in the cell
    name_role,                  // index of the event's name
  };
  using QAbstractTableModel::QAbstractTableModel;

  void set_analysis(std::shared_ptr<const Analysis> analysis);

  // Words and comparisons, all of which must hold: "infer E>1.5mJ dt<20ms lost". A word is part of the name
  // or of a remark, ="key" the whole name; E, Q, net, dt, t, P and I compare with a quantity. False: a
  // comparison makes no sense (nothing changes).
  bool set_filter(const QString& text);
  [[nodiscard]] static QString filter_for(const QString& name);  // that shows events of this very name
  // In words, why it makes no sense or compares what is not known; empty: it does what it says.
  [[nodiscard]] QString filter_trouble() const;
  [[nodiscard]] bool tells_charge() const;  // in the place of energy, which is not known

  [[nodiscard]] std::size_t event_at(int row) const { return order_[static_cast<std::size_t>(row)]; }
  [[nodiscard]] int row_of(std::size_t event) const;  // -1: filtered out
  [[nodiscard]] TimeRange time_of(std::size_t event) const { return analysis_->rows[event].time; }
  [[nodiscard]] const Analysis* analysis() const { return analysis_.get(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order) override;

  struct Comparable;
  struct Test {                            // one term of a filter
    const Comparable* quantity = nullptr;  // null: a word
    bool above = false;
    double limit = 0;
    QString word;
    // Of a word: whether each event name, and each set of flags, has it.
    std::vector<bool> names;
    std::vector<bool> remarks;
    bool exact = false;  // a word that is the whole name
  };

 private:
  [[nodiscard]] double figure(const EventRow& row, int column) const;  // per inference, as in the reports
  [[nodiscard]] QString text_of(const EventRow& row, int column) const;
  [[nodiscard]] QVariant tip_of(const EventRow& row, int column) const;
  [[nodiscard]] double guard_s(const EventRow& row) const;
  [[nodiscard]] std::int64_t repeat(const EventRow& row) const;
  [[nodiscard]] bool passes(const EventRow& row) const;
  void look_up_words();
  void filter();
  void sort_all();
  void move_persistent_indexes(const std::vector<std::uint32_t>& before);

  std::shared_ptr<const Analysis> analysis_;
  std::vector<Test> tests_;
  QString refused_;                    // why the last filter makes no sense
  std::vector<std::uint32_t> sorted_;  // all events
  std::vector<std::uint32_t> order_;   // those shown
  std::vector<double> largest_;        // energy, or charge, by name
  TimeNs step_ns_ = 1'000'000;         // of begins, by the shortest event
  int sort_column_ = begin;
  Qt::SortOrder sort_direction_ = Qt::AscendingOrder;
};

}  // namespace joulemark
