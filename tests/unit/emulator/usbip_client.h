// SPDX-License-Identifier: Apache-2.0
// The client's half of USB/IP, written from the protocol's description alone, over blocking sockets.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace joulemark::test {

using Bytes = std::vector<std::uint8_t>;

inline void put32(Bytes& bytes, std::initializer_list<std::uint32_t> values) {
  for (const std::uint32_t value : values) {
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

inline std::uint32_t get32(const Bytes& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
         std::uint32_t{bytes[at + 2]} << 8 | bytes[at + 3];
}

struct UsbipReply {
  std::uint32_t command = 0;  // 3: to a submit, 4: to an unlink
  std::uint32_t sequence = 0;
  std::int32_t status = 0;
  Bytes data;
};

class UsbipClient {
 public:
  explicit UsbipClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  UsbipClient(const UsbipClient&) = delete;
  UsbipClient& operator=(const UsbipClient&) = delete;
  ~UsbipClient() { ::close(socket_); }

  void send(const Bytes& bytes) {
    static_cast<void>(!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  // None when the server closes first, or nothing comes in five seconds.
  std::optional<Bytes> receive(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t got = 0; got < size;) {
      const auto count = ::recv(socket_, bytes.data() + got, size - got, 0);
      if (count <= 0) return std::nullopt;
      got += static_cast<std::size_t>(count);
    }
    return bytes;
  }

  [[nodiscard]] bool closed_by_server() {
    for (char byte = 0;;) {
      const auto count = ::recv(socket_, &byte, 1, 0);
      if (count <= 0) return count == 0 || errno == ECONNRESET;
    }
  }

  // The number of devices offered.
  std::optional<std::uint32_t> list() {
    send({1, 0x11, 0x80, 5, 0, 0, 0, 0});
    const auto head = receive(12);
    if (!head) return std::nullopt;
    return get32(*head, 8);
  }

  // The status; 0: the device is ours.
  std::optional<std::uint32_t> import(std::string_view bus_id = "1-1") {
    Bytes request(8 + 32);
    std::ranges::copy(std::initializer_list<std::uint8_t>{1, 0x11, 0x80, 3}, request.begin());
    std::ranges::copy(bus_id, request.begin() + 8);
    send(request);
    const auto head = receive(8);
    if (!head) return std::nullopt;
    if (get32(*head, 4) == 0 && !receive(312)) return std::nullopt;
    return get32(*head, 4);
  }

  std::uint32_t submit(std::uint32_t endpoint, bool to_host, std::uint32_t length,
                       const Bytes& setup = Bytes(8), const Bytes& data = {}) {
    Bytes bytes;
    put32(bytes, {1, ++sequence_, 0x00010002, to_host ? 1U : 0U, endpoint, 0, length, 0, 0, 0});
    bytes.insert(bytes.end(), setup.begin(), setup.end());
    bytes.insert(bytes.end(), data.begin(), data.end());
    send(bytes);
    if (to_host) awaited_.push_back(sequence_);
    return sequence_;
  }

  std::uint32_t unlink(std::uint32_t submitted) {
    Bytes bytes;
    put32(bytes, {2, ++sequence_, 0x00010002, 0, 0, submitted});
    bytes.resize(48);
    send(bytes);
    return sequence_;
  }

  std::optional<UsbipReply> reply() {
    const auto head = receive(48);
    if (!head) return std::nullopt;
    UsbipReply reply{get32(*head, 0), get32(*head, 4), static_cast<std::int32_t>(get32(*head, 20)), {}};
    const bool with_data = reply.command == 3 && std::erase(awaited_, reply.sequence) > 0;
    if (with_data) {
      auto data = receive(get32(*head, 24));
      if (!data) return std::nullopt;
      reply.data = std::move(*data);
    }
    return reply;
  }

 private:
  int socket_;
  std::uint32_t sequence_ = 0;
  std::vector<std::uint32_t> awaited_;
};

}  // namespace joulemark::test
