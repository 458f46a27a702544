// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/event_columns.h>

#include <QEvent>
#include <QHeaderView>
#include <QMenu>
#include <QTableView>
#include <algorithm>
#include <utility>

namespace joulemark {
namespace {

constexpr int k_widest_px = 220;
constexpr int k_cell_margins = 8;
constexpr int k_remarks_digits = 9;  // that are worth showing; what is longer is in the tooltip as a whole

constexpr std::array<const char*, EventTable::k_columns> k_words{
    "number", "name", "start", "duration", "energy", "method", "net", "power", "peak", "remarks"};

constexpr std::array<EventTable::Column, EventTable::k_columns> k_by_weight{
    EventTable::name,    EventTable::number,     EventTable::begin, EventTable::length, EventTable::energy,
    EventTable::remarks, EventTable::net_energy, EventTable::power, EventTable::method, EventTable::peak};

// Until there are events.
constexpr std::array<int, EventTable::k_columns> k_digits{4, 10, 8, 9, 9, 8, 9, 9, 9, 9};

int digit_of(const QTableView& view) {
  return view.fontMetrics().horizontalAdvance(QLatin1Char('0'));
}

}  // namespace

EventColumns::EventColumns(EventTable& table, QTableView& view)
    : QObject(&view), table_(table), view_(view), menu_(new QMenu(tr("&Columns of the events"), &view)) {
  for (std::size_t column = 0; column < widths_.size(); ++column)
    widths_[column] = k_digits[column] * digit_of(view) + k_cell_margins;
  build_menu();
  view.viewport()->installEventFilter(this);
  view.setContextMenuPolicy(Qt::CustomContextMenu);
  view.horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(&view, &QWidget::customContextMenuRequested, this,
          [this](const QPoint& at) { menu_->popup(view_.viewport()->mapToGlobal(at)); });
  connect(view.horizontalHeader(), &QWidget::customContextMenuRequested, this,
          [this](const QPoint& at) { menu_->popup(view_.horizontalHeader()->mapToGlobal(at)); });
  connect(&table, &EventTable::modelReset, this, [this] { measure(); });
  connect(view.horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column, int, int width) {
    if (laying_out_) return;
    made_by_hand_.insert(column);
    widths_[static_cast<std::size_t>(column)] = width;
  });
  lay_out();
}

void EventColumns::build_menu() {
  menu_->setToolTipsVisible(true);
  for (int column = 0; column < EventTable::k_columns; ++column) {
    actions_.push_back(menu_->addAction(QString(), this, [this, column] { toggle(column); }));
    actions_.back()->setCheckable(true);
  }
  menu_->addSeparator();
  fitting_ = menu_->addAction(tr("As many as have room"), this, [this] {
    choose({});
    Q_EMIT chosenByHand();
  });
  fitting_->setCheckable(true);
  connect(menu_, &QMenu::aboutToShow, this, [this] {
    for (int column = 0; column < EventTable::k_columns; ++column) {
      QAction& action = *actions_[static_cast<std::size_t>(column)];
      action.setText(table_.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
      action.setToolTip(table_.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString());
    }
  });
}

void EventColumns::choose(const QStringList& columns) {
  chosen_.clear();
  for (int column = 0; column < EventTable::k_columns; ++column) {
    if (columns.contains(QLatin1String(k_words[static_cast<std::size_t>(column)]))) chosen_.insert(column);
  }
  lay_out();
}

QStringList EventColumns::chosen() const {
  QStringList words;
  for (const int column : chosen_)
    words << QLatin1String(k_words[static_cast<std::size_t>(column)]);
  return words;
}

// The last one stays.
void EventColumns::toggle(int column) {
  std::set<int> wanted = shown();
  if (wanted.erase(column) == 0) wanted.insert(column);
  if (!wanted.empty()) chosen_ = std::move(wanted);
  lay_out();
  Q_EMIT chosenByHand();
}

bool EventColumns::eventFilter(QObject* watched, QEvent* event) {
  // The type first: other events come while the view is being taken down.
  if (event->type() == QEvent::Resize && watched == view_.viewport()) lay_out();
  return QObject::eventFilter(watched, event);
}

// By what stands in sight; figures that come and go while it records do not move them back. What somebody
// made as wide as it is stays so.
void EventColumns::measure() {
  const bool first = !std::exchange(measured_, table_.rowCount() > 0);
  if (!measured_) return;
  const QAbstractItemView* cells = &view_;
  laying_out_ = true;
  for (int column = 0; column < EventTable::k_columns; ++column) {
    view_.setColumnHidden(column, false);  // the title of a hidden one has no width
    if (made_by_hand_.contains(column)) continue;
    int& width = widths_[static_cast<std::size_t>(column)];
    const int wanted =
        std::max(cells->sizeHintForColumn(column), view_.horizontalHeader()->sectionSizeHint(column));
    width = std::min(std::max(wanted, first ? 0 : width), k_widest_px);
  }
  lay_out();
}

int EventColumns::needed(int column) const {
  const int width = widths_[static_cast<std::size_t>(column)];
  if (column != EventTable::remarks || made_by_hand_.contains(column)) return width;
  return std::min(width, k_remarks_digits * digit_of(view_) + k_cell_margins);
}

std::set<int> EventColumns::shown() const {
  if (!chosen_.empty()) return chosen_;
  std::set<int> columns;
  int room = view_.viewport()->width();
  for (const EventTable::Column column : k_by_weight) {
    room -= needed(column);
    if (room < 0 && !columns.empty()) break;
    columns.insert(column);
  }
  return columns;
}

// Remarks have what the others leave.
void EventColumns::lay_out() {
  laying_out_ = true;
  const std::set<int> columns = shown();
  int rest = view_.viewport()->width();
  for (int column = 0; column < EventTable::k_columns; ++column) {
    view_.setColumnHidden(column, !columns.contains(column));
    if (!columns.contains(column)) continue;
    view_.setColumnWidth(column, needed(column));
    rest -= needed(column);
  }
  if (rest > 0 && columns.contains(EventTable::remarks) && !made_by_hand_.contains(EventTable::remarks))
    view_.setColumnWidth(EventTable::remarks, needed(EventTable::remarks) + rest);
  check_actions(columns);
  laying_out_ = false;
}

void EventColumns::check_actions(const std::set<int>& shown) {
  for (int column = 0; column < EventTable::k_columns; ++column)
    actions_[static_cast<std::size_t>(column)]->setChecked(shown.contains(column));
  fitting_->setChecked(chosen_.empty());
}

}  // namespace joulemark
