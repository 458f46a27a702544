// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/event_columns.h>
#include <app/dashboard/event_dock.h>
#include <app/dashboard/theme.h>
#include <app/models/event_table.h>

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QItemSelection>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>
#include <vector>

namespace joulemark {
namespace {

constexpr int k_cell_margins = 16;
constexpr int k_dot_px = 14;
constexpr qint64 k_most_copied = 100'000;

// A bar behind the energy, a dot of the event's colour before its name.
// stale: all without colour.
class EventDelegate final : public QStyledItemDelegate {
 public:
  EventDelegate(const bool& stale, QObject* parent) : QStyledItemDelegate(parent), stale_(stale) {}

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const auto name = static_cast<std::size_t>(index.data(EventTable::name_role).toUInt());
    QStyleOptionViewItem inner = option;
    if (index.column() == EventTable::name) inner.rect.adjust(k_dot_px, 0, 0, 0);
    if (stale_) inner.palette.setColor(QPalette::Text, theme().muted);
    const QColor colour = stale_ ? theme().muted : theme().event(name);
    if (const QVariant part = index.data(EventTable::part_role); part.isValid()) {
      QColor bar = colour;
      bar.setAlpha(theme().dark ? 70 : 60);
      const double width = (option.rect.width() - 4) * part.toDouble();
      painter->fillRect(
          QRectF(option.rect.left() + 2, option.rect.top() + 3, width, option.rect.height() - 6), bar);
    }
    QStyledItemDelegate::paint(painter, inner, index);
    if (index.column() != EventTable::name) return;
    painter->fillRect(QRectF(option.rect.left() + 6, option.rect.center().y() - 3, 7, 7), colour);
  }

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QSize text = QStyledItemDelegate::sizeHint(option, index);
    return index.column() == EventTable::name ? text + QSize(k_dot_px, 0) : text;
  }

 protected:
  // Half a guard would be another one: it is left out where it has no room, and in the tooltip.
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.column() != EventTable::method) return;
    if (option->fontMetrics.horizontalAdvance(option->text) + k_cell_margins > option->rect.width())
      option->text = option->text.section(QLatin1Char(','), 0, 0);
  }

 private:
  const bool& stale_;
};

}  // namespace

EventDock::EventDock(EventTable& table, QWidget* parent)
    : QWidget(parent),
      table_(table),
      view_(new QTableView(this)),
      filter_(new QLineEdit(this)),
      count_(new QLabel(this)),
      trouble_(new QLabel(this)),
      what_to_do_(new QLabel(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 6, 0, 0);
  column->setSpacing(6);
  auto* head = new QHBoxLayout;
  head->setContentsMargins(8, 0, 8, 0);
  head->addWidget(filter_, 1);
  head->addWidget(count_);
  column->addLayout(head);
  for (QLabel* label : {trouble_, what_to_do_}) {
    column->addWidget(label);
    label->setContentsMargins(8, 0, 8, 0);
    label->setWordWrap(true);
  }
  trouble_->setProperty("role", "bad");
  what_to_do_->setProperty("role", "muted");
  column->addWidget(view_, 1);
  filter_->setClearButtonEnabled(true);
  filter_->setAccessibleName(tr("Filter events"));
  count_->setProperty("role", "muted");
  set_up_view();
  connect(filter_, &QLineEdit::textChanged, this, [this] { filter(); });
  connect(&table_, &EventTable::modelReset, this, [this] {
    count();
    show_filter_trouble();
    show_what_to_do();
  });
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& now) {
            if (!now.isValid()) return;
            const std::size_t event = table_.event_at(now.row());
            const EventRow& row = table_.analysis()->rows[event];
            last_ = {table_.analysis()->report.events[row.name].name, row.time.begin_ns};
            Q_EMIT eventChosen(event);
          });
  // The current one as well: somebody looked elsewhere since.
  for (const auto chosen : {&QTableView::clicked, &QTableView::activated})
    connect(view_, chosen, this,
            [this](const QModelIndex& index) { Q_EMIT eventChosen(table_.event_at(index.row())); });
  auto* copying = new QShortcut(QKeySequence::Copy, view_);
  copying->setContext(Qt::WidgetShortcut);
  connect(copying, &QShortcut::activated, this, [this] { copy(); });
  count();
  show_filter_trouble();
  show_what_to_do();
}

void EventDock::set_up_view() {
  view_->setModel(&table_);
  view_->setAccessibleName(tr("Events"));
  view_->setItemDelegate(new EventDelegate(stale_, view_));
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->setShowGrid(false);
  view_->setStyleSheet(QStringLiteral("QTableView::item { padding: 0px 4px; }"));
  view_->setWordWrap(false);
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 9);
  view_->horizontalHeader()->setHighlightSections(false);
  view_->horizontalHeader()->setSectionsMovable(true);
  view_->setSortingEnabled(true);
  view_->sortByColumn(EventTable::begin, Qt::AscendingOrder);
  QFont font = view_->font();
  font.setPointSizeF(font.pointSizeF() - 0.5);
  view_->setFont(font);
  view_->horizontalHeader()->setFont(font);
  view_->horizontalHeader()->setMinimumSectionSize(20);
  view_->horizontalHeader()->setResizeContentsPrecision(0);  // by the rows in sight
  columns_ = new EventColumns(table_, *view_);
}

