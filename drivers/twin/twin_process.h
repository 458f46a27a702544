// SPDX-License-Identifier: Apache-2.0
// joulemark-twin as a process of ours: started, found on its serial port, and never left behind.
#pragma once

#include <analysis/model/result.h>

#include <drivers/transport/linux/file_descriptor.h>

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>

namespace joulemark::twin_process {

// $JOULEMARK_TWIN, or joulemark-twin beside this program. Errors: capability when it is not there.
[[nodiscard]] Result<std::filesystem::path> find_executable();

// It ends with its standard input, which only this object holds open: also when we are killed.
class TwinProcess {
 public:
  // Waits until it says where its serial port is. Errors: capability (no such program), what its exit code
  // says of its arguments (usage, unreadable), protocol (it says nothing for ten seconds), and
  // those of go_on.
  [[nodiscard]] static Result<TwinProcess> start(const std::filesystem::path& program,
                                                 std::span<const std::string> arguments,
                                                 const std::stop_token& stop = {});
  TwinProcess(TwinProcess&& other) noexcept;
  TwinProcess& operator=(TwinProcess&& other) = delete;
  ~TwinProcess();

  [[nodiscard]] const std::string& port() const { return port_; }  // "/dev/pts/3"

  // Lets it end and waits for it: then its truth is written. Errors: io or protocol when it did not end well,
  // with what it said last on stderr.
  [[nodiscard]] Status finish();

  // Nothing it could still say is wanted: it is waited for a moment only, then killed.
  void hurry() { patience_ = std::chrono::milliseconds(60); }

 private:
  TwinProcess() = default;
  [[nodiscard]] Status wait_for_port(const std::stop_token& stop);
  [[nodiscard]] int reap();  // its wait status

  pid_t id_ = -1;
  std::chrono::milliseconds patience_ = std::chrono::seconds(10);
  linux_system::FileDescriptor input_;
  linux_system::FileDescriptor output_;
  linux_system::FileDescriptor talk_;  // all that it says on stderr, kept for the error's text
  std::string port_;
};

}  // namespace joulemark::twin_process
