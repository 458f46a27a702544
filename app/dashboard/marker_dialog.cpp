// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/dialog_frame.h>
#include <app/dashboard/marker_dialog.h>
#include <app/models/rule_table.h>
#include <app/models/text.h>

#include <QCoreApplication>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace joulemark {
namespace {

struct MarkerDialog {
  Q_DECLARE_TR_FUNCTIONS(MarkerDialog)
};

QString usual_code(const RuleTable& table) {
  if (table.setup().code) return to_qt(format_marker_code(*table.setup().code));
  return {};
}

QLayout* file_row(QLineEdit* file, DialogFrame& frame) {
  auto* choose = new QPushButton(MarkerDialog::tr("Choose\u2026"), &frame.dialog);
  auto* row = new QHBoxLayout;
  row->addWidget(file, 1);
  row->addWidget(choose);
  QObject::connect(choose, &QPushButton::clicked, &frame.dialog, [file, &frame] {
    const QString chosen =
        QFileDialog::getOpenFileName(&frame.dialog, MarkerDialog::tr("Firmware of the target"), {},
                                     MarkerDialog::tr("ELF files (*.elf *.axf *.out);;All files (*)"));
    if (!chosen.isEmpty()) file->setText(chosen);
  });
  return row;
}

}  // namespace

void ask_markers(QWidget* parent, RuleTable& table) {
  DialogFrame frame(parent, MarkerDialog::tr("Coded lines"), MarkerDialog::tr("Use these"));
  auto* code = new QLineEdit(usual_code(table), &frame.dialog);
  code->setPlaceholderText(QStringLiteral("code:d0-d3,strobe=d4,settle=20us"));
  code->setAccessibleName(MarkerDialog::tr("Coded lines"));
  auto* file = new QLineEdit(&frame.dialog);
  file->setPlaceholderText(MarkerDialog::tr("the names in the capture stay"));
  file->setAccessibleName(MarkerDialog::tr("Firmware (ELF)"));
  auto* form = new QFormLayout;
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  form->addRow(MarkerDialog::tr("Coded lines"), code);
  form->addRow(
      QString(),
      frame.muted(MarkerDialog::tr(
          "The least significant bit first. The strobe is a line that changes with each code; without "
          "one a code counts once it is stable for the settling time. Empty: no line shows codes, or "
          "what the firmware says.")));
  form->addRow(MarkerDialog::tr("Firmware (ELF)"), file_row(file, frame));
  form->addRow(QString(),
               frame.muted(MarkerDialog::tr(
                   "jm_marker.h left the names of the events in it. They are kept in the capture.")));
  frame.body->addLayout(form);
  QObject::connect(frame.buttons, &QDialogButtonBox::accepted, &frame.dialog, [&] {
    if (const Status done = table.take_markers(code->text(), file->text()); !done)
      return frame.complain(to_qt(done.error().message));
    frame.dialog.accept();
  });
  // Its answer would be taken for another capture.
  QObject::connect(&table, &RuleTable::modelReset, &frame.dialog, [&] {
    if (table.lines().empty()) frame.dialog.reject();
  });
  frame.dialog.exec();
}

}  // namespace joulemark
