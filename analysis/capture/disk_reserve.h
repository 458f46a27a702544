// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace joulemark::capture {

// Space held back so that a recording whose disk fills up can still be closed. It has no name, so nothing of
// it outlives the process.
class DiskReserve {
 public:
  // On the disk that holds path; a quarter of what is free, 16 MiB at most. Failing to reserve is not an
  // error.
  explicit DiskReserve(const std::string& path);
  DiskReserve(const DiskReserve&) = delete;
  DiskReserve& operator=(const DiskReserve&) = delete;
  ~DiskReserve() { release(); }

  void release();
  [[nodiscard]] std::size_t bytes() const { return bytes_; }  // 0 when there is none

 private:
  int descriptor_ = -1;
  std::size_t bytes_ = 0;
};

}  // namespace joulemark::capture
