// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <app/models/event_setup.h>

#include <QAbstractTableModel>
#include <cstdint>
#include <functional>

namespace joulemark {

// Whatever names events, to be edited in place: rules that say which line means what, codes that several
// lines show together, and a person's windows and markers. A change goes through `commit`, which checks,
// shows and saves it; what it refuses stays as it was.
class RuleTable final : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { name, line, pairing, polarity, skip, repeat, useful, k_columns };
  using Commit = std::function<Status(EventSetup setup, const QString& what)>;

  explicit RuleTable(Commit commit, QObject* parent = nullptr)
      : QAbstractTableModel(parent), commit_(std::move(commit)) {}

  void set(EventSetup setup, std::vector<Line> lines);
  // Codes that were shown and have no name yet.
  void set_unnamed_codes(std::vector<std::uint32_t> codes);
  [[nodiscard]] const EventSetup& setup() const { return setup_; }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }
  void add_rule();
  void remove_row(int row);  // a code loses its name
  // Coded lines and firmware, see take_markers. Errors: its own, and those of commit.
  [[nodiscard]] Status take_markers(const QString& code, const QString& elf_file);
  // What can stand in a cell, as setData takes it; empty: free text or a number.
  [[nodiscard]] QStringList choices(const QModelIndex& index) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  void refused(const QString& message);

 private:
  enum class Kind { rule, code, window, instant };
  struct Row {
    Kind kind = Kind::rule;
    std::size_t at = 0;  // which rule, window or instant of the setup; of a code its number
  };
  void list_rows();
  [[nodiscard]] const Row& row_of(const QModelIndex& index) const;
  [[nodiscard]] std::string name_in(const EventSetup& setup, const Row& row) const;
  [[nodiscard]] QString line_text(LineId id) const;
  [[nodiscard]] QString code_text(std::uint32_t number) const;
  [[nodiscard]] QString place_text(const Row& row) const;
  [[nodiscard]] QString kind_text(const Row& row) const;
  [[nodiscard]] QVariant rule_cell(const EventRule& rule, int column, int role) const;
  [[nodiscard]] bool change(EventRule& rule, int column, const QVariant& value) const;
  bool rename(EventSetup& setup, const Row& row, const std::string& wanted) const;
  bool commit(EventSetup setup, const QString& what);

  Commit commit_;
  EventSetup setup_;
  std::vector<Line> lines_;
  std::vector<std::uint32_t> unnamed_codes_;
  std::vector<Row> rows_;
};

}  // namespace joulemark
