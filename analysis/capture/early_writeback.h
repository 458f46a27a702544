// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace joulemark::capture {

// Asks the system to write a growing file out while more is being made, so that the fsync at the end of a
// bulk recording finds little left to do. A hint: where the system has no such call, nothing happens.
class EarlyWriteback {
 public:
  explicit EarlyWriteback(const std::string& path);
  EarlyWriteback(const EarlyWriteback&) = delete;
  EarlyWriteback& operator=(const EarlyWriteback&) = delete;
  ~EarlyWriteback();

  void start() const;  // returns at once

 private:
  int descriptor_;
};

}  // namespace joulemark::capture
