// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/encoder.h>
#include <analysis/model/rail.h>

#include <algorithm>
#include <utility>

namespace joulemark::capture {

Encoder::Encoder(const CaptureInfo& info, Compression compression, RowSink sink) : sink_(std::move(sink)) {
  for (std::uint32_t i = 0; i < info.channels.size(); ++i)
    channels_.emplace_back(i, info.channels[i].timed, compression, sink_, ids_);
  if (const auto power = derive(info, k_power); power && power->voltage) {
    current_ = power->channel;
    voltage_ = *power->voltage;
    power_.emplace(info.channels[current_.value], info.channels[voltage_.value], sink_, ids_);
  }
}

void Encoder::add(const SampleBlock& block) {
  channels_[block.channel.value].add(block.first_index, block.values, block.stamps_ns);
  if (!power_) return;
  if (block.channel == current_) power_->add_current(block.first_index, block.values, block.stamps_ns);
  if (block.channel == voltage_) power_->add_voltage(block.first_index, block.values, block.stamps_ns);
}

void Encoder::add(std::span<const Edge> edges) {
  while (!edges.empty()) {
    const std::size_t count = std::min(edges.size(), k_edges_per_row - edges_.size());
    edges_.insert(edges_.end(), edges.begin(), edges.begin() + static_cast<std::ptrdiff_t>(count));
    edges_changed_ = true;
    edges = edges.subspan(count);
    if (edges_.size() < k_edges_per_row) continue;
    write_edges();
    edges_.clear();
    edge_row_ = 0;
  }
}

void Encoder::add(std::span<const Packet> packets, std::span<const std::byte> bytes) {
  sink_(RawDataRow{static_cast<std::int64_t>(packets.size()), pack_raw(packets, bytes)});
}

void Encoder::write_edges() {
  if (!std::exchange(edges_changed_, false)) return;
  if (edge_row_ == 0) edge_row_ = ++ids_.edge;
  std::vector<Edge> sorted = edges_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Edge& a, const Edge& b) { return a.time_ns < b.time_ns; });
  sink_(EdgeRow{edge_row_, static_cast<std::int64_t>(sorted.size()), sorted.front().time_ns,
                sorted.back().time_ns, pack_edges(sorted)});
}

void Encoder::flush() {
  for (BlockBuilder<float>& channel : channels_)
    channel.flush();
  if (power_) power_->flush();
  write_edges();
}

void Encoder::finish() {
  if (power_) power_->finish();
  flush();
}

}  // namespace joulemark::capture
