// SPDX-License-Identifier: Apache-2.0
// What goes in comes out; what is no capture is refused in words; views, edges, folders of others.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/intake.h>
#include <analysis/capture/schema.h>
#include <analysis/capture/verify.h>
#include <analysis/model/memory_capture.h>

#include <tests/support/temporary_folder.h>
#include <tests/unit/capture/random_capture.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <thread>

namespace joulemark {
namespace {

using testing::HasSubstr;

class CaptureFile : public testing::Test {
 protected:
  std::string path(const std::string& name = "x.jmk") const { return folder_.file(name); }

  std::unique_ptr<CaptureReader> open(const std::string& name = "x.jmk") const {
    auto opened = CaptureReader::open(path(name));
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }

  static void expect_refused(const std::string& file, ErrorCode code, const std::string& words) {
    const auto opened = CaptureReader::open(file);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code);
    EXPECT_THAT(opened.error().message, HasSubstr(words));
    EXPECT_THAT(opened.error().message, HasSubstr(file));
  }

  test::TemporaryFolder folder_;
};

CaptureInfo full_info() {
  CaptureInfo info = test::random_info({});
  info.id = "0123";
  info.started_at_utc_ns = 1'770'000'000'123'456'789;
  info.instrument = {"monsoon:?serial=7", "Monsoon", "HVPM", "7", "32", "2026-01-01"};
  info.channels[0].aperture_s = {100e-6, Provenance::specified};
  info.channels[0].dead_time_s = {2e-6, Provenance::measured};
  info.channels[0].stamp_position = StampPosition::end;
  info.channels[0].start_ns = -12345;
  info.channels[0].ranges = {{-1e-3, 1e-3, 1e-8}, {-5, 5, 1e-4}};
  Channel temperature;
  temperature.name = "board.temperature";
  temperature.quantity = Quantity::temperature;
  temperature.timed = true;
  info.channels.push_back(temperature);
  return info;
}

void feed_items(SampleSink& sink) {
  EXPECT_TRUE(sink.accept(Marker{"inference", MarkerKind::begin, MarkerSource::line, -5}));
  EXPECT_TRUE(sink.accept(Marker{"reset \"x\"\n", MarkerKind::instant, MarkerSource::person, 99}));
  EXPECT_TRUE(sink.accept(
      Anomaly{AnomalyKind::clipped, Severity::doubtful, ChannelId{0}, {5, 9}, 3, 17, "stuck at the end"}));
  EXPECT_TRUE(sink.accept(Anomaly{AnomalyKind::lost_line, Severity::info, std::nullopt, {1, 1}, 0, 1, ""}));
  EXPECT_TRUE(sink.accept(ClockPoint{"utc", 0, 1'770'000'000'000'000'000, 50}));
  EXPECT_TRUE(sink.accept(MetadataItem{"event.inference", "d0,skip=1"}));
  EXPECT_TRUE(sink.accept(MetadataItem{"empty", ""}));
}

TEST_F(CaptureFile, KeepsEverythingThatIsNoSample) {
  for (const CaptureMode mode : {CaptureMode::live, CaptureMode::bulk}) {
    CaptureWriter writer({path(), mode, Overflow::block, true});
    MemoryCapture memory;
    for (SampleSink* sink : {static_cast<SampleSink*>(&writer), static_cast<SampleSink*>(&memory)}) {
      ASSERT_TRUE(sink->begin(full_info()));
      feed_items(*sink);
      ASSERT_TRUE(sink->end(EndReason::interrupted));
    }
    const auto reader = open();
    EXPECT_TRUE(reader->closed());
    EXPECT_EQ(reader->end_reason(), EndReason::interrupted);
    EXPECT_EQ(reader->info(), full_info());
    EXPECT_EQ(reader->markers().value(), memory.markers().value());
    EXPECT_EQ(reader->anomalies().value(), memory.anomalies().value());
    EXPECT_EQ(reader->clock_points().value(), memory.clock_points().value());
    EXPECT_EQ(reader->metadata().value(), memory.metadata().value());
    EXPECT_TRUE(verify_capture(path()).value().intact());
  }
}

TEST_F(CaptureFile, KeepsTheBitsOfOddFloatsAndMakesAnIdWhenThereIsNone) {
  const std::vector<float> odd{0.0F, -0.0F, 1e-45F, -std::numeric_limits<float>::max(), 0.1F, 3.0F};
  CaptureInfo info = test::random_info({});
  info.id.clear();
  CaptureWriter writer({path(), CaptureMode::bulk});
  ASSERT_TRUE(writer.begin(info));
  ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, 41, odd, {}}));
  ASSERT_TRUE(writer.end(EndReason::completed));
  const auto reader = open();
  EXPECT_EQ(reader->info().id.size(), 32U);
  ASSERT_TRUE(reader->read(ChannelId{0}, {0, 100}, [&](const SampleBlock& block) -> Status {
    EXPECT_EQ(block.first_index, 41);
    EXPECT_EQ(block.values.size(), odd.size());
    EXPECT_EQ(std::memcmp(block.values.data(), odd.data(), odd.size() * sizeof(float)), 0);
    return {};
  }));
  EXPECT_TRUE(verify_capture(path()).value().intact());
}

