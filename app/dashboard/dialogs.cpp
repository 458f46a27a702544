// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/formats/importer.h>
#include <analysis/model/units.h>

#include <app/dashboard/dialog_frame.h>
#include <app/dashboard/dialogs.h>
#include <app/dashboard/option_form.h>
#include <app/models/text.h>

#include <QComboBox>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_description_px = 400;

struct Dialogs {
  Q_DECLARE_TR_FUNCTIONS(Dialogs)
};

QScrollArea* scrolled(QWidget* inner, QWidget* parent) {
  auto* area = new QScrollArea(parent);
  area->setWidget(inner);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setMinimumHeight(std::min(420, inner->sizeHint().height() + 8));
  return area;
}

// Their names, and under them in full what the chosen one is.
QComboBox* add_formats(QFormLayout& form, DialogFrame& frame, ImportPaths inputs) {
  auto* format = new QComboBox(&frame.dialog);
  format->setAccessibleName(Dialogs::tr("Format"));
  auto* what = frame.muted({});
  what->setMinimumWidth(k_description_px);  // by which its height is reckoned
  for (const Importer& importer : importers()) {
    format->addItem(to_qt(importer.name), to_qt(importer.name));
    format->setItemData(format->count() - 1, to_qt(importer.description), Qt::ToolTipRole);
  }
  const auto found = choose_importer("", inputs);
  format->setCurrentIndex(found ? format->findData(to_qt((*found)->name)) : 0);
  const auto describe = [format, what] {
    what->setText(format->currentData(Qt::ToolTipRole).toString());
    format->setAccessibleDescription(what->text());
  };
  QObject::connect(format, &QComboBox::currentIndexChanged, what, describe);
  describe();
  form.addRow(Dialogs::tr("Format"), format);
  form.addRow(QString(), what);
  return format;
}

bool is_among(const QStringList& inputs, const QString& file) {
  return std::ranges::any_of(inputs, [&](const QString& input) {
    return QFileInfo(input).absoluteFilePath() == QFileInfo(file).absoluteFilePath();
  });
}

// Beside the first of them, and none of them.
QString proposed_target(const QStringList& inputs) {
  QString input = inputs.front();
  while (input.endsWith(QLatin1Char('/')))
    input.chop(1);
  const QFileInfo first(input);
  QString stem =
      first.path() + QLatin1Char('/') + (first.isDir() ? first.fileName() : first.completeBaseName());
  while (is_among(inputs, stem + QStringLiteral(".jmk")))
    stem += QStringLiteral("-imported");
  return stem + QStringLiteral(".jmk");
}

}  // namespace

std::optional<QStringList> ask_options(QWidget* parent, const QString& title, std::vector<OptionSpec> specs,
                                       const QStringList& given, const QString& warning) {
  DialogFrame frame(parent, title, Dialogs::tr("Use these"));
  if (!warning.isEmpty()) {
    auto* label = new QLabel(warning, &frame.dialog);
    label->setWordWrap(true);
    frame.body->addWidget(label);
  }
  if (specs.empty()) frame.body->addWidget(frame.muted(Dialogs::tr("This instrument has no options.")));
  auto* form = new OptionForm(std::move(specs), given, &frame.dialog);
  frame.body->addWidget(scrolled(form, &frame.dialog), 1);
  std::optional<QStringList> chosen;
  QObject::connect(frame.buttons, &QDialogButtonBox::accepted, &frame.dialog, [&] {
    const auto values = form->values();
    if (!values) return frame.complain(to_qt(values.error().message));
    chosen = *values;
    frame.dialog.accept();
  });
  frame.dialog.exec();
  return chosen;
}

