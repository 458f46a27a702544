/* SPDX-License-Identifier: Apache-2.0 */
/* From features to a decision: two convolutions of 3 x 3 with eight outputs and one dense layer, int8
   throughout. Portable C99 and C++; weights in kws_weights.h, made by train.py. */
#ifndef KWS_NETWORK_H
#define KWS_NETWORK_H

#include "kws_front_end.h"

#include <stdint.h>

#define KWS_CHANNELS 8
#define KWS_ACTIVATIONS (KWS_FEATURES * KWS_CHANNELS)

typedef enum { KWS_KEYWORD = 0, KWS_FALLING, KWS_TONE, KWS_NOISE, KWS_CLASSES } kws_class;

/* Memory to work in: the caller's. */
typedef struct {
  int8_t a[KWS_ACTIVATIONS];
  int8_t b[KWS_ACTIVATIONS];
} kws_workspace;

/* features: normalized, frame after frame. */
kws_class kws_decide(const int8_t features[KWS_FEATURES], kws_workspace* workspace);

#endif
