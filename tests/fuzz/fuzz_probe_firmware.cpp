// SPDX-License-Identifier: Apache-2.0
// The probe's firmware on the host port: any bytes from the host, a sensor that answers or not as it likes,
// edges and stalls in between. No crash, no rule of the port broken, every frame whole, and numbers that
// account for every loss. The input is a list of (action, argument) pairs.
#include <host_port.h>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

std::uint8_t sensor_mood;  // what the sensor answers, and whether

jm_i2c_outcome sensor(jm_i2c_transfer* transfer, std::uint64_t, std::uint64_t) {
  sensor_mood = static_cast<std::uint8_t>(sensor_mood * 5 + 3);
  if (sensor_mood % 16 == 0) return JM_I2C_FAILED;
  if (transfer->read_size > 0) {
    transfer->read[0] = sensor_mood;
    transfer->read[1] = static_cast<std::uint8_t>(sensor_mood >> 1);  // bit 1: ready, now and then
  }
  return JM_I2C_DONE;
}

// Hears all that was sent: it must be frames and nothing else, and records must be numbered upwards.
class Ear {
 public:
  Ear() { jm_wire_decoder_init(&decoder_, buffer_.data(), buffer_.size()); }

  void hear() {
    const std::uint8_t* bytes = nullptr;
    std::size_t size = host_sent(&bytes);
    jm_wire_result result;
    while ((result = jm_wire_decode(&decoder_, &bytes, &size)) != JM_WIRE_MORE) {
      require(result == JM_WIRE_FRAME);
      check_frame();
    }
    host_forget_sent();
  }

 private:
  void check_frame() const {
    const std::uint8_t* payload = jm_wire_payload(&decoder_);
    const std::size_t size = jm_wire_payload_size(&decoder_);
    jm_wire_samples samples;
    jm_wire_edges edges;
    jm_wire_hello hello;
    jm_wire_status status;
    switch (jm_wire_frame_type(&decoder_)) {
      case JM_WIRE_SAMPLES:
        require(jm_wire_get_samples(payload, size, &samples) != 0 && samples.count > 0);
        break;
      case JM_WIRE_EDGES:
        require(jm_wire_get_edges(payload, size, &edges) != 0 && edges.count > 0);
        break;
      case JM_WIRE_HELLO:
        require(jm_wire_get_hello(payload, size, &hello) != 0 && hello.shunt_uohm != 0);
        break;
      case JM_WIRE_STATUS:
        require(jm_wire_get_status(payload, size, &status) != 0);
        require(status.counts[JM_WIRE_LOST_SAMPLES] <= status.counts[JM_WIRE_NEXT_SAMPLE]);
        require(status.counts[JM_WIRE_LOST_EDGES] <= status.counts[JM_WIRE_NEXT_EDGE]);
        break;
      default:
        break;
    }
  }

  std::array<std::uint8_t, JM_WIRE_MAX_FRAME> buffer_{};
  jm_wire_decoder decoder_{};
};

// A frame of the type given, its payload the bytes that follow.
void say(std::uint8_t type, const std::uint8_t* payload, std::size_t size) {
  std::array<std::uint8_t, JM_WIRE_MAX_ENCODED> line{};
  jm_wire_encoder encoder;
  jm_wire_begin(&encoder, line.data(), line.size(), type, 0);
  for (std::size_t i = 0; i < size; ++i)
    jm_wire_put_u8(&encoder, payload[i]);
  host_hear(line.data(), jm_wire_end(&encoder));
}

void act(std::uint8_t action, std::uint8_t argument, const std::uint8_t* rest, std::size_t left) {
  switch (action % 8) {
    case 0:
      host_hear(&argument, 1);
      break;
    case 1:
      say(argument % 7, rest, left < 14 ? left : 14);
      break;
    case 2:
      host_set_level(argument % JM_LINE_COUNT, argument >> 7);
      break;
    case 3:
      host_i2c_stall(argument & 1);
      break;
    case 4:
      host_serial_hold(argument & 1);
      break;
    case 5:
      sensor_mood = argument;
      break;
    default:
      break;
  }
  host_run(argument * 64U);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  host_new_board(sensor);
  host_forget_sent();
  Ear ear;
  for (std::size_t i = 0; i + 1 < size && i < 400; i += 2) {
    act(data[i], data[i + 1], data + i + 2, size - i - 2);
    ear.hear();
  }
  host_i2c_stall(0);
  host_serial_hold(0);
  host_run(200000);
  ear.hear();
  require(host_broken_rules() == 0);
  return 0;
}
