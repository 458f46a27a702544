// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/option_form.h>
#include <app/models/text.h>

#include <QComboBox>
#include <QCoreApplication>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_editor_px = 340;  // what it may hold is told in it

// "real|max" is a list of choices; "TIME,samples=N" and "COLUMN:V|mV, or a constant" are not.
QStringList choices_of(const OptionSpec& spec) {
  static const QRegularExpression k_choices(QStringLiteral("^[A-Za-z0-9-]+(\\|[A-Za-z0-9-]+)+$"));
  const QString range = to_qt(spec.range);
  if (spec.kind != OptionKind::scalar || !k_choices.match(range).hasMatch()) return {};
  return range.split(QLatin1Char('|'));
}

QString given_value(const QStringList& given, const OptionSpec& spec) {
  const QString head = to_qt(spec.name) + QLatin1Char('=');
  for (const QString& each : given) {
    if (each.startsWith(head)) return each.mid(head.size());
  }
  return {};
}

}  // namespace

OptionForm::OptionForm(std::vector<OptionSpec> specs, const QStringList& given, QWidget* parent)
    : QWidget(parent), specs_(std::move(specs)) {
  auto* form = new QFormLayout(this);
  form->setContentsMargins(0, 0, 0, 0);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const OptionSpec& spec = specs_[i];
    const QString value = given_value(given, spec);
    QWidget* editor = nullptr;
    if (const QStringList choices = choices_of(spec); !choices.isEmpty()) {
      auto* box = new QComboBox(this);
      box->addItem(QString());
      box->addItems(choices);
      box->setItemText(0, spec.default_value.empty() ? QCoreApplication::translate("OptionForm", "as it is")
                                                     : to_qt(spec.default_value));
      box->setCurrentIndex(value.isEmpty() ? 0 : 1 + static_cast<int>(choices.indexOf(value)));
      editor = box;
    } else {
      auto* line = new QLineEdit(value, this);
      line->setPlaceholderText(spec.default_value.empty()
                                   ? to_qt(spec.range)
                                   : to_qt(spec.default_value) + QStringLiteral("   (") + to_qt(spec.range) +
                                         QLatin1Char(')'));
      editor = line;
    }
    editor->setToolTip(to_qt(spec.help) + QLatin1Char('\n') + to_qt(spec.range));
    editor->setAccessibleName(to_qt(spec.name));
    QString label = to_qt(spec.name).replace(QLatin1Char('_'), QLatin1Char(' '));
    auto* help = new QLabel(to_qt(spec.help), this);
    help->setProperty("role", "muted");
    help->setWordWrap(true);
    help->setMinimumWidth(k_editor_px);  // by which its height is reckoned
    help->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    editor->setMinimumWidth(k_editor_px);
    form->addRow(label, editor);
    form->setAlignment(editor, Qt::AlignLeft);
    form->addRow(QString(), help);
    fields_.push_back({i, editor});
  }
}

QString OptionForm::text_of(const QWidget* editor) {
  if (const auto* box = qobject_cast<const QComboBox*>(editor))
    return box->currentIndex() == 0 ? QString() : box->currentText();
  return qobject_cast<const QLineEdit*>(editor)->text().trimmed();
}

Result<QStringList> OptionForm::values() const {
  QStringList list;
  std::vector<std::string> texts;
  for (const Field& field : fields_) {
    const QString value = text_of(field.editor);
    if (value.isEmpty()) continue;
    list << to_qt(specs_[field.spec].name) + QLatin1Char('=') + value;
    texts.push_back(list.back().toStdString());
  }
  JM_TRY(OptionValues::parse(texts, specs_));
  return list;
}

}  // namespace joulemark
