// SPDX-License-Identifier: Apache-2.0
// A stream of Monsoon packets put together from words, independently of the decoder's own headers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace joulemark::monsoon::test {

struct Words {
  std::uint16_t main_coarse = 0, main_fine = 0, usb_coarse = 0, usb_fine = 0, aux_coarse = 0, aux_fine = 0;
  std::uint16_t main_voltage = 0, usb_voltage = 0;
  std::uint8_t usb_gain = 0, main_gain = 0;  // bits 5-4 of main_gain: 0 measurement, 1 zero, 3 reference
};

using Bytes64 = std::array<std::byte, 64>;

inline Bytes64 make_packet(std::uint16_t dropped, int flags, const std::vector<Words>& observations) {
  Bytes64 packet{};
  packet[0] = std::byte(dropped & 0xFF);
  packet[1] = std::byte(dropped >> 8);
  packet[2] = std::byte(flags);
  packet[3] = std::byte(observations.size());
  std::size_t at = 4;
  for (const Words& o : observations) {
    for (const std::uint16_t word : {o.main_coarse, o.main_fine, o.usb_coarse, o.usb_fine, o.aux_coarse,
                                     o.aux_fine, o.main_voltage, o.usb_voltage}) {
      packet[at++] = std::byte(word >> 8);
      packet[at++] = std::byte(word & 0xFF);
    }
    packet[at++] = std::byte(o.usb_gain);
    packet[at++] = std::byte(o.main_gain);
  }
  return packet;
}

// The calibration observations of an imaginary unit, and measurements on it.
inline Words zero_words() {
  return {2100, 2010, 2050, 1990, 2051, 1991, 13200, 0, 0, 0x12};
}
inline Words reference_words() {
  return {50120, 60480, 50100, 60400, 50110, 60410, 13200, 0, 0, 0x32};
}
inline Words measurement(std::uint16_t fine, std::uint16_t coarse = 2174, std::uint16_t usb_voltage = 0) {
  return {coarse, fine, 2050, 1990, 2051, 1991, 13200, usb_voltage, 0, 0x02};
}
inline Words invalid_words() {
  Words words = measurement(0);
  words.main_gain = 0x22;
  return words;
}

// Packs observations three to a packet and keeps the sequence.
class StreamBuilder {
 public:
  void add(const Words& words) {
    open_.push_back(words);
    if (open_.size() == 3) close();
  }
  void add(const Words& words, int times) {
    for (int i = 0; i < times; ++i)
      add(words);
  }
  void calibrate(int times = 5) {
    add(zero_words(), times);
    add(reference_words(), times);
  }
  void close() {
    if (open_.empty()) return;
    packets_.push_back(make_packet(dropped_, flags_ | (sequence_++ & 0x0F), open_));
    open_.clear();
  }
  void drop_observations(int n) {  // the unit's queue overflowed
    close();
    dropped_ = static_cast<std::uint16_t>(dropped_ + n);
  }
  void set_dropped(std::uint16_t count) {
    close();
    dropped_ = count;
  }
  void skip_packets(int n) {
    close();
    sequence_ += n;
  }
  void set_flags(int flags) {  // D4 over-current, D5 at voltage
    close();
    flags_ = flags;
  }
  void raw(const Bytes64& bytes) {
    close();
    packets_.push_back(bytes);
  }
  std::vector<Bytes64>& packets() {
    close();
    return packets_;
  }

 private:
  std::vector<Words> open_;
  std::vector<Bytes64> packets_;
  int sequence_ = 0;
  int flags_ = 0x20;
  std::uint16_t dropped_ = 0;
};

}  // namespace joulemark::monsoon::test
