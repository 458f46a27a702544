// SPDX-License-Identifier: Apache-2.0
// The USB/IP server over loopback, with a client that knows only the protocol.
#include <drivers/emulator/monsoon_model.h>
#include <drivers/transport/usbip/usbip_server.h>

#include <tests/unit/emulator/reference_decoder.h>
#include <tests/unit/emulator/usbip_client.h>

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

namespace joulemark::test {
namespace {

using emulator::MonsoonModel;
using usbip::UsbipServer;

const Bytes k_stop_setup{0x40, 3, 0, 0, 0, 0, 0, 0};
const Bytes k_start_setup{0x40, 2, 0xE2, 0x04, 0, 0, 4, 0};  // 1250 ms
const Bytes k_status_setup{0xC0, 1, 0, 0, 0xC4, 0, 4, 0};

class Usbip : public testing::Test {
 protected:
  void serve(std::vector<std::string> faults = {}) {
    emulator::MonsoonSettings settings;
    settings.output_v = 3.7;
    settings.sampler.queue_slots = 100'000;
    settings.sampler.faults = emulator::parse_monsoon_faults(faults).value();
    model_ = std::make_unique<MonsoonModel>(
        settings, emulator::make_monsoon_scenario("constant:10mA", 1).value(), emulator::MonsoonObserver{});
    server_ = UsbipServer::listen(*model_, 0).value();
    port_ = server_->port();
    thread_ = std::jthread([this](const std::stop_token& stop) { server_->run(stop); });
  }

  void TearDown() override {
    const auto asked = std::chrono::steady_clock::now();
    thread_ = {};  // asks it to stop, and waits
    EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(2));
  }

  static UsbipReply control(UsbipClient& client, const Bytes& setup, const Bytes& data = {}) {
    const bool to_host = (setup[0] & 0x80) != 0;
    const std::uint32_t length = to_host ? setup[6] : static_cast<std::uint32_t>(data.size());
    const std::uint32_t sequence = client.submit(0, to_host, length, setup, data);
    const auto reply = client.reply();
    EXPECT_TRUE(reply && reply->sequence == sequence && reply->command == 3);
    return reply.value_or(UsbipReply{});
  }

  static void start(UsbipClient& client) {
    EXPECT_EQ(control(client, k_start_setup, Bytes(4, 0xFF)).status, 0);
  }

  // However long the server takes to see that the last client has gone.
  [[nodiscard]] std::unique_ptr<UsbipClient> attach() const {
    auto client = std::make_unique<UsbipClient>(port_);
    while (client->import() == 2U)
      client = std::make_unique<UsbipClient>(port_);
    return client;
  }

  std::uint16_t port_ = 0;
  std::unique_ptr<MonsoonModel> model_;
  std::unique_ptr<UsbipServer> server_;
  std::jthread thread_;
};

TEST_F(Usbip, ListsOneDevice) {
  serve();
  UsbipClient client(port_);
  EXPECT_EQ(client.list(), 1U);
  const auto device = client.receive(312 + 4);
  ASSERT_TRUE(device);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(device->data()) + 256), "1-1");
  EXPECT_EQ(get32(*device, 256 + 32 + 8), 2U);  // full speed
  EXPECT_EQ(get32(*device, 256 + 32 + 12), 0x2AB90001U);
  EXPECT_EQ((*device)[312], 0xFF);
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(Usbip, AnswersControlRequestsBothWays) {
  serve();
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  EXPECT_EQ(control(client, {0xC0, 1, 0, 0, 0x42, 0, 4, 0}).data, (Bytes{0x27, 0x50, 0, 0}));  // 20519
  EXPECT_EQ(control(client, {0x40, 1, 0x33, 0x33, 0x41, 0x3B, 4, 0}, {0x33, 0x33, 0x3B, 0}).status, 0);
  EXPECT_EQ(control(client, {0xC0, 1, 0, 0, 0x41, 0, 4, 0}).data, (Bytes{0x33, 0x33, 0x3B, 0}));
  EXPECT_EQ(control(client, {0xC0, 1, 0, 0, 0x77, 0, 4, 0}).status, -EPIPE);
}

TEST_F(Usbip, DeliversPacketsInOrderToSeveralUrbsInFlight) {
  serve();
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  start(client);
  for (int i = 0; i < 8; ++i)
    client.submit(1, true, 64);
  std::uint32_t last = 0;
  for (int i = 0; i < 300; ++i) {
    const auto reply = client.reply();
    ASSERT_TRUE(reply);
    EXPECT_GT(reply->sequence, last);
    last = reply->sequence;
    ASSERT_EQ(reply->data.size(), 64U);
    EXPECT_EQ(decode(std::as_bytes(std::span(reply->data))).sequence, i % 16);
    client.submit(1, true, 64);
  }
}

TEST_F(Usbip, FillsALongUrbWithWholePacketsAndRefusesOneTheyDoNotFit) {
  serve();
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  start(client);
  client.submit(1, true, 640);
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->data.size(), 640U);
  for (std::size_t i = 0; i < 10; ++i)
    EXPECT_EQ(decode(std::as_bytes(std::span(reply->data)).subspan(64 * i, 64)).sequence,
              static_cast<int>(i));
  client.submit(1, true, 100);
  EXPECT_EQ(client.reply().value_or(UsbipReply{}).status, -EOVERFLOW);
}

