// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/serial/byte_stream.h>

#include <memory>
#include <string>

namespace joulemark::serial {

// A serial port in raw mode, eight bits, no flow control, for this process alone. Errors: no_instrument (no
// such device), busy (in use or not permitted), usage (not a serial port).
[[nodiscard]] Result<std::unique_ptr<ByteStream>> open_port(const std::string& path, unsigned baud);

}  // namespace joulemark::serial
