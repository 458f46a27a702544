// SPDX-License-Identifier: Apache-2.0
// probe:tcp:// over a real socket: the firmware's core behind a small server, in real time.
#include <drivers/instrument/registry.h>
#include <drivers/probe/probe_family.h>
#include <drivers/transport/serial/tcp_port.h>

#include <tests/unit/monsoon/lab_sink.h>
#include <tests/unit/probe/board.h>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <iterator>
#include <limits>
#include <thread>

namespace joulemark::probe::test {
namespace {

using monsoon::test::StoppingSink;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Clock = std::chrono::steady_clock;

// A socket that listens on a port of its own.
class Listening {
 public:
  Listening() : file_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(file_, generic, size), 0);
    EXPECT_EQ(::listen(file_, 1), 0);
    EXPECT_EQ(::getsockname(file_, generic, &size), 0);
    uri_ = "probe:tcp://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  ~Listening() { ::close(file_); }

  [[nodiscard]] int file() const { return file_; }
  [[nodiscard]] const std::string& uri() const { return uri_; }

 private:
  int file_;
  std::string uri_;
};

// The probe behind it: one connection at a time, which is cut once after so many bytes. No other thread may
// touch the firmware meanwhile.
class Server {
 public:
  explicit Server(std::size_t cut_after = std::numeric_limits<std::size_t>::max()) : cut_after_(cut_after) {
    fake_ina219_reset();
    host_new_board(fake_ina219);
    host_forget_sent();
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  [[nodiscard]] const std::string& uri() const { return listening_.uri(); }
  void stop() {
    thread_.request_stop();
    thread_.join();
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd file{connection_ < 0 ? listening_.file() : connection_, POLLIN, 0};
      if (::poll(&file, 1, 1) > 0) connection_ < 0 ? accept() : hear();
      const std::chrono::duration<double, std::micro> passed = Clock::now() - begin_;
      const auto ticks = static_cast<std::uint64_t>(passed.count() * JM_TICKS_PER_US);
      if (ticks > host_now()) host_run(ticks - host_now());
      send();
    }
    cut();
  }
  void accept() { connection_ = ::accept4(listening_.file(), nullptr, nullptr, SOCK_CLOEXEC); }
  void hear() {
    std::array<std::uint8_t, 256> bytes{};
    const ssize_t size = ::recv(connection_, bytes.data(), bytes.size(), 0);
    if (size <= 0) return cut();
    host_hear(bytes.data(), static_cast<std::size_t>(size));
  }
  void send() {
    const std::uint8_t* bytes = nullptr;
    const std::size_t size = host_sent(&bytes);
    if (connection_ >= 0 && size > 0) {
      static_cast<void>(::send(connection_, bytes, size, MSG_NOSIGNAL));
      sent_ += size;
    }
    host_forget_sent();
    if (sent_ < cut_after_) return;
    cut_after_ = std::numeric_limits<std::size_t>::max();
    cut();
  }
  void cut() {
    if (connection_ >= 0) ::close(connection_);
    connection_ = -1;
  }

  Listening listening_;
  std::size_t cut_after_;
  std::size_t sent_ = 0;
  int connection_ = -1;
  Clock::time_point begin_ = Clock::now();
  std::jthread thread_;  // last
};

std::unique_ptr<Recorded> record(Server& server, std::int64_t samples) {
  auto recorded = std::make_unique<Recorded>();
  InstrumentRegistry registry;
  registry.add(probe_family());
  const std::vector<std::string> options{"voltage=3.3", "max_current=3A", "lines=d0"};
  auto instrument = registry.open(server.uri(), options);
  EXPECT_TRUE(instrument) << instrument.error().message;
  if (!instrument) return recorded;
  (*instrument)->on_news([&](const std::string& sentence) { recorded->news.push_back(sentence); });
  StoppingSink sink(recorded->capture, samples);
  EXPECT_TRUE(sink.begin((*instrument)->info()));
  recorded->end = (*instrument)->run(sink, sink.stop.get_token());
  EXPECT_TRUE(sink.end(recorded->end ? *recorded->end : EndReason::failed));
  server.stop();
  return recorded;
}

// The fake chip counts its conversions up, so a sample's code says which one it is.
void expect_counted(Recorded& recorded, std::size_t at_least) {
  const auto samples = recorded.samples(ChannelId{0});
  ASSERT_GE(samples.size(), at_least);
  for (const Recorded::Sample& sample : samples)
    ASSERT_EQ(sample.index - samples.front().index, sample.code - samples.front().code);
}

TEST(ProbeOverTcp, RecordsEveryConversion) {
  Server server;
  const auto recorded = record(server, 800);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  expect_counted(*recorded, 800);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), IsEmpty());
  EXPECT_EQ(recorded->capture.info().instrument.uri, server.uri());
}

