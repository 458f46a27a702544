// SPDX-License-Identifier: Apache-2.0
// Any packets whatever: no crash, no endless work, and every sample handed on obeys the sink's contract. The
// first byte chooses the model, columns and marker; then come packets, each a length byte and that many
// bytes. Calibration comes first, or little would ever be converted.
#include <analysis/model/memory_capture.h>

#include <drivers/monsoon/decoder.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

namespace {

using namespace joulemark;
using namespace joulemark::monsoon;

void require(bool condition) {
  if (!condition) std::abort();
}

DecoderSetup setup_for(unsigned choice) {
  HvpmMemory hvpm;
  hvpm.rails.fill({36500, 6400, 15, -12});
  DecoderSetup setup;
  setup.scale = (choice & 1) != 0 ? scale_of(LvpmMemory{}) : scale_of(hvpm);
  setup.columns = {Column::main_current, Column::main_voltage};
  if ((choice & 2) != 0)
    setup.columns.insert(setup.columns.end(), {Column::usb_current, Column::aux_current});
  if ((choice & 4) != 0) setup.marker = MarkerSetup{MarkerSetup::Source(choice >> 3 & 3), 12000, 10000};
  return setup;
}

std::array<std::byte, 64> calibration(std::byte type, std::byte high) {
  std::array<std::byte, 64> packet{};
  packet[3] = std::byte{1};
  std::fill_n(packet.begin() + 4, 16, high);
  packet[21] = type;
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const DecoderSetup setup = setup_for(data[0]);
  MemoryCapture capture;
  CaptureInfo info;
  for (std::size_t i = 0; i < setup.columns.size(); ++i) {
    info.channels.emplace_back();
    info.channels.back().name = std::string(1, static_cast<char>('a' + i));
    info.channels.back().rate_hz = k_rate_hz;
  }
  info.lines.push_back({LineId{0}, ""});
  require(capture.begin(info).has_value());
  Decoder decoder(setup, capture);
  if ((data[0] & 0x80) == 0) {
    for (int i = 0; i < 10; ++i) {
      const auto packet =
          i < 5 ? calibration(std::byte{0x10}, std::byte{8}) : calibration(std::byte{0x30}, std::byte{0x60});
      require(decoder.accept(packet, i).has_value());
    }
  }
  auto rest = std::as_bytes(std::span(data + 1, size - 1));
  for (TimeNs time_ns = 0; !rest.empty(); time_ns += 600'000) {
    const std::size_t length =
        std::min<std::size_t>(std::to_integer<std::size_t>(rest[0]) % 66, rest.size() - 1);
    const Status status = decoder.accept(rest.subspan(1, length), time_ns, length == 65 ? 3 : 0);
    if (!status) {
      require(status.error().code == ErrorCode::protocol);  // the sink's would be usage
      break;
    }
    rest = rest.subspan(1 + length);
  }
  require(decoder.finish().has_value());
  require(capture.end(EndReason::completed).has_value());
  return 0;
}
