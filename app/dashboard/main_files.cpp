// SPDX-License-Identifier: GPL-3.0-or-later
// Files that come into the window: those of before, and those that are dropped.
#include <app/dashboard/main_window.h>
#include <app/dashboard/welcome.h>
#include <app/models/text.h>

#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QUrl>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_most_recent = 12;

// Empty unless all are files or folders of this computer.
QStringList files_of(const QMimeData& dragged) {
  QStringList paths;
  for (const QUrl& url : dragged.urls()) {
    if (!url.isLocalFile()) return {};
    paths << url.toLocalFile();
  }
  return paths;
}

}  // namespace

void MainWindow::remember(const QString& path) {
  QStringList recent = settings_.value(QStringLiteral("recent")).toStringList();
  recent.removeAll(path);
  recent.prepend(path);
  settings_.setValue(QStringLiteral("recent"),
                     QStringList(recent.first(std::min<qsizetype>(recent.size(), k_most_recent))));
  show_recent();
}

void MainWindow::forget(const QString& path) {
  QStringList recent = settings_.value(QStringLiteral("recent")).toStringList();
  if (recent.removeAll(path) > 0) settings_.setValue(QStringLiteral("recent"), recent);
  show_recent();
}

// Whether they are still there is seen when one is opened: a disk that does not answer must not hold the
// window.
void MainWindow::show_recent() {
  const QStringList recent = settings_.value(QStringLiteral("recent")).toStringList();
  welcome_->set_recent(recent);
  recent_->clear();
  QStringList names = names_told_apart(recent);
  for (qsizetype i = 0; i < recent.size(); ++i) {
    const QString name = names[i].replace(QLatin1Char('&'), QStringLiteral("&&"));
    recent_->addAction(name, this, [this, file = recent[i]] { open_file(file); })
        ->setToolTip(harmless(recent[i]));
  }
  recent_->setEnabled(!recent.isEmpty());
}

// What is refused is never dropped, so this is the time to say why.
void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasUrls()) return;
  const QString refusal = refusal_of(files_of(*event->mimeData()));
  if (refusal.isEmpty()) return event->acceptProposedAction();
  trouble(refusal);
}

void MainWindow::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  QMetaObject::invokeMethod(
      this, [this, paths = files_of(*event->mimeData())] { open_inputs(paths); }, Qt::QueuedConnection);
}

}  // namespace joulemark
