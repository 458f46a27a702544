// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/findings_bar.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/whole_rows.h>
#include <app/models/findings_model.h>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_icon = 26;

// A sign and a colour for the severity, then the sentence on as many lines as it needs.
class FindingDelegate final : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    if ((option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) != 0)
      painter->fillRect(option.rect, theme().raised);
    const auto level = static_cast<FindingsModel::Level>(index.data(FindingsModel::severity_role).toInt());
    const bool info = level == FindingsModel::Level::info;
    const QColor colour = level == FindingsModel::Level::lost ? theme().lost
                          : info                              ? theme().accent
                                                              : theme().warning;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QPointF middle(option.rect.left() + 15, option.rect.top() + 3 + option.fontMetrics.height() / 2.0);
    painter->setPen(QPen(colour, 1.3));
    painter->setBrush(Qt::NoBrush);
    if (info) painter->drawEllipse(middle, 6, 6);
    if (!info)
      painter->drawPolygon(
          QPolygonF{middle + QPointF(0, -7), middle + QPointF(7.5, 6), middle + QPointF(-7.5, 6)});
    QFont sign = option.font;
    sign.setPixelSize(9);
    sign.setBold(true);
    painter->setFont(sign);
    painter->drawText(QRectF(middle.x() - 6, middle.y() - 6 + (info ? 0 : 1.5), 12, 12), Qt::AlignCenter,
                      info ? QStringLiteral("i") : QStringLiteral("!"));
    painter->setFont(option.font);
    painter->setPen(theme().text);
    painter->drawText(option.rect.adjusted(k_icon + 4, 3, -8, -3),
                      Qt::TextWordWrap | Qt::AlignLeft | Qt::AlignTop, index.data().toString());
    painter->restore();
  }

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const auto* view = qobject_cast<const QListView*>(option.widget);
    const int width = (view != nullptr ? view->viewport()->width() : 600) - k_icon - 12;
    const QRect text =
        option.fontMetrics.boundingRect(QRect(0, 0, width, 10000), Qt::TextWordWrap, index.data().toString());
    return {width, text.height() + 6};
  }
};

}  // namespace

FindingsBar::FindingsBar(FindingsModel& model, QWidget* parent)
    : QWidget(parent), model_(model), title_(new QLabel(this)), view_(new WholeRows<QListView>(this)) {
  setObjectName(QStringLiteral("panel"));
  setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 6, 4, 4);
  column->setSpacing(3);
  column->addWidget(title_);
  column->addWidget(view_, 1);
  title_->setContentsMargins(6, 0, 0, 0);
  title_->setTextFormat(Qt::RichText);
  view_->setModel(&model_);
  view_->setAccessibleName(tr("Findings"));
  view_->setItemDelegate(new FindingDelegate(view_));
  view_->setResizeMode(QListView::Adjust);
  view_->setMouseTracking(true);
  view_->setWordWrap(true);
  view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  view_->setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* copying = new QAction(tr("Copy"), view_);
  copying->setShortcut(QKeySequence::Copy);
  copying->setShortcutContext(Qt::WidgetShortcut);
  view_->addAction(copying);
  connect(copying, &QAction::triggered, this, [this] { copy(); });
  connect(view_, &QListView::clicked, this, [this](const QModelIndex& index) { Q_EMIT chosen(index.row()); });
  connect(view_, &QListView::activated, this,
          [this](const QModelIndex& index) { Q_EMIT chosen(index.row()); });
  connect(&model_, &FindingsModel::modelReset, this, [this] { count(); });
  count();
}

void FindingsBar::show_grade(const QString& grade) {
  grade_ = grade;
  count();
}

// In the order of the list, whatever was selected first.
void FindingsBar::copy() const {
  QModelIndexList rows = view_->selectionModel()->selectedRows();
  std::sort(rows.begin(), rows.end());
  QString text;
  for (const QModelIndex& row : rows)
    text += row.data().toString() + QLatin1Char('\n');
  if (!text.isEmpty()) QApplication::clipboard()->setText(text);
}

void FindingsBar::count() {
  using enum FindingsModel::Level;
  const int bad = model_.count(lost);
  const int doubts = model_.count(warning);
  QString text = QStringLiteral("<b>%1</b>").arg(tr("Findings"));
  const auto add = [&](int n, const QString& what, const QColor& colour) {
    if (n > 0)
      text += QStringLiteral("&nbsp;&nbsp;&nbsp;<span style='color:%1'>%2 %3</span>")
                  .arg(colour.name())
                  .arg(n)
                  .arg(what);
  };
  add(bad, tr("data lost"), theme().lost);
  add(doubts, tr("to check"), theme().warning);
  add(model_.count(info), tr("to know"), theme().accent);
  if (!grade_.isEmpty())
    text += QStringLiteral("&nbsp;&nbsp;&nbsp;<span style='color:%1'>%2</span>")
                .arg(theme().muted.name(), tr("data %1").arg(grade_));
  if (grade_.isEmpty() && model_.rowCount() == 0)
    text += QStringLiteral("&nbsp;&nbsp;&nbsp;<span style='color:%1'>%2</span>")
                .arg(theme().muted.name(), tr("what is wrong or doubtful with the data will be listed here"));
  title_->setText(text);
}

}  // namespace joulemark