TEST_F(CaptureFile, KeepsRawBytesPacketByPacket) {
  std::mt19937 random(3);
  std::vector<std::byte> sent(300'000);
  for (std::byte& byte : sent)
    byte = static_cast<std::byte>(random() % 7);
  CaptureWriter writer({path(), CaptureMode::live});
  ASSERT_TRUE(writer.begin(test::random_info({})));
  std::vector<TimeNs> times;
  for (std::size_t at = 0; at < sent.size(); at += 1000) {
    times.push_back(static_cast<TimeNs>(at) * 10);
    ASSERT_TRUE(writer.accept(RawBytes{times.back(), std::span(sent).subspan(at, 1000)}));
  }
  ASSERT_TRUE(writer.end(EndReason::completed));
  std::vector<std::byte> got;
  std::set<TimeNs> got_times;
  ASSERT_TRUE(open()->raw_bytes([&](const RawBytes& raw) -> Status {
    got.insert(got.end(), raw.bytes.begin(), raw.bytes.end());
    got_times.insert(raw.time_ns);
    return {};
  }));
  EXPECT_TRUE(got == sent);
  EXPECT_TRUE(std::equal(got_times.begin(), got_times.end(), times.begin(), times.end()));
}

TEST_F(CaptureFile, GivesEdgesInTimeOrderHoweverTheLinesCame) {
  CaptureWriter writer({path(), CaptureMode::bulk});
  MemoryCapture memory;
  std::mt19937_64 random(5);
  for (SampleSink* sink : {static_cast<SampleSink*>(&writer), static_cast<SampleSink*>(&memory)}) {
    random.seed(5);
    ASSERT_TRUE(sink->begin(test::random_info({})));
    for (const std::uint32_t line : {0U, 3U}) {  // one after the other
      TimeNs time_ns = -1000;
      for (int i = 0; i < 20'000; ++i) {
        time_ns += static_cast<TimeNs>(random() % 400);
        ASSERT_TRUE(sink->accept(Edge{time_ns, static_cast<std::uint32_t>(i), LineId{line}, i % 2 == 0}));
      }
    }
    ASSERT_TRUE(sink->end(EndReason::completed));
  }
  const auto reader = open();
  EXPECT_EQ(reader->edge_count().value(), 40'000);
  for (const TimeRange range :
       {k_all_time, TimeRange{-1000, 0}, TimeRange{1'000'000, 1'200'000}, TimeRange{7, 7}}) {
    const auto collect = [&](SampleSource& source) {
      std::vector<Edge> edges;
      EXPECT_TRUE(source.edges(range, [&](std::span<const Edge> batch) -> Status {
        edges.insert(edges.end(), batch.begin(), batch.end());
        return {};
      }));
      return edges;
    };
    EXPECT_TRUE(collect(*reader) == collect(memory));
  }
}

TEST_F(CaptureFile, RefusesWhatIsNoCapture) {
  std::ofstream(path("text.jmk")) << "time,current\n0,1\n";
  std::ofstream(path("empty.jmk")).close();
  expect_refused(path("nothing.jmk"), ErrorCode::unreadable, "No such file");
  expect_refused(path("text.jmk"), ErrorCode::unreadable, "not a capture");
  expect_refused(path("empty.jmk"), ErrorCode::unreadable, "nothing was recorded");
  expect_refused(folder_.path().string(), ErrorCode::unreadable, "not a file");
}

TEST_F(CaptureFile, KeepsAnExistingFileUnlessToldOtherwise) {
  std::ofstream(path()) << "precious";
  CaptureWriter refused({path(), CaptureMode::live});
  EXPECT_EQ(refused.begin(test::random_info({})).error().code, ErrorCode::usage);
  CaptureWriter given_up({path(), CaptureMode::bulk, Overflow::block, true});
  ASSERT_TRUE(given_up.begin(test::random_info({})));
  ASSERT_TRUE(given_up.end(EndReason::failed));
  std::string word;
  std::ifstream(path()) >> word;
  EXPECT_EQ(word, "precious");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(CaptureFile, RefusesInputThatBreaksTheContract) {
  CaptureWriter writer({path(), CaptureMode::live});
  const std::array<float, 2> good{1, 1};
  EXPECT_FALSE(writer.accept(SampleBlock{ChannelId{0}, 0, good, {}}));
  ASSERT_TRUE(writer.begin(test::random_info({})));
  ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, 5, good, {}}));
  const std::array<float, 2> bad{1, std::numeric_limits<float>::quiet_NaN()};
  EXPECT_EQ(writer.accept(SampleBlock{ChannelId{0}, 6, good, {}}).error().code, ErrorCode::usage);
  EXPECT_EQ(writer.accept(SampleBlock{ChannelId{0}, 7, bad, {}}).error().code, ErrorCode::usage);
  EXPECT_EQ(writer.accept(SampleBlock{ChannelId{0}, std::int64_t{1} << 60, good, {}}).error().code,
            ErrorCode::usage);
  EXPECT_EQ(writer.accept(Edge{0, 0, LineId{9}, true}).error().code, ErrorCode::usage);
  ASSERT_TRUE(writer.end(EndReason::completed));
  EXPECT_EQ(open()->extent(ChannelId{0}).value().samples, 2);
}

