// SPDX-License-Identifier: GPL-3.0-or-later
// The vocabulary as it stands on the screen: the words of the reports, without underscores, in the language
// of the person. Files and the command line keep theirs.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/report.h>

#include <QString>

namespace joulemark {

[[nodiscard]] QString word_of(AnomalyKind kind);
[[nodiscard]] QString word_of(EndReason reason);
[[nodiscard]] QString word_of(Grade grade);
[[nodiscard]] QString word_of(Method method);
[[nodiscard]] QString word_of(QualityGrade grade);
[[nodiscard]] QString word_of(Quantity quantity);

// "lost samples, clipped"; of EventFlag.
[[nodiscard]] QString words_of_flags(std::uint8_t flags);

// "excess, guard 1.00 ms"
[[nodiscard]] QString method_text(Method method, double guard_s);

// What a share of the energy is called: an event's name stays as it is.
[[nodiscard]] QString share_text(const std::string& name);

}  // namespace joulemark
