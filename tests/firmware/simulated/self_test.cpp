// SPDX-License-Identifier: GPL-3.0-or-later
// The example of a target that measures itself: that it does, and what it costs.
#include <tests/firmware/simulated/simulated_probe.h>

#include <avr_adc.h>
#include <gtest/gtest.h>
#include <sim_avr.h>

namespace joulemark::twin {
namespace {

class SelfMeasuring : public ::testing::Test {
 protected:
  void SetUp() override {
    avr_t* avr = probe.core().raw();
    avr->avcc = avr->vcc = 5000;
    set_input_mv(550);
    avr_irq_register_notify(
        avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_OUT_TRIGGER),
        [](avr_irq_t*, std::uint32_t, void*) {}, nullptr);
    probe.run_ms(50);
  }

  void set_input_mv(std::uint32_t mv) {
    avr_raise_irq(avr_io_getirq(probe.core().raw(), AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0), mv);
  }

  // Stretches of work done in a time.
  int work_in_ms(double ms) {
    avr_t* avr = probe.core().raw();
    constexpr int k_portb = 0x25;
    int done = 0;
    int last = avr->data[k_portb] & 0x20;
    for (const Cycle end = avr->cycle + static_cast<Cycle>(ms * 16000); avr->cycle < end; avr_run(avr)) {
      const int now = avr->data[k_portb] & 0x20;
      done += now != last;
      last = now;
    }
    return done;
  }

  SimulatedProbe probe{{}, [](Cycle, Cycle) { return 0.0; }, std::string(JM_FIRMWARE_DIR "/self.elf")};
};

TEST_F(SelfMeasuring, SaysWhatItIs) {
  ASSERT_EQ(probe.heard().hellos.size(), 1U);
  EXPECT_EQ(probe.heard().hellos[0].sensor, JM_WIRE_ON_CHIP_ADC);
  ASSERT_EQ(probe.heard().channels.size(), 1U);
  EXPECT_NEAR(probe.heard().channels[0].lsb_nv, 1.1e9 / 1024 / 50, 1);
  EXPECT_EQ(probe.heard().channels[0].conversion_ns, 0U);
}

TEST_F(SelfMeasuring, SamplesItsShuntAThousandTimesASecond) {
  probe.ask_start();
  probe.run_ms(20);
  probe.forget();
  probe.run_ms(1000);
  EXPECT_NEAR(static_cast<double>(probe.heard().samples.size()), 1000, 20);
  for (std::size_t i = 1; i < probe.heard().samples.size(); ++i) {
    const HeardSample& sample = probe.heard().samples[i];
    ASSERT_EQ(sample.number, probe.heard().samples[i - 1].number + 1);
    ASSERT_NEAR(static_cast<double>(sample.ticks - probe.heard().samples[i - 1].ticks), 2000, 100);
    ASSERT_NEAR(sample.code, 512, 1);  // 550 mV of 1.1 V
  }
  set_input_mv(275);
  probe.run_ms(100);
  EXPECT_NEAR(probe.heard().samples.back().code, 256, 1);
}

TEST_F(SelfMeasuring, MarksItsWorkWithoutAPin) {
  probe.ask_start();
  probe.run_ms(1000);
  ASSERT_GT(probe.heard().edges.size(), 10U);
  for (std::size_t i = 1; i < probe.heard().edges.size(); ++i) {
    EXPECT_NE(probe.heard().edges[i].level, probe.heard().edges[i - 1].level);
    EXPECT_GT(probe.heard().edges[i].ticks, probe.heard().edges[i - 1].ticks);
  }
  EXPECT_EQ(probe.heard().damaged, 0);
}

TEST_F(SelfMeasuring, CostsAFifthOfTheProcessorAtMost) {
  const int at_rest = work_in_ms(1000);
  probe.ask_start();
  probe.run_ms(20);
  const int while_sampling = work_in_ms(1000);
  const double cost = 1 - static_cast<double>(while_sampling) / at_rest;
  printf("%d stretches of work, %d while sampling: it costs %.1f %%\n", at_rest, while_sampling, 100 * cost);
  EXPECT_LT(cost, 0.2);
}

}  // namespace
}  // namespace joulemark::twin