TEST_F(Usbip, TakesBackAnUrbThatWaitsAndReportsOneThatHasBeenAnswered) {
  serve();
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  const std::uint32_t waiting = client.submit(1, true, 64);  // not sampling: nothing will come
  const std::uint32_t unlink = client.unlink(waiting);
  const auto reply = client.reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->command, 4U);
  EXPECT_EQ(reply->sequence, unlink);
  EXPECT_EQ(reply->status, -ECONNRESET);
  const std::uint32_t answered = client.submit(0, true, 4, k_status_setup);
  client.unlink(answered);
  EXPECT_EQ(client.reply().value_or(UsbipReply{}).command, 3U);
  EXPECT_EQ(client.reply().value_or(UsbipReply{}).status, 0);
}

// The race: unlinks sent while packets pour in. Every URB is answered exactly once, by its data or by its
// unlink, and its data never comes after its unlink.
TEST_F(Usbip, AnswersEveryUrbOnceWhenUnlinksRaceWithPackets) {
  serve();
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  start(client);
  std::map<std::uint32_t, std::uint32_t> submit_of;  // by unlink
  std::map<std::uint32_t, int> answers;              // by submit
  for (int i = 0; i < 500; ++i) {
    const std::uint32_t submitted = client.submit(1, true, 64);
    submit_of[client.unlink(submitted)] = submitted;
    answers[submitted] = 0;
  }
  for (std::size_t unlinked = 0; unlinked < submit_of.size();) {
    const auto reply = client.reply();
    ASSERT_TRUE(reply);
    if (reply->command == 3) {
      EXPECT_EQ(++answers[reply->sequence], 1);
      continue;
    }
    ++unlinked;
    int& answered = answers[submit_of.at(reply->sequence)];
    EXPECT_EQ(answered, reply->status == 0 ? 1 : 0);
    answered = 1;
  }
  for (const auto& [sequence, count] : answers)
    EXPECT_EQ(count, 1) << sequence;
}

TEST_F(Usbip, LetsOneClientHaveTheDeviceAtATime) {
  serve();
  auto first = std::make_unique<UsbipClient>(port_);
  ASSERT_EQ(first->import(), 0U);
  EXPECT_EQ(UsbipClient(port_).import(), 2U);
  EXPECT_EQ(UsbipClient(port_).import("3-4"), 4U);
  EXPECT_EQ(UsbipClient(port_).list(), 1U);
}

TEST_F(Usbip, CanBeAttachedAgainAndAgainWhateverTheLastClientLeft) {
  serve();
  for (int i = 0; i < 50; ++i) {
    const auto attached = attach();
    UsbipClient& client = *attached;
    const bool sampling = i > 0;
    EXPECT_EQ(control(client, k_status_setup).data.at(0), sampling ? 0x80 : 0);
    if (!sampling) start(client);
    for (int urb = 0; urb < 8; ++urb)
      client.submit(1, true, 64);
    EXPECT_TRUE(client.reply());
  }  // gone without a stop, with URBs in flight
}

TEST_F(Usbip, GoesAwayWhenTheUnitIsUnplugged) {
  serve({"unplug@0.1s"});
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  start(client);
  client.submit(1, true, 65536);
  EXPECT_FALSE(client.reply());
  EXPECT_EQ(UsbipClient(port_).list(), 0U);
  EXPECT_EQ(UsbipClient(port_).import(), 4U);
}

TEST_F(Usbip, StopsWithAClientAttachedAndUrbsInFlight) {
  serve();
  UsbipClient client(port_);
  ASSERT_EQ(client.import(), 0U);
  for (int i = 0; i < 8; ++i)
    client.submit(1, true, 64);
  thread_ = {};
  EXPECT_TRUE(client.closed_by_server());
}

TEST_F(Usbip, HangsUpOnWhatIsNotUsbip) {
  serve();
  UsbipClient http(port_);
  http.send(Bytes{'G', 'E', 'T', ' ', '/', ' ', 'H', 'T'});
  EXPECT_TRUE(http.closed_by_server());
  UsbipClient greedy(port_);
  ASSERT_EQ(greedy.import(), 0U);
  greedy.submit(0, false, 0xFFFFFFFF);
  EXPECT_TRUE(greedy.closed_by_server());
  const auto unknown = attach();
  Bytes command;
  put32(command, {9, 1, 0, 0, 0, 0});
  command.resize(48);
  unknown->send(command);
  EXPECT_TRUE(unknown->closed_by_server());
}

TEST_F(Usbip, SurvivesDamagedCommands) {
  serve();
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    const auto client = attach();
    Bytes bytes;
    for (std::uint32_t i = 1; i < 6; ++i) {
      put32(bytes, {1, i, 0x00010002, i % 2, i % 3, 0, 64, 0, 0, 0, 0xC0010000, 0xC4000400});
      if (i % 2 == 0) bytes.resize(bytes.size() + 64);
    }
    for (int damage = 0; damage < 8; ++damage)
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(random() % bytes.size());
    client->send(bytes);
  }
  UsbipClient after(port_);
  EXPECT_EQ(after.list(), 1U);
}

TEST_F(Usbip, SaysWhichPortIsTaken) {
  serve();
  const auto second = UsbipServer::listen(*model_, port_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::busy);
  EXPECT_NE(second.error().message.find(std::to_string(port_)), std::string::npos);
}

}  // namespace
}  // namespace joulemark::test
