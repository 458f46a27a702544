// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/state_bar.h>
#include <app/dashboard/theme.h>
#include <app/models/instrument_list.h>
#include <app/models/text.h>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPixmap>
#include <QPushButton>
#include <QStyle>
#include <algorithm>
#include <filesystem>

namespace joulemark {
namespace {

constexpr qint64 k_ask_disk_ms = 1000;
constexpr int k_least_instrument_px = 200;

QIcon shape_icon(bool round, const QColor& colour) {
  QPixmap pixmap(22, 22);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  if (round) painter.drawEllipse(4, 4, 14, 14);
  if (!round) painter.drawRoundedRect(5, 5, 12, 12, 2, 2);
  return QIcon(pixmap);
}

QLabel* figure_label(QWidget* parent, const QString& tip) {
  auto* label = new QLabel(parent);
  label->setToolTip(tip);
  label->setTextInteractionFlags(Qt::TextSelectableByMouse);
  label->setTextFormat(Qt::RichText);
  return label;
}

QString labelled(const QString& label, const QString& value, const QColor& colour) {
  return QStringLiteral("<span style='color:%1'>%2</span>&nbsp; <span style='color:%3'>%4</span>")
      .arg(theme().muted.name(), label, colour.name(), value.toHtmlEscaped());
}

}  // namespace

// Takes the room that is free, at the right of it.
class StateBar::InstrumentLabel final : public QLabel {
 public:
  explicit InstrumentLabel(QWidget* parent) : QLabel(parent) {
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    setTextFormat(Qt::RichText);
    setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  }

  void set_name(const QString& name) {
    name_ = name;
    setMinimumWidth(std::min(k_least_instrument_px, wide(name)));
    fit();
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    QLabel::resizeEvent(event);
    fit();
  }

 private:
  [[nodiscard]] static QString before() { return StateBar::tr("from"); }

  [[nodiscard]] int wide(const QString& name) const {
    constexpr int k_between_px = 16;
    return name.isEmpty() ? 0 : fontMetrics().horizontalAdvance(before() + name) + k_between_px;
  }

  void fit() {
    if (name_.isEmpty()) return clear();
    const int free = width() - (wide(name_) - fontMetrics().horizontalAdvance(name_));
    setText(labelled(before(), fontMetrics().elidedText(name_, Qt::ElideRight, free), theme().text));
  }

  QString name_;
};

QStringList options_in(const QString& uri) {
  return uri.section(QLatin1Char('?'), 1).split(QLatin1Char('&'), Qt::SkipEmptyParts);
}

StateBar::StateBar(InstrumentList& instruments, QWidget* parent)
    : QWidget(parent),
      instruments_(instruments),
      choice_(new QComboBox(this)),
      record_(new QPushButton(tr("Record"), this)),
      stop_(new QPushButton(tr("Stop"), this)),
      options_(new QPushButton(tr("Options\u2026"), this)),
      output_(new QPushButton(this)),
      instrument_(new InstrumentLabel(this)),
      rate_(figure_label(this, tr("Samples per second of the current"))),
      lost_(figure_label(this, tr("Samples of the current that were lost"))),
      range_(figure_label(this, {})),
      time_(figure_label(this, tr("Length of the recording"))),
      disk_(figure_label(this, tr("Space left where recordings go"))) {
  setObjectName(QStringLiteral("panel"));
  setAttribute(Qt::WA_StyledBackground);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 6, 12, 6);
  row->setSpacing(8);
  choice_->setModel(&instruments);
  choice_->setEditable(true);
  choice_->setInsertPolicy(QComboBox::NoInsert);
  choice_->setMinimumWidth(170);
  choice_->setAccessibleName(tr("Instrument"));
  choice_->setToolTip(tr("What to record from: an attached instrument, a simulation, or any URI"));
  record_->setProperty("recording", true);
  record_->setToolTip(tr("Start a recording (Ctrl+R)"));
  stop_->setToolTip(tr("End the recording and keep it (Ctrl+R)"));
  for (QWidget* widget :
       {static_cast<QWidget*>(choice_), static_cast<QWidget*>(options_), static_cast<QWidget*>(record_),
        static_cast<QWidget*>(stop_), static_cast<QWidget*>(output_)})
    row->addWidget(widget);
  row->addSpacing(8);
  row->addWidget(instrument_, 1);
  for (QLabel* label : {rate_, lost_, range_, time_, disk_}) {
    row->addSpacing(8);
    row->addWidget(label);
  }
  connect(record_, &QPushButton::clicked, this, &StateBar::recordAsked);
  connect(stop_, &QPushButton::clicked, this, &StateBar::stopAsked);
  connect(options_, &QPushButton::clicked, this, &StateBar::optionsAsked);
  connect(output_, &QPushButton::clicked, this, &StateBar::outputAsked);
  connect(choice_, &QComboBox::currentTextChanged, this, [this] { follow_uri(); });
  connect(&instruments_, &InstrumentList::aboutToChange, this, [this] { listing_ = true; });
  connect(&instruments_, &InstrumentList::changed, this, [this] { keep_uri(); });
  set_running(false);
  set_options({});
  show_idle({});
}

