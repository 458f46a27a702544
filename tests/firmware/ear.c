/* SPDX-License-Identifier: Apache-2.0 */
#include "ear.h"

#include <string.h>

ear heard;

static uint8_t frame[JM_WIRE_MAX_FRAME];
static jm_wire_decoder decoder;
static uint8_t decoder_ready, next_sequence, sequence_known;
static uint8_t own_sequence;

static void hear_samples(const uint8_t* payload, size_t size) {
  jm_wire_samples head;
  uint64_t time;
  uint8_t i;
  if (!jm_wire_get_samples(payload, size, &head)) return;
  time = jm_wire_ticks_of(head.time);
  for (i = 0; i < 2; ++i) {
    if ((head.channels >> i) & 1) heard.conversion_ns[i] = head.conversion_ns[i];
  }
  for (i = 0; i < head.count && heard.samples < EAR_MOST; ++i) {
    ear_sample* sample = &heard.sample[heard.samples++];
    time += jm_wire_sample_ticks(&head, i);
    sample->time = time;
    sample->number = head.first + i;
    sample->channels = head.channels;
    sample->shunt = head.channels & 1 ? jm_wire_sample_code(&head, i, 0) : (int16_t)0;
    sample->bus = head.channels & 2 ? jm_wire_sample_code(&head, i, head.channels == 3) : (int16_t)0;
  }
}

static void hear_edges(const uint8_t* payload, size_t size) {
  jm_wire_edges head;
  uint8_t i;
  if (!jm_wire_get_edges(payload, size, &head)) return;
  for (i = 0; i < head.count && heard.edges < EAR_MOST; ++i) {
    heard.edge_number[heard.edges] = head.first + i;
    heard.edge[heard.edges++] = jm_wire_get_edge(&head, i);
  }
}

static void hear_hello(const uint8_t* payload, size_t size) {
  uint8_t i;
  if (!jm_wire_get_hello(payload, size, &heard.hello)) return;
  ++heard.hellos;
  for (i = 0; i < heard.hello.channel_count && i < 2; ++i)
    heard.channels[i] = jm_wire_get_channel(&heard.hello, i);
}

static void hear_payload(uint8_t type, const uint8_t* payload, size_t size) {
  switch (type) {
    case JM_WIRE_HELLO:
      hear_hello(payload, size);
      break;
    case JM_WIRE_SAMPLES:
      hear_samples(payload, size);
      break;
    case JM_WIRE_EDGES:
      hear_edges(payload, size);
      break;
    case JM_WIRE_STATUS:
      heard.statuses += jm_wire_get_status(payload, size, &heard.status);
      break;
    case JM_WIRE_PONG:
      heard.pongs += jm_wire_get_pong(payload, size, &heard.pong);
      break;
    case JM_WIRE_ACK:
      heard.acks += jm_wire_get_ack(payload, size, &heard.ack);
      break;
    default:
      break;
  }
}

static void hear_frame(void) {
  const uint8_t sequence = jm_wire_frame_sequence(&decoder);
  const uint8_t type = jm_wire_frame_type(&decoder);
  if (sequence_known && sequence != next_sequence) ++heard.sequence_jumps;
  sequence_known = 1;
  next_sequence = (uint8_t)(sequence + 1);
  if (heard.frames < 64) heard.order[heard.frames] = type;
  ++heard.frames;
  hear_payload(type, jm_wire_payload(&decoder), jm_wire_payload_size(&decoder));
}

void ear_listen(void) {
  const uint8_t* bytes;
  size_t size = host_sent(&bytes);
  jm_wire_result result;
  if (!decoder_ready) jm_wire_decoder_init(&decoder, frame, sizeof frame);
  decoder_ready = 1;
  while ((result = jm_wire_decode(&decoder, &bytes, &size)) != JM_WIRE_MORE) {
    if (result == JM_WIRE_FRAME) {
      hear_frame();
    } else {
      ++heard.damaged;
    }
  }
  host_forget_sent();
}

void ear_forget(void) {
  memset(&heard, 0, sizeof heard);
  decoder_ready = 0;
  sequence_known = 0;
  host_forget_sent();
}

/* ---- Commands ---- */

static uint8_t line[JM_WIRE_MAX_ENCODED];
static jm_wire_encoder encoder;

static uint8_t send(void) {
  host_hear(line, jm_wire_end(&encoder));
  return own_sequence++;
}

uint8_t ear_say(uint8_t type) {
  jm_wire_begin(&encoder, line, sizeof line, type, own_sequence);
  return send();
}

uint8_t ear_say_start(uint16_t lease_s) {
  jm_wire_start start;
  start.lease_s = lease_s;
  jm_wire_begin(&encoder, line, sizeof line, JM_WIRE_START, own_sequence);
  jm_wire_put_start(&encoder, &start);
  return send();
}

uint8_t ear_say_configure(const jm_wire_configure* configure) {
  jm_wire_begin(&encoder, line, sizeof line, JM_WIRE_CONFIGURE, own_sequence);
  jm_wire_put_configure(&encoder, configure);
  return send();
}

uint8_t ear_say_ping(uint32_t token) {
  jm_wire_begin(&encoder, line, sizeof line, JM_WIRE_PING, own_sequence);
  jm_wire_put_u32(&encoder, token);
  return send();
}
