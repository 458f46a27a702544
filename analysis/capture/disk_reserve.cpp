// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/disk_reserve.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace joulemark::capture {

DiskReserve::DiskReserve(const std::string& path) {
  std::error_code error;
  const std::filesystem::space_info space =
      std::filesystem::space(std::filesystem::absolute(path).parent_path(), error);
  if (error) return;
  const std::string name = path + ".reserve";
  descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return;
  ::unlink(name.c_str());
  const std::uintmax_t size = std::min<std::uintmax_t>(space.available / 4, 16 << 20);
  const bool reserved = size > 0 && ::posix_fallocate(descriptor_, 0, static_cast<off_t>(size)) == 0;
  if (reserved) bytes_ = size;
  if (!reserved) release();
}

void DiskReserve::release() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  bytes_ = 0;
}

}  // namespace joulemark::capture
