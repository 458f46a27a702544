// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/decoder.h>
#include <drivers/monsoon/serial_decoder.h>

#include <algorithm>
#include <utility>

namespace joulemark::monsoon {
namespace {

constexpr std::size_t k_status_bytes = 58;
constexpr std::size_t k_head_bytes = 4;
constexpr std::size_t k_record_bytes = 8;
constexpr std::array<double, k_grains> k_reference_ma{33.2, 2880};

std::uint16_t word(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at]) << 8 |
                                    std::to_integer<unsigned>(bytes[at + 1]));
}

}  // namespace

std::optional<SerialStatus> SerialStatus::parse(std::span<const std::byte> payload) {
  if (payload.size() < k_status_bytes || payload[0] != std::byte{0x10}) return std::nullopt;
  const auto byte = [&](std::size_t at) { return std::to_integer<int>(payload[at]); };
  const int setting = byte(19);
  SerialStatus status;
  status.firmware = byte(1);
  status.protocol = byte(2);
  status.output_v = setting == 0 ? 0 : 2.0 + 0.01 * setting;
  status.serial = word(payload, 25);
  status.power_up_limit = word(payload, 32);
  status.run_limit = word(payload, 34);
  status.hardware_revision = byte(43);
  status.passthrough = byte(45);
  return status;
}

SerialDecoder::SerialDecoder(SampleSink& sink)
    : sink_(sink),
      stream_(2, sink),
      damage_(AnomalyKind::crc_error, Severity::data_loss, "bytes from the serial port were damaged"),
      trips_(AnomalyKind::instrument_fault, Severity::doubtful,
             "the unit reports over-current or over-temperature and cuts its output"),
      voltage_losses_(AnomalyKind::instrument_fault, Severity::doubtful,
                      "the main output left its voltage (tripped, switched off or overloaded)") {}

// By its length, with or without the trailing byte, it cannot be a status.
bool SerialDecoder::is_data(std::span<const std::byte> payload) {
  if (payload.size() < k_head_bytes + k_record_bytes) return false;
  const bool whole_records = (payload.size() - k_head_bytes) % k_record_bytes <= 1;
  return whole_records && std::to_integer<int>(payload[0]) <= 0x3F && std::to_integer<int>(payload[1]) <= 2;
}

Status SerialDecoder::accept(std::span<const std::byte> payload, TimeNs arrival_ns) {
  if (!is_data(payload)) return {};
  const int kind = std::to_integer<int>(payload[0]);
  const int type = std::to_integer<int>(payload[1]);
  JM_TRY(follow_sequence(kind & 0x0F));
  JM_TRY(follow_flags((kind & 0x10) != 0, (kind & 0x20) != 0));
  const std::size_t count = (payload.size() - k_head_bytes) / k_record_bytes;
  const auto records = payload.subspan(k_head_bytes, count * k_record_bytes);
  full_records_ = std::max(full_records_, static_cast<std::int64_t>(count));
  if (type != 0) learn(records, type == 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i * k_record_bytes;
    const auto kind_of_slot = type == 0 ? Kept::Kind::measured : Kept::Kind::calibration;
    JM_TRY(take({static_cast<std::int16_t>(word(records, at)), word(records, at + 6), kind_of_slot, 1, ""}));
  }
  JM_TRY(follow_clock(arrival_ns));
  if (stream_.started()) clock_.observe(stream_.next_index(), arrival_ns);
  return check_calibration();
}

Status SerialDecoder::follow_flags(bool tripped, bool at_voltage) {
  if (tripped && !tripped_) JM_TRY(put(mishap(Kept::Kind::tripped)));
  if (at_voltage_ && !at_voltage) JM_TRY(put(mishap(Kept::Kind::voltage_lost)));
  tripped_ = tripped;
  at_voltage_ = at_voltage;
  return {};
}

Status SerialDecoder::follow_sequence(int sequence) {
  const int skipped = sequence_ ? (sequence - *sequence_ - 1) & 0x0F : 0;
  sequence_ = sequence;
  return lose(skipped * full_records_, "packets are missing from the sequence");
}