TEST_F(CaptureFile, OpensInAReadOnlyFolderAsAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become another user";
  CaptureWriter writer({path(), CaptureMode::live});
  const test::RandomShape shape{.samples = 40'000};
  ASSERT_TRUE(writer.begin(test::random_info(shape)));
  test::feed_random(shape, 1, writer);
  ASSERT_TRUE(writer.end(EndReason::completed));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0555});
  std::filesystem::permissions(path(), std::filesystem::perms{0444});
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t k_nobody = 65534;
    if (::setgid(k_nobody) != 0 || ::setuid(k_nobody) != 0) ::_exit(2);
    const auto reader = CaptureReader::open(path());
    const bool read = reader && (*reader)->summarize(ChannelId{0}, {0, 40'000}).has_value();
    ::_exit(read && verify_capture(path()).has_value() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
}

// Unfinished blocks are rewritten with every commit; a reader must never take two moments for one.
TEST_F(CaptureFile, IsReadWhileItIsRecordedAndAgreesWithItselfEveryTime) {
  CaptureWriter writer({path(), CaptureMode::live});
  ASSERT_TRUE(writer.begin(test::random_info({})));
  std::atomic<bool> done = false;
  std::thread recorder([&] {
    std::vector<float> values(1000);
    for (std::int64_t first = 0; first < 3'000'000; first += 1000) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>((first + static_cast<std::int64_t>(i)) % 65536);
      EXPECT_TRUE(writer.accept(SampleBlock{ChannelId{0}, first, values, {}}));
      EXPECT_TRUE(writer.accept(Edge{first * 10'000, 0, LineId{0}, (first / 1000) % 2 == 0}));
    }
    done = true;
  });
  std::int64_t seen = 0;
  do {
    const auto reader = open();
    ASSERT_TRUE(reader);
    const std::int64_t samples = reader->extent(ChannelId{0}).value().samples;
    EXPECT_GE(samples, seen);
    std::int64_t next = 0;
    EXPECT_TRUE(reader->read(ChannelId{0}, {0, samples}, [&](const SampleBlock& block) -> Status {
      for (const float value : block.values)
        EXPECT_EQ(value, static_cast<float>(next++ % 65536));
      return {};
    }));
    EXPECT_EQ(next, samples);
    const VerifyReport found = verify_capture(path()).value();
    EXPECT_TRUE(found.intact()) << found.damage[0].what;
    EXPECT_EQ(repair_capture(path()).error().code, ErrorCode::busy);
    seen = samples;
  } while (!done);
  recorder.join();
  const Status closed = writer.end(EndReason::completed);
  ASSERT_TRUE(closed) << closed.error().message;
}

class ReadAtItsEnd : public CaptureFile {
 protected:
  // With one that reads from before the ending on.
  void SetUp() override {
    CaptureOptions options{.path = path(), .mode = CaptureMode::live};
    options.closing_patience = std::chrono::milliseconds(50);
    CaptureWriter writer(options);
    ASSERT_TRUE(writer.begin(test::random_info({})));
    auto accept = [&, first = std::int64_t{0}]() mutable {
      ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, first, std::vector<float>(k_part, 1.5F), {}}));
      first += k_part;
    };
    accept();
    reader_ = open();
    accept();
    const Status ended = writer.end(EndReason::completed);
    EXPECT_TRUE(ended) << ended.error().message;
    EXPECT_TRUE(writer.left_log());
  }
  [[nodiscard]] bool alone() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {}) == 1;
  }
  void expect_whole() const {
    const auto reader = open();
    EXPECT_TRUE(reader->closed());
    EXPECT_EQ(reader->end_reason(), EndReason::completed);
    EXPECT_EQ(reader->extent(ChannelId{0})->samples, 2 * k_part);
    EXPECT_TRUE(verify_capture(path())->intact());
  }

  static constexpr std::int64_t k_part = 100'000;
  std::unique_ptr<CaptureReader> reader_;
};

