// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/units.h>
#include <analysis/statistics/histogram.h>

#include <app/dashboard/histogram_dock.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/ticks.h>
#include <app/models/text.h>
#include <app/models/words.h>

#include <QComboBox>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <utility>

namespace joulemark {
namespace {

constexpr std::size_t k_most_bins = 80;

struct Kind {
  const char* title;
  std::string_view unit;
  std::optional<double> (*of)(const EventRow& row);
  const Stats EventReport::*stats;
};

QString shape_text(const Histogram& shape, std::string_view unit) {
  if (shape.counts.empty()) return {};
  const double high = shape.low + shape.width * static_cast<double>(shape.counts.size());
  return HistogramDock::tr("%1 bins from %2 to %3, the fullest holds %4")
      .arg(shape.counts.size())
      .arg(si_text(shape.low, unit), si_text(high, unit))
      .arg(*std::ranges::max_element(shape.counts));
}

// How the mean was found and how far to trust it.
QString trust_text(const EventReport& event, const Stats& stats, std::string_view unit) {
  QStringList parts;
  if (stats.mean && stats.ci95) {
    parts << HistogramDock::tr("mean %1 \u00b1 %2 (95 %)")
                 .arg(si_text(stats.mean, unit), si_text(stats.ci95->half_width(), unit, 2));
  }
  if (event.repeat > 1) parts << HistogramDock::tr("for one of the %1 in a window").arg(event.repeat);
  if (unit != "J" && unit != "C") return parts.join(QStringLiteral(", "));
  parts << HistogramDock::tr("by %1").arg(method_text(event.method, event.guard_s));
  QString adequacy = HistogramDock::tr("adequacy %1").arg(word_of(event.adequacy.grade));
  if (event.adequacy.bound_rel)
    adequacy += QStringLiteral(" (%1)").arg(
        to_qt(format_bound(HistogramDock::tr("within").toStdString(), *event.adequacy.bound_rel)));
  for (const std::string& reason : event.adequacy.reasons)
    adequacy += (&reason == &event.adequacy.reasons.front() ? QStringLiteral(": ") : QStringLiteral("; ")) +
                to_qt(reason);
  parts << adequacy;
  return parts.join(QStringLiteral(", "));
}

std::optional<double> length_of(const EventRow& row) {
  return row.time.seconds();
}

constexpr std::array<Kind, 5> k_kinds{
    {{QT_TRANSLATE_NOOP("HistogramDock", "Energy"), "J", [](const EventRow& row) { return row.energy_j; },
      &EventReport::energy_j},
     {QT_TRANSLATE_NOOP("HistogramDock", "Net energy"), "J",
      [](const EventRow& row) { return row.net_energy_j; }, &EventReport::net_energy_j},
     {QT_TRANSLATE_NOOP("HistogramDock", "Charge"), "C", [](const EventRow& row) { return row.charge_c; },
      &EventReport::charge_c},
     {QT_TRANSLATE_NOOP("HistogramDock", "Duration"), "s", length_of, &EventReport::latency_s},
     {QT_TRANSLATE_NOOP("HistogramDock", "Peak current"), "A",
      [](const EventRow& row) { return row.peak_current_a; }, &EventReport::peak_current_a}}};

}  // namespace

class HistogramDock::Plot final : public QWidget {
 public:
  explicit Plot(QWidget* parent) : QWidget(parent) {
    setMinimumHeight(150);
    setAccessibleName(HistogramDock::tr("Histogram"));
  }

  void set_stale(bool stale) {
    stale_ = stale;
    update();
  }

  void set(Histogram histogram, std::string_view unit, std::size_t name, std::optional<double> mean) {
    histogram_ = std::move(histogram);
    unit_ = unit;
    name_ = name;
    mean_ = mean;
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), theme().surface);
    if (histogram_.counts.empty()) return;
    const QRectF area(44, 12, width() - 44 - 14, height() - 12 - 40);
    const auto most =
        static_cast<double>(std::max<std::int64_t>(1, *std::ranges::max_element(histogram_.counts)));
    const double step = area.width() / static_cast<double>(histogram_.counts.size());
    paint_axes(painter, area, most);
    QColor fill = stale_ ? theme().muted : theme().event(name_);
    fill.setAlpha(170);
    for (std::size_t bin = 0; bin < histogram_.counts.size(); ++bin) {
      const double height = area.height() * static_cast<double>(histogram_.counts[bin]) / most;
      painter.fillRect(QRectF(area.left() + static_cast<double>(bin) * step, area.bottom() - height,
                              std::max(1.0, step - 1), height),
                       fill);
    }
    if (!mean_ || histogram_.width <= 0) return;
    const double x = area.left() + step * (*mean_ - histogram_.low) / histogram_.width;
    painter.setPen(QPen(stale_ ? theme().muted : theme().text, 1, Qt::DashLine));
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    paint_mean_name(painter, x, area);
  }

 private:
  // On the side of the line where there is more room.
  static void paint_mean_name(QPainter& painter, double x, const QRectF& area) {
    constexpr double k_off = 4;
    const QString name = HistogramDock::tr("mean");
    const double wide = painter.fontMetrics().horizontalAdvance(name);
    const bool left = x > area.center().x();
    painter.drawText(
        QPointF(left ? x - k_off - wide : x + k_off, area.top() + painter.fontMetrics().ascent()), name);
  }

  void paint_axes(QPainter& painter, const QRectF& area, double most) const {
    painter.setFont(label_font());
    const QFontMetrics metrics(painter.font());
    for (const Tick& tick : linear_ticks(0, most, static_cast<int>(area.height() / 36), "").ticks) {
      if (tick.at != std::floor(tick.at)) continue;
      const double y = area.bottom() - area.height() * tick.at / most;
      painter.setPen(theme().line);
      painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
      painter.setPen(theme().muted);
      painter.drawText(QRectF(0, y - 8, 38, 16), Qt::AlignRight | Qt::AlignVCenter,
                       QString::number(tick.at, 'f', 0));
    }
    const double high = histogram_.low + histogram_.width * static_cast<double>(histogram_.counts.size());
    painter.setPen(theme().muted);
    if (!(high > histogram_.low)) {
      return painter.drawText(QRectF(area.left(), area.bottom() + 5, area.width(), 16), Qt::AlignCenter,
                              si_text(high, unit_));
    }
    const LinearTicks ticks = linear_ticks(histogram_.low, high, static_cast<int>(area.width() / 70), unit_);
    for (const Tick& tick : ticks.ticks) {
      const double x = area.left() + area.width() * (tick.at - histogram_.low) / (high - histogram_.low);
      const double wide = metrics.horizontalAdvance(tick.text) + 4;
      painter.drawText(QRectF(x - wide / 2, area.bottom() + 5, wide, metrics.height()), Qt::AlignCenter,
                       tick.text);
    }
    painter.drawText(
        QRectF(area.left(), area.bottom() + 6 + metrics.height(), area.width(), metrics.height()),
        Qt::AlignRight, ticks.unit);
  }

  Histogram histogram_;
  std::string_view unit_;
  std::size_t name_ = 0;
  std::optional<double> mean_;
  bool stale_ = false;
};

