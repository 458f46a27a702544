// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/result.h>

#include <QString>

class QWidget;

namespace joulemark {

// By the ending of the file: .png (at the screen's resolution), .svg and .pdf as it is seen. Errors: usage
// for another ending; io.
[[nodiscard]] Status export_picture(QWidget& widget, const QString& file);

// A file as it was named in a dialog, with an ending that its chosen filter, "Samples (*.csv)", has: what is
// written goes by the ending.
[[nodiscard]] QString with_ending_of(const QString& filter, const QString& file);

}  // namespace joulemark
