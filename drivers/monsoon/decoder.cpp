// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/decoder.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace joulemark::monsoon {
namespace {

std::vector<Rail> rails_of(std::span<const Column> columns) {
  std::vector<Rail> rails;
  for (const Column column : columns) {
    if (column == Column::main_current) rails.push_back(Rail::main);
    if (column == Column::usb_current) rails.push_back(Rail::usb);
    if (column == Column::aux_current) rails.push_back(Rail::aux);
  }
  return rails;
}

const char* reason(Loss::Evidence evidence) {
  switch (evidence) {
    case Loss::Evidence::counted:
      return "the unit's queue overflowed (its own count)";
    case Loss::Evidence::first_second:
      return "lost somewhere in the first second (the unit's own count), placed at its end";
    case Loss::Evidence::sequence:
      return "packets are missing from the sequence";
    case Loss::Evidence::missed:
      return "packets were damaged, or not fetched in time by this computer";
    case Loss::Evidence::rounds:
      return "so much later everything arrives: the unit's count of dropped observations (16 bits) went "
             "round, up to "
             "three seconds before this place";
    case Loss::Evidence::none:
      break;
  }
  return "";
}

}  // namespace

Decoder::Decoder(const DecoderSetup& setup, SampleSink& sink)
    : setup_(setup),
      sink_(sink),
      stream_(setup.columns.size(), sink),
      calibration_(setup.scale),
      rails_(rails_of(setup.columns)),
      broken_packets_(
          AnomalyKind::protocol, Severity::data_loss,
          "a packet that cannot be one: the number of its observations and its length make no sense"),
      trips_(AnomalyKind::instrument_fault, Severity::doubtful,
             "the unit reports over-current or over-temperature and cuts its output"),
      voltage_losses_(AnomalyKind::instrument_fault, Severity::doubtful,
                      "the main output left its voltage (tripped, switched off or overloaded)"),
      clipping_(AnomalyKind::clipped, Severity::doubtful, "current beyond the end of the coarse range"),
      nonsense_counts_(AnomalyKind::protocol, Severity::doubtful,
                       "the unit's count of dropped observations rose by more than can have been lost in the "
                       "time that went by: not believed") {
  if (!setup.marker) return;
  marker_.emplace(*setup.marker);
  if (setup.marker->in_voltage_bits()) voltage_mask_ = 0xFFFC;
}

Status Decoder::accept(std::span<const std::byte> bytes, TimeNs arrival_ns, std::int64_t missed_packets) {
  JM_TRY(sink_.accept(RawBytes{stream_.next_index() * k_slot_ns, bytes}));
  const auto packet = Packet::parse(bytes);
  missing_.missed += missed_packets;
  if (!packet) {
    if (!bytes.empty()) ++missing_.unreadable;
    ++missing_.broken;
    return calibrated_ ? broken_packets_.occurred(sink_, stream_.next_index()) : Status();
  }
  observations_ += packet->size();
  const Missing missing = std::exchange(missing_, {});
  if (calibrated_) return decode(*packet, arrival_ns, missing, true);
  return keep(bytes, *packet, arrival_ns, missing);
}

Status Decoder::keep(std::span<const std::byte> bytes, const Packet& packet, TimeNs arrival_ns,
                     Missing missing) {
  Kept kept{{}, static_cast<std::uint8_t>(bytes.size()), arrival_ns, missing};
  std::ranges::copy(bytes, kept.bytes.begin());
  backlog_.push_back(kept);
  for (int i = 0; i < packet.size(); ++i)
    learn_from(packet[i], backlog_slots_ + i);
  backlog_slots_ += packet.size();
  if (calibration_.ready(rails_)) return convert_backlog();
  JM_TRY(check_calibration(backlog_slots_));
  if (backlog_slots_ < k_backlog) return {};
  return fail(
      ErrorCode::protocol,
      "the unit sent too few calibration observations in 10 s to convert anything; switch it off and on");
}

Status Decoder::convert_backlog() {
  calibrated_ = true;
  JM_TRY(update_lines());
  for (const Kept& kept : backlog_) {
    const auto packet = Packet::parse(std::span(kept.bytes.data(), kept.size));
    JM_TRY(tell_broken(kept.missing, stream_.next_index()));
    JM_TRY(decode(*packet, kept.arrival_ns, kept.missing, false));
  }
  backlog_ = {};
  last_zero_ = last_reference_ = losses_.slots();
  return {};
}

Status Decoder::decode(const Packet& packet, TimeNs arrival_ns, Missing missing, bool learn) {
  JM_TRY(lose(loss_before(packet, arrival_ns, missing)));
  JM_TRY(follow_flags(packet));
  for (int i = 0; i < packet.size(); ++i) {
    const Observation observation = packet[i];
    if (observation.type() == ObservationType::measurement) {
      JM_TRY(measured(observation));
    } else {
      if (learn) learn_from(observation, losses_.slots() + i);
      stream_.unmeasured();
    }
  }
  losses_.took(packet.size());
  if (const std::int64_t more = rounds_.observe(losses_.slots(), arrival_ns, k_round); more > 0) {
    JM_TRY(lose({more, Loss::Evidence::rounds}));
    losses_.took(more);
  }
  if (stream_.started()) clock_.observe(stream_.next_index(), arrival_ns);
  return learn ? check_calibration(losses_.slots()) : Status();
}

Status Decoder::tell_broken(const Missing& missing, std::int64_t index) {
  for (std::int64_t i = 0; i < missing.broken; ++i)
    JM_TRY(broken_packets_.occurred(sink_, index));
  return {};
}

