// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/listener.h>

namespace joulemark::probe {
namespace {

template <typename Message, typename Get>
void keep_sound(std::span<const std::uint8_t> payload, Get get, std::optional<Message>& into) {
  Message message;
  if (get(payload.data(), payload.size(), &message) != 0) into = message;
}

}  // namespace

Result<bool> Listener::keep(std::uint8_t type, std::span<const std::uint8_t> payload) {
  switch (type) {
    case JM_WIRE_HELLO: {
      JM_TRY_ASSIGN(replies_.hello, Hello::parse(payload));
      return true;
    }
    case JM_WIRE_STATUS:
      keep_sound(payload, jm_wire_get_status, replies_.status);
      return true;
    case JM_WIRE_ACK:
      keep_sound(payload, jm_wire_get_ack, replies_.ack);
      return true;
    case JM_WIRE_PONG:
      keep_sound(payload, jm_wire_get_pong, replies_.pong);
      return true;
    default:
      return false;
  }
}

}  // namespace joulemark::probe