// What is plugged in or out moves the rows of the list, never what was chosen or typed.
void StateBar::keep_uri() {
  const auto& list = instruments_;
  int first = 0;
  while (uri_.isEmpty() && first < list.rowCount() && !list.entry(first).usable)
    ++first;
  const QString kept = uri_.isEmpty() && first < list.rowCount() ? list.entry(first).uri : uri_;
  if (uri() != kept) set_uri(kept);
  listing_ = false;
  follow_uri();
}

void StateBar::follow_uri() {
  if (listing_ || uri() == uri_) return;
  uri_ = uri();
  show_options();
  Q_EMIT uriChanged(uri_);
}

QString StateBar::uri() const {
  return choice_->currentText().trimmed();
}

void StateBar::set_uri(const QString& uri) {
  const int row = choice_->findData(uri, InstrumentList::uri_role);
  if (row >= 0) choice_->setCurrentIndex(row);
  if (row < 0) choice_->setEditText(uri);
}

void StateBar::set_options(const QStringList& options) {
  given_ = options;
  show_options();
}

QStringList StateBar::options() const {
  return options_in(uri()) + given_;
}

QString StateBar::output_voltage() const {
  const QString key = QStringLiteral("vout=");
  const QStringList all = options();
  const auto vout = std::ranges::find_if(all, [&](const QString& each) { return each.startsWith(key); });
  return vout == all.end() ? QString() : vout->mid(key.size());
}

// The output is stated in words even when nothing will happen to it.
void StateBar::show_options() {
  const QStringList all = options();
  const auto count = std::ranges::count_if(
      all, [](const QString& each) { return !each.startsWith(QStringLiteral("vout")); });
  options_->setText(count == 0 ? tr("Options\u2026") : tr("Options (%1)\u2026").arg(count));
  options_->setToolTip(all.isEmpty() ? tr("Options of the instrument; none is set")
                                     : all.join(QLatin1Char('\n')));
  const auto specs = instruments_.options_of(uri());
  output_->setVisible(std::ranges::any_of(specs, [](const OptionSpec& spec) { return spec.name == "vout"; }));
  const QString volts = output_voltage();
  output_->setText(volts.isEmpty() ? tr("Vout: as it is") : tr("Vout %1 at start").arg(volts));
  output_->setToolTip(
      tr("The instrument's output is touched only when a voltage is set here, and after asking again"));
}

void StateBar::set_running(bool running) {
  record_->setEnabled(!running);
  record_->setIcon(shape_icon(true, running ? theme().muted : QColor(Qt::white)));
  stop_->setEnabled(running);
  stop_->setProperty("primary", running);
  stop_->style()->unpolish(stop_);
  stop_->style()->polish(stop_);
  stop_->setIcon(shape_icon(false, running ? theme().window : theme().muted));
  for (QWidget* widget :
       {static_cast<QWidget*>(choice_), static_cast<QWidget*>(options_), static_cast<QWidget*>(output_)})
    widget->setEnabled(!running);
}

