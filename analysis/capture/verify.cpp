// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/file_head.h>
#include <analysis/capture/inspector.h>
#include <analysis/capture/verify.h>

namespace joulemark {

using namespace capture;

std::int64_t VerifyReport::lost_samples() const {
  std::int64_t lost = unplaced_lost_samples;
  for (const ChannelCheck& channel : channels)
    lost += channel.lost_samples;
  return lost;
}

Result<VerifyReport> verify_capture(const std::string& path, const Progress& progress) {
  JM_TRY_ASSIGN(Database db, open_to_inspect(path));
  JM_TRY_ASSIGN(Inspector inspector, Inspector::open(db, progress));
  JM_TRY(inspector.inspect());
  return inspector.report();
}

}  // namespace joulemark
