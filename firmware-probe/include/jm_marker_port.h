/* SPDX-License-Identifier: 0BSD */
/* How jm_marker.h moves its lines: jm_marker_port_setup(lines) makes them outputs, jm_marker_port_put(lines,
   levels) drives those whose bits are set in `lines`. Line 0 is JM_MARKER_FIRST_PIN, the others follow it,
   where a port needs neighbouring pins. Choose one:

     JM_MARKER_PORT_AVR D             pins of PORTD
     JM_MARKER_PORT_ARDUINO {3, 4}    any pins, by digitalWrite: slow, works on every board
     JM_MARKER_PORT_STM32 GPIOB       by BSRR: all lines at once. Clock and mode of the pins: yours (CubeMX)
     JM_MARKER_PORT_NRF NRF_P0        by OUTSET and OUTCLR
     JM_MARKER_PORT_RP2040            by the SIO
     JM_MARKER_PORT_ESP_IDF           GPIO 0 to 31, by W1TS and W1TC
     JM_MARKER_PORT_ZEPHYR device     a struct device pointer of a gpio controller
     JM_MARKER_PORT_LINUX fd          a line handle of a gpiochip; each change is a system call
     JM_MARKER_PORT_HOOK put          your own put(lines, levels), and if needed JM_MARKER_HOOK_SETUP(lines)

   nRF, ESP32 and Arduino raise lines before they lower others, some 50 ns (Arduino: some us) apart: in
   between another code may be seen, but never 0, which would end an event. Use a strobe, or have the host
   wait for codes to settle. */
#ifndef JM_MARKER_PORT_H
#define JM_MARKER_PORT_H

#ifndef JM_MARKER_FIRST_PIN
#define JM_MARKER_FIRST_PIN 0
#endif

#define JM_MARKER_JOIN_(a, b) a##b
#define JM_MARKER_JOIN(a, b) JM_MARKER_JOIN_(a, b)

/* The pins of all lines, and the strobe's, are on the port. */
#define JM_MARKER_PORT_HAS(count) \
  typedef char jm_marker_lines_fit_the_port[JM_MARKER_FIRST_PIN + JM_MARKER_PINS <= (count) ? 1 : -1];

/* One variable a program, however many of its files include this, in C or in C++. */
#ifdef __cplusplus
#define JM_MARKER_SHARED(declaration) \
  extern "C" {                        \
  __attribute__((weak)) declaration;  \
  }
#else
#define JM_MARKER_SHARED(declaration) __attribute__((weak)) declaration;
#endif

#if defined(JM_MARKER_PORT_AVR)

#include <avr/interrupt.h>
#include <avr/io.h>
#define JM_MARKER_PORTX JM_MARKER_JOIN(PORT, JM_MARKER_PORT_AVR)
#define JM_MARKER_DDRX JM_MARKER_JOIN(DDR, JM_MARKER_PORT_AVR)
#define JM_MARKER_PINX JM_MARKER_JOIN(PIN, JM_MARKER_PORT_AVR)

JM_MARKER_PORT_HAS(8)

/* On the older ones a store to PINx does nothing. */
#if defined(__AVR_ATmega8__) || defined(__AVR_ATmega8A__) || defined(__AVR_ATmega8515__) ||   \
    defined(__AVR_ATmega8535__) || defined(__AVR_ATmega16__) || defined(__AVR_ATmega16A__) || \
    defined(__AVR_ATmega161__) || defined(__AVR_ATmega162__) || defined(__AVR_ATmega163__) || \
    defined(__AVR_ATmega32__) || defined(__AVR_ATmega32A__) || defined(__AVR_ATmega323__) ||  \
    defined(__AVR_ATmega64__) || defined(__AVR_ATmega64A__) || defined(__AVR_ATmega103__) ||  \
    defined(__AVR_ATmega128__) || defined(__AVR_ATmega128A__)
#define JM_MARKER_CANNOT_TOGGLE
#endif

static inline void jm_marker_port_setup(uint16_t jm_lines) {
  JM_MARKER_DDRX = (uint8_t)(JM_MARKER_DDRX | (jm_lines << JM_MARKER_FIRST_PIN));
}

static inline __attribute__((always_inline)) void jm_marker_port_change(uint8_t bits, uint8_t wanted) {
#ifdef JM_MARKER_CANNOT_TOGGLE
  const uint8_t before = SREG;
  cli();
  JM_MARKER_PORTX = (uint8_t)((JM_MARKER_PORTX & ~bits) | (wanted & bits));
  SREG = before;
#else
  JM_MARKER_PINX = (uint8_t)((JM_MARKER_PORTX ^ wanted) & bits);
#endif
}

/* One line, known to the compiler, of a port that SBI and CBI reach: one of these. Else those lines that
   differ are toggled by one store, or changed with interrupts off where there is no toggling: an interrupt
   that changes other pins of the port is not undone. */
static inline __attribute__((always_inline)) void jm_marker_port_put(unsigned jm_lines, unsigned jm_levels) {
  const uint8_t bits = (uint8_t)(jm_lines << JM_MARKER_FIRST_PIN);
  const uint8_t wanted = (uint8_t)(jm_levels << JM_MARKER_FIRST_PIN);
  if (_SFR_IO_ADDR(JM_MARKER_PORTX) < 0x20 && __builtin_constant_p(jm_lines) &&
      __builtin_constant_p(jm_levels) && (jm_lines & (jm_lines - 1u)) == 0) {
    if (wanted) {
      JM_MARKER_PORTX = (uint8_t)(JM_MARKER_PORTX | bits);
    } else {
      JM_MARKER_PORTX = (uint8_t)(JM_MARKER_PORTX & ~bits);
    }
  } else {
    jm_marker_port_change(bits, wanted);
  }
}

