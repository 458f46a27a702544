// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/welcome.h>
#include <app/models/text.h>

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace joulemark {
namespace {

constexpr int k_most_recent = 6;
constexpr int k_width = 560;

QLabel* words(const QString& text, const char* role, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("role", role);
  label->setWordWrap(true);
  return label;
}

}  // namespace

Welcome::Welcome(QWidget* parent) : QWidget(parent), recent_(new QVBoxLayout) {
  setObjectName(QStringLiteral("panel"));
  setAttribute(Qt::WA_StyledBackground);
  middle_ = new QWidget(this);
  middle_->setFixedWidth(k_width);
  auto* column = new QVBoxLayout(middle_);
  column->setSpacing(10);
  column->addWidget(words(tr("What does one inference cost?"), "title", middle_));
  column->addWidget(words(
      tr("Plug in an instrument, choose it at the top left and press Record. Or start with one of these:"),
      "muted", middle_));
  column->addSpacing(6);
  auto* simulate = new QPushButton(tr("Record ten seconds from the simulated board"), middle_);
  simulate->setProperty("primary", true);
  auto* open = new QPushButton(tr("Open a capture or import a recording\u2026   Ctrl+O"), middle_);
  column->addWidget(simulate);
  column->addWidget(open);
  column->addWidget(words(
      tr("Or drop a file or folder here: captures (.jmk), CSV of any instrument, MLPerf Tiny energy runs."),
      "muted", middle_));
  column->addSpacing(10);
  recent_->setSpacing(4);
  column->addLayout(recent_);
  auto* outer = new QVBoxLayout(this);
  outer->addStretch(2);
  outer->addWidget(middle_, 0, Qt::AlignHCenter);
  outer->addStretch(3);
  connect(simulate, &QPushButton::clicked, this, &Welcome::simulationAsked);
  connect(open, &QPushButton::clicked, this, &Welcome::openAsked);
}

void Welcome::set_recent(const QStringList& files) {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (!files.isEmpty()) recent_->addWidget(words(tr("Opened last"), "muted", this));
  const QStringList shown = files.first(std::min<qsizetype>(files.size(), k_most_recent));
  QStringList names = names_told_apart(shown);
  for (qsizetype i = 0; i < shown.size(); ++i) {
    const QString& file = shown[i];
    auto* button = new QPushButton(names[i].replace(QLatin1Char('&'), QStringLiteral("&&")), this);
    button->setToolTip(harmless(file));
    recent_->addWidget(button);
    connect(button, &QPushButton::clicked, this, [this, file] { Q_EMIT fileChosen(file); });
  }
  fit();
}

// Wrapped words need their height said.
void Welcome::fit() {
  middle_->setFixedHeight(middle_->layout()->heightForWidth(k_width));
}

}  // namespace joulemark
