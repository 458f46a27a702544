// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

QT_BEGIN_NAMESPACE
class QLabel;
class QListView;
QT_END_NAMESPACE

namespace joulemark {

class FindingsModel;

// What is wrong or doubtful, in words; a click goes where it can be judged, and what is selected can be
// copied.
class FindingsBar final : public QWidget {
  Q_OBJECT
 public:
  explicit FindingsBar(FindingsModel& model, QWidget* parent = nullptr);
  void show_grade(const QString& grade);

 Q_SIGNALS:
  void chosen(int row);

 private:
  void count();
  void copy() const;

  FindingsModel& model_;
  QLabel* title_;
  QListView* view_;
  QString grade_;
};

}  // namespace joulemark
