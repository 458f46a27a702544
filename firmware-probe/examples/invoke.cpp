// SPDX-License-Identifier: 0BSD
// How to mark an inference in the style of TensorFlow Lite for Microcontrollers: the call is wrapped, the
// interpreter stays as it is. Here the interpreter is a stand-in and the pins are printed; on a board, put
// its port's macro (jm_marker_port.h) in the place of the hook, and the real interpreter in that of the
// stand-in.
#include <cstdint>
#include <cstdio>

static void put(std::uint32_t lines, std::uint32_t levels) {
  std::printf("lines %02x <- %02x\n", static_cast<unsigned>(lines), static_cast<unsigned>(levels));
}

#define JM_MARKER_LINES 3
#define JM_MARKER_PORT_HOOK put
#include <jm_marker.h>

JM_MARKER_EVENT(front_end, 1)
JM_MARKER_EVENT(inference, 2)
JM_MARKER_INSTANT(keyword, 3)  // a pulse: for instruments whose lines resolve it, else make it an event

namespace stand_in {

enum TfLiteStatus { kTfLiteOk, kTfLiteError };

class MicroInterpreter {
 public:
  TfLiteStatus Invoke() { return kTfLiteOk; }
  int8_t output() const { return 100; }
};

}  // namespace stand_in

// Marks exactly the call: nothing of ours lies between begin and Invoke.
template <typename Interpreter>
auto marked_invoke(Interpreter& interpreter) {
  jm_marker_begin(inference);
  const auto status = interpreter.Invoke();
  jm_marker_end(inference);
  return status;
}

int main() {
  jm_marker_setup();
  stand_in::MicroInterpreter interpreter;
  jm_marker_begin(front_end);
  jm_marker_end(front_end);
  if (marked_invoke(interpreter) != stand_in::kTfLiteOk) return 1;
  if (interpreter.output() > 80) jm_marker_instant(keyword);
  return 0;
}
