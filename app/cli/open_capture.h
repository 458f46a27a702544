// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <memory>
#include <string>

namespace joulemark::cli {

// Errors: those of CaptureReader::open, naming the file.
[[nodiscard]] Result<std::unique_ptr<SampleSource>> open_capture(const std::string& path);

}  // namespace joulemark::cli
