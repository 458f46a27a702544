// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QTimer>
#include <QWidget>
#include <functional>

QT_BEGIN_NAMESPACE
class QHBoxLayout;
class QLabel;
class QProgressBar;
QT_END_NAMESPACE

namespace joulemark {

// A sentence across the window that asks nothing at once: trouble, an offer, or long work that can be
// cancelled.
class Banner final : public QWidget {
  Q_DECLARE_TR_FUNCTIONS(Banner)

 public:
  explicit Banner(QWidget* parent = nullptr);

  enum class Level { note, bad };
  using Action = std::function<void()>;
  // Replaces what was shown; one Banner for sentences and another for work keep both in sight. An offer has a
  // button of its own; all can be dismissed, which is a choice as well.
  void show_message(Level level, const QString& text, const QString& offer = {}, Action accept = {},
                    Action dismissed = {});
  // A question that may wait: each of the two answers has a button.
  void show_choice(const QString& text, const QString& first, Action choose_first, const QString& second,
                   Action choose_second);
  // Comes up only when it lasts longer than a moment, so that nothing flashes. Without cancel it cannot be.
  void show_work(const QString& text, Action cancel);
  void show_part(double part);  // 0 to 1; negative: unknown
  void hide_work();             // leaves a message alone
  [[nodiscard]] QString text() const;

 private:
  void clear();
  void begin_work();
  void show_sentence(Level level, const QString& text);
  void add_button(const QString& text, bool primary, Action action);
  void choose(Action action);

  QHBoxLayout* row_;
  QLabel* text_;
  QProgressBar* progress_;
  QWidget* buttons_ = nullptr;
  bool working_ = false;
  Action cancel_;
  QTimer delay_;
};

}  // namespace joulemark
