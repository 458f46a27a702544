// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/model/progress.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <QString>

namespace joulemark {

// CSV, one line a sample of the primary channel: t_s, the value of every channel nearest in time in SI (empty
// where that is further than its interval away), the power where it follows from them, and the level of each
// line. Where samples are missing stands one line without values. The file appears when it is whole.
// progress: the part done, 0 to 1, once a block. Errors: io, and the source's own.
[[nodiscard]] Status export_samples(SampleSource& source, TimeRange range, const QString& file,
                                    const Progress& progress = {});

}  // namespace joulemark
