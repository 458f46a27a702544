// SPDX-License-Identifier: Apache-2.0
// What a HELLO may say, as an Arduino with an INA219 does.
#include <drivers/probe/frame_reader.h>
#include <drivers/probe/setup.h>

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <ostream>
#include <span>
#include <string>

namespace joulemark::probe {
namespace {

using testing::HasSubstr;

Hello good_hello() {
  Hello hello;
  hello.facts.wire_major = JM_WIRE_MAJOR;
  hello.facts.tick_hz = 2'000'000;
  hello.facts.sensor = JM_WIRE_INA219;
  hello.facts.sensor_config = 0x399D;
  hello.facts.shunt_uohm = 100'000;
  hello.channels = {{JM_WIRE_SHUNT_VOLTAGE, 10'000, -4'000, 4'000, 532'000, 400},
                    {JM_WIRE_BUS_VOLTAGE, 4'000'000, 0, 4'000, 532'000, 400}};
  return hello;
}

TEST(ProbeSetup, TakesWhatProbesSay) {
  EXPECT_TRUE(setup_from(good_hello(), {}));
  Hello averaging = good_hello();
  averaging.channels[0].conversion_ns = 68'100'000;  // 128 samples of 12 bits
  averaging.channels[0].highest_code = 32'000;
  averaging.channels[1].highest_code = 8'000;
  EXPECT_TRUE(setup_from(averaging, {}));
  Hello converter = good_hello();  // of an ATmega itself, without a gain, on its crystal for clocks
  converter.facts.sensor = JM_WIRE_ON_CHIP_ADC;
  converter.facts.tick_hz = 32'768;
  converter.channels = {{JM_WIRE_SHUNT_VOLTAGE, 4'887'586, 0, 1023, 0, 1}};
  EXPECT_TRUE(setup_from(converter, {}));
}

TEST(ProbeSetup, ANameIsHarmlessOnATerminal) {
  const std::string name = "\x1b[31mNano\xff\n";
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, line.data(), line.size(), JM_WIRE_HELLO, 0);
  jm_wire_hello facts{};
  facts.wire_major = JM_WIRE_MAJOR;
  facts.tick_hz = 2'000'000;
  jm_wire_put_hello(&encoder, &facts);
  jm_wire_put_run(&encoder, 1, JM_WIRE_CHANNEL_BYTES);
  jm_wire_put_channel(&encoder, good_hello().channels.data());
  jm_wire_put_run(&encoder, 1, JM_WIRE_LINE_BYTES);
  const jm_wire_line captured{JM_WIRE_LINE_CAPTURED, 2, 0};
  jm_wire_put_line(&encoder, &captured);
  jm_wire_put_name(&encoder, name.data(), static_cast<std::uint8_t>(name.size()));
  auto bytes = std::as_bytes(std::span(line).first(jm_wire_end(&encoder)));
  FrameReader frames;
  ASSERT_EQ(frames.next(bytes), JM_WIRE_FRAME);
  const auto hello = Hello::parse(frames.frame().payload);
  ASSERT_TRUE(hello) << hello.error().message;
  EXPECT_EQ(hello->board, "?[31mNano??");
}

struct Nonsense {
  const char* name;
  std::function<void(Hello&)> say;
  const char* told;
};

void PrintTo(const Nonsense& nonsense, std::ostream* out) {
  *out << nonsense.name;
}

class NonsenseHello : public testing::TestWithParam<Nonsense> {};

TEST_P(NonsenseHello, IsRefusedWithAReason) {
  Hello hello = good_hello();
  GetParam().say(hello);
  const auto setup = setup_from(hello, {});
  ASSERT_FALSE(setup);
  EXPECT_EQ(setup.error().code, ErrorCode::protocol);
  EXPECT_THAT(setup.error().message, HasSubstr(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    ProbeSetup, NonsenseHello,
    testing::Values(
        Nonsense{"slow_clock", [](Hello& hello) { hello.facts.tick_hz = 1; }, "clock is 1.00 Hz"},
        Nonsense{"fast_clock", [](Hello& hello) { hello.facts.tick_hz = 4'000'000'000; },
                 "clock is 4.00 GHz"},
        Nonsense{"range_upside_down",
                 [](Hello& hello) {
                   hello.channels[0].lowest_code = 32'767;
                   hello.channels[0].highest_code = -32'768;
                 },
                 "range of the shunt voltage is 32767 to -32768"},
        Nonsense{"a_shunt_of_a_microohm", [](Hello& hello) { hello.facts.shunt_uohm = 1; },
                 "state it (--option shunt=0.1)"},
        Nonsense{"a_shunt_of_a_kiloohm", [](Hello& hello) { hello.facts.shunt_uohm = 1'000'000'000; },
                 "1.00 kohm"},
        Nonsense{"empty_range", [](Hello& hello) { hello.channels[0].lowest_code = 4'000; }, "range"},
        Nonsense{"volts_a_code", [](Hello& hello) { hello.channels[0].lsb_nv = 4'294'967'295; }, "kV"},
        Nonsense{"endless_conversion", [](Hello& hello) { hello.channels[0].conversion_ns = 4'294'967'295; },
                 "conversion"},
        Nonsense{"long_lag", [](Hello& hello) { hello.channels[0].lag_ticks = 65'535; }, "lag"},
        Nonsense{"bus_in_kilovolts", [](Hello& hello) { hello.channels[1].lsb_nv = 4'000'000'000; },
                 "supply voltage"},
        Nonsense{"bus_upside_down", [](Hello& hello) { hello.channels[1].lowest_code = 32'767; },
                 "supply voltage"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace joulemark::probe
