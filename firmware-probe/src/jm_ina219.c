/* SPDX-License-Identifier: Apache-2.0 */
/* The INA219 as the probe's sensor. All of it runs in the I2C interrupt, one register after the other, so
   that frames being made never make a conversion be missed:

     poll the bus register until "conversion ready"; read the shunt register and at once the power register,
   which clears "conversion ready"; push.

   In this order no conversion can count twice: clearing comes after reading. One that ends between the two is
   missed, which the stamps show. Before a bus voltage the conversion just ended is read while that of the bus
   runs already, which touches no shunt register: so the shunt goes unobserved for little more than it. The
   calibration register stays 0: current and power are the host's to calculate. */
#include "jm_ina219_settings.h"

#include <string.h>

enum { REG_CONFIG = 0, REG_SHUNT = 1, REG_BUS = 2, REG_POWER = 3 };

#define BUS_READY 0x0002u
#define CONFIG_RESET 0x8000u
#define TRIES 3 /* errors in a row before the sensor counts as lost */
/* Waits, in coarse ticks. */
#define HANGS_AFTER JM_COARSE(5 * JM_TICKS_PER_MS)  /* a register takes 0.2 ms */
#define RETRY_AFTER JM_COARSE(20 * JM_TICKS_PER_MS) /* a lost sensor */
/* Up to 12 bits of the shunt alone; after a reset a sample takes twice as long. */
#define PACE_UNLIKE_RESET JM_COARSE(600ul * JM_TICKS_PER_US)
#define SILENT_AFTER JM_COARSE(300 * JM_TICKS_PER_MS) /* two of the longest conversions without "ready" */

/* In this order; see `again`. */
typedef enum {
  STEP_RESET,      /* write: everything to power-on values */
  STEP_CONFIGURE,  /* write: the mode to run in */
  STEP_TRIGGER,    /* write: one bus conversion, which clears "ready" as well */
  STEP_LATE_SHUNT, /* read shunt; push */
  STEP_POLL_BUS,   /* read bus until ready, push */
  STEP_POLL,       /* read bus until ready */
  STEP_SHUNT,      /* read shunt, then power; push */
  STEP_CHECK,      /* read configuration: is it still ours? */
  STEP_DISCARD,    /* read power: a conversion that ended unwatched has no exact stamp */
  NOTHING
} step_kind;

static const uint8_t k_registers[] = {REG_CONFIG, REG_CONFIG, REG_CONFIG, REG_SHUNT, REG_BUS,
                                      REG_BUS,    REG_SHUNT,  REG_CONFIG, REG_POWER};

static struct {
  jm_i2c_transfer transfer;
  jm_i2c_transfer clear; /* of "conversion ready" */
  volatile uint8_t running;
  volatile uint8_t under_way; /* a transfer; without it no interrupt touches anything here */
  volatile uint8_t transfers; /* counted, modulo 256 */
  uint8_t step;               /* step_kind */
  uint8_t repeats;            /* the register is the one read last: no need to name it again */
  uint8_t errors;             /* in a row */
  uint8_t pace_known;         /* the sample before was of this unbroken stretch ... */
  uint8_t pace_odd;           /* ... and came at another pace than it should */
  uint8_t silent;             /* a sample has been waited for too long */
  uint8_t wanted;             /* after the next sample: STEP_POLL or STEP_CHECK */
  uint8_t when_ready;         /* step_kind: once a sample is, STEP_SHUNT or STEP_TRIGGER */
  uint8_t unchecked;          /* samples since the configuration was read back, modulo 256 */
  uint8_t noted;              /* step_kind: of the transfer that ended last ... */
  uint16_t value;             /* ... and what it read */
  uint16_t until_bus; /* shunt records until the next bus voltage; 1 until it was read, 0: none is wanted */
  /* Coarse ticks: */
  uint16_t pace;    /* expected from sample to sample */
  uint16_t waits;   /* since when a sample is waited for: the one before, or the configuring */
  uint16_t retry;   /* when to try a lost sensor again */
  uint16_t seen_at; /* when the main loop first saw `seen` */
  uint8_t seen;     /* transfers */
  jm_sample sample;
} ina;

static uint16_t coarse_now(void) {
  return JM_COARSE(jm_port_ticks());
}

/* ---- Steps: what to do on the bus ---- */

static uint16_t config_for(const jm_settings* settings, step_kind step) {
  if (step == STEP_RESET) return CONFIG_RESET;
  if (step == STEP_TRIGGER) return settings->sensor_config ^ (JM_INA219_SHUNT ^ JM_INA219_BUS_TRIGGERED);
  return settings->sensor_config;
}

