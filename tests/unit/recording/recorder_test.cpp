// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>
#include <analysis/model/null_sink.h>

#include <app/recording/instruments.h>
#include <app/recording/recorder.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>

namespace joulemark {
namespace {

using testing::HasSubstr;

std::unique_ptr<Instrument> simulated(std::vector<std::string> options) {
  options.emplace_back("pace=max");
  auto opened = make_registry().open("sim:kws", options);
  EXPECT_TRUE(opened) << opened.error().message;
  return std::move(opened).value();
}

std::vector<Edge> edges_of(MemoryCapture& capture) {
  std::vector<Edge> edges;
  EXPECT_TRUE(capture.edges(k_all_time, [&](std::span<const Edge> batch) -> Status {
    edges.insert(edges.end(), batch.begin(), batch.end());
    return {};
  }));
  return edges;
}

Channel channel(std::string name, Quantity quantity, double rate_hz) {
  Channel channel;
  channel.name = std::move(name);
  channel.quantity = quantity;
  channel.rate_hz = rate_hz;
  return channel;
}

// A small stand-in: current at 1 kHz, voltage at 100 Hz and a timed temperature, in blocks of a tenth of a
// second with an edge every 10 ms, until stopped. Knows no end of its own.
class FakeInstrument final : public Instrument {
 public:
  FakeInstrument() {
    info_.channels = {channel("fake.current", Quantity::current, 1000),
                      channel("fake.voltage", Quantity::voltage, 100),
                      channel("fake.temperature", Quantity::temperature, 10)};
    info_.channels[2].timed = true;
    info_.supply.basis = VoltageBasis::measured;
    info_.lines = {{LineId{0}, "busy"}, {LineId{1}, "other"}};
  }

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }

  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override {
    const std::array<float, 100> amperes{};
    const std::array<float, 10> volts{};
    const std::array<float, 1> celsius{};
    for (std::int64_t block = 0; !stop.stop_requested(); ++block) {
      if (block == blocks_before_result) return result();
      const TimeNs begin_ns = block * 100'000'000;
      const std::array<TimeNs, 1> stamp{begin_ns + 50'000'000};
      for (int i = 0; i < 10; ++i)
        JM_TRY(sink.accept(Edge{begin_ns + i * 10'000'000, 1, LineId{0}, i % 2 == 0}));
      JM_TRY(sink.accept(SampleBlock{ChannelId{0}, block * 100, amperes, {}}));
      JM_TRY(sink.accept(SampleBlock{ChannelId{1}, block * 10, volts, {}}));
      JM_TRY(sink.accept(SampleBlock{ChannelId{2}, block, celsius, stamp}));
      JM_TRY(sink.accept(RawBytes{begin_ns, std::as_bytes(std::span(stamp))}));
    }
    return EndReason::interrupted;
  }

  std::int64_t blocks_before_result = 20;
  std::function<Result<EndReason>()> result = [] { return EndReason::completed; };

 private:
  CaptureInfo info_;
};

// Takes blocks until it is full, then fails like a disk.
class FullSink : public NullSink {
 public:
  using NullSink::accept;
  explicit FullSink(Error error) : error_(std::move(error)) {}

  [[nodiscard]] Status accept(const SampleBlock&) override {
    return ++blocks > 5 ? Status(tl::make_unexpected(error_)) : Status();
  }
  [[nodiscard]] Status end(EndReason reason) override {
    ends.push_back(reason);
    return {};
  }

  int blocks = 0;
  std::vector<EndReason> ends;

