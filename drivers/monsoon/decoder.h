// SPDX-License-Identifier: Apache-2.0
// Packets in, samples out. Pure: no clock, no transport, no thread of its own; the same packets give the same
// samples.
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/monsoon/arrival_clock.h>
#include <drivers/monsoon/calibration.h>
#include <drivers/monsoon/episode.h>
#include <drivers/monsoon/loss_tracker.h>
#include <drivers/monsoon/lost_rounds.h>
#include <drivers/monsoon/marker_line.h>
#include <drivers/monsoon/slot_stream.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace joulemark::monsoon {

// What a column of the recording holds. Currents are stored in mA (the unit's own scales are in uA and mA,
// and one rounding to float32 after the conversion in double leaves 6e-8 of the value in either); voltages
// are the ADC's own steps, exact in float32, with the step as the channel's scale.
enum class Column { main_current, main_voltage, usb_current, usb_voltage, aux_current };

struct DecoderSetup {
  UnitScale scale;
  std::vector<Column> columns;        // 1 to 5; ChannelId{i} of the sink is columns[i]
  std::optional<MarkerSetup> marker;  // line d0
};

class Decoder {
 public:
  static constexpr std::int64_t k_calibration_patience =
      5 * k_slots_per_s;                                         // slots without an observation of it
  static constexpr std::int64_t k_backlog = 10 * k_slots_per_s;  // slots kept until calibrated

  static constexpr std::int64_t k_round = 1 << 16;  // of the unit's count of dropped ones

  // The first packets may have come so late, and slots seem to be ahead of their time by that.
  static constexpr std::int64_t k_slack = k_slots_per_s;

  // The sink outlives the decoder.
  Decoder(const DecoderSetup& setup, SampleSink& sink);

  // One packet as it came (0 to 64 bytes), when (steady clock), and how many before it the transport had to
  // drop. It is passed on as RawBytes too. Measurements are kept until calibrated, then converted with the
  // first calibration. A packet that cannot be one is an Anomaly, and stands for three lost observations if
  // it took a number of the sequence.
  // Errors: protocol when the unit does not calibrate, else the sink's.
  [[nodiscard]] Status accept(std::span<const std::byte> bytes, TimeNs arrival_ns,
                              std::int64_t missed_packets = 0);

  void expect_end(std::int64_t index) { stream_.expect_end(index); }
  [[nodiscard]] Status flush() { return stream_.flush(); }  // hands over what is buffered
  [[nodiscard]] Status finish();                            // flush, and what is still to be told

  [[nodiscard]] std::int64_t observations() const { return observations_; }  // that came
  [[nodiscard]] const SlotStream& stream() const { return stream_; }
  [[nodiscard]] ArrivalClock& clock() { return clock_; }

 private:
  // Packets just before a good one.
  struct Missing {
    std::int64_t missed = 0;  // by the transport
    std::int64_t unreadable = 0;
    std::int64_t broken = 0;  // the unreadable ones, and those of no bytes
  };
  struct Kept {
    std::array<std::byte, k_packet_bytes> bytes;
    std::uint8_t size;
    TimeNs arrival_ns;
    Missing missing;
  };

  [[nodiscard]] Status keep(std::span<const std::byte> bytes, const Packet& packet, TimeNs arrival_ns,
                            Missing missing);
  [[nodiscard]] Status convert_backlog();
  [[nodiscard]] Status tell_broken(const Missing& missing, std::int64_t index);
  [[nodiscard]] Status decode(const Packet& packet, TimeNs arrival_ns, Missing missing, bool learn);
  [[nodiscard]] Status lose(const Loss& loss);
  [[nodiscard]] Loss loss_before(const Packet& packet, TimeNs arrival_ns, Missing missing);
  [[nodiscard]] Status follow_flags(const Packet& packet);
  [[nodiscard]] Status measured(const Observation& observation);
  void learn_from(const Observation& observation, std::int64_t slot);
  [[nodiscard]] Status check_calibration(std::int64_t slot) const;
  [[nodiscard]] Status update_lines();
  [[nodiscard]] double current_ma(const Observation& observation, Rail rail);

  DecoderSetup setup_;
  SampleSink& sink_;
  SlotStream stream_;
  ArrivalClock clock_;
  LossTracker losses_;
  LostRounds rounds_{k_round / 2};
  Calibration calibration_;
  std::vector<Rail> rails_;  // those in use
  std::array<RailLines, k_rails> lines_{};
  bool lines_stale_ = true;
  bool calibrated_ = false;
  std::vector<Kept> backlog_;
  std::int64_t backlog_slots_ = 0;
  std::int64_t last_zero_ = 0;  // slots, as LossTracker counts them; what was lost since is left out
  std::int64_t last_reference_ = 0;
  std::int64_t observations_ = 0;
  std::optional<MarkerLine> marker_;
  std::uint16_t voltage_mask_ = 0xFFFF;  // without the two low bits where they carry markers
  Missing missing_;                      // since the last good packet
  std::optional<TimeNs> origin_ns_;      // when slot 0 would have arrived, by the least delayed packet
  bool tripped_ = false;
  bool at_voltage_ = false;
  bool clipped_ = false;  // by the last measurement
  Episode broken_packets_;
  Episode trips_;
  Episode voltage_losses_;
  Episode clipping_;
  Episode nonsense_counts_;
};

}  // namespace joulemark::monsoon