TEST(ProbeOverTcp, TakesUpAConnectionThatWasCut) {
  Server server(8000);  // half a second into the recording
  const auto recorded = record(server, 1600);
  ASSERT_TRUE(recorded->end) << recorded->end.error().message;
  EXPECT_EQ(*recorded->end, EndReason::interrupted);
  expect_counted(*recorded, 1600);
  EXPECT_THAT(recorded->anomalies(AnomalyKind::gap), Not(IsEmpty()));
  EXPECT_THAT(recorded->news, Contains(HasSubstr("the probe is back")));
}

int g_other_end = -1;

// Holds up whoever it interrupts, while a byte arrives.
void hold_up(int /*signal*/) {
  const char byte = 'x';
  static_cast<void>(!::write(g_other_end, &byte, 1));
  const timespec while_held{0, 200'000'000};
  ::nanosleep(&while_held, nullptr);
}

class Connected : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = serial::open_tcp(listening_.uri().substr(std::string("probe:tcp://").size()));
    ASSERT_TRUE(opened) << opened.error().message;
    stream_ = std::move(*opened);
    g_other_end = ::accept4(listening_.file(), nullptr, nullptr, SOCK_CLOEXEC);
    ASSERT_GE(g_other_end, 0);
  }
  void TearDown() override { ::close(g_other_end); }

  Listening listening_;
  std::unique_ptr<serial::ByteStream> stream_;
};

TEST_F(Connected, AReadThatIsHeldUpTakesWhatCameMeanwhile) {
  struct sigaction on_alarm {};
  on_alarm.sa_handler = hold_up;
  struct sigaction before {};
  ASSERT_EQ(::sigaction(SIGALRM, &on_alarm, &before), 0);
  const itimerval soon{{0, 0}, {0, 20'000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &soon, nullptr), 0);
  std::array<std::byte, 16> bytes{};
  const auto count = stream_->read(bytes, std::chrono::milliseconds{100});
  ::sigaction(SIGALRM, &before, nullptr);
  ASSERT_TRUE(count);
  EXPECT_EQ(*count, 1U);
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST_F(Connected, WhatHasGoneIsLetGoOf) {
  const auto before = open_files();
  ::shutdown(g_other_end, SHUT_RDWR);
  std::array<std::byte, 16> bytes{};
  EXPECT_FALSE(stream_->read(bytes, std::chrono::milliseconds{100}));
  EXPECT_TRUE(stream_->closed());
  EXPECT_EQ(open_files(), before - 1);
  EXPECT_FALSE(stream_->read(bytes, std::chrono::milliseconds{1}));
  EXPECT_FALSE(stream_->write(bytes));
}

TEST(ProbeOverTcp, IsLeftAtOnceWhereNobodyAnswers) {
  const Listening silent;
  InstrumentRegistry registry;
  registry.add(probe_family());
  std::stop_source stop;
  const std::jthread asks([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop.request_stop();
  });
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(registry.open(silent.uri(), {}, stop.get_token()));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));  // of six
}

TEST(ProbeOverTcp, SaysThatNobodyListens) {
  const std::string uri = Listening().uri();
  InstrumentRegistry registry;
  registry.add(probe_family());
  const auto instrument = registry.open(uri, {});
  ASSERT_FALSE(instrument);
  EXPECT_EQ(instrument.error().code, ErrorCode::no_instrument);
}

}  // namespace
}  // namespace joulemark::probe::test