std::optional<ImportRequest> ask_import(QWidget* parent, const QStringList& inputs) {
  DialogFrame frame(parent, Dialogs::tr("Import a recording"), Dialogs::tr("Import"));
  ImportRequest request;
  for (const QString& input : inputs)
    request.inputs.emplace_back(input.toStdString());
  auto* file = new QLineEdit(proposed_target(inputs), &frame.dialog);
  auto* head = new QFormLayout;
  head->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  head->addRow(Dialogs::tr("From"), new QLabel(inputs.join(QStringLiteral(", ")), &frame.dialog));
  QComboBox* format = add_formats(*head, frame, request.inputs);
  head->addRow(Dialogs::tr("Capture to make"), file);
  frame.body->addLayout(head);
  auto* area = new QScrollArea(&frame.dialog);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setMinimumHeight(240);
  frame.body->addWidget(area, 1);
  const auto show_form = [&] {
    const auto specs = importers()[static_cast<std::size_t>(format->currentIndex())].options;
    area->setWidget(new OptionForm(specs, {}, &frame.dialog));
  };
  QObject::connect(format, &QComboBox::currentIndexChanged, &frame.dialog, show_form);
  show_form();
  bool accepted = false;
  QObject::connect(frame.buttons, &QDialogButtonBox::accepted, &frame.dialog, [&] {
    const auto values = static_cast<OptionForm*>(area->widget())->values();
    if (!values) return frame.complain(to_qt(values.error().message));
    request.format = format->currentData().toString().toStdString();
    request.options.clear();
    for (const QString& value : *values)
      request.options.push_back(value.toStdString());
    request.file = file->text().toStdString();
    if (is_among(inputs, file->text()))
      return frame.complain(Dialogs::tr("That is what is imported: choose another name for the capture."));
    if (QFileInfo::exists(file->text()) && !request.overwrite) {
      request.overwrite = true;
      frame.buttons->button(QDialogButtonBox::Ok)->setText(Dialogs::tr("Replace it"));
      return frame.complain(
          Dialogs::tr("%1 is there already: replace it, or choose another name.").arg(file->text()));
    }
    accepted = true;
    frame.dialog.accept();
  });
  QObject::connect(file, &QLineEdit::textChanged, &frame.dialog, [&] { request.overwrite = false; });
  frame.dialog.exec();
  return accepted ? std::optional(request) : std::nullopt;
}

std::optional<ValueLimits> ask_limits(QWidget* parent, const QString& title, const QString& unit,
                                      std::pair<double, double> shown, bool logarithmic) {
  DialogFrame frame(parent, title, Dialogs::tr("Use these"));
  const std::string si = unit.toStdString();
  auto* low = new QLineEdit(to_qt(format_si(shown.first, si)), &frame.dialog);
  auto* high = new QLineEdit(to_qt(format_si(shown.second, si)), &frame.dialog);
  auto* form = new QFormLayout;
  form->addRow(Dialogs::tr("From"), low);
  form->addRow(Dialogs::tr("To"), high);
  frame.body->addLayout(form);
  const QString hint =
      logarithmic ? Dialogs::tr("With their units, like 1u%1 and 50m%1. Both empty: by what is visible.")
                  : Dialogs::tr("With their units, like 0%1 and 50m%1. Both empty: by what is visible.");
  frame.body->addWidget(frame.muted(hint.arg(unit)));
  std::optional<ValueLimits> chosen;
  QObject::connect(frame.buttons, &QDialogButtonBox::accepted, &frame.dialog, [&] {
    if (low->text().isEmpty() && high->text().isEmpty()) {
      chosen = ValueLimits();
      return frame.dialog.accept();
    }
    const auto from = parse_quantity(low->text().toStdString(), si);
    const auto to = parse_quantity(high->text().toStdString(), si);
    if (!from) return frame.complain(to_qt(from.error().message));
    if (!to) return frame.complain(to_qt(to.error().message));
    if (logarithmic && *from <= 0)
      return frame.complain(
          Dialogs::tr("A logarithmic axis never reaches zero: its lower end must lie above it."));
    if (*to <= *from) return frame.complain(Dialogs::tr("The upper end must lie above the lower one."));
    chosen = ValueLimits(std::pair{*from, *to});
    frame.dialog.accept();
  });
  frame.dialog.exec();
  return chosen;
}

void show_shortcuts(QWidget* parent, const std::vector<std::pair<QString, QString>>& keys) {
  QDialog dialog(parent);
  dialog.setWindowTitle(Dialogs::tr("Keys and pointer"));
  auto* column = new QVBoxLayout(&dialog);
  auto* inner = new QWidget(&dialog);
  auto* grid = new QGridLayout(inner);
  grid->setHorizontalSpacing(18);
  const int rows = static_cast<int>((keys.size() + 1) / 2);
  for (int i = 0; i < static_cast<int>(keys.size()); ++i) {
    const auto& [key, what] = keys[static_cast<std::size_t>(i)];
    auto* name = new QLabel(key, inner);
    QFont bold = name->font();
    bold.setBold(true);
    name->setFont(bold);
    grid->addWidget(name, i % rows, 2 * (i / rows), Qt::AlignRight);
    grid->addWidget(new QLabel(what, inner), i % rows, 2 * (i / rows) + 1);
  }
  column->addWidget(inner);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, &dialog);
  column->addWidget(buttons);
  QObject::connect(buttons, &QDialogButtonBox::rejected, &dialog, &QDialog::reject);
  dialog.exec();
}

}  // namespace joulemark
