// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/value_source.h>

#include <algorithm>
#include <cmath>

namespace joulemark::capture {

ValueSource::ValueSource(BlockStore& store, const Channel& channel, const BlockDirectory& blocks)
    : store_(&store), channel_(channel), blocks_(&blocks) {}

ValueSource::ValueSource(BlockStore& store, const Channel& current, const BlockDirectory& blocks,
                         const Channel& voltage, const BlockDirectory& voltage_blocks)
    : store_(&store),
      channel_(current),
      blocks_(&blocks),
      voltage_(voltage),
      voltage_blocks_(&voltage_blocks) {}

Result<BlockValues> ValueSource::get(std::size_t k) {
  if (last_ != k) {
    last_.reset();
    JM_TRY_ASSIGN(samples_, store_->get(blocks_->blocks()[k], channel_.timed));
    last_ = k;
  }
  if (!voltage_) return BlockValues{samples_->values, {}, samples_->stamps_ns};
  for (const std::optional<Kept>& kept : kept_) {
    if (kept && kept->block == k) return BlockValues{{}, kept->products, samples_->stamps_ns};
  }
  Kept made{k, {}};
  JM_TRY(multiply(k, *samples_, made.products));
  std::optional<Kept>& place = kept_[next_kept_++ % kept_.size()];
  place = std::move(made);
  return BlockValues{{}, place->products, samples_->stamps_ns};
}

Status ValueSource::multiply(std::size_t k, const BlockStore::Samples& current, std::vector<double>& out) {
  if (voltage_blocks_->empty()) {
    return fail(ErrorCode::inadequate, "energy needs the supply voltage: the voltage channel '" +
                                           voltage_->name + "' holds no samples");
  }
  const BlockRow& block = blocks_->blocks()[k];
  const SampleGrid grid(channel_);
  const TimeNs lead_ns = from_seconds(channel_.lead_s());
  TimeRange time{block.first_ns - lead_ns, block.last_ns - lead_ns};
  if (!channel_.timed)
    time = {grid.time_of(block.first_index), grid.time_of(block.first_index + block.count - 1)};
  VoltageTrack track(channel_, *voltage_);
  JM_TRY(track_voltage(time, track));
  out.resize(current.values.size());
  track.multiply(block.first_index, current.values, current.stamps_ns, out);
  return {};
}

TimeNs ValueSource::voltage_start(std::size_t k) const {
  const BlockRow& block = voltage_blocks_->blocks()[k];
  if (voltage_->timed) return block.first_ns - from_seconds(voltage_->lead_s());
  return SampleGrid(*voltage_).time_of(block.first_index);
}

// Every voltage sample in the time and one on either side of it.
Status ValueSource::track_voltage(TimeRange time, VoltageTrack& track) {
  std::size_t first = 0;
  for (std::size_t beyond = voltage_blocks_->blocks().size(); first + 1 < beyond;) {
    const std::size_t middle = first + (beyond - first) / 2;
    (voltage_start(middle) <= time.begin_ns ? first : beyond) = middle;
  }
  const SampleGrid grid(*voltage_);
  for (std::size_t k = first; k < voltage_blocks_->blocks().size(); ++k) {
    const BlockRow& block = voltage_blocks_->blocks()[k];
    JM_TRY_ASSIGN(const auto samples, store_->get(block, voltage_->timed));
    const std::span<const float> values(samples->values);
    if (voltage_->timed) {
      track.add(block.first_index, values, samples->stamps_ns);
    } else {
      const double count = static_cast<double>(block.count);
      const double base = static_cast<double>(block.first_index);
      const double low = std::clamp(std::floor(grid.position(time.begin_ns)) - 2 - base, 0.0, count - 1);
      const double high = std::clamp(std::ceil(grid.position(time.end_ns)) + 3 - base, low + 1, count);
      const auto offset = static_cast<std::size_t>(low);
      track.add(block.first_index + static_cast<std::int64_t>(offset),
                values.subspan(offset, static_cast<std::size_t>(high) - offset), {});
    }
    if (voltage_start(k) > time.end_ns) return {};
  }
  return {};
}

}  // namespace joulemark::capture
