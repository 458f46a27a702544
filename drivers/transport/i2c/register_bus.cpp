// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/i2c/register_bus.h>

#include <cerrno>
#include <system_error>

namespace joulemark::i2c {

bool is_no_acknowledge(int error) {
  return error == ENXIO || error == EREMOTEIO;
}

bool is_gone(int error) {
  return error == ENODEV || error == ESHUTDOWN || error == EBADF;
}

std::string describe_transfer(int error) {
  if (is_no_acknowledge(error)) return "no acknowledge";
  if (is_gone(error)) return "the adapter has gone";
  if (error == ETIMEDOUT) return "timed out";
  if (error == EAGAIN) return "arbitration lost";
  return std::generic_category().message(error);
}

}  // namespace joulemark::i2c
