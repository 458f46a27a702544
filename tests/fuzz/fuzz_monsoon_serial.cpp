// SPDX-License-Identifier: Apache-2.0
// Any bytes from an LVPM's serial port, cut anywhere: no crash, no endless work, and every sample handed on
// obeys the sink's contract. The first byte says where to cut and whether calibration comes first; of the
// rest each piece of text between two 0xA5 is put into a frame with a right checksum, so that the decoder is
// reached.
#include <analysis/model/memory_capture.h>

#include <drivers/monsoon/serial_decoder.h>
#include <drivers/monsoon/serial_frames.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace joulemark;
using namespace joulemark::monsoon;

using Bytes = std::vector<std::byte>;

void require(bool condition) {
  if (!condition) std::abort();
}

void append_frame(Bytes& stream, std::span<const std::byte> payload) {
  const std::size_t start = stream.size();
  stream.push_back(std::byte(payload.size() + 1));
  stream.insert(stream.end(), payload.begin(), payload.end());
  unsigned sum = 0;
  for (std::size_t i = start; i < stream.size(); ++i)
    sum += std::to_integer<unsigned>(stream[i]);
  stream.push_back(std::byte(sum));
}

// Ten records of zeros, then ten of references.
void append_calibration(Bytes& stream) {
  for (const auto& [type, high] : {std::pair{1, 1}, {2, 0x60}}) {
    Bytes payload{std::byte(0x20 | type), std::byte(type), std::byte{0}, std::byte{0}};
    payload.insert(payload.end(), 80, std::byte(high));
    append_frame(stream, payload);
  }
}

Bytes make_stream(std::span<const std::byte> data, bool framed) {
  Bytes stream(data.begin(), data.end());
  if (!framed) return stream;
  stream.clear();
  while (!data.empty()) {
    const auto end = std::ranges::find(data, std::byte{0xA5});
    const auto size = std::min<std::size_t>(static_cast<std::size_t>(end - data.begin()), 254);
    if (size > 0) append_frame(stream, data.first(size));
    data = data.subspan(std::min(size + 1, data.size()));
  }
  return stream;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  MemoryCapture capture;
  CaptureInfo info;
  info.channels.resize(2);
  for (auto& channel : info.channels) {
    channel.name = &channel == info.channels.data() ? "current" : "voltage";
    channel.rate_hz = k_rate_hz;
  }
  require(capture.begin(info).has_value());
  SerialDecoder decoder(capture);
  Bytes stream;
  if ((data[0] & 0x80) == 0) append_calibration(stream);
  const Bytes rest = make_stream(std::as_bytes(std::span(data + 1, size - 1)), (data[0] & 0x40) == 0);
  stream.insert(stream.end(), rest.begin(), rest.end());
  FrameReader frames;
  const std::size_t cut = 1 + (data[0] & 0x3FU);
  Status status;
  for (std::size_t at = 0; at < stream.size() && status; at += cut) {
    frames.feed(std::span(stream).subspan(at, std::min(cut, stream.size() - at)),
                [&](std::span<const std::byte> payload) {
                  static_cast<void>(SerialStatus::parse(payload));
                  if (status) status = decoder.accept(payload, static_cast<TimeNs>(at) * 1000);
                });
  }
  if (!status) require(status.error().code == ErrorCode::protocol);  // the sink's would be usage
  require(decoder.finish().has_value());
  require(capture.end(EndReason::completed).has_value());
  return 0;
}
