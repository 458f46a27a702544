/* SPDX-License-Identifier: Apache-2.0 */
/* A keyword spotter: sleeps until its microphone hears something, listens, decides, and sends a keyword by
   radio. It rests for a watchdog's tick between its bursts, which a coin cell is grateful for. */
#define JM_MARKER_LINES 3
#define JM_MARKER_PORT_AVR D
#define JM_MARKER_FIRST_PIN 4
#include "kws_board.h"
#include "kws_front_end.h"
#include "kws_network.h"

#include <jm_marker.h>

JM_MARKER_EVENT(inference, 1)
JM_MARKER_EVENT(listen, 2)
JM_MARKER_EVENT(keyword, 3)

static int8_t features[KWS_FEATURES];
static kws_workspace workspace;

/* Frames come in while the one before is worked on. */
static void listen(void) {
  uint8_t frame;
  kws_microphone_on();
  jm_marker_begin(listen);
  for (frame = 0; frame < KWS_FRAMES; ++frame)
    kws_features(kws_next_frame(), features + frame * KWS_BANDS);
  jm_marker_end(listen);
  kws_microphone_off();
}

static kws_class infer(void) {
  kws_class decision;
  kws_normalize(features);
  jm_marker_begin(inference);
  decision = kws_decide(features, &workspace);
  jm_marker_end(inference);
  return decision;
}

int main(void) {
  jm_marker_setup();
  kws_board_begin();
  for (;;) {
    kws_sleep_until_sound();
    listen();
    kws_rest();
    if (infer() != KWS_KEYWORD) continue;
    kws_rest();
    jm_marker_begin(keyword);
    kws_send_keyword();
    jm_marker_end(keyword);
  }
}