TEST_F(ReadAtItsEnd, IsWholeForWhoComesMeanwhile) {
  expect_whole();
  EXPECT_TRUE(reader_->read(ChannelId{0}, {0, k_part}, [](const SampleBlock&) { return Status(); }));
}

TEST_F(ReadAtItsEnd, IsLeftAloneInItsFolderByTheLastReader) {
  auto last = open();
  EXPECT_TRUE(last->closed());
  EXPECT_FALSE(last->stands_alone());
  reader_.reset();
  EXPECT_FALSE(alone());
  last.reset();
  EXPECT_TRUE(alone());
  expect_whole();
}

TEST_F(ReadAtItsEnd, IsLeftAloneInItsFolderByTheNextReader) {
  reader_->set_patience({});
  reader_.reset();
  EXPECT_FALSE(alone());
  expect_whole();
  EXPECT_TRUE(alone());
  EXPECT_TRUE(open()->stands_alone());
}

TEST_F(ReadAtItsEnd, IsLeftAloneInItsFolderByRepair) {
  reader_->set_patience({});
  reader_.reset();
  const auto repaired = repair_capture(path());
  ASSERT_TRUE(repaired) << repaired.error().message;
  EXPECT_TRUE(alone());
  EXPECT_TRUE(open()->stands_alone());
}

TEST_F(CaptureFile, IsAFileWhateverItIsCalled) {
  for (const std::string name : {":memory:", "file:a.jmk?mode=memory", "a b%20#?&.jmk", "\xff\xfe.jmk"}) {
    SCOPED_TRACE(name);
    std::filesystem::current_path(folder_.path());
    CaptureWriter writer({name, CaptureMode::live});
    ASSERT_TRUE(writer.begin(test::random_info({})));
    test::feed_random({}, 1, writer);
    ASSERT_TRUE(writer.end(EndReason::completed));
    EXPECT_TRUE(std::filesystem::is_regular_file(path(name)));
    EXPECT_TRUE(CaptureReader::open(name));
    EXPECT_TRUE(verify_capture(name)->intact());
    EXPECT_TRUE(std::filesystem::remove(path(name)));
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
  }
  std::filesystem::current_path("/");
}

