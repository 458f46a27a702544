// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <drivers/instrument/registry.h>

#include <QString>

class QApplication;

namespace joulemark {

// Renders every view to PNG files in a folder: dark and light, 1280 x 800 and 2560 x 1440, empty and error
// states too, from the capture at path (empty: the recording that is made there for the live views, of the
// instrument or else of sim:kws). What is no capture is imported first, without a question, with what it says
// itself. Returns the exit code.
[[nodiscard]] int run_tour(QApplication& app, InstrumentRegistry registry, const QString& folder,
                           const QString& capture, const QString& instrument);

}  // namespace joulemark
