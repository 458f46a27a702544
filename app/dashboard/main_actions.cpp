// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow: menus, keys, and what a person adds to a capture.
#include <app/dashboard/banner.h>
#include <app/dashboard/dialogs.h>
#include <app/dashboard/event_columns.h>
#include <app/dashboard/event_dock.h>
#include <app/dashboard/figure_box.h>
#include <app/dashboard/main_window.h>
#include <app/dashboard/pane.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/event_setup.h>
#include <app/models/text.h>

#include <QAbstractItemView>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QInputDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QMenuBar>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_big_step = 20;  // with Shift, in pixels or samples

// A table or list that has the keyboard moves in itself by these keys, not in time.
class KeepsKeys final : public QObject {
 public:
  using QObject::QObject;
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() != QEvent::ShortcutOverride) return false;
    const auto& pressed = *static_cast<QKeyEvent*>(event);
    const bool plain = (pressed.modifiers() & ~Qt::KeypadModifier) == 0;
    const int key = pressed.key();
    const bool moves =
        key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
    if (plain && moves) event->accept();
    return plain && moves;
  }
};

}  // namespace

QAction* MainWindow::add_action(QMenu* menu, const QString& text, const QKeySequence& keys,
                                const std::function<void()>& run) {
  QAction* action = menu->addAction(text, this, run);
  action->setShortcut(keys);
  if (!keys.isEmpty())
    keys_.emplace_back(keys.toString(QKeySequence::NativeText),
                       QString(text).remove(QLatin1Char('&')).remove(QStringLiteral("\u2026")));
  addAction(action);
  return action;
}

void MainWindow::build_menus() {
  QMenu* file = menuBar()->addMenu(tr("&File"));
  add_action(file, tr("&Open or import\u2026"), QKeySequence::Open, [this] { ask_open(); });
  recent_ = file->addMenu(tr("Open &recent"));
  recent_->setToolTipsVisible(true);
  file->addSeparator();
  add_action(file, tr("Re&cover\u2026"), {}, [this] { ask_recover(); });
  add_action(file, tr("Record or stop"), Qt::CTRL | Qt::Key_R, [this] { ask_record(); });
  add_action(file, tr("Where recordings go\u2026"), {}, [this] {
    const QString folder =
        QFileDialog::getExistingDirectory(this, tr("Where recordings go"), recordings_folder());
    if (!folder.isEmpty()) settings_.setValue(QStringLiteral("recording/folder"), folder);
  });
  file->addSeparator();
  add_action(file, tr("&Export\u2026"), Qt::CTRL | Qt::Key_E, [this] { export_as(); });
  file->addSeparator();
  add_action(file, tr("&Quit"), QKeySequence::Quit, [this] { close(); });
  build_edit_menu();
  build_view_menu();
  build_help_menu();
  auto* keeps = new KeepsKeys(this);
  for (auto* view : findChildren<QAbstractItemView*>())
    view->installEventFilter(keeps);
}

void MainWindow::build_edit_menu() {
  QMenu* edit = menuBar()->addMenu(tr("&Edit"));
  add_action(edit, tr("&Undo"), QKeySequence::Undo, [this] {
    if (document_) document_->undo_stack().undo();
  });
  add_action(edit, tr("&Redo"), QKeySequence::Redo, [this] {
    if (document_) document_->undo_stack().redo();
  });
  edit->addSeparator();
  add_action(edit, tr("&Copy the cursors' figures"), Qt::CTRL | Qt::SHIFT | Qt::Key_C,
             [this] { copy_figures(); });
  add_action(edit, tr("&Find events"), QKeySequence::Find, [this] {
    show_dock(QStringLiteral("events"));
    event_dock_->focus_filter();
  });
  edit->addSeparator();
  add_action(edit, tr("Cursors A and B here"), Qt::Key_C, [this] { place_cursors(0); });
  add_action(edit, tr("Cursors C and D here"), Qt::SHIFT | Qt::Key_C, [this] { place_cursors(1); });
  add_action(edit, tr("Hide cursors"), Qt::Key_X, [this] {
    window_.set_cursors(0, std::nullopt);
    window_.set_cursors(1, std::nullopt);
  });
  build_cursor_menu(edit);
  add_action(edit, tr("Name the window between A and B\u2026"), Qt::Key_W, [this] { mark_selection(); });
  add_action(edit, tr("Set a marker at A\u2026"), Qt::Key_M, [this] { mark_instant(); });
}