// The sequence goes round in 22 ms or so.
Status SerialDecoder::follow_clock(TimeNs arrival_ns) {
  return lose(
      rounds_.observe(slots_, arrival_ns, 16 * full_records_),
      "so much later everything arrives: the sequence went round, up to three seconds before this place");
}

Status SerialDecoder::lose(std::int64_t slots, const char* why) {
  if (slots == 0) return {};
  slots_ += slots;
  last_calibration_ += slots;
  return put({0, 0, Kept::Kind::lost, slots, why});
}

// Even records are fine, odd ones coarse.
void SerialDecoder::learn(std::span<const std::byte> records, bool is_zero) {
  for (std::size_t i = 0; i * k_record_bytes < records.size(); ++i) {
    Grain& grain = grains_[i % 2];
    const auto raw = static_cast<std::int16_t>(word(records, i * k_record_bytes));
    (is_zero ? grain.zero : grain.reference).add(raw);
  }
  last_calibration_ = slots_;
}

Status SerialDecoder::check_calibration() const {
  if (slots_ - last_calibration_ >= Decoder::k_calibration_patience) {
    return fail(
        ErrorCode::protocol,
        "the unit sent no calibration for 5 s, so its readings cannot be converted; switch it off and on");
  }
  if (calibrated_ || static_cast<std::int64_t>(backlog_.size()) < Decoder::k_backlog) return {};
  return fail(ErrorCode::protocol,
              "the unit sent too few calibrations in 10 s to convert anything; switch it off and on");
}

Status SerialDecoder::take(const Kept& record) {
  ++slots_;
  ++records_;
  const bool was_calibrated = calibrated_;
  JM_TRY(put(record));
  if (was_calibrated || !grains_[0].full() || !grains_[1].full()) return {};
  calibrated_ = true;
  JM_TRY(update_lines());
  for (const Kept& kept : std::exchange(backlog_, {}))
    JM_TRY(convert(kept));
  return {};
}

Status SerialDecoder::update_lines() {
  for (std::size_t i = 0; i < k_grains; ++i) {
    JM_TRY_ASSIGN(grains_[i].line,
                  fit_line(grains_[i].zero.mean(), grains_[i].reference.mean(), {k_reference_ma[i], 0}));
  }
  return {};
}

Status SerialDecoder::put(const Kept& record) {
  if (calibrated_) return convert(record);
  backlog_.push_back(record);
  return {};
}

Episode* SerialDecoder::episode_of(Kept::Kind kind) {
  if (kind == Kept::Kind::tripped) return &trips_;
  if (kind == Kept::Kind::voltage_lost) return &voltage_losses_;
  return kind == Kept::Kind::damaged ? &damage_ : nullptr;
}

Status SerialDecoder::convert(const Kept& record) {
  if (Episode* episode = episode_of(record.kind)) return episode->occurred(sink_, stream_.next_index());
  if (record.kind == Kept::Kind::lost) return stream_.lost(record.slots, AnomalyKind::gap, record.why);
  if (record.kind == Kept::Kind::calibration) {
    stream_.unmeasured();
    return update_lines();
  }
  const Grain& grain = grains_[static_cast<std::size_t>(record.current & 1)];
  const std::array<float, 2> row{static_cast<float>(grain.line.ma(record.current & ~1)),
                                 static_cast<float>(record.voltage)};
  return stream_.measured(row.data());
}

Status SerialDecoder::damaged() {
  return put(mishap(Kept::Kind::damaged));
}

Status SerialDecoder::finish() {
  if (!calibrated_ && slots_ > 0) JM_TRY(sink_.accept(stopped_before_calibration(slots_)));
  for (const Kept& kept : backlog_)  // without samples there is no place but the beginning
    if (Episode* episode = episode_of(kept.kind)) JM_TRY(episode->occurred(sink_, 0));
  for (Episode* episode : {&damage_, &trips_, &voltage_losses_})
    JM_TRY(episode->finish(sink_));
  return stream_.finish();
}

}  // namespace joulemark::monsoon