 private:
  Error error_;
};

RecordingOutcome recorded(Instrument& instrument, SampleSink& sink, const RecordingLimits& limits,
                          const std::stop_token& stop, const RecordingProgress& progress = {}) {
  auto outcome = record(instrument, sink, limits, stop, progress);
  EXPECT_TRUE(outcome) << outcome.error().message;
  return std::move(outcome).value();
}

TEST(Record, TakesExactlyTheDurationFromTheSimulatedInstrument) {
  const auto instrument = simulated({"rate=100kHz"});
  MemoryCapture capture;
  const RecordingOutcome outcome = recorded(*instrument, capture, {1.23456, {}, false}, {});
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.end_reason, EndReason::completed);
  EXPECT_EQ(capture.end_reason(), EndReason::completed);
  EXPECT_EQ(capture.extent(ChannelId{0}).value().samples, 123'456);
  EXPECT_EQ(outcome.summary.samples(), 123'456);
  EXPECT_DOUBLE_EQ(outcome.summary.duration_s(), 1.23456);
  EXPECT_TRUE(capture.info().started_at_utc_ns);
}

TEST(Record, CutsEveryChannelAndLineAtTheSameTime) {
  FakeInstrument instrument;
  MemoryCapture capture;
  const RecordingOutcome outcome = recorded(instrument, capture, {0.755, {}, false}, {});
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.end_reason, EndReason::completed);
  EXPECT_EQ(capture.extent(ChannelId{0}).value().indices, (IndexRange{0, 755}));
  EXPECT_EQ(capture.extent(ChannelId{1}).value().indices, (IndexRange{0, 76}));  // 75 begins at 0.750 s
  EXPECT_EQ(capture.extent(ChannelId{2}).value().indices, (IndexRange{0, 8}));   // 7 is stamped 0.750 s
  EXPECT_EQ(edges_of(capture).back().time_ns, 750'000'000);
}

TEST(Record, KeepsAWholeSampleForATimeThatEndsInsideOne) {
  FakeInstrument instrument;
  MemoryCapture capture;
  EXPECT_FALSE(recorded(instrument, capture, {0.0101, {}, false}, {}).error);
  EXPECT_EQ(capture.extent(ChannelId{0}).value().samples, 11);
}

TEST(Record, StopsAfterTheEventsOfTheFirstRule) {
  const auto instrument = simulated({"rate=10kHz"});
  MemoryCapture capture;
  const RecordingOutcome outcome = recorded(*instrument, capture, {{}, 5, false}, {});
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(outcome.end_reason, EndReason::completed);
  const auto& lines = outcome.summary.pulses().counts();
  EXPECT_EQ(lines[0].line.name, "inference");
  EXPECT_EQ(lines[0].pulses, 5);
  EXPECT_GT(lines[1].pulses, 5);
}

// Lines 0 and 1 show codes, stamped out of order: an event 1 of 20 ms with an event 3 of 5 ms in it, then an
// event 2, which holds no pulse of its own on line 0; every 100 ms, until stopped.
class CodedInstrument final : public Instrument {
 public:
  CodedInstrument() {
    info_.channels = {channel("fake.current", Quantity::current, 1000)};
    info_.lines = {{LineId{0}, ""}, {LineId{1}, ""}};
  }
  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override {
    const std::array<float, 10> amperes{};
    for (std::int64_t block = 0; block < 1000 && !stop.stop_requested(); ++block) {
      for (const auto& [at_ms, line, level] : k_edges) {
        if (at_ms / 10 == block % 10)
          JM_TRY(sink.accept(Edge{block / 10 * 100'000'000 + at_ms * 1'000'000 + (line == 0 ? 2'000 : 0),
                                  1000, LineId{line}, level}));
      }
      JM_TRY(sink.accept(SampleBlock{ChannelId{0}, block * 10, amperes, {}}));
    }
    return EndReason::completed;
  }

 private:
  struct Step {
    std::int64_t at_ms;
    std::uint32_t line;
    bool level;
  };
  static constexpr std::array<Step, 6> k_edges{
      {{10, 0, true}, {15, 1, true}, {21, 1, false}, {31, 0, false}, {50, 1, true}, {60, 1, false}}};
  CaptureInfo info_;
};

TEST(Record, StopsAfterTheEventsThatCodesShow) {
  for (const std::int64_t events : {1, 2, 3, 7, 60}) {
    CodedInstrument instrument;
    MemoryCapture capture;
    RecordingLimits limits{{}, events, false};
    limits.metadata = {{"markers", "code:d0-d1"}};
    const RecordingOutcome outcome = recorded(instrument, capture, limits, {});
    EXPECT_EQ(outcome.end_reason, EndReason::completed);
    // The first of three ends 21 ms into its 100 ms, the second 31 ms, the third 60 ms; then a block is full.
    const std::array<std::int64_t, 3> ends_ms{30, 40, 70};
    const std::int64_t ends = (events - 1) / 3 * 100 + ends_ms[static_cast<std::size_t>((events - 1) % 3)];
    EXPECT_EQ(outcome.summary.samples(), ends) << events;
  }
}

TEST(Record, IsInterruptedByAStopFromOutside) {
  const auto instrument = simulated({"rate=100kHz"});
  MemoryCapture capture;
  std::stop_source stop;
  std::int64_t seen = 0;
  const RecordingOutcome outcome =
      recorded(*instrument, capture, {}, stop.get_token(), [&](const LiveSummary& summary) {
        seen = summary.samples();
        if (seen > 30'000) stop.request_stop();
      });
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(capture.end_reason(), EndReason::interrupted);
  EXPECT_EQ(capture.extent(ChannelId{0}).value().samples, seen);
  EXPECT_LT(seen, 50'000);
}

TEST(Record, CountsLostSamplesAndTellsTheMeanCurrent) {
  const auto instrument = simulated({"rate=10kHz", "gap=0.5s,samples=700"});
  MemoryCapture capture;
  const RecordingOutcome outcome = recorded(*instrument, capture, {1.0, {}, false}, {});
  EXPECT_EQ(outcome.summary.lost_samples(), 700);
  EXPECT_EQ(outcome.summary.samples(), 9'300);
  const std::array windows{TimeRange{0, 1'000'000'000}};
  const Integral current = capture.integrals(k_current, windows, Boundary::fractional).value()[0];
  EXPECT_NEAR(outcome.summary.mean_current_a().value() / current.mean(), 1, 1e-9);
}

TEST(Record, CountsWhatWasLostBeforeTheFirstSample) {
  const auto instrument = simulated({"rate=10kHz", "gap=0s,samples=137"});
  MemoryCapture capture;
  const RecordingOutcome outcome = recorded(*instrument, capture, {1.0, {}, false}, {});
  EXPECT_EQ(outcome.summary.lost_samples(), 137);
}

TEST(Record, EndsAsDiskFullWhenTheSinkCannotWrite) {
  const auto instrument = simulated({});
  FullSink sink({ErrorCode::io, "no space left on device"});
  const RecordingOutcome outcome = recorded(*instrument, sink, {10.0, {}, false}, {});
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, ErrorCode::io);
  EXPECT_THAT(outcome.error->message, HasSubstr("no space left"));
  EXPECT_EQ(sink.ends, std::vector{EndReason::disk_full});
  EXPECT_EQ(sink.blocks, 6) << "nothing more is offered to a sink that failed";
}

TEST(Record, EndsAsFailedWhenTheSinkRefusesTheData) {
  const auto instrument = simulated({});
  FullSink sink({ErrorCode::usage, "index does not rise"});
  EXPECT_EQ(recorded(*instrument, sink, {10.0, {}, false}, {}).error->code, ErrorCode::usage);
  EXPECT_EQ(sink.ends, std::vector{EndReason::failed});
}

TEST(Record, KeepsTheCaptureOfAnInstrumentThatFailsOrGoesAway) {
  struct Row {
    Result<EndReason> result;
    EndReason reason;
  };
  for (const Row& row :
       {Row{fail(ErrorCode::protocol, "bad checksum"), EndReason::failed},
        Row{EndReason::unplugged, EndReason::unplugged}, Row{EndReason::stalled, EndReason::stalled}}) {
    FakeInstrument instrument;
    instrument.result = [&] { return row.result; };
    MemoryCapture capture;
    const RecordingOutcome outcome = recorded(instrument, capture, {}, {});
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code, ErrorCode::protocol);
    EXPECT_EQ(outcome.end_reason, row.reason);
    EXPECT_EQ(capture.end_reason(), row.reason);
    EXPECT_EQ(capture.extent(ChannelId{0}).value().samples, 2000);
  }
}

// Cannot begin, like a file in a folder that is not there.
class NowhereSink final : public FullSink {
 public:
  NowhereSink() : FullSink({ErrorCode::io, "no such folder"}) {}
  [[nodiscard]] Status begin(const CaptureInfo&) override { return fail(ErrorCode::io, "no such folder"); }
};

TEST(Record, RecordsNothingIntoASinkThatCannotBegin) {
  FakeInstrument instrument;
  NowhereSink sink;
  EXPECT_EQ(record(instrument, sink, {}, {}).error().code, ErrorCode::io);
  EXPECT_EQ(sink.blocks, 0);
  EXPECT_TRUE(sink.ends.empty());
}

TEST(Record, PassesRawBytesOnOnlyWhenAskedTo) {
  for (const bool keep_raw : {false, true}) {
    FakeInstrument instrument;
    MemoryCapture capture;
    EXPECT_FALSE(recorded(instrument, capture, {{}, {}, keep_raw}, {}).error);
    EXPECT_EQ(capture.raw_bytes().empty(), !keep_raw);
  }
}

}  // namespace
}  // namespace joulemark