void EventDock::filter() {
  table_.set_filter(filter_->text());
  show_filter_trouble();
}

void EventDock::show_filter_trouble() {
  const QString trouble = table_.filter_trouble();
  trouble_->setText(trouble);
  trouble_->setVisible(!trouble.isEmpty());
  QPalette palette = QApplication::palette();
  if (!trouble.isEmpty()) palette.setColor(QPalette::Text, theme().lost);
  filter_->setPalette(palette);
  filter_->setPlaceholderText(table_.tells_charge() ? tr("Filter:  infer  Q>1.5uC  dt<20ms  lost")
                                                    : tr("Filter:  infer  E>1.5mJ  dt<20ms  lost"));
  const QString tip =
      tr("Words of the name or the remarks, =\"a whole name\", and comparisons of E, Q, net, dt, t, P and I "
         "with a quantity");
  filter_->setToolTip(trouble.isEmpty() ? tip : trouble + QLatin1Char('\n') + tip);
}

// Instead of the head of a table without rows.
void EventDock::show_what_to_do() {
  const Analysis* analysis = table_.analysis();
  QString text;
  if (analysis == nullptr) text = tr("The events of a recording are listed here once it is measured.");
  if (analysis != nullptr && analysis->rows.empty())
    text =
        analysis->report.events.empty()
            ? tr("No rule yet: name a line under Rules, or select a stretch of time by Shift+drag and name "
                 "it by W.")
            : tr("No event is found by the rules yet: see under Rules on which line they look.");
  what_to_do_->setText(text);
  what_to_do_->setVisible(!text.isEmpty());
}

void EventDock::count() {
  const auto all = table_.analysis() == nullptr ? 0 : table_.analysis()->rows.size();
  const auto shown = static_cast<std::size_t>(table_.rowCount());
  QString text = tr("%1 of %2").arg(shown).arg(all);
  if (shown == all) text = all == 1 ? tr("1 event") : tr("%1 events").arg(all);
  count_->setText(stale_ ? tr("%1 before the change").arg(text) : text);
}

void EventDock::set_stale(bool stale) {
  if (std::exchange(stale_, stale) == stale) return;
  count();
  view_->viewport()->update();
}

void EventDock::select(std::size_t event) {
  const int row = table_.row_of(event);
  if (row >= 0) go_to_row(row);
}

void EventDock::go_to_row(int row) {
  if (row < 0 || row >= table_.rowCount()) return;
  view_->setCurrentIndex(table_.index(row, EventTable::name));
  view_->scrollTo(view_->currentIndex());
}

// A new analysis lists new rows, of which none is chosen.
int EventDock::row_of_last() const {
  const Analysis* analysis = table_.analysis();
  for (int row = 0; last_ && row < table_.rowCount(); ++row) {
    const EventRow& event = analysis->rows[table_.event_at(row)];
    if (event.time.begin_ns == last_->second && analysis->report.events[event.name].name == last_->first)
      return row;
  }
  return -1;
}

void EventDock::step(int by) {
  const QModelIndex now = view_->currentIndex();
  const int from = now.isValid() ? now.row() : row_of_last();
  go_to_row(from >= 0 ? std::clamp(from + by, 0, std::max(0, table_.rowCount() - 1)) : 0);
}

void EventDock::focus_filter() {
  filter_->setFocus();
  filter_->selectAll();
}

void EventDock::list_only(const QString& name) {
  filter_->setText(EventTable::filter_for(name));
  view_->setFocus();
}

// Of the ranges, not of the selected rows: making a list of a million rows takes longer than their texts.
void EventDock::copy() {
  const QItemSelection chosen = view_->selectionModel()->selection();
  std::vector<std::pair<int, int>> ranges;
  qint64 count = 0;
  for (const QItemSelectionRange& range : chosen) {
    ranges.emplace_back(range.top(), range.bottom());
    count += range.height();
  }
  if (count > k_most_copied)
    return Q_EMIT refused(tr("%L1 events are too many for the clipboard, which takes %L2: filter them, or "
                             "write them all to a file with joulemark report --per-event.")
                              .arg(count)
                              .arg(k_most_copied));
  std::ranges::sort(ranges);
  QString text;
  for (const auto& [top, bottom] : ranges) {
    for (int row = top; row <= bottom; ++row) {
      for (int column = 0; column < table_.columnCount(); ++column)
        text += table_.index(row, column).data().toString() +
                (column + 1 < table_.columnCount() ? QLatin1Char('\t') : QLatin1Char('\n'));
    }
  }
  QApplication::clipboard()->setText(text);
}

}  // namespace joulemark