static void take_step(const jm_probe* probe, step_kind step) {
  jm_i2c_transfer* transfer = &ina.transfer;
  transfer->write[0] = k_registers[step];
  if (step <= STEP_TRIGGER) {
    const uint16_t config = config_for(&probe->kept.settings, step);
    transfer->write[1] = (uint8_t)(config >> 8);
    transfer->write[2] = (uint8_t)(config & 0xFFu);
    transfer->write_size = 3;
    transfer->read_size = 0;
  } else {
    transfer->write_size = !(ina.repeats && step == ina.step);
    transfer->read_size = 2;
  }
  transfer->next = step == STEP_SHUNT ? &ina.clear : NULL;
  ina.repeats = 0;
  ina.step = (uint8_t)step;
  ina.under_way = 1;
  ++ina.transfers;
  jm_port_i2c_begin(transfer);
}

/* ---- Steps: what is next, decided and begun at once, and what came of the one before, noted meanwhile ----
 */

static step_kind lose_settings(jm_probe* probe) {
  jm_probe_count(probe, JM_WIRE_SENSOR_LOSSES);
  return STEP_RESET;
}

/* Asks again, unless the sensor was silent for too long to be at work with our settings. */
static step_kind poll_again(jm_probe* probe) {
  ina.repeats = 1;
  return ina.silent ? lose_settings(probe) : (step_kind)ina.step;
}

static step_kind after(jm_probe* probe) {
  switch (ina.step) {
    case STEP_RESET:
      return STEP_CONFIGURE;
    case STEP_CONFIGURE:
      return STEP_POLL;
    case STEP_TRIGGER:
      return STEP_LATE_SHUNT;
    case STEP_LATE_SHUNT:
      return STEP_POLL_BUS;
    case STEP_POLL_BUS:
      return ina.value & BUS_READY ? STEP_CONFIGURE : poll_again(probe);
    case STEP_POLL:
      return ina.value & BUS_READY ? (step_kind)ina.when_ready : poll_again(probe);
    case STEP_SHUNT:
      return (step_kind)ina.wanted; /* what the sample before this one has shown is soon enough */
    case STEP_CHECK:
      return ina.value == probe->kept.settings.sensor_config ? STEP_DISCARD : lose_settings(probe);
    default: /* STEP_DISCARD */
      return STEP_POLL;
  }
}

/* Decided ahead, for edges wait while the interrupt decides. */
static void want(step_kind next) {
  ina.wanted = (uint8_t)next;
  ina.when_ready = ina.until_bus == 1 && next == STEP_POLL ? STEP_TRIGGER : STEP_SHUNT;
}

static void wait_from(uint16_t coarse) {
  ina.waits = coarse;
  ina.silent = 0;
}

static void note_configured(jm_probe* probe) {
  probe->sensor_lost = 0;
  ina.pace_known = 0;
  want(STEP_POLL);
  wait_from(coarse_now());
}

static void note_poll(jm_probe* probe) {
  if (!(ina.value & BUS_READY)) return;
  ina.sample.ticks = jm_port_i2c_ticks();
  ina.sample.codes[1] = (int16_t)(ina.value >> 3);
  if (ina.noted == STEP_POLL) return;
  ina.until_bus = probe->kept.settings.bus_every;
  ina.sample.channels = 2;
  jm_probe_push_sample(probe, &ina.sample);
}

static void push_shunt(jm_probe* probe) {
  const jm_settings* settings = &probe->kept.settings;
  const int16_t limit = jm_ina219_shunt_limit(settings);
  ina.sample.codes[0] = (int16_t)ina.value;
  if (jm_ina219_outpaces_reading(settings)) ina.sample.ticks = jm_port_i2c_ticks();
  if (ina.sample.codes[0] >= limit || ina.sample.codes[0] <= -limit)
    jm_probe_count(probe, JM_WIRE_OVER_RANGE);
  ina.sample.channels = jm_ina219_mode(settings) == JM_INA219_BOTH ? 3 : 1;
  jm_probe_push_sample(probe, &ina.sample);
}

/* The sensor may have been reset by a dip of its supply, and run with other settings. Most show by their
   pace, from then on: a look costs a conversion of 12 bits, and one that was missed is no reason. For those
   whose pace is like that after a reset, a look now and then (0.3 s, where conversions are shortest) costs no
   conversion: none of them ends within it. */
