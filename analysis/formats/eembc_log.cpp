// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/eembc_log.h>
#include <analysis/formats/line_reader.h>
#include <analysis/model/units.h>

#include <charconv>
#include <cmath>

namespace joulemark {
namespace {

// The text after a token, up to a closing character; none when the token is not there.
std::optional<std::string_view> after(std::string_view line, std::string_view token, char end = ']') {
  const auto at = line.find(token);
  if (at == std::string_view::npos) return std::nullopt;
  line.remove_prefix(at + token.size());
  return line.substr(0, line.find(end));
}

std::optional<std::int64_t> positive(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data() || value <= 0) return std::nullopt;
  return value;
}

class LogScan {
 public:
  void take(std::string_view line) {
    if (const auto value = after(line, "key[iterInfer]-val[")) configured_ = positive(*value);
    if (const auto value = after(line, "m-voltage-mv[")) take_voltage(*value);
    if (const auto value = after(line, "-name["); value && is_trace(line)) log_.monitor = *value;
    if (finished_) {
      take_drops(line);
      take_end(line);
      return;
    }
    if (line.find("m-trace[on]") != std::string_view::npos) begin_trace(line);
    if (is_trace(line)) finished_ = true;
    take_drops(line);
    take_mark(line);
  }

  EembcLog finish() {
    if (!log_.record.inferences) log_.record.inferences = configured_;
    if (configured_ && log_.record.inferences != configured_) log_.record.inferences_agree = false;
    return std::move(log_);
  }

 private:
  static bool is_trace(std::string_view line) {
    return line.find("m-regfile-fn[trace1-energy.bin]") != std::string_view::npos;
  }

  void begin_trace(std::string_view line) {
    log_.record.began_s = time_of(line);
    log_.record.marks.clear();
    log_.record.inferences.reset();
    log_.record.inferences_agree = true;
    log_.record.dropped_fraction.reset();
    handshake_asked_ = false;
  }

  // "m-trace[off]" follows the registration of the trace too.
  void take_end(std::string_view line) {
    if (!log_.record.began_s || log_.record.traced_s || line.find("m-trace[off]") == std::string_view::npos)
      return;
    const auto end_s = time_of(line);
    if (end_s && *end_s > *log_.record.began_s) log_.record.traced_s = *end_s - *log_.record.began_s;
  }

  static std::optional<double> time_of(std::string_view line) {
    const auto time_s = parse_number(line.substr(0, line.find(' ')));
    return time_s && std::isfinite(*time_s) ? time_s : std::nullopt;
  }

  void take_voltage(std::string_view text) {
    const auto millivolts = parse_number(text);
    if (millivolts && std::isfinite(*millivolts) && *millivolts > 0) log_.supply_v = *millivolts / 1000;
  }

  // "m-[Dropped 0 packets out of 1283584, 0%]" follows the registration of the trace.
  void take_drops(std::string_view line) {
    const auto dropped = after(line, "m-[Dropped ", ' ');
    const auto total = after(line, " packets out of ", ',');
    if (!dropped || !total || log_.record.dropped_fraction) return;
    const auto lost = parse_number(*dropped);
    const auto all = parse_number(*total);
    if (lost && all && *lost >= 0 && *all > 0 && std::isfinite(*lost) && std::isfinite(*all)) {
      log_.record.dropped_fraction = *lost / *all;
    }
  }

  void take_mark(std::string_view line) {
    if (line.find("m-dut-passthrough(timestamp)") != std::string_view::npos) {
      handshake_asked_ = true;
    } else if (handshake_asked_ && line.find("[dut]: m-ready") != std::string_view::npos) {
      handshake_asked_ = false;
      add(line, LogMarkKind::handshake);
    } else if (const auto count = after(line, "m-infer-start-", ' ')) {
      add(line, LogMarkKind::start);
      take_inferences(positive(*count));
    } else if (const auto ordered = after(line, "m-dut-passthrough(infer ", ' ')) {
      take_inferences(positive(*ordered));
    } else if (line.find("m-infer-done") != std::string_view::npos) {
      add(line, LogMarkKind::done);
    }
  }

  void take_inferences(std::optional<std::int64_t> count) {
    RunRecord& record = log_.record;
    if (!count) record.inferences_agree = false;  // a mark that counts nothing agrees with nothing
    if (!count) return;
    if (!record.inferences) record.inferences = count;
    if (record.inferences != count) record.inferences_agree = false;
  }

  void add(std::string_view line, LogMarkKind kind) {
    const auto time_s = time_of(line);
    if (!time_s || log_.record.marks.size() >= k_max_run_parts) return;
    log_.record.marks.push_back({kind, *time_s});
  }

  EembcLog log_;
  std::optional<std::int64_t> configured_;
  bool handshake_asked_ = false;
  bool finished_ = false;
};

}  // namespace

Result<EembcLog> read_eembc_log(std::istream& stream, const std::string& name) {
  LineReader reader(stream, name);
  LogScan scan;
  for (;;) {
    JM_TRY_ASSIGN(const bool more, reader.next());
    if (!more) return scan.finish();
    scan.take(reader.line());
  }
}

}  // namespace joulemark
