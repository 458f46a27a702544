// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/serial/byte_stream.h>

#include <memory>
#include <stop_token>
#include <string>

namespace joulemark::serial {

// A TCP connection to "host:port", "[::1]:port" too. Errors: usage (not written so), no_instrument (no such
// host, or nothing listens there within two seconds, or before a stop).
[[nodiscard]] Result<std::unique_ptr<ByteStream>> open_tcp(const std::string& address,
                                                           const std::stop_token& stop = {});

}  // namespace joulemark::serial
