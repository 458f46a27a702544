// SPDX-License-Identifier: Apache-2.0
#include <app/cli/open_capture.h>

namespace joulemark::cli {

Result<std::unique_ptr<SampleSource>> open_capture(const std::string& path) {
  return fail(ErrorCode::capability, path + ": this build cannot read capture files");
}

}  // namespace joulemark::cli
