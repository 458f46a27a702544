// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/marker_dialog.h>
#include <app/dashboard/rule_dock.h>
#include <app/dashboard/theme.h>
#include <app/models/rule_table.h>

#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

namespace joulemark {
namespace {

// A list to choose from where the model has choices; a box that is seen in the dark for what is useful.
class RuleDelegate final : public QStyledItemDelegate {
 public:
  explicit RuleDelegate(RuleTable& table, QObject* parent) : QStyledItemDelegate(parent), table_(table) {}

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QVariant check = index.data(Qt::CheckStateRole);
    if (!check.isValid()) return QStyledItemDelegate::paint(painter, option, index);
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QStyle* style = item.widget->style();
    const QRect place = style->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &item, item.widget);
    item.features &= ~QStyleOptionViewItem::HasCheckIndicator;
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, item.widget);
    paint_box(*painter, place, check.toInt() == Qt::Checked);
  }

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const override {
    const QStringList choices = table_.choices(index);
    if (choices.isEmpty()) return QStyledItemDelegate::createEditor(parent, option, index);
    auto* box = new QComboBox(parent);
    box->addItems(choices);
    return box;
  }
  void setEditorData(QWidget* editor, const QModelIndex& index) const override {
    if (auto* box = qobject_cast<QComboBox*>(editor))
      return box->setCurrentText(index.data(Qt::EditRole).toString());
    QStyledItemDelegate::setEditorData(editor, index);
  }
  void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override {
    if (const auto* box = qobject_cast<QComboBox*>(editor)) {
      model->setData(index, box->currentText());
    } else {
      QStyledItemDelegate::setModelData(editor, model, index);
    }
  }

 private:
  static void paint_box(QPainter& painter, const QRect& place, bool checked) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(QPointF(place.center()) - QPointF(6.5, 6.5), QSizeF(14, 14));
    painter.setPen(QPen(checked ? theme().good : theme().muted, 1));
    painter.setBrush(checked ? QBrush(theme().good) : Qt::NoBrush);
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(QPen(theme().surface, 2));
    const std::array<QPointF, 3> tick{box.topLeft() + QPointF(3.2, 7.4), box.topLeft() + QPointF(6, 10.2),
                                      box.topLeft() + QPointF(10.8, 4.2)};
    if (checked) painter.drawPolyline(tick.data(), static_cast<int>(tick.size()));
    painter.restore();
  }

  RuleTable& table_;
};

// What is typed into a cell is no shortcut of the window.
class TypesInCells final : public QObject {
 public:
  explicit TypesInCells(QTableView& view) : QObject(&view), view_(view) { view.installEventFilter(this); }

  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() != QEvent::ShortcutOverride) return false;
    const auto& pressed = *static_cast<QKeyEvent*>(event);
    const bool plain = (pressed.modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == 0;
    const bool types = plain && !pressed.text().isEmpty() && pressed.text().front().isPrint() &&
                       (view_.currentIndex().flags() & Qt::ItemIsEditable) != 0;
    if (types) event->accept();
    return types;
  }

 private:
  QTableView& view_;
};

}  // namespace

RuleDock::RuleDock(RuleTable& table, QWidget* parent)
    : QWidget(parent),
      table_(table),
      view_(new QTableView(this)),
      trouble_(new QLabel(this)),
      keeps_(new QCheckBox(tr("Use in new recordings"), this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 8);
  column->setSpacing(6);
  auto* lead =
      new QLabel(tr("A rule says which digital line marks which event; coded lines show the number of an "
                    "event together. Changes are measured at once and saved with the capture."),
                 this);
  lead->setWordWrap(true);
  lead->setProperty("role", "muted");
  auto* add = new QPushButton(tr("Add rule"), this);
  auto* remove = new QPushButton(tr("Remove"), this);
  auto* coded = new QPushButton(tr("Coded lines\u2026"), this);
  coded->setToolTip(tr("Which lines show codes, and the names of the codes from the target's firmware"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(add);
  buttons->addWidget(remove);
  buttons->addWidget(coded);
  buttons->addStretch(1);
  column->addWidget(lead);
  column->addWidget(view_, 1);
  column->addWidget(trouble_);
  column->addLayout(buttons);
  column->addWidget(keeps_);
  keeps_->setToolTip(
      tr("What you record from now on begins with these rules and codes instead of those that the "
         "instrument recommends; edits here are taken along"));
  trouble_->setWordWrap(true);
  trouble_->setProperty("role", "bad");
  trouble_->hide();
  set_up_view();
  QObject::connect(add, &QPushButton::clicked, &table_, [this] { table_.add_rule(); });
  QObject::connect(remove, &QPushButton::clicked, &table_, [this] {
    if (view_->currentIndex().isValid()) table_.remove_row(view_->currentIndex().row());
  });
  QObject::connect(coded, &QPushButton::clicked, &table_, [this] { ask_markers(this, table_); });
  follow_table();
}

void RuleDock::set_up_view() {
  view_->setModel(&table_);
  view_->setObjectName(QStringLiteral("rules.table"));
  view_->setAccessibleName(tr("Event rules"));
  view_->setItemDelegate(new RuleDelegate(table_, view_));
  view_->setShowGrid(false);
  view_->setWordWrap(false);
  new TypesInCells(*view_);
  view_->setStyleSheet(QStringLiteral("QTableView::item { padding: 0px; }"));  // under the titles
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setDefaultSectionSize(view_->fontMetrics().height() + 13);
  view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                         QAbstractItemView::AnyKeyPressed);
  view_->horizontalHeader()->setHighlightSections(false);
  QFont font = view_->font();
  font.setPointSizeF(font.pointSizeF() - 1);
  view_->setFont(font);
  view_->horizontalHeader()->setFont(font);
  view_->horizontalHeader()->setStyleSheet(QStringLiteral("QHeaderView::section { padding: 5px 3px; }"));
  view_->horizontalHeader()->setMinimumSectionSize(20);
  view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  view_->horizontalHeader()->setSectionResizeMode(RuleTable::name, QHeaderView::Stretch);
  const int digit = QFontMetrics(font).horizontalAdvance(QLatin1Char('0'));
  for (const auto& [section, digits] : {std::pair{1, 13}, {2, 7}, {3, 7}, {4, 5}, {5, 4}, {6, 8}})
    view_->setColumnWidth(section, digits * digit + 4);
}

void RuleDock::follow_table() {
  QObject::connect(&table_, &RuleTable::refused, trouble_, [this](const QString& message) {
    trouble_->setText(message);
    trouble_->show();
  });
  QObject::connect(&table_, &RuleTable::modelAboutToBeReset, view_, [this] {
    const QModelIndex now = view_->currentIndex();
    if (now.isValid()) place_ = {now.row(), now.column()};
  });
  QObject::connect(&table_, &RuleTable::modelReset, view_, [this] {
    trouble_->hide();
    view_->setCurrentIndex(table_.index(place_.first, place_.second));
    for (const auto counted : {RuleTable::skip, RuleTable::repeat}) {
      const int before = view_->columnWidth(counted);
      view_->resizeColumnToContents(counted);
      view_->setColumnWidth(counted, std::max(before, view_->columnWidth(counted)));
    }
  });
}

}  // namespace joulemark
