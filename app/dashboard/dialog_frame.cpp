// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/dialog_frame.h>

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace joulemark {

DialogFrame::DialogFrame(QWidget* parent, const QString& title, const QString& accept)
    : dialog(parent),
      body(new QVBoxLayout),
      trouble(new QLabel(&dialog)),
      buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, &dialog)) {
  dialog.setWindowTitle(title);
  dialog.setMinimumWidth(560);
  auto* column = new QVBoxLayout(&dialog);
  column->addLayout(body, 1);
  trouble->setProperty("role", "bad");
  trouble->setWordWrap(true);
  trouble->hide();
  column->addWidget(trouble);
  buttons->button(QDialogButtonBox::Ok)->setText(accept);
  buttons->button(QDialogButtonBox::Ok)->setProperty("primary", true);
  column->addWidget(buttons);
  QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
}

void DialogFrame::complain(const QString& text) const {
  trouble->setText(text);
  trouble->show();
}

QLabel* DialogFrame::muted(const QString& text) {
  auto* label = new QLabel(text, &dialog);
  label->setWordWrap(true);
  label->setProperty("role", "muted");
  return label;
}

}  // namespace joulemark