#elif defined(JM_MARKER_PORT_ARDUINO)

#include <Arduino.h>

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  static const uint8_t k_pins[] = JM_MARKER_PORT_ARDUINO;
  typedef char jm_marker_every_line_has_a_pin[sizeof k_pins >= JM_MARKER_PINS ? 1 : -1];
  uint8_t i;
  (void)sizeof(jm_marker_every_line_has_a_pin);
  for (i = 0; i < sizeof k_pins; ++i) {
    if ((jm_lines >> i) & 1u) pinMode(k_pins[i], OUTPUT);
  }
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  static const uint8_t k_pins[] = JM_MARKER_PORT_ARDUINO;
  uint8_t i;
  for (i = 0; i < sizeof k_pins; ++i) {
    if ((jm_lines & jm_levels) >> i & 1u) digitalWrite(k_pins[i], HIGH);
  }
  for (i = 0; i < sizeof k_pins; ++i) {
    if ((jm_lines & ~jm_levels) >> i & 1u) digitalWrite(k_pins[i], LOW);
  }
}

#elif defined(JM_MARKER_PORT_STM32)

JM_MARKER_PORT_HAS(16)

/* The device's header (stm32xxxx.h) comes before this one. */
static inline void jm_marker_port_setup(uint32_t jm_lines) {
  (void)jm_lines;
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  (JM_MARKER_PORT_STM32)->BSRR = ((jm_levels & jm_lines) << JM_MARKER_FIRST_PIN) |
                                 ((~jm_levels & jm_lines) << (JM_MARKER_FIRST_PIN + 16));
}

#elif defined(JM_MARKER_PORT_NRF)

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  (JM_MARKER_PORT_NRF)->DIRSET = jm_lines << JM_MARKER_FIRST_PIN;
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  (JM_MARKER_PORT_NRF)->OUTSET = (jm_levels & jm_lines) << JM_MARKER_FIRST_PIN;
  (JM_MARKER_PORT_NRF)->OUTCLR = (~jm_levels & jm_lines) << JM_MARKER_FIRST_PIN;
}

#elif defined(JM_MARKER_PORT_RP2040)

#include <hardware/gpio.h>

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  gpio_init_mask(jm_lines << JM_MARKER_FIRST_PIN);
  gpio_set_dir_out_masked(jm_lines << JM_MARKER_FIRST_PIN);
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  gpio_put_masked(jm_lines << JM_MARKER_FIRST_PIN, jm_levels << JM_MARKER_FIRST_PIN);
}

#elif defined(JM_MARKER_PORT_ESP_IDF)

#include <driver/gpio.h>
#include <soc/gpio_reg.h>
#include <soc/soc.h>

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  int i;
  for (i = 0; i < 16; ++i) {
    if ((jm_lines >> i) & 1u) gpio_set_direction((gpio_num_t)(JM_MARKER_FIRST_PIN + i), GPIO_MODE_OUTPUT);
  }
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  REG_WRITE(GPIO_OUT_W1TS_REG, (jm_levels & jm_lines) << JM_MARKER_FIRST_PIN);
  REG_WRITE(GPIO_OUT_W1TC_REG, (~jm_levels & jm_lines) << JM_MARKER_FIRST_PIN);
}

#elif defined(JM_MARKER_PORT_ZEPHYR)

#include <zephyr/drivers/gpio.h>

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  int i;
  for (i = 0; i < 16; ++i) {
    if ((jm_lines >> i) & 1u) {
      (void)gpio_pin_configure(JM_MARKER_PORT_ZEPHYR, (gpio_pin_t)(JM_MARKER_FIRST_PIN + i), GPIO_OUTPUT_LOW);
    }
  }
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  (void)gpio_port_set_masked_raw(JM_MARKER_PORT_ZEPHYR, jm_lines << JM_MARKER_FIRST_PIN,
                                 jm_levels << JM_MARKER_FIRST_PIN);
}

#elif defined(JM_MARKER_PORT_LINUX)

#include <linux/gpio.h>
#include <sys/ioctl.h>

/* A handle sets all of its lines at once: what the others were is kept here. */
JM_MARKER_SHARED(uint32_t jm_marker_linux_levels)

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  (void)jm_lines;
}

static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  struct gpiohandle_data data = {{0}};
  unsigned i;
  jm_marker_linux_levels = (jm_marker_linux_levels & ~jm_lines) | (jm_levels & jm_lines);
  for (i = 0; i < 16; ++i)
    data.values[i] = (uint8_t)((jm_marker_linux_levels >> i) & 1u);
  (void)ioctl(JM_MARKER_PORT_LINUX, GPIOHANDLE_SET_LINE_VALUES_IOCTL, &data);
}

#elif defined(JM_MARKER_PORT_HOOK)

#ifndef JM_MARKER_HOOK_SETUP
#define JM_MARKER_HOOK_SETUP(jm_lines) (void)(jm_lines)
#endif

static inline void jm_marker_port_setup(uint32_t jm_lines) {
  JM_MARKER_HOOK_SETUP(jm_lines);
}
static inline void jm_marker_port_put(uint32_t jm_lines, uint32_t jm_levels) {
  JM_MARKER_PORT_HOOK(jm_lines, jm_levels);
}

#else
#error "Say by JM_MARKER_PORT_... which pins the markers are on (jm_marker_port.h), or define JM_MARKER_OFF"
#endif

#endif
