// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <drivers/instrument/registry.h>

#include <QString>

class QApplication;

namespace joulemark {

// Renders every view to PNG files in a folder: dark and light, 1280 x 800 and 2560 x 1440, empty and error
// states too, from the capture at path (empty: a recording of sim:kws made there). Returns the exit code.
[[nodiscard]] int run_tour(QApplication& app, InstrumentRegistry registry, const QString& folder,
                           const QString& capture);

}  // namespace joulemark
