// SPDX-License-Identifier: Apache-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE  // sync_file_range
#endif
#include <analysis/capture/early_writeback.h>

#include <fcntl.h>
#include <unistd.h>

namespace joulemark::capture {

EarlyWriteback::EarlyWriteback(const std::string& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

EarlyWriteback::~EarlyWriteback() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void EarlyWriteback::start() const {
#ifdef SYNC_FILE_RANGE_WRITE
  if (descriptor_ >= 0) (void)::sync_file_range(descriptor_, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

}  // namespace joulemark::capture
