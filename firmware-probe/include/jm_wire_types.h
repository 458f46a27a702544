/* SPDX-License-Identifier: 0BSD */
/* The numbers of the wire format, and its version rule.

   Within one major version fields are only ever added at the end: of a payload, of a record (records carry
   their own length), of an enumeration. So both ends ignore bytes after the fields they know, further bytes
   of longer records, unknown types and unknown bits. A peer of another major version must not be talked to
   beyond HELLO, whose first two bytes never move. */
#ifndef JM_WIRE_TYPES_H
#define JM_WIRE_TYPES_H

#define JM_WIRE_MAJOR 1
#define JM_WIRE_MINOR 0

typedef enum {
  /* host to probe */
  JM_WIRE_ASK_HELLO = 0x01, /* no payload; answered by HELLO alone */
  JM_WIRE_START = 0x02,
  JM_WIRE_STOP = 0x03, /* no payload */
  JM_WIRE_CONFIGURE = 0x04,
  JM_WIRE_PING = 0x05, /* answered by PONG alone */
  /* probe to host */
  JM_WIRE_HELLO = 0x81,
  JM_WIRE_SAMPLES = 0x82,
  JM_WIRE_EDGES = 0x83,
  JM_WIRE_STATUS = 0x84,
  JM_WIRE_PONG = 0x85,
  JM_WIRE_ACK = 0x86
} jm_wire_type;

typedef enum {
  JM_WIRE_IDLE = 0,
  JM_WIRE_SAMPLING = 1,
  JM_WIRE_SENSOR_LOST =
      2 /* started, but the sensor does not answer; it is tried again and again, edges go on */
} jm_wire_state;

typedef enum {
  JM_WIRE_RESET_UNKNOWN = 0,
  JM_WIRE_RESET_POWER_ON = 1,
  JM_WIRE_RESET_EXTERNAL = 2,
  JM_WIRE_RESET_BROWN_OUT = 3,
  JM_WIRE_RESET_WATCHDOG = 4
} jm_wire_reset_cause;

typedef enum {
  JM_WIRE_CAN_CONFIGURE = 0x01,     /* CONFIGURE changes the sensor's settings */
  JM_WIRE_CAN_MEASURE_BUS = 0x02,   /* bus voltage, always or at intervals */
  JM_WIRE_CAN_KEEP_SETTINGS = 0x04, /* CONFIGURE can store them for the next boot */
  JM_WIRE_NEVER_STALE = 0x08        /* every record is a conversion of its own, read once */
} jm_wire_capability;

typedef enum { JM_WIRE_NO_SENSOR = 0, JM_WIRE_INA219 = 1, JM_WIRE_ON_CHIP_ADC = 2 } jm_wire_sensor;

typedef enum {
  JM_WIRE_SHUNT_VOLTAGE = 1, /* current = code x lsb / shunt */
  JM_WIRE_BUS_VOLTAGE = 2    /* from the target's side of the shunt to ground */
} jm_wire_quantity;

typedef enum {
  JM_WIRE_LINE_CAPTURED = 1,  /* stamped by a timer's input capture */
  JM_WIRE_LINE_INTERRUPT = 2, /* stamped in an interrupt */
  JM_WIRE_LINE_POLLED = 3
} jm_wire_line_kind;

typedef enum {
  JM_WIRE_OK = 0,
  JM_WIRE_UNKNOWN_COMMAND = 1,
  JM_WIRE_BAD_VALUE = 2,    /* nothing was changed */
  JM_WIRE_NOT_NOW = 3,      /* not while sampling: STOP first */
  JM_WIRE_NOT_SUPPORTED = 4 /* HELLO's capabilities say so */
} jm_wire_outcome;

#endif
