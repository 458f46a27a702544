// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/rule_dock.h>
#include <app/models/rule_table.h>

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

namespace joulemark {
namespace {

// A list to choose from where the model has choices.
class RuleDelegate final : public QStyledItemDelegate {
 public:
  explicit RuleDelegate(RuleTable& table, QObject* parent) : QStyledItemDelegate(parent), table_(table) {}

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const override {
    const QStringList choices = table_.choices(index.column());
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
  RuleTable& table_;
};

}  // namespace

RuleDock::RuleDock(RuleTable& table, QWidget* parent)
    : QWidget(parent), table_(table), view_(new QTableView(this)), trouble_(new QLabel(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 8);
  column->setSpacing(6);
  auto* lead = new QLabel(tr("A rule says which digital line marks which event. Changes are measured at once "
                             "and saved with the capture."),
                          this);
  lead->setWordWrap(true);
  lead->setProperty("role", "muted");
  auto* add = new QPushButton(tr("Add rule"), this);
  auto* remove = new QPushButton(tr("Remove"), this);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(add);
  buttons->addWidget(remove);
  buttons->addStretch(1);
  column->addWidget(lead);
  column->addWidget(view_, 1);
  column->addWidget(trouble_);
  column->addLayout(buttons);
  trouble_->setWordWrap(true);
  trouble_->setProperty("role", "bad");
  trouble_->hide();
  view_->setModel(&table_);
  view_->setAccessibleName(tr("Event rules"));
  view_->setItemDelegate(new RuleDelegate(table_, view_));
  view_->setShowGrid(false);
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
  const int digit = QFontMetrics(font).horizontalAdvance(QLatin1Char('0'));
  for (const auto& [section, digits] : {std::pair{0, 11}, {1, 13}, {2, 7}, {3, 7}, {4, 5}, {5, 7}, {6, 7}})
    view_->setColumnWidth(section, digits * digit + 4);
  QObject::connect(add, &QPushButton::clicked, &table_, [this] { table_.add_rule(); });
  QObject::connect(remove, &QPushButton::clicked, &table_, [this] {
    if (view_->currentIndex().isValid()) table_.remove_rule(view_->currentIndex().row());
  });
  QObject::connect(&table_, &RuleTable::refused, trouble_, [this](const QString& message) {
    trouble_->setText(message);
    trouble_->show();
  });
  QObject::connect(&table_, &RuleTable::modelReset, trouble_, [this] { trouble_->hide(); });
}

}  // namespace joulemark