// An observation cannot arrive before its time, so what is said to be lost cannot have taken longer than time
// has gone by.
Loss Decoder::loss_before(const Packet& packet, TimeNs arrival_ns, Missing missing) {
  const TimeNs taken_ns = (losses_.slots() + packet.size()) * k_slot_ns;
  origin_ns_ = std::min(origin_ns_.value_or(arrival_ns - taken_ns), arrival_ns - taken_ns);
  const std::int64_t most = (arrival_ns - *origin_ns_ - taken_ns) / k_slot_ns + k_slack;
  return losses_.before({packet.dropped(), packet.sequence(), most}, missing.missed, missing.unreadable);
}

Status Decoder::lose(const Loss& loss) {
  if (loss.disbelieved) JM_TRY(nonsense_counts_.occurred(sink_, stream_.next_index()));
  if (loss.slots == 0) return {};
  last_zero_ += loss.slots;
  last_reference_ += loss.slots;
  const TimeNs begin_ns = stream_.next_index() * k_slot_ns;
  JM_TRY(stream_.lost(loss.slots, AnomalyKind::gap, reason(loss.evidence)));
  if (!marker_ || !stream_.started()) return {};
  return sink_.accept(
      Anomaly{AnomalyKind::lost_line,
              Severity::doubtful,
              std::nullopt,
              {begin_ns, stream_.next_index() * k_slot_ns},
              begin_ns / k_slot_ns,
              loss.slots,
              "the marker line was not seen while samples were lost; edges there are missing or coarse"});
}

Status Decoder::follow_flags(const Packet& packet) {
  if (packet.tripped() && !tripped_) JM_TRY(trips_.occurred(sink_, stream_.next_index()));
  if (at_voltage_ && !packet.at_voltage()) JM_TRY(voltage_losses_.occurred(sink_, stream_.next_index()));
  tripped_ = packet.tripped();
  at_voltage_ = packet.at_voltage();
  return {};
}

double Decoder::current_ma(const Observation& observation, Rail rail) {
  const bool is_signed = setup_.scale.signed_words();
  const RailLines& lines = lines_[static_cast<std::size_t>(rail)];
  const int fine = observation.current(rail, Grain::fine, is_signed);
  if (fine < lines.fine_below) return lines.fine.ma(fine);
  const int coarse = observation.current(rail, Grain::coarse, is_signed);
  clipped_ |= coarse == (is_signed ? 32767 : 65535);
  return lines.coarse.ma(coarse);
}

Status Decoder::measured(const Observation& observation) {
  if (lines_stale_) JM_TRY(update_lines());
  std::array<float, 5> row;
  clipped_ = false;
  for (std::size_t i = 0; i < setup_.columns.size(); ++i) {
    switch (setup_.columns[i]) {
      case Column::main_current:
        row[i] = static_cast<float>(current_ma(observation, Rail::main));
        break;
      case Column::usb_current:
        row[i] = static_cast<float>(current_ma(observation, Rail::usb));
        break;
      case Column::aux_current:
        row[i] = static_cast<float>(current_ma(observation, Rail::aux));
        break;
      case Column::main_voltage:
        row[i] = static_cast<float>(observation.main_voltage() & voltage_mask_);
        break;
      case Column::usb_voltage:
        row[i] = observation.usb_voltage();
        break;
    }
  }
  const std::int64_t index = stream_.next_index();
  if (clipped_) JM_TRY(clipping_.occurred(sink_, index));
  JM_TRY(stream_.measured(row.data()));
  if (!marker_) return {};
  const auto edge = marker_->observe(index, observation.main_voltage(), observation.usb_voltage());
  return edge ? sink_.accept(*edge) : Status();
}

void Decoder::learn_from(const Observation& observation, std::int64_t slot) {
  const ObservationType type = observation.type();
  if (type != ObservationType::zero && type != ObservationType::reference) return;
  calibration_.add(observation);
  lines_stale_ = true;
  (type == ObservationType::zero ? last_zero_ : last_reference_) = slot;
}

Status Decoder::check_calibration(std::int64_t slot) const {
  const std::int64_t last = std::min(last_zero_, last_reference_);
  if (slot - last < k_calibration_patience) return {};
  return fail(
      ErrorCode::protocol,
      fmt::format("the unit sent no {} calibration for 5 s, so its readings cannot be converted; switch it "
                  "off and on, and if this stays its firmware or hardware is at fault",
                  last_zero_ < last_reference_    ? "zero"
                  : last_zero_ == last_reference_ ? "zero or reference"
                                                  : "reference"));
}

Status Decoder::update_lines() {
  for (const Rail rail : rails_) {
    JM_TRY_ASSIGN(lines_[static_cast<std::size_t>(rail)], calibration_.lines(rail));
  }
  lines_stale_ = false;
  return {};
}

Status Decoder::finish() {
  if (!calibrated_ && backlog_slots_ > 0) JM_TRY(sink_.accept(stopped_before_calibration(backlog_slots_)));
  if (!calibrated_) {  // without samples there is no place but the beginning
    for (const Kept& kept : backlog_)
      JM_TRY(tell_broken(kept.missing, 0));
    JM_TRY(tell_broken(missing_, 0));
  }
  for (Episode* episode : {&broken_packets_, &trips_, &voltage_losses_, &clipping_, &nonsense_counts_})
    JM_TRY(episode->finish(sink_));
  return stream_.finish();
}

}  // namespace joulemark::monsoon