void StateBar::set_figures(double rate_hz, std::optional<std::int64_t> lost,
                           std::optional<double> duration_s) {
  rate_->setText(
      labelled(tr("rate"), rate_hz > 0 ? si_text(rate_hz, "S/s", 3) : QString(QChar(0x2014)), theme().text));
  const bool bad = lost.value_or(0) > 0;
  lost_->setText(labelled(tr("lost"), lost ? QString::number(*lost) : QString(QChar(0x2014)),
                          bad ? theme().lost : theme().text));
  time_->setText(
      labelled(tr("time"), duration_s ? clock_text(*duration_s) : QString(QChar(0x2014)), theme().text));
}

// Now and then alone: while it records somebody asks with every few pictures.
void StateBar::ask_disk(const QString& folder) {
  if (asked_folder_ == folder && since_asked_.isValid() && since_asked_.elapsed() < k_ask_disk_ms) return;
  asked_folder_ = folder;
  since_asked_.start();
  std::error_code error;
  std::filesystem::path place = folder.toStdString();
  while (!place.empty() && !std::filesystem::exists(place, error) && place != place.parent_path())
    place = place.parent_path();
  const auto space = std::filesystem::space(place, error);
  free_gb_ = error ? std::nullopt : std::optional(static_cast<double>(space.available) / 1e9);
}

void StateBar::set_disk(const QString& folder) {
  ask_disk(folder);
  const double gigabytes = free_gb_.value_or(0);
  const QString text = free_gb_
                           ? QString::number(gigabytes, 'f', gigabytes < 10 ? 1 : 0) + QStringLiteral(" GB")
                           : QString(QChar(0x2014));
  disk_->setText(labelled(tr("disk"), text, free_gb_ && gigabytes < 1 ? theme().lost : theme().text));
}

// The widest measuring range of the current; the tooltip lists them all.
void StateBar::set_range(const CaptureInfo& info) {
  const auto primary = primary_channel(info);
  QString text(QChar(0x2014));
  QStringList all;
  if (primary && !info.channels[primary->value].ranges.empty()) {
    const Channel& channel = info.channels[primary->value];
    const std::string_view unit = unit_of(channel.quantity);
    for (const Range& range : channel.ranges) {
      all << tr("%1 to %2, steps of %3")
                 .arg(si_text(range.low, unit, 3), si_text(range.high, unit, 3),
                      si_text(range.resolution, unit, 3));
    }
    const auto& widest = *std::ranges::max_element(channel.ranges, {}, &Range::high);
    text = (widest.low < 0 ? QStringLiteral("\u00b1") : QStringLiteral("\u2264 ")) +
           si_text(widest.high, unit, 3);
  }
  range_->setText(labelled(tr("range"), text, theme().text));
  range_->setToolTip(all.isEmpty() ? tr("The measuring range is not known")
                                   : tr("Measuring ranges:\n%1").arg(all.join(QLatin1Char('\n'))));
}

// Beside the one to record from next, which has nothing to do with what is open.
void StateBar::set_instrument(const InstrumentIdentity& instrument) {
  const QString name = instrument_text(instrument);
  instrument_->set_name(name);
  instrument_->setToolTip(name.isEmpty() ? QString()
                                         : tr("What is open was recorded by %1").arg(name) +
                                               QLatin1Char('\n') + to_qt(instrument.uri));
}

void StateBar::show_idle(const QString& folder) {
  set_instrument({});
  set_figures(0, std::nullopt, std::nullopt);
  set_range({});
  set_disk(folder);
}

void StateBar::show_recording(const CaptureInfo& info, const RecordingSession::Figures& figures,
                              const QString& folder) {
  set_instrument({});
  set_range(info);
  set_figures(figures.rate_hz, figures.lost_samples, figures.duration_s);
  set_disk(folder);
}

void StateBar::show_capture(const CaptureInfo& info, double duration_s, std::int64_t lost_samples,
                            bool recorded, const QString& folder) {
  set_instrument(info.instrument);
  set_disk(folder);
  set_range(info);
  const auto primary = primary_channel(info);
  set_figures(primary ? info.channels[primary->value].rate_hz : 0, lost_samples, duration_s);
  if (recorded) time_->setText(labelled(tr("still recording"), clock_text(duration_s), theme().text));
}

}  // namespace joulemark
