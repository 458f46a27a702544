// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/capture_reader.h>

#include <app/cli/open_capture.h>

namespace joulemark::cli {

Result<std::unique_ptr<SampleSource>> open_capture(const std::string& path) {
  return CaptureReader::open(path);
}

}  // namespace joulemark::cli
