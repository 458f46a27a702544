// SPDX-License-Identifier: Apache-2.0
// Within this folder alone.
#pragma once

#include <drivers/transport/serial/byte_stream.h>

#include <boost/asio.hpp>

#include <optional>
#include <string>
#include <utility>

namespace joulemark::serial {

// A ByteStream over anything that Asio can write to and read from. name: "the serial port".
template <typename Stream>
class AsioStream : public ByteStream {
 public:
  explicit AsioStream(std::string name) : stream_(context_), name_(std::move(name)) {}

  Status write(std::span<const std::byte> bytes) override {
    std::optional<Code> done;
    boost::asio::async_write(stream_, boost::asio::buffer(bytes.data(), bytes.size()),
                             [&](const Code& code, std::size_t) { done = code; });
    run_until(done, k_write_timeout);
    if (!*done) return {};
    return fail(ErrorCode::protocol, name_ + (lost(*done) ? " has gone" : " takes no data"));
  }

  Result<std::size_t> read(std::span<std::byte> into, std::chrono::milliseconds timeout) override {
    std::optional<Code> done;
    std::size_t count = 0;
    stream_.async_read_some(boost::asio::buffer(into.data(), into.size()),
                            [&](const Code& code, std::size_t size) {
                              done = code;
                              count = size;
                            });
    run_until(done, timeout);
    if (lost(*done)) return fail(ErrorCode::protocol, name_ + " has gone");
    return count;
  }

  bool closed() const override { return closed_; }

 protected:
  using Code = boost::system::error_code;

  // Completed or cancelled when it returns. A process that was held up finds its time over, but what came
  // meanwhile is there all the same.
  void run_until(const std::optional<Code>& done, std::chrono::milliseconds timeout) {
    context_.restart();
    context_.run_for(timeout);
    if (!done) context_.poll();
    if (done) return;
    Code ignored;
    stream_.cancel(ignored);
    context_.restart();
    context_.run();
  }

  boost::asio::io_context context_;
  Stream stream_;

 private:
  static constexpr std::chrono::seconds k_write_timeout{1};

  // What has gone is let go of at once: a port that comes back while somebody holds the old one gets another
  // name.
  bool lost(const Code& code) {
    if (code && code != boost::asio::error::operation_aborted && !std::exchange(closed_, true)) {
      Code ignored;
      stream_.close(ignored);
    }
    return closed_;
  }

  std::string name_;
  bool closed_ = false;
};

}  // namespace joulemark::serial