// Thirty years between two samples.
TEST_F(CaptureFile, BridgesAnEnormousGapInNoTimeAndNoSpace) {
  for (const CaptureMode mode : {CaptureMode::live, CaptureMode::bulk}) {
    CaptureWriter writer({path(), mode, Overflow::block, true});
    CaptureInfo info = test::random_info({});
    info.channels[0].rate_hz = 1e6;
    ASSERT_TRUE(writer.begin(info));
    const std::array<float, 3> values{1, 2, 4};
    constexpr std::int64_t k_far = 1'000'000'000'000'000;
    for (const std::int64_t first : {std::int64_t{0}, k_far})
      ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, first, values, {}}));
    for (const TimeNs time_ns : {TimeNs{0}, k_far * 1000})
      ASSERT_TRUE(writer.accept(Edge{time_ns, 0, LineId{0}, time_ns == 0}));
    ASSERT_TRUE(writer.end(EndReason::completed));
    EXPECT_LT(std::filesystem::file_size(path()), 1'000'000U);
    const auto reader = open();
    EXPECT_EQ(reader->extent(ChannelId{0})->lost_samples, k_far - 3);
    const TimeRange all{0, (k_far + 3) * 1000};
    const Integral sum = reader->integrals(ChannelId{0}, {&all, 1}, Boundary::fractional).value()[0];
    EXPECT_NEAR(sum.integral, 14e-6 * info.channels[0].scale, 1e-18);
    EXPECT_NEAR(sum.missing_s, 1e9, 1);
    std::int64_t seen = 0;
    const auto columns = reader->view(ChannelId{0}, {-all.end_ns, 2 * all.end_ns}, 500).value();
    for (const ViewColumn& column : columns)
      seen += column.count;
    EXPECT_EQ(seen, 6);
    const auto last = reader->view(ChannelId{0}, {k_far * 1000, all.end_ns}, 3).value();
    EXPECT_EQ(last[2].max, 4 * info.channels[0].scale);
    EXPECT_TRUE(verify_capture(path())->intact());
  }
}

TEST_F(CaptureFile, KeepsAHundredThousandAnomalies) {
  CaptureWriter writer({path(), CaptureMode::live});
  ASSERT_TRUE(writer.begin(test::random_info({})));
  for (std::int64_t i = 0; i < 100'000; ++i) {
    ASSERT_TRUE(writer.accept(
        Anomaly{AnomalyKind::gap, Severity::data_loss, ChannelId{0}, {i * 10, i * 10 + 5}, i, 1, "lost"}));
  }
  ASSERT_TRUE(writer.end(EndReason::completed));
  const auto anomalies = open()->anomalies().value();
  ASSERT_EQ(anomalies.size(), 100'000U);
  EXPECT_EQ(anomalies.back().first_index, 99'999);
  EXPECT_TRUE(verify_capture(path())->intact());
}

// A small file system, gone with the object.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& folder, const char* size = "size=64m") : folder_(folder) {
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, size) == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  std::filesystem::path folder_;
  bool mounted_ = false;
};

// Feeds noise until the sink has had enough. How many samples it took.
std::int64_t fill_up(SampleSink& sink, Status& status) {
  std::mt19937 random(1);
  std::vector<float> values(10'000);
  std::int64_t taken = 0;
  while (taken < 50'000'000) {
    for (float& value : values)
      value = static_cast<float>(random());
    status = sink.accept(SampleBlock{ChannelId{0}, taken, values, {}});
    if (!status) break;
    taken += static_cast<std::int64_t>(values.size());
  }
  return taken;
}

TEST_F(CaptureFile, EndsWithAClearErrorAndAGoodFileWhenTheDiskIsFull) {
  const SmallDisk disk(folder_.path());
  if (!disk.mounted()) GTEST_SKIP() << "may not mount a small file system";
  CaptureWriter writer({path(), CaptureMode::live});
  ASSERT_TRUE(writer.begin(test::random_info({})));
  Status status;
  const std::int64_t taken = fill_up(writer, status);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::io);
  EXPECT_THAT(status.error().message, HasSubstr("no space left"));
  (void)writer.end(EndReason::disk_full);
  const auto reader = open();
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->end_reason(), EndReason::disk_full);
  const Extent extent = reader->extent(ChannelId{0}).value();
  EXPECT_EQ(extent.lost_samples, 0);
  EXPECT_GT(extent.samples, 1'000'000);
  EXPECT_LE(extent.samples, taken);
  EXPECT_TRUE(verify_capture(path()).value().intact());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

// Current, then voltage, then the edges within, 10 ms at a time.
Status feed_chunk(SampleSink& sink, std::int64_t chunk, std::mt19937& random) {
  std::vector<float> values(1000);
  for (std::uint32_t channel = 0; channel < 2; ++channel) {
    for (float& value : values)
      value = static_cast<float>(random());
    JM_TRY(sink.accept(SampleBlock{ChannelId{channel}, 1000 * chunk, values, {}}));
  }
  return sink.accept(Edge{10'000'000 * chunk + 5'000'000, 0, LineId{0}, chunk % 2 == 0});
}

