// SPDX-License-Identifier: GPL-3.0-or-later
// Small questions to a person.
#pragma once

#include <analysis/model/option.h>

#include <app/models/import_job.h>

#include <QStringList>
#include <optional>
#include <utility>
#include <vector>

class QWidget;
class QAction;

namespace joulemark {

// The options of an instrument, given ones filled in; none: cancelled. only_output: those that touch the
// output alone, with a warning.
[[nodiscard]] std::optional<QStringList> ask_options(QWidget* parent, const QString& title,
                                                     std::vector<OptionSpec> specs, const QStringList& given,
                                                     const QString& warning = {});

// Format, options and where the capture goes; none: cancelled.
[[nodiscard]] std::optional<ImportRequest> ask_import(QWidget* parent, const QStringList& inputs);

// Lower and upper end of a value axis, like 0 A and 50 mA; none: cancelled. Empty texts: automatic. On a
// logarithmic axis both lie above zero.
using ValueLimits = std::optional<std::pair<double, double>>;
[[nodiscard]] std::optional<ValueLimits> ask_limits(QWidget* parent, const QString& title,
                                                    const QString& unit, std::pair<double, double> shown,
                                                    bool logarithmic);

// Every action that has a key, by menu.
void show_shortcuts(QWidget* parent, const std::vector<std::pair<QString, QString>>& keys);

}  // namespace joulemark
