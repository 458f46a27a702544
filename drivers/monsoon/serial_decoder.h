// SPDX-License-Identifier: Apache-2.0
// Payloads of an LVPM with factory firmware, main channel. Pure.
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/monsoon/arrival_clock.h>
#include <drivers/monsoon/calibration.h>
#include <drivers/monsoon/episode.h>
#include <drivers/monsoon/lost_rounds.h>
#include <drivers/monsoon/slot_stream.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::monsoon {

// The 58 bytes of a status answer, as far as they are used.
struct SerialStatus {
  int firmware = 0;
  int protocol = 0;
  double output_v = 0;  // the setting; 0 = off
  int power_up_limit = 0;
  int run_limit = 0;
  int passthrough = 0;
  int serial = 0;
  int hardware_revision = 0;

  // None when it is not one.
  [[nodiscard]] static std::optional<SerialStatus> parse(std::span<const std::byte> payload);
};

// Data payloads carry records of main, USB and aux current and a voltage, one slot of 200 us each; bit 0 of a
// current says which range it was taken in. Whether the records of a calibration payload take up slots is not
// stated anywhere; they are counted, as those of the USB protocol are.
//   I = ((word without bit 0) - zero) * K / (reference - zero), K = 33.2 mA fine, 2880 mA coarse
class SerialDecoder {
 public:
  // Sink channels: 0 the current in mA, 1 the voltage in steps of 125 uV. The sink outlives the decoder.
  explicit SerialDecoder(SampleSink& sink);

  // Anything that is no data payload is passed over. Measurements are kept until calibrated. Errors: protocol
  // when the unit does not calibrate, else the sink's.
  [[nodiscard]] Status accept(std::span<const std::byte> payload, TimeNs arrival_ns);

  // Frames were damaged on the way. Errors: the sink's.
  [[nodiscard]] Status damaged();

  void expect_end(std::int64_t index) { stream_.expect_end(index); }
  [[nodiscard]] Status flush() { return stream_.flush(); }
  [[nodiscard]] Status finish();
  [[nodiscard]] std::int64_t records() const { return records_; }  // that came
  [[nodiscard]] const SlotStream& stream() const { return stream_; }
  [[nodiscard]] ArrivalClock& clock() { return clock_; }

  [[nodiscard]] static bool is_data(std::span<const std::byte> payload);

 private:
  struct Grain {
    CalibrationWindow zero;
    CalibrationWindow reference;
    Line line;
    [[nodiscard]] bool full() const { return zero.full() && reference.full(); }
  };
  struct Kept {
    enum class Kind { measured, calibration, lost, tripped, voltage_lost, damaged };
    std::int16_t current;  // as sent
    std::uint16_t voltage;
    Kind kind;
    std::int64_t slots;  // of a loss, and why
    const char* why;
  };
  [[nodiscard]] static Kept mishap(Kept::Kind kind) { return {0, 0, kind, 0, ""}; }

  [[nodiscard]] Status follow_sequence(int sequence);
  [[nodiscard]] Status follow_flags(bool tripped, bool at_voltage);
  [[nodiscard]] Status follow_clock(TimeNs arrival_ns);
  [[nodiscard]] Status lose(std::int64_t slots, const char* why);
  void learn(std::span<const std::byte> records, bool is_zero);
  [[nodiscard]] Status check_calibration() const;
  [[nodiscard]] Status update_lines();
  [[nodiscard]] Status take(const Kept& record);
  [[nodiscard]] Status put(const Kept& record);  // now, or when calibrated
  [[nodiscard]] Status convert(const Kept& record);
  [[nodiscard]] Episode* episode_of(Kept::Kind kind);

  SampleSink& sink_;
  SlotStream stream_;
  ArrivalClock clock_;
  Episode damage_;
  Episode trips_;
  Episode voltage_losses_;
  std::array<Grain, k_grains> grains_;  // by Grain of the protocol: fine, coarse
  bool calibrated_ = false;
  std::vector<Kept> backlog_;
  std::int64_t slots_ = 0;
  std::int64_t last_calibration_ = 0;  // slot; what was lost since is left out
  std::int64_t full_records_ = 0;      // of the largest payload so far; a missing one is taken for as large
  std::optional<int> sequence_;
  bool tripped_ = false;
  bool at_voltage_ = false;
  LostRounds rounds_{k_slots_per_s / 4};
  std::int64_t records_ = 0;
};

}  // namespace joulemark::monsoon
