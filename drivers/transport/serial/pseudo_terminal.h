// SPDX-License-Identifier: Apache-2.0
// Puts a SerialDevice behind a serial port made of software.
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/serial/serial_device.h>

#include <memory>
#include <stop_token>
#include <string>

namespace joulemark::serial {

// What the device sends waits in it while the kernel takes no more: nobody reads. When the device is
// unplugged, whoever has the port open sees it go.
class PseudoTerminal {
 public:
  // The device outlives it. Errors: io.
  [[nodiscard]] static Result<std::unique_ptr<PseudoTerminal>> open(SerialDevice& device);

  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  ~PseudoTerminal();

  [[nodiscard]] const std::string& path() const;  // "/dev/pts/3"

  // Serves until stop is requested, on the calling thread; once. Time for the device starts here.
  void run(const std::stop_token& stop);

 private:
  class Impl;
  explicit PseudoTerminal(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace joulemark::serial
