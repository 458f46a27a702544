// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/settings.h>

#include <tests/unit/probe/board.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::probe::test {
namespace {

constexpr std::uint64_t k_step_ticks = 400;  // 0.2 ms

class Port final : public serial::ByteStream {
 public:
  explicit Port(Board& board) : board_(board) {}

  Status write(std::span<const std::byte> bytes) override {
    JM_TRY(check());
    if (!board_.takes_data) {
      board_.advance(k_s);
      return fail(ErrorCode::protocol, "the port takes no data");
    }
    if (!board_.deaf) host_hear(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return {};
  }
  Result<std::size_t> read(std::span<std::byte> into, std::chrono::milliseconds timeout) override {
    if (board_.held_up_ns > 0) {
      board_.advance(std::exchange(board_.held_up_ns, 0));
      return 0U;
    }
    for (TimeNs left_ns = timeout.count() * k_ms; board_.arrived.empty() && left_ns > 0; left_ns -= k_ms) {
      JM_TRY(check());
      board_.advance(k_ms);
    }
    JM_TRY(check());
    const std::size_t count = std::min(into.size(), board_.arrived.size());
    std::copy_n(board_.arrived.begin(), count, into.begin());
    board_.arrived.erase(board_.arrived.begin(), board_.arrived.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }
  bool closed() const override { return closed_; }

 private:
  Status check() {
    closed_ = closed_ || !board_.plugged();
    return closed_ ? Status(fail(ErrorCode::protocol, "the port has gone")) : Status();
  }

  Board& board_;
  bool closed_ = false;
};

// Stops the recording once the board's time has come.
class StopAt final : public SampleSink {
 public:
  StopAt(SampleSink& sink, Board& board, TimeNs end_ns, std::stop_source& stop)
      : sink_(sink), board_(board), end_ns_(end_ns), stop_(stop) {}

  Status begin(const CaptureInfo& info) override { return sink_.begin(info); }
  Status accept(const SampleBlock& item) override { return pass(item); }
  Status accept(const Edge& item) override { return pass(item); }
  Status accept(const Marker& item) override { return pass(item); }
  Status accept(const Anomaly& item) override { return pass(item); }
  Status accept(const ClockPoint& item) override { return pass(item); }
  Status accept(const MetadataItem& item) override { return pass(item); }
  Status accept(const RawBytes& item) override { return pass(item); }
  Status end(EndReason reason) override { return sink_.end(reason); }

 private:
  template <typename Item>
  Status pass(const Item& item) {
    if (board_.now_ns() >= end_ns_) stop_.request_stop();
    return sink_.accept(item);
  }

  SampleSink& sink_;
  Board& board_;
  TimeNs end_ns_;
  std::stop_source& stop_;
};

}  // namespace

Board::Board() {
  fake_ina219_reset();
  host_new_board(fake_ina219);
  host_forget_sent();
}

TimeNs Board::steady_ns() {
  return 5 * k_s + static_cast<TimeNs>(std::llround(static_cast<double>(now_ns()) / (1 + drift_ppm * 1e-6)));
}

void Board::advance(TimeNs duration_ns) {
  const std::uint64_t end = ticks() + static_cast<std::uint64_t>(duration_ns / k_tick_ns);
  while (ticks() < end) {
    while (!happenings_.empty() && happenings_.begin()->first <= ticks()) {
      const auto happening = std::move(happenings_.begin()->second);
      happenings_.erase(happenings_.begin());
      happening();
    }
    std::uint64_t next = std::min(end, ticks() + k_step_ticks);
    if (!happenings_.empty()) next = std::min(next, happenings_.begin()->first);
    if (next > ticks()) step(next - ticks());
  }
}

void Board::step(std::uint64_t ticks) {
  host_run(ticks);
  const std::uint8_t* sent = nullptr;
  const std::size_t size = host_sent(&sent);
  const auto* bytes = reinterpret_cast<const std::byte*>(sent);
  std::vector<std::byte> passed(bytes, bytes + size);
  host_forget_sent();
  if (!plugged_) return;
  if (line) line(passed);
  arrived.insert(arrived.end(), passed.begin(), passed.end());
}

void Board::reset(std::uint8_t cause) {
  base_ticks_ += host_now();
  fake_ina219_reset();
  host_reset(cause);
}

Connect Board::connect() {
  return [this]() -> Result<std::unique_ptr<serial::ByteStream>> {
    if (!plugged_) return fail(ErrorCode::no_instrument, "no such serial port");
    arrived.clear();
    return std::unique_ptr<serial::ByteStream>(std::make_unique<Port>(*this));
  };
}

std::vector<Recorded::Sample> Recorded::samples(ChannelId channel) {
  std::vector<Sample> samples;
  const IndexRange all{0, std::int64_t{1} << 60};
  EXPECT_TRUE(capture.read(channel, all, [&](const SampleBlock& block) -> Status {
    for (std::size_t i = 0; i < block.values.size(); ++i)
      samples.push_back({block.first_index + static_cast<std::int64_t>(i), static_cast<int>(block.values[i]),
                         block.stamps_ns[i]});
    return {};
  }));
  return samples;
}

std::vector<Edge> Recorded::edges() {
  std::vector<Edge> edges;
  EXPECT_TRUE(capture.edges(k_all_time, [&](std::span<const Edge> some) -> Status {
    edges.insert(edges.end(), some.begin(), some.end());
    return {};
  }));
  return edges;
}

std::vector<Anomaly> Recorded::anomalies(AnomalyKind kind) {
  std::vector<Anomaly> found = capture.anomalies().value();
  std::erase_if(found, [&](const Anomaly& anomaly) { return anomaly.kind != kind; });
  return found;
}

std::string Recorded::metadata(const std::string& key) {
  std::string value;
  const std::vector<MetadataItem> items = capture.metadata().value();
  for (const MetadataItem& item : items) {
    if (item.key == key) value = item.value;
  }
  return value;
}

Result<std::unique_ptr<Instrument>> open(Board& board, const std::vector<std::string>& options,
                                         const std::stop_token& stop) {
  JM_TRY_ASSIGN(const OptionValues values, OptionValues::parse(options, option_specs()));
  JM_TRY_ASSIGN(const Settings settings, read_settings(values));
  return ProbeInstrument::open("probe:/dev/test", board.connect(), settings, {}, board, stop);
}

std::unique_ptr<Recorded> record(Board& board, TimeNs duration_ns, const std::vector<std::string>& options) {
  auto recorded = std::make_unique<Recorded>();
  auto instrument = open(board, options);
  EXPECT_TRUE(instrument) << instrument.error().message;
  if (!instrument) return recorded;
  (*instrument)->on_news([&](const std::string& sentence) { recorded->news.push_back(sentence); });
  EXPECT_TRUE(recorded->capture.begin((*instrument)->info()));
  std::stop_source stop;
  StopAt sink(recorded->capture, board, board.now_ns() + duration_ns, stop);
  recorded->end = (*instrument)->run(sink, stop.get_token());
  EXPECT_TRUE(recorded->capture.end(recorded->end ? *recorded->end : EndReason::failed));
  EXPECT_EQ(host_broken_rules(), 0U);
  return recorded;
}

}  // namespace joulemark::probe::test