HistogramDock::HistogramDock(QWidget* parent)
    : QWidget(parent),
      name_(new QComboBox(this)),
      figure_(new QComboBox(this)),
      plot_(new Plot(this)),
      caption_(new QLabel(this)),
      trust_(new QLabel(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(8, 6, 8, 8);
  column->setSpacing(6);
  auto* head = new QHBoxLayout;
  head->addWidget(name_, 1);
  head->addWidget(figure_, 1);
  column->addLayout(head);
  column->addWidget(plot_, 1);
  column->addWidget(caption_);
  column->addWidget(trust_);
  name_->setAccessibleName(tr("Event"));
  figure_->setAccessibleName(tr("Figure"));
  for (QLabel* label : {caption_, trust_}) {
    label->setWordWrap(true);
    label->setProperty("role", "muted");
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  }
  for (const Kind& kind : k_kinds)
    figure_->addItem(tr(kind.title));
  connect(name_, &QComboBox::currentIndexChanged, this, [this] { redraw(); });
  connect(figure_, &QComboBox::currentIndexChanged, this, [this] { redraw(); });
}

HistogramDock::~HistogramDock() = default;

void HistogramDock::set_analysis(std::shared_ptr<const Analysis> analysis) {
  analysis_ = std::move(analysis);
  const QString before = name_->currentText();
  {
    const QSignalBlocker quiet(name_);
    name_->clear();
    if (analysis_) {
      for (const EventReport& event : analysis_->report.events)
        name_->addItem(to_qt(event.name));
    }
    if (const int at = name_->findText(before); at >= 0) name_->setCurrentIndex(at);
  }
  redraw();
}

void HistogramDock::set_stale(bool stale) {
  if (std::exchange(stale_, stale) == stale) return;
  plot_->set_stale(stale);
  redraw();
}

void HistogramDock::show_message(const QString& message) {
  set_analysis(nullptr);
  caption_->setText(message);
}

void HistogramDock::redraw() {
  const int name = name_->currentIndex();
  const Kind& kind = k_kinds[static_cast<std::size_t>(std::max(0, figure_->currentIndex()))];
  trust_->clear();
  if (!analysis_ || name < 0) {
    plot_->set({}, kind.unit, 0, {});
    plot_->setToolTip({});
    plot_->setAccessibleDescription({});
    return caption_->setText(tr("No events yet: name a line under Rules."));
  }
  std::vector<double> values;
  const EventReport& event = analysis_->report.events[static_cast<std::size_t>(name)];
  const double per = kind.of == length_of ? static_cast<double>(event.repeat) : 1;  // rows have the window's
  for (const EventRow& row : analysis_->rows) {
    if (row.name != static_cast<std::uint32_t>(name)) continue;
    if (const auto value = kind.of(row)) values.push_back(*value / per);
  }
  Histogram shape = histogram(values, k_most_bins);
  const auto outside = shape.below + shape.above;
  const Stats& stats = event.*kind.stats;
  QString text = tr("n = %1   median %2   sd %3")
                     .arg(values.size())
                     .arg(si_text(stats.median, kind.unit), si_text(stats.stddev, kind.unit, 3));
  if (outside > 0) text += tr("   %1 far outside, not drawn").arg(outside);
  if (stale_) text = tr("%1   before the change").arg(text);
  caption_->setText(text);
  trust_->setText(typeset(trust_text(event, stats, kind.unit)));
  const QString line =
      stats.mean ? tr("Dashed line: the mean, %1").arg(si_text(stats.mean, kind.unit)) : QString();
  plot_->setToolTip(line);
  plot_->setAccessibleDescription(
      QStringList{to_qt(event.name), tr(kind.title), shape_text(shape, kind.unit), line, text, trust_->text()}
          .join(QLatin1Char('\n')));
  plot_->set(std::move(shape), kind.unit, static_cast<std::size_t>(name), stats.mean);
}

}  // namespace joulemark
