// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/banner.h>

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStyle>

namespace joulemark {
namespace {

constexpr int k_moment_ms = 300;

}  // namespace
Banner::Banner(QWidget* parent)
    : QWidget(parent),
      row_(new QHBoxLayout(this)),
      text_(new QLabel(this)),
      progress_(new QProgressBar(this)) {
  setObjectName(QStringLiteral("banner"));
  setAttribute(Qt::WA_StyledBackground);
  row_->setContentsMargins(12, 6, 8, 6);
  row_->addWidget(text_, 1);
  row_->addWidget(progress_);
  text_->setWordWrap(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  progress_->setFixedWidth(160);
  progress_->setTextVisible(false);
  delay_.setSingleShot(true);
  connect(&delay_, &QTimer::timeout, this, [this] { show(); });
  hide();
}

QString Banner::text() const {
  return isHidden() ? QString() : text_->text();
}

void Banner::clear() {
  if (buttons_ != nullptr) {  // one of which may be telling us that it was pressed
    buttons_->hide();
    buttons_->deleteLater();
  }
  buttons_ = new QWidget(this);
  auto* layout = new QHBoxLayout(buttons_);
  layout->setContentsMargins(0, 0, 0, 0);
  row_->addWidget(buttons_);
}

void Banner::show_sentence(Level level, const QString& text) {
  clear();
  working_ = false;
  progress_->hide();
  text_->setText(text);
  setProperty("level", level == Level::bad ? "bad" : "note");
  style()->unpolish(this);
  style()->polish(this);
  show();
}

void Banner::add_button(const QString& text, bool primary, Action action) {
  auto* button = new QPushButton(text, buttons_);
  if (primary) button->setProperty("primary", true);
  buttons_->layout()->addWidget(button);
  connect(button, &QPushButton::clicked, this, [this, action = std::move(action)] { choose(action); });
}

void Banner::show_message(Level level, const QString& text, const QString& offer, Action accept,
                          Action dismissed) {
  show_sentence(level, text);
  if (!offer.isEmpty()) add_button(offer, true, std::move(accept));
  add_button(tr("Dismiss"), false, std::move(dismissed));
}

void Banner::show_choice(const QString& text, const QString& first, Action choose_first,
                         const QString& second, Action choose_second) {
  show_sentence(Level::bad, text);
  add_button(first, true, std::move(choose_first));
  add_button(second, false, std::move(choose_second));
}

// A copy: it may put something else in our place.
void Banner::choose(Action action) {  // NOLINT(performance-unnecessary-value-param)
  hide();
  if (action) action();
}

void Banner::show_work(const QString& text, Action cancel) {
  const bool same = working_ && static_cast<bool>(cancel) == static_cast<bool>(cancel_);
  cancel_ = std::move(cancel);
  text_->setText(text);
  progress_->setRange(0, 0);
  if (!same) begin_work();  // else its button stays: somebody may be pressing it
  if (isHidden() && !delay_.isActive()) delay_.start(k_moment_ms);
}

void Banner::begin_work() {
  clear();
  working_ = true;
  setProperty("level", "note");
  style()->unpolish(this);
  style()->polish(this);
  progress_->show();
  if (!cancel_) return;
  auto* stop = new QPushButton(tr("Cancel"), buttons_);
  buttons_->layout()->addWidget(stop);
  connect(stop, &QPushButton::clicked, this, [this] { choose(cancel_); });
}

void Banner::show_part(double part) {
  if (!working_) return;
  progress_->setRange(0, part < 0 ? 0 : 1000);
  if (part >= 0) progress_->setValue(static_cast<int>(1000 * part));
}

void Banner::hide_work() {
  delay_.stop();
  if (!working_) return;
  hide();
  clear();  // nobody can press what has ended
  working_ = false;
}

}  // namespace joulemark
