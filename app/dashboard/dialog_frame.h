// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QDialogButtonBox>
#include <QString>

QT_BEGIN_NAMESPACE
class QLabel;
class QVBoxLayout;
QT_END_NAMESPACE

namespace joulemark {

// A dialog with room for a body, a line for what is wrong, and OK and Cancel.
struct DialogFrame {
  QDialog dialog;
  QVBoxLayout* body;
  QLabel* trouble;
  QDialogButtonBox* buttons;

  DialogFrame(QWidget* parent, const QString& title, const QString& accept);
  void complain(const QString& text) const;
  // Words of explanation, for the body.
  [[nodiscard]] QLabel* muted(const QString& text);
};

}  // namespace joulemark
