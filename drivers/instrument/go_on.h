// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <stop_token>

namespace joulemark {

// An Error once opening is to stop. No code is its own: whoever asked for the stop knows of it.
[[nodiscard]] inline Status go_on(const std::stop_token& stop) {
  if (!stop.stop_requested()) return {};
  return fail(ErrorCode::io, "stopped while it was being opened");
}

}  // namespace joulemark