std::vector<double> values_of(CaptureReader& reader, ChannelId channel, std::int64_t count) {
  std::vector<double> values;
  EXPECT_TRUE(reader.read(channel, {0, count}, [&](const SampleBlock& block) -> Status {
    values.insert(values.end(), block.values.begin(), block.values.end());
    return {};
  }));
  return values;
}

TEST_F(CaptureFile, KeepsOnAFullDiskWhatFittedWithTheEdgesThatBelongToIt) {
  const SmallDisk disk(folder_.path(), "size=4m");
  if (!disk.mounted()) GTEST_SKIP() << "may not mount a small file system";
  CaptureInfo info;
  info.channels.resize(2);
  info.channels[0].name = "a.current";
  info.channels[1].name = "a.voltage";
  info.channels[1].quantity = Quantity::voltage;
  for (Channel& channel : info.channels)
    channel.rate_hz = 100'000;
  info.lines = {{LineId{0}, "d0"}};
  CaptureWriter writer({path(), CaptureMode::live});
  ASSERT_TRUE(writer.begin(info));
  std::mt19937 random(1);
  std::int64_t chunk = 0;
  while (chunk < 10'000 && feed_chunk(writer, chunk, random))
    ++chunk;
  EXPECT_LT(chunk, 10'000);
  EXPECT_EQ(writer.end(EndReason::disk_full).error().code, ErrorCode::io);
  const auto reader = open();
  ASSERT_TRUE(reader);
  const std::int64_t current = reader->extent(ChannelId{0}).value().samples;
  EXPECT_GT(current, 100'000);  // 0.8 MB of the 4
  const std::int64_t voltage = reader->extent(ChannelId{1}).value().samples;
  EXPECT_LE(std::abs(voltage - current), 1000);
  EXPECT_LE(std::abs(reader->edge_count().value() - current / 1000), 1);
  EXPECT_TRUE(verify_capture(path()).value().intact());
  const std::int64_t both = std::min(current, voltage);
  const auto i_a = values_of(*reader, ChannelId{0}, both);
  const auto u_v = values_of(*reader, ChannelId{1}, both);
  const TimeRange window{0, 10'000 * both};
  const double energy_j = reader->integrals(k_power, {&window, 1}, Boundary::fractional).value()[0].integral;
  const double expected_j = std::inner_product(i_a.begin(), i_a.end(), u_v.begin(), 0.0) * 1e-5;
  EXPECT_NEAR(energy_j, expected_j, 1e-9 * expected_j);
  EXPECT_TRUE(reader->view(k_power, window, 100));
  const auto anomalies = reader->anomalies().value();
  ASSERT_EQ(anomalies.size(), 1U);
  EXPECT_EQ(anomalies[0].kind, AnomalyKind::truncated);
  EXPECT_THAT(anomalies[0].message, HasSubstr("no space left"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(CaptureFile, LeavesNoHalfImportOnAFullDisk) {
  const SmallDisk disk(folder_.path());
  if (!disk.mounted()) GTEST_SKIP() << "may not mount a small file system";
  CaptureWriter writer({path(), CaptureMode::bulk});
  ASSERT_TRUE(writer.begin(test::random_info({})));
  Status status;
  fill_up(writer, status);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::io);
  EXPECT_FALSE(writer.end(EndReason::failed));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST(Intake, CountsWhatItHasNoRoomFor) {
  CaptureInfo info;
  info.channels.resize(2);
  for (Channel& channel : info.channels)
    channel.rate_hz = 1000;
  capture::Intake intake(info, Overflow::drop, 0, 0);  // six blocks, and nobody takes any
  const std::vector<float> values(static_cast<std::size_t>(10 * capture::k_block_samples), 1.0F);
  intake.put(SampleBlock{ChannelId{1}, 0, values, {}});
  EXPECT_EQ(intake.dropped_samples(ChannelId{1}), 4 * capture::k_block_samples);
  EXPECT_EQ(intake.dropped_samples(ChannelId{0}), 0);
}

}  // namespace
}  // namespace joulemark
