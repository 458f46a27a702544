// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/event_colours.h>
#include <app/dashboard/theme.h>

#include <QApplication>
#include <QFontDatabase>
#include <QLabel>
#include <QPalette>
#include <QProxyStyle>
#include <QStyleFactory>
#include <array>

// A static library's resources are there once they are asked for, from outside of every namespace.
static void take_pictures() {
  Q_INIT_RESOURCE(resources);
}

namespace joulemark {
namespace {

Theme make_theme(bool dark) {
  Theme t;
  t.dark = dark;
  t.window = dark ? QColor(0x0e1116) : QColor(0xe9ecf0);
  t.surface = dark ? QColor(0x161b22) : QColor(0xffffff);
  t.raised = dark ? QColor(0x212832) : QColor(0xf3f5f8);
  t.line = dark ? QColor(0x2b333f) : QColor(0xd3d9e0);
  t.text = dark ? QColor(0xe3e8ef) : QColor(0x1b2129);
  t.muted = dark ? QColor(0x8d99a8) : QColor(0x5d6875);
  t.accent = dark ? QColor(0x5aa9ff) : QColor(0x0b62c4);
  t.lost = dark ? QColor(0xff6b5e) : QColor(0xc0301c);
  t.warning = dark ? QColor(0xf2b84b) : QColor(0x9a6200);
  t.good = dark ? QColor(0x46c29a) : QColor(0x00795a);
  t.cursor = dark ? QColor(0xf4f6f9) : QColor(0x11161c);
  t.second_cursor = dark ? QColor(0xc9b6ff) : QColor(0x5b3fb3);
  return t;
}

Theme& current() {
  static Theme now = make_theme(true);
  return now;
}

QPalette palette_of(const Theme& t) {
  QPalette p;
  p.setColor(QPalette::Window, t.window);
  p.setColor(QPalette::WindowText, t.text);
  p.setColor(QPalette::Base, t.surface);
  p.setColor(QPalette::AlternateBase, t.raised);
  p.setColor(QPalette::Text, t.text);
  p.setColor(QPalette::Button, t.raised);
  p.setColor(QPalette::ButtonText, t.text);
  p.setColor(QPalette::BrightText, t.lost);
  p.setColor(QPalette::ToolTipBase, t.raised);
  p.setColor(QPalette::ToolTipText, t.text);
  p.setColor(QPalette::PlaceholderText, t.muted);
  p.setColor(QPalette::Link, t.accent);
  p.setColor(QPalette::Highlight, t.accent);
  p.setColor(QPalette::HighlightedText, t.dark ? QColor(0x0b0e12) : QColor(0xffffff));
  p.setColor(QPalette::Light, t.raised);
  p.setColor(QPalette::Midlight, t.raised);
  p.setColor(QPalette::Mid, t.line);
  p.setColor(QPalette::Dark, t.line);
  p.setColor(QPalette::Shadow, t.window);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, t.muted);
  return p;
}

constexpr const char* k_style = R"(
QMainWindow::separator { background: @window; width: 6px; height: 6px; }
QMenuBar { background: @window; padding: 1px 4px; }
QMenuBar::item { padding: 4px 9px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @raised; }
QMenu { background: @surface; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 20px; border-radius: 4px; }
QMenu::item:selected { background: @accent; color: @onaccent; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 4px; }
QPushButton, QToolButton { background: @raised; border: 1px solid @line; border-radius: 5px; padding: 4px 11px; }
QFileDialog QToolButton { padding: 3px; }
QPushButton:hover, QToolButton:hover { border-color: @accent; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus { border: 1px solid @accent; }
QPushButton:disabled, QToolButton:disabled { color: @muted; background: @window; }
QPushButton[primary="true"] { background: @accent; color: @onaccent; border-color: @accent; }
QPushButton[recording="true"] { background: @lost; color: @onaccent; border-color: @lost; }
QPushButton[recording="true"]:disabled { background: @raised; color: @muted; border-color: @line; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QComboBox { background: @raised; border: 1px solid @line; border-radius: 5px; padding: 4px 8px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/arrow_down.svg); width: 10px; height: 6px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @line; selection-background-color: @accent; selection-color: @onaccent; }
QLineEdit, QSpinBox, QPlainTextEdit { background: @surface; border: 1px solid @line; border-radius: 5px; padding: 4px 7px; selection-background-color: @accent; selection-color: @onaccent; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: @muted; padding: 6px 11px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:hover { color: @text; }
QDockWidget { color: @text; }
QDockWidget::title { background: @window; padding: 5px 8px; }
QTableView { background: @surface; alternate-background-color: @surface; border: none; gridline-color: transparent; selection-background-color: @selected; selection-color: @text; outline: none; }
QTableView::item { padding: 0px 6px; border: none; }
QTableView::item:hover { background: @raised; }
QTableView::item:selected { background: @selected; color: @text; }
QListView { background: @surface; border: none; outline: none; }
QListView::item:selected { background: @selected; color: @text; }
QListView::item:hover { background: @raised; }
QHeaderView { background: @surface; }
QHeaderView::section { background: @surface; color: @muted; border: none; border-bottom: 1px solid @line; padding: 8px 6px 5px 6px; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-origin: padding; subcontrol-position: top center; width: 9px; height: 6px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 11px; margin: 1px; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 1px; }
QScrollBar::handle { background: @line; border-radius: 4px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: @raised; border: none; border-radius: 3px; height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QSplitter::handle { background: @window; }
QCheckBox { spacing: 7px; }
QCheckBox::indicator { width: 12px; height: 12px; border: 1px solid @muted; border-radius: 3px; background: @surface; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; }
QStatusBar { background: @window; color: @muted; }
QStatusBar::item { border: none; }
QLabel[role="muted"] { color: @muted; }
QLabel[role="title"] { font-size: 19px; font-weight: 500; }
QLabel[role="bad"] { color: @lost; }
#panel { background: @surface; border-radius: 7px; }
#banner { background: @raised; border: 1px solid @warning; border-radius: 6px; }
#banner[level="bad"] { border-color: @lost; }
)";

QString style_of(const Theme& t) {
  QString style = QString::fromLatin1(k_style);
  const QColor selected = t.dark ? QColor(0x24384f) : QColor(0xd7e6f8);
  const std::array<std::pair<const char*, QColor>, 11> colours{
      {{"@window", t.window},
       {"@surface", t.surface},
       {"@raised", t.raised},
       {"@line", t.line},
       {"@text", t.text},
       {"@muted", t.muted},
       {"@onaccent", t.dark ? QColor(0x0b0e12) : QColor(0xffffff)},
       {"@accent", t.accent},
       {"@lost", t.lost},
       {"@warning", t.warning},
       {"@selected", selected}}};
  for (const auto& [name, colour] : colours)
    style.replace(QLatin1String(name), colour.name());
  return style;
}

// Names, paths and messages come from elsewhere: what in them looks like HTML is not. A label that is to show
// HTML says so itself; tooltips and question boxes are labels too.
class PlainLabels final : public QProxyStyle {
 public:
  PlainLabels() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

  using QProxyStyle::polish;
  void polish(QWidget* widget) override {
    auto* label = qobject_cast<QLabel*>(widget);
    if (label != nullptr && label->textFormat() == Qt::AutoText) label->setTextFormat(Qt::PlainText);
    QProxyStyle::polish(widget);
  }
};

}  // namespace

QColor Theme::quantity(Quantity quantity) const {
  switch (quantity) {
    case Quantity::current:
      return dark ? QColor(0xf0a63c) : QColor(0xb86a00);
    case Quantity::voltage:
      return dark ? QColor(0x4cc9a4) : QColor(0x00795a);
    default:
      return dark ? QColor(0x62b5f5) : QColor(0x0a6cb8);
  }
}

QColor Theme::event(std::size_t name) const {
  static constexpr std::array<unsigned, EventColours::k_colours> k_dark{
      0xd98ac0, 0xf0e36a, 0x8fd3ff, 0xf2855e, 0x7fe0c0, 0xb9a6ff, 0xd9c7a0, 0xff9db0};
  static constexpr std::array<unsigned, EventColours::k_colours> k_light{
      0xa8467f, 0x8a7a00, 0x1c7fbf, 0xc24a15, 0x0e8a68, 0x6a4fc4, 0x7a6233, 0xc23e5c};
  return QColor((dark ? k_dark : k_light)[event_colours().at(name)]);
}

const Theme& theme() {
  return current();
}

void use_theme(QApplication& app, bool dark) {
  take_pictures();
  current() = make_theme(dark);
  QApplication::setStyle(new PlainLabels);
  QApplication::setPalette(palette_of(current()));
  app.setStyleSheet(style_of(current()));
}

QFont figure_font(double points, bool bold) {
  QFont font = QApplication::font();
  font.setPointSizeF(points);
  font.setWeight(bold ? QFont::Medium : QFont::Normal);
  return font;
}

QFont label_font() {
  QFont font = QApplication::font();
  font.setPointSizeF(std::max(7.5, font.pointSizeF() - 1));
  return font;
}

}  // namespace joulemark