// Where no cursor is shown the first key brings a pair.
void MainWindow::build_cursor_menu(QMenu* edit) {
  QMenu* menu = edit->addMenu(tr("Move a cursor"));
  const auto with_cursor = [this](const std::function<void()>& act) {
    return [this, act] {
      if (!window_.active_cursor()) return place_cursors(0);
      act();
    };
  };
  const auto add_steps = [&](const QString& text, Qt::KeyboardModifiers modifiers, Qt::Key key, int pixels,
                             int samples) {
    add_action(menu, text, QKeyCombination(modifiers, key), with_cursor([this, pixels, samples] {
                 if (pixels != 0) waveform_->step_cursor_by_pixels(pixels);
                 if (samples != 0) waveform_->step_cursor_by_samples(samples);
               }));
  };
  add_action(menu, tr("Take the next cursor"), Qt::Key_T,
             with_cursor([this] { window_.activate_next_cursor(); }));
  const Qt::KeyboardModifiers control = Qt::ControlModifier;
  const Qt::KeyboardModifiers alt = Qt::AltModifier;
  add_steps(tr("Cursor a pixel earlier"), control, Qt::Key_Left, -1, 0);
  add_steps(tr("Cursor a pixel later"), control, Qt::Key_Right, 1, 0);
  add_steps(tr("Cursor %1 pixels earlier").arg(k_big_step), control | Qt::ShiftModifier, Qt::Key_Left,
            -k_big_step, 0);
  add_steps(tr("Cursor %1 pixels later").arg(k_big_step), control | Qt::ShiftModifier, Qt::Key_Right,
            k_big_step, 0);
  add_steps(tr("Cursor a sample earlier"), alt, Qt::Key_Left, 0, -1);
  add_steps(tr("Cursor a sample later"), alt, Qt::Key_Right, 0, 1);
  add_steps(tr("Cursor %1 samples earlier").arg(k_big_step), alt | Qt::ShiftModifier, Qt::Key_Left, 0,
            -k_big_step);
  add_steps(tr("Cursor %1 samples later").arg(k_big_step), alt | Qt::ShiftModifier, Qt::Key_Right, 0,
            k_big_step);
}

