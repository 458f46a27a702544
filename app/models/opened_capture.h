// SPDX-License-Identifier: GPL-3.0-or-later
// A capture that was opened once, and what reads it then: once more, with a reader of its own.
#pragma once

#include <analysis/capture/capture_reader.h>

#include <memory>
#include <string>

namespace joulemark {

struct OpenedCapture {
  std::string path;
  std::string id;  // CaptureInfo::id, by which another one in its place is told
};

// Errors: those of CaptureReader::open_again.
[[nodiscard]] inline Result<std::unique_ptr<CaptureReader>> open_again(
    const OpenedCapture& capture, std::chrono::milliseconds patience = k_reader_patience) {
  return CaptureReader::open_again(capture.path, capture.id, patience);
}

}  // namespace joulemark
