// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/overlay.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/ticks.h>
#include <app/dashboard/value_limits.h>
#include <app/dashboard/whole_rows.h>
#include <app/models/text.h>

#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace joulemark {
namespace {

constexpr int k_most_listed = 50;
constexpr double k_left = 52;
constexpr double k_bottom = 24;

QString folded_text(const Ensemble& ensemble) {
  return ensemble.folded == 1 ? EnsembleDock::tr("1 event folded")
                              : EnsembleDock::tr("%1 events folded").arg(ensemble.folded);
}

// stale: without colour.
class OddDelegate final : public QStyledItemDelegate {
 public:
  OddDelegate(const bool& stale, QObject* parent) : QStyledItemDelegate(parent), stale_(stale) {}

 protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    if (stale_) option->palette.setColor(QPalette::Text, theme().muted);
  }

 private:
  const bool& stale_;
};

// From the least to the greatest value; some bin of every ensemble has one.
std::pair<double, double> reach(const std::vector<double>& values) {
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (const double value : values) {  // those that are NaN count for nothing
    least = std::fmin(least, value);
    most = std::fmax(most, value);
  }
  return {least, most};
}

}  // namespace

std::pair<double, double> value_limits(const Ensemble& ensemble) {
  return limits_around(reach(ensemble.p05).first, reach(ensemble.p95).second);
}

class EnsembleDock::Plot final : public QWidget {
 public:
  explicit Plot(QWidget* parent) : QWidget(parent) {
    setMinimumHeight(150);
    setAccessibleName(EnsembleDock::tr("Ensemble"));
  }

  void set_stale(bool stale) {
    stale_ = stale;
    tell();
  }

  void set(std::shared_ptr<const Ensemble> ensemble, std::size_t name, bool power) {
    ensemble_ = std::move(ensemble);
    name_ = name;
    power_ = power;
    tell();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    if (!ensemble_) return;
    const QRectF area(k_left, 20, width() - k_left - 12, height() - 20 - k_bottom);
    const auto [low, high] = value_limits(*ensemble_);
    paint_axes(painter, area, low, high);
    const auto x = [&](std::size_t bin) {
      return area.left() +
             area.width() * (static_cast<double>(bin) + 0.5) / static_cast<double>(ensemble_->median.size());
    };
    const double span = high - low;
    const auto y = [&, base = low](double value) {
      return area.bottom() - area.height() * (value - base) / span;
    };
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor fill = colour();
    QColor light = fill;
    light.setAlpha(80);
    for_stretches([&](std::size_t first, std::size_t last) {
      QPolygonF band;
      QPolygonF median;
      for (std::size_t bin = first; bin < last; ++bin) {
        band << QPointF(x(bin), y(ensemble_->p95[bin]));
        median << QPointF(x(bin), y(ensemble_->median[bin]));
      }
      for (std::size_t bin = last; bin-- > first;)
        band << QPointF(x(bin), y(ensemble_->p05[bin]));
      painter.setBrush(light);
      painter.setPen(Qt::NoPen);
      painter.drawPolygon(band);
      painter.setPen(QPen(fill, 1.4));
      painter.setBrush(Qt::NoBrush);
      painter.drawPolyline(median);
    });
  }

 private:
  void tell() {
    QString words = ensemble_ ? in_words() : QString();
    if (stale_ && ensemble_) words += QLatin1Char(' ') + EnsembleDock::tr("before the change");
    setAccessibleDescription(words);
    update();
  }

  [[nodiscard]] QColor colour() const {
    return stale_ ? theme().muted : theme().quantity(power_ ? Quantity::power : Quantity::current);
  }

  // Of bins that some event has: from the first to before the last.
  void for_stretches(const std::function<void(std::size_t, std::size_t)>& draw) const {
    const std::vector<double>& values = ensemble_->median;
    for (std::size_t first = 0; first < values.size();) {
      std::size_t last = first;
      while (last < values.size() && !std::isnan(values[last]))
        ++last;
      if (last > first) draw(first, last);
      first = last + 1;
    }
  }

  [[nodiscard]] QString in_words() const {
    const std::string_view unit = power_ ? "W" : "A";
    const auto [low, high] = reach(ensemble_->median);
    return EnsembleDock::tr(
               "%1, half of them longer than %2: the median reaches from %3 to %4, p5 to p95 from %5 to %6")
        .arg(folded_text(*ensemble_), si_text(to_seconds(ensemble_->median_length_ns), "s"),
             si_text(low, unit), si_text(high, unit), si_text(reach(ensemble_->p05).first, unit),
             si_text(reach(ensemble_->p95).second, unit));
  }

  [[nodiscard]] TimeRange range() const {
    return {ensemble_->begin_ns,
            ensemble_->begin_ns + ensemble_->bin_ns * static_cast<TimeNs>(ensemble_->median.size())};
  }