static uint8_t may_have_been_reset(uint16_t took) {
  const uint8_t before = ina.pace_odd;
  if (ina.pace > PACE_UNLIKE_RESET && ++ina.unchecked == 0) return 1;
  ina.pace_odd = ina.pace_known && (took > ina.pace + ina.pace / 2 + 1 || took + 1 < ina.pace / 2);
  return before && ina.pace_odd;
}

static void note_shunt(jm_probe* probe) {
  uint16_t at;
  push_shunt(probe);
  at = JM_COARSE(ina.sample.ticks);
  if (ina.until_bus > 1) --ina.until_bus;
  want(may_have_been_reset((uint16_t)(at - ina.waits)) ? STEP_CHECK : STEP_POLL);
  ina.pace_known = 1;
  wait_from(at);
}

void jm_probe_note_i2c(jm_probe* probe) {
  switch (ina.noted) {
    case STEP_RESET:
      ina.until_bus = probe->kept.settings.bus_every != 0; /* at once: a recording may be short */
      break;
    case STEP_CONFIGURE:
      note_configured(probe);
      break;
    case STEP_POLL_BUS:
    case STEP_POLL:
      note_poll(probe);
      break;
    case STEP_LATE_SHUNT:
    case STEP_SHUNT:
      note_shunt(probe);
      break;
    case STEP_DISCARD:
      ina.pace_known = 0;
      break;
    default:
      break;
  }
  ina.noted = NOTHING;
}

/* After a write gone wrong the chip's state is unknown. After a read it is not, but time went by: the next
   conversion that is stamped must be one that was waited for. */
static step_kind again(void) {
  if (ina.step <= STEP_CONFIGURE) return STEP_RESET;
  return ina.step <= STEP_POLL_BUS ? STEP_CONFIGURE : STEP_DISCARD;
}

static void lose(jm_probe* probe) {
  if (!probe->sensor_lost) jm_probe_count(probe, JM_WIRE_SENSOR_LOSSES);
  probe->sensor_lost = 1;
  ina.errors = 0;
  ina.under_way = 0;
  ina.retry = (uint16_t)(coarse_now() + RETRY_AFTER);
}

static void on_failure(jm_probe* probe) {
  jm_probe_count(probe, JM_WIRE_I2C_ERRORS);
  ina.repeats = 0;
  if (++ina.errors == TRIES) {
    lose(probe);
  } else if (ina.running) {
    take_step(probe, again());
  }
}

void jm_probe_on_i2c(jm_probe* probe, jm_i2c_outcome outcome) {
  ina.under_way = 0;
  if (outcome != JM_I2C_DONE) {
    on_failure(probe);
    return;
  }
  ina.errors = 0;
  ina.noted = ina.step;
  ina.value = (uint16_t)((uint16_t)(ina.transfer.read[0] << 8) | ina.transfer.read[1]);
  if (ina.running) take_step(probe, after(probe));
}

/* ---- From the main loop ---- */

void jm_sensor_init(void) {
  memset(&ina, 0, sizeof ina);
}

void jm_sensor_start(jm_probe* probe) {
  const uint8_t before = jm_port_lock();
  ina.pace = jm_ina219_pace(&probe->kept.settings);
  ina.transfer.address = ina.clear.address = probe->kept.settings.sensor_address;
  ina.clear.write[0] = REG_POWER;
  ina.clear.write_size = 1;
  ina.clear.read_size = 2;
  ina.errors = 0;
  ina.running = 1;
  probe->sensor_lost = 0;
  if (!ina.under_way) take_step(probe, STEP_RESET);
  jm_port_unlock(before);
}

void jm_sensor_stop(jm_probe* probe) {
  (void)probe;
  ina.running = 0;
}

uint8_t jm_sensor_is_idle(void) {
  return !ina.under_way;
}

/* A transfer hangs when it is still the one that was seen long ago. */
static void watch(jm_probe* probe) {
  const uint16_t now = coarse_now();
  ina.silent = (uint16_t)(now - ina.waits) > SILENT_AFTER;
  if (ina.seen != ina.transfers || !ina.under_way) {
    ina.seen = ina.transfers;
    ina.seen_at = now;
  }
  if (ina.under_way) {
    if ((uint16_t)(now - ina.seen_at) < HANGS_AFTER) return;
    jm_probe_count(probe, JM_WIRE_I2C_TIMEOUTS);
    jm_port_i2c_recover();
    lose(probe);
  } else if (ina.running && (int16_t)(now - ina.retry) >= 0) {
    take_step(probe, STEP_RESET);
  }
}

void jm_sensor_watch(jm_probe* probe) {
  const uint8_t before = jm_port_lock();
  watch(probe);
  jm_port_unlock(before);
}
