// SPDX-License-Identifier: GPL-3.0-or-later
// Figures and times as they stand on the screen: SI prefixes, a true minus, mu and plus-minus.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/time.h>

#include <QString>
#include <QStringList>
#include <optional>
#include <span>
#include <string_view>

namespace joulemark {

// "1.482 mJ"; an em dash for what is unknown.
[[nodiscard]] QString si_text(std::optional<double> value, std::string_view unit, int digits = 4);

// Figure and unit apart, for tiles: {"1.482", "mJ"}.
struct Figure {
  QString number;
  QString unit;
};
[[nodiscard]] Figure si_figure(std::optional<double> value, std::string_view unit, int digits = 4);

// Of digits or as many more as tell different values apart; digits where the most, 6, do not.
[[nodiscard]] int digits_that_differ(std::span<const double> values, std::string_view unit, int digits = 4);

// 0.0031 -> "0.31 %"; two significant digits, no more than needed above 10 %.
[[nodiscard]] QString percent_text(double fraction);

// A sentence of the analysis as it stands on the screen: numbers and units on one line, mu for u, as in
// si_text.
[[nodiscard]] QString typeset(QString text);

// A place on the capture clock with a fixed unit and as many decimals as step_ns needs: "12.345 s".
[[nodiscard]] QString time_text(TimeNs time_ns, TimeNs step_ns);

// For time_text, so that an event of that length is told from the next one: a tenth of it in round numbers,
// a millisecond at most.
[[nodiscard]] TimeNs time_step(TimeNs length_ns);

// "00:01:12", hours as they come.
[[nodiscard]] QString clock_text(double seconds);

// What a capture was recorded by: "JS220 002557", or how it was opened; empty when that is not known.
[[nodiscard]] QString instrument_text(const InstrumentIdentity& instrument);

// Controls, and what changes the direction of writing, as their code points, "\u2039U+202E\u203a": what a
// name or a path from elsewhere shows is all that it is.
[[nodiscard]] QString harmless(const QString& text);

// The names of files, in order; equal ones with their folder, whose names are told apart where that is
// enough.
[[nodiscard]] QStringList names_told_apart(const QStringList& files);

// To be read: harmless.
[[nodiscard]] QString to_qt(std::string_view text);
// To be used: a path.
[[nodiscard]] QString verbatim(std::string_view text);

}  // namespace joulemark