  void paint_axes(QPainter& painter, const QRectF& area, double low, double high) const {
    painter.setFont(label_font());
    const QFontMetrics metrics(painter.font());
    const TimeScale scale{range(), area.left(), area.width()};
    QColor event = stale_ ? theme().muted : theme().event(name_);
    event.setAlpha(34);
    const double x0 = scale.x(0);
    painter.fillRect(QRectF(x0, area.top(), scale.x(ensemble_->median_length_ns) - x0, area.height()), event);
    const LinearTicks values =
        linear_ticks(low, high, static_cast<int>(area.height() / 32), power_ ? "W" : "A");
    painter.setPen(colour());
    painter.drawText(QRectF(10, 2, 90, 16), Qt::AlignLeft | Qt::AlignVCenter, values.unit);
    for (const Tick& tick : values.ticks) {
      const double y = area.bottom() - area.height() * (tick.at - low) / (high - low);
      painter.setPen(theme().line);
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
      painter.setPen(theme().muted);
      painter.drawText(QRectF(0, y - 8, k_left - 7, 16), Qt::AlignRight | Qt::AlignVCenter, tick.text);
    }
    for (const Tick& tick : time_ticks(range(), static_cast<int>(area.width() / 80)).ticks) {
      const double x = scale.x(static_cast<TimeNs>(tick.at));
      const double wide = metrics.horizontalAdvance(tick.text) + 4;
      if (x + wide / 2 > width()) continue;
      painter.drawText(QRectF(x - wide / 2, area.bottom() + 5, wide, metrics.height()), Qt::AlignCenter,
                       tick.text);
    }
  }

  std::shared_ptr<const Ensemble> ensemble_;
  std::size_t name_ = 0;  // for its colour
  bool power_ = true;
  bool stale_ = false;
};

EnsembleDock::EnsembleDock(QWidget* parent)
    : QWidget(parent),
      names_(new QComboBox(this)),
      plot_(new Plot(this)),
      caption_(new QLabel(this)),
      head_(new QLabel(tr("Event, and its rms distance from the median in standard deviations"), this)),
      odd_(new WholeRows<QListWidget>(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 6);
  column->setSpacing(6);
  column->addWidget(names_);
  column->addWidget(plot_, 3);
  column->addWidget(caption_);
  column->addWidget(head_);
  column->addWidget(odd_, 2);
  names_->setAccessibleName(tr("Event to fold"));
  for (QLabel* label : {caption_, head_}) {
    label->setWordWrap(true);
    label->setProperty("role", "muted");
  }
  odd_->setAccessibleName(tr("The oddest events"));
  odd_->setItemDelegate(new OddDelegate(stale_, odd_));
  odd_->setToolTip(
      tr("Root mean square distance from the median, in standard deviations of each point; click to see the "
         "event"));
  connect(names_, &QComboBox::currentTextChanged, this, [this](const QString& name) {
    if (!name.isEmpty()) Q_EMIT nameChosen(name);
  });
  connect(odd_, &QListWidget::currentRowChanged, this, [this](int row) { choose(row); });
  // The current one as well: somebody looked elsewhere since.
  for (const auto chosen : {&QListWidget::itemClicked, &QListWidget::itemActivated})
    connect(odd_, chosen, this, [this](const QListWidgetItem* item) { choose(odd_->row(item)); });
}

void EnsembleDock::choose(int row) {
  if (row >= 0 && ensemble_) Q_EMIT eventChosen(ensemble_->by_distance[static_cast<std::size_t>(row)].event);
}

QString EnsembleDock::name() const {
  return names_->currentText();
}

void EnsembleDock::set_name(const QString& name) {
  names_->setCurrentText(name);
}

void EnsembleDock::set_names(const QStringList& names) {
  const QString before = name();
  {
    const QSignalBlocker quiet(names_);
    names_->clear();
    names_->addItems(names);
    if (names.contains(before)) names_->setCurrentText(before);
  }
  if (names.isEmpty())
    return show_message(
        tr("No events yet: name a line under Rules, and they are laid over each other here."));
  show_message(tr("Laying the events over each other\u2026"));  // those of before may have other numbers
  Q_EMIT nameChosen(name());
}

void EnsembleDock::clear() {
  const QSignalBlocker quiet(names_);
  names_->clear();
  show_message({});
}

void EnsembleDock::show_ensemble(const QString& name, std::shared_ptr<const Ensemble> ensemble,
                                 const Analysis& analysis, bool power) {
  if (name != this->name()) return;
  ensemble_ = std::move(ensemble);
  plot_->set(ensemble_, static_cast<std::size_t>(names_->currentIndex()), power);
  tell();
  head_->show();
  const QSignalBlocker quiet(odd_);
  odd_->clear();
  const auto listed = std::min<std::size_t>(ensemble_->by_distance.size(), k_most_listed);
  for (std::size_t i = 0; i < listed; ++i) {
    const FoldedEvent& event = ensemble_->by_distance[i];
    const EventRow& row = analysis.rows[event.event];
    odd_->addItem(tr("#%1 at %2   %3 sd")
                      .arg(row.index + 1)
                      .arg(time_text(row.time.begin_ns, time_step(row.time.length_ns())))
                      .arg(event.distance, 0, 'f', 2));
  }
}

void EnsembleDock::set_stale(bool stale) {
  if (std::exchange(stale_, stale) == stale) return;
  plot_->set_stale(stale);
  odd_->viewport()->update();
  if (ensemble_) tell();
}

void EnsembleDock::tell() {
  QString caption = tr("%1: median and p5 to p95").arg(folded_text(*ensemble_));
  if (ensemble_->left_out > 0)
    caption += tr("; %1 left out: not all of the time in them was recorded").arg(ensemble_->left_out);
  if (ensemble_->cut_margins > 0)
    caption += tr("; not all of the time around %1 was recorded").arg(ensemble_->cut_margins);
  if (ensemble_->not_taken > 0)
    caption += tr("; an even choice, %1 more not taken").arg(ensemble_->not_taken);
  if (stale_) caption = tr("%1 before the change").arg(caption);
  caption_->setText(caption + tr(". The oddest first:"));
}

void EnsembleDock::show_message(const QString& message) {
  ensemble_.reset();
  plot_->set(nullptr, 0, true);
  head_->hide();
  caption_->setText(message);
  odd_->clear();
}

}  // namespace joulemark
