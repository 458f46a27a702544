// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

QT_BEGIN_NAMESPACE
class QVBoxLayout;
QT_END_NAMESPACE

namespace joulemark {

// What is there to do when nothing is open.
class Welcome final : public QWidget {
  Q_OBJECT
 public:
  explicit Welcome(QWidget* parent = nullptr);
  void set_recent(const QStringList& files);

 Q_SIGNALS:
  void openAsked();
  void simulationAsked();
  void fileChosen(const QString& path);

 private:
  void fit();

  QWidget* middle_ = nullptr;
  QVBoxLayout* recent_;
};

}  // namespace joulemark
