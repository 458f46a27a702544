// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace joulemark {

// What happens when the disk does not keep up and the queue in front of it is full.
enum class Overflow {
  drop,   // the producer goes on; what did not fit is left out and an Anomaly says what (live instruments)
  block,  // the producer waits (importers)
};

enum class CaptureMode {
  live,  // FILE is there from the start and never more than about a second behind, whatever kills the
         // recorder
  bulk,  // written to FILE.part and renamed at the end: FILE is whole or not there
};

enum class Compression { fast, small };  // LZ4, zstd

// With those who read the file just when it is closed.
inline constexpr std::chrono::milliseconds k_closing_patience{3000};

struct CaptureOptions {
  std::string path;
  CaptureMode mode = CaptureMode::live;
  Overflow overflow = Overflow::block;
  bool overwrite = false;
  Compression compression = Compression::fast;
  std::chrono::milliseconds closing_patience = k_closing_patience;
};

}  // namespace joulemark