void MainWindow::build_view_menu() {
  QMenu* view = menuBar()->addMenu(tr("&View"));
  add_action(view, tr("Show &all"), Qt::Key_A, [this] { window_.show_all(); });
  add_action(view, tr("Zoom to &selection"), Qt::Key_Z, [this] { zoom_to_selection(); });
  add_action(view, tr("&Back to the view before"), Qt::Key_Backspace, [this] { window_.back(); });
  add_action(view, tr("Follow the &newest"), Qt::Key_L, [this] {
    window_.pan((recording() ? newest_ns_ : window_.limits().end_ns) - window_.range().end_ns);
  });
  const auto middle = [this] { return window_.range().begin_ns + window_.range().length_ns() / 2; };
  add_action(view, tr("Zoom in"), Qt::Key_Plus, [this, middle] { window_.zoom(0.5, middle()); });
  add_action(view, tr("Zoom out"), Qt::Key_Minus, [this, middle] { window_.zoom(2, middle()); });
  add_action(view, tr("Earlier"), Qt::Key_Left, [this] { window_.pan(-window_.range().length_ns() / 4); });
  add_action(view, tr("Later"), Qt::Key_Right, [this] { window_.pan(window_.range().length_ns() / 4); });
  add_action(view, tr("To the begin"), Qt::Key_Home,
             [this] { window_.pan(window_.limits().begin_ns - window_.range().begin_ns); });
  add_action(view, tr("To the end"), Qt::Key_End,
             [this] { window_.pan(window_.limits().end_ns - window_.range().end_ns); });
  add_action(view, tr("Next event"), Qt::Key_N, [this] { event_dock_->step(1); });
  add_action(view, tr("Previous event"), Qt::Key_P, [this] { event_dock_->step(-1); });
  for (int n = 0; n < 9; ++n)
    addAction(tr("Event %1 of the table").arg(n + 1), static_cast<Qt::Key>(Qt::Key_1 + n), this,
              [this, n] { event_dock_->go_to_row(n); });
  keys_.emplace_back(QStringLiteral("1 \u2026 9"), tr("Event of that row"));
  view->addSeparator();
  QAction* log = add_action(view, tr("&Logarithmic current and power"), Qt::Key_G,
                            [this] { waveform_->set_logarithmic(!waveform_->logarithmic()); });
  log->setCheckable(true);
  add_action(view, tr("Limits of the current\u2026"), Qt::Key_Y,
             [this] { change_limits(Quantity::current); });
  add_action(view, tr("Limits of the power\u2026"), Qt::SHIFT | Qt::Key_Y,
             [this] { change_limits(Quantity::power); });
  add_action(view, tr("Limits of the voltage\u2026"), Qt::ALT | Qt::Key_Y,
             [this] { change_limits(Quantity::voltage); });
  add_action(view, tr("Automatic limits"), Qt::Key_R, [this] { waveform_->reset_values(); });
  view->addSeparator();
  for (auto* dock : findChildren<QDockWidget*>()) {
    if (dock->objectName() != QStringLiteral("headline")) view->addAction(dock->toggleViewAction());
  }
  view->addMenu(event_dock_->columns().menu());
  view->addSeparator();
  add_action(view, tr("Dark or light"), Qt::Key_D, [this] { set_dark(!theme().dark); });
  add_action(view, tr("Full screen"), Qt::Key_F11,
             [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
}

void MainWindow::build_help_menu() {
  QMenu* help = menuBar()->addMenu(tr("&Help"));
  add_action(help, tr("&Keys and pointer"), Qt::Key_Question, [this] { show_shortcuts(this, keys_); });
  keys_.emplace_back(tr("Wheel"), tr("Zoom at the pointer"));
  keys_.emplace_back(tr("Ctrl+Wheel"), tr("Zoom the value axis"));
  keys_.emplace_back(tr("Shift+Wheel"), tr("Earlier or later"));
  keys_.emplace_back(tr("Drag"), tr("Pan, or move a cursor"));
  keys_.emplace_back(tr("Shift+Drag"), tr("Select"));
  keys_.emplace_back(tr("Double click"), tr("Zoom to the event"));
}

std::optional<TimeRange> MainWindow::selection() const {
  const auto between = window_.cursors(0);
  return between && !between->empty() ? between : std::nullopt;
}

void MainWindow::zoom_to_selection() {
  if (const auto chosen = selection()) window_.show(*chosen);
}

void MainWindow::place_cursors(std::size_t pair) {
  const TimeRange range = window_.range();
  const TimeNs part = range.length_ns() / (pair == 0 ? 4 : 8);
  window_.set_cursors(pair, TimeRange{range.begin_ns + part, range.end_ns - part});
}

void MainWindow::edit_setup(const QString& what, const std::function<void(EventSetup&)>& change) {
  if (!document_) return;
  EventSetup setup = document_->setup();
  change(setup);
  if (const Status done = document_->change_setup(std::move(setup), what); !done)
    trouble(to_qt(done.error().message));
}

// A question is about the capture that is open when it is asked; its answer changes no other one.
bool MainWindow::is_still_open(const QPointer<CaptureDocument>& asked) {
  if (asked && asked == document_.get()) return true;
  trouble(tr("The capture is not open any more: nothing was done."));
  return false;
}

void MainWindow::mark_selection() {
  const auto chosen = selection();
  if (!document_ || !chosen) return trouble(tr("Select a stretch first: Shift+drag, or C for the cursors."));
  const QPointer<CaptureDocument> asked = document_.get();
  bool ok = false;
  const QString name = QInputDialog::getText(this, tr("Name the window"), tr("Name"), QLineEdit::Normal,
                                             QStringLiteral("window"), &ok);
  if (!ok || !is_still_open(asked)) return;
  edit_setup(tr("Name window"), [&](EventSetup& setup) {
    setup.windows.push_back({name.trimmed().toStdString(), *chosen});
  });
}

void MainWindow::mark_instant() {
  if (!document_) return;
  const TimeNs at = window_.cursors(0) ? window_.cursors(0)->begin_ns
                                       : window_.range().begin_ns + window_.range().length_ns() / 2;
  const QPointer<CaptureDocument> asked = document_.get();
  bool ok = false;
  const QString name = QInputDialog::getText(this, tr("Set a marker"), tr("Name"), QLineEdit::Normal,
                                             QStringLiteral("marker"), &ok);
  if (!ok || name.trimmed().isEmpty() || !is_still_open(asked)) return;
  edit_setup(tr("Set marker"), [&](EventSetup& setup) {
    setup.instants.push_back({name.trimmed().toStdString(), MarkerKind::instant, MarkerSource::person, at});
  });
}

void MainWindow::copy_figures() const {
  QString text;
  for (std::size_t pair = 0; pair < TimeWindow::k_pairs; ++pair) {
    if (const auto& stats = waveform_->stats(pair)) text += figures_as_text(*stats);
  }
  if (!text.isEmpty()) QApplication::clipboard()->setText(text);
}

void MainWindow::change_limits(Quantity quantity) {
  Pane* pane = waveform_->pane(quantity);
  if (!pane->isVisible()) return trouble(tr("No %1 is shown.").arg(title_of(quantity).toLower()));
  const auto chosen = ask_limits(this, tr("Limits: %1").arg(title_of(quantity)), to_qt(unit_of(quantity)),
                                 pane->shown_limits(), pane->logarithmic());
  if (chosen) pane->set_limits(*chosen);
}

void MainWindow::context_menu(const QPoint& global, TimeNs time_ns, Quantity quantity) {
  QMenu menu;
  const bool chosen = selection().has_value();
  const QPointer<CaptureDocument> asked = document_.get();
  menu.addAction(tr("Zoom to selection"), this, [this] { zoom_to_selection(); })->setEnabled(chosen);
  menu.addAction(tr("Name the window between A and B\u2026"), this, [this] { mark_selection(); })
      ->setEnabled(chosen);
  menu.addAction(tr("Set a marker here\u2026"), this, [this, time_ns, &asked] {  // the menu is gone before it
    if (asked != document_.get()) return;
    window_.set_cursors(0, TimeRange{time_ns, selection() ? std::max(time_ns, selection()->end_ns)
                                                          : time_ns + window_.range().length_ns() / 10});
    mark_instant();
  });
  menu.addAction(tr("Copy the cursors' figures"), this, [this] { copy_figures(); })->setEnabled(chosen);
  menu.addSeparator();
  menu.addAction(tr("Show all"), this, [this] { window_.show_all(); });
  menu.addAction(tr("Back"), this, [this] { window_.back(); })->setEnabled(window_.can_go_back());
  menu.addAction(tr("Limits: %1\u2026").arg(title_of(quantity)), this,
                 [this, quantity] { change_limits(quantity); });
  menu.addAction(tr("Automatic limits"), this, [this] { waveform_->reset_values(); });
  menu.addSeparator();
  menu.addAction(tr("Export\u2026"), this, [this] { export_as(); });
  menu.exec(global);
}

}  // namespace joulemark
