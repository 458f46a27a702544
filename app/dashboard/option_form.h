// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/option.h>

#include <QStringList>
#include <QWidget>
#include <span>
#include <string>
#include <vector>

QT_BEGIN_NAMESPACE
class QLineEdit;
QT_END_NAMESPACE

namespace joulemark {

// A form that builds itself from an option table: choices as lists, everything else as text with its range
// beside it.
class OptionForm final : public QWidget {
 public:
  OptionForm(std::vector<OptionSpec> specs, const QStringList& given, QWidget* parent = nullptr);

  // key=value of what is not left at its default. Errors: usage, naming the option.
  [[nodiscard]] Result<QStringList> values() const;

 private:
  struct Field {
    std::size_t spec;
    QWidget* editor;
  };
  [[nodiscard]] static QString text_of(const QWidget* editor);

  std::vector<OptionSpec> specs_;
  std::vector<Field> fields_;
};

}  // namespace joulemark
