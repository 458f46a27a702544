// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace joulemark {

class RuleTable;

// Asks which lines show codes and for the target's firmware; what the table refuses is said in the dialog,
// which stays.
void ask_markers(QWidget* parent, RuleTable& table);

}  // namespace joulemark
