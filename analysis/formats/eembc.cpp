// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/anomaly_tally.h>
#include <analysis/formats/eembc.h>
#include <analysis/formats/eembc_log.h>
#include <analysis/formats/json_stream.h>
#include <analysis/formats/sample_feed.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

namespace joulemark {
namespace {

constexpr std::string_view k_energy_file = "trace1-energy.bin";
constexpr std::string_view k_timestamps_file = "trace1-timestamps.json";
constexpr std::string_view k_log_file = "log.txt";
constexpr unsigned char k_format_version = 0xF1;
constexpr std::size_t k_header_bytes = 5;
constexpr ChannelId k_energy_channel{0};
constexpr LineId k_line{0};

float little_endian_float(const unsigned char* bytes) {
  const std::uint32_t bits = std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 |
                             std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
  return std::bit_cast<float>(bits);
}

// Decimals of a number as written: "0.00341" has 5. An exponent moves the point.
int decimals_of(std::string_view text) {
  const auto exponent_at = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, exponent_at);
  const auto point = mantissa.find('.');
  int decimals = point == std::string_view::npos
                     ? 0
                     : static_cast<int>(std::min<std::size_t>(mantissa.size() - point - 1, 20));
  if (exponent_at != std::string_view::npos) {
    const double exponent = parse_number(text.substr(exponent_at + 1)).value_or(0);
    decimals -= static_cast<int>(std::clamp(exponent, -100.0, 100.0));
  }
  return decimals;
}

// A list of seconds, each handed on.
class EdgeList : public JsonVisitor {
 public:
  using Take = std::function<Status(double seconds, const std::string& text)>;
  explicit EdgeList(Take take) : take_(std::move(take)) {}

  bool start_array(std::size_t) override { return depth_++ == 0 || refuse("a list within the list"); }
  [[nodiscard]] const Status& outcome() const { return outcome_; }

 protected:
  bool number(double value, const std::string& text) override {
    if (depth_ == 0) return refuse("a number where a list of edge times should be");
    if (!std::isfinite(value) || std::abs(value) > 9e9) return fail_with("an edge time beyond +-9e9 s");
    outcome_ = take_(value, text);
    return outcome_.has_value() || fail_with(outcome_.error().message);
  }

 private:
  Take take_;
  int depth_ = 0;
  Status outcome_;
};

struct EdgeFacts {
  std::uint32_t resolution_ns = 1'000'000;  // the last decimal printed; 1 ms or finer
  std::int64_t edges = 0;
  std::string trouble;  // why the list ends early
};

// The first pass over the timestamps. A list that breaks off is used up to there; one without a single edge
// is an Error.
Result<EdgeFacts> survey_edges(std::istream& stream, const std::string& name) {
  EdgeFacts facts;
  EdgeList list([&](double, const std::string& text) -> Status {
    ++facts.edges;
    const int decimals = std::clamp(decimals_of(text), 3, 9);
    const auto step_ns = static_cast<std::uint32_t>(std::lround(std::pow(10.0, 9 - decimals)));
    facts.resolution_ns = std::min(facts.resolution_ns, step_ns);
    return {};
  });
  Status parsed = visit_json(stream, name, list);
  if (!parsed && (facts.edges == 0 || parsed.error().code != ErrorCode::unreadable)) {
    return tl::make_unexpected(parsed.error());
  }
  if (!parsed) facts.trouble = parsed.error().message;
  return facts;
}

// Header and samples of trace1-energy.bin, in chunks.
class EnergyFile {
 public:
  EnergyFile(std::istream& stream, std::string name) : stream_(stream), name_(std::move(name)) {}

  // Errors: unreadable, naming the byte.
  Result<double> read_header() {
    std::array<unsigned char, k_header_bytes> header{};
    const std::size_t got = read(header.data(), header.size());
    if (got < header.size()) return refuse(got, "the file ends before its 5 byte header does");
    if (header[0] != k_format_version) {
      return refuse(0, fmt::format("0x{:02x} is not an EnergyRunner energy trace (0xf1)", header[0]));
    }
    const double rate_hz = static_cast<double>(little_endian_float(header.data() + 1));
    if (!(rate_hz >= 1e-6 && rate_hz <= 1e9)) {
      return refuse(1, fmt::format("a sample rate of {} Hz makes no sense", rate_hz));
    }
    std::array<unsigned char, 4> first{};
    if (read(first.data(), first.size()) < first.size()) return refuse(k_header_bytes, "there is no sample");
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(k_header_bytes));
    return rate_hz;
  }

  Status send_samples(double rate_hz, SampleSink& sink) {
    SampleFeed block(sink, k_energy_channel);
    AnomalyTally invalid(AnomalyKind::invalid_value, Severity::data_loss, k_energy_channel);
    std::array<unsigned char, 65536> chunk{};
    std::int64_t index = 0;
    std::size_t partial = 0;
    for (std::size_t got = 0; partial == 0 && (got = read(chunk.data(), chunk.size())) > 0;) {
      partial = got % 4;
      for (std::size_t at = 0; at + 4 <= got; at += 4, ++index) {
        const float value = little_endian_float(chunk.data() + at);
        if (std::isfinite(value)) {
          JM_TRY(block.add(index, value));
        } else {
          invalid.add(time_of(index, rate_hz), index, [&] { return fmt::format("byte {}", byte_of(index)); });
        }
      }
    }
    if (stream_.bad()) return fail(ErrorCode::io, name_ + ": cannot read");
    JM_TRY(block.flush());
    if (invalid.count() == index) return refuse(k_header_bytes, "not one sample is a finite number");
    JM_TRY(invalid.report(sink, "samples that are not finite numbers were left out"));
    if (partial == 0) return {};
    return sink.accept(Anomaly{
        AnomalyKind::truncated, Severity::data_loss, k_energy_channel,
        TimeRange{time_of(index, rate_hz), time_of(index, rate_hz)}, index, 1,
        fmt::format("{}: byte {}: the file ends {} bytes into a sample", name_, byte_of(index), partial)});
  }

 private:
  static TimeNs time_of(std::int64_t index, double rate_hz) {
    return from_seconds(std::min(static_cast<double>(index) / rate_hz, 9e9));
  }
  static std::int64_t byte_of(std::int64_t index) {
    return static_cast<std::int64_t>(k_header_bytes) + 4 * index;
  }

  std::size_t read(unsigned char* to, std::size_t size) {
    stream_.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(size));
    return static_cast<std::size_t>(stream_.gcount());
  }

  [[nodiscard]] tl::unexpected<Error> refuse(std::size_t byte, std::string_view what) const {
    return fail(ErrorCode::unreadable, fmt::format("{}: byte {}: {}", name_, byte, what));
  }

  std::istream& stream_;
  std::string name_;
};

InstrumentIdentity identity_of(const std::string& monitor) {
  InstrumentIdentity identity;
  identity.uri = "import:eembc";
  identity.model = monitor;
  if (monitor == "lpm01a") identity = {identity.uri, "STMicroelectronics", "X-NUCLEO-LPM01A", "", "", ""};
  if (monitor == "js110") identity = {identity.uri, "Jetperch", "Joulescope JS110", "", "", ""};
  return identity;
}

CaptureInfo describe(double rate_hz, const EembcLog& log) {
  Channel energy;
  energy.name = "eembc.energy";
  energy.quantity = Quantity::energy;
  energy.rate_hz = rate_hz;
  energy.scale = 1e-6;
  energy.aperture_s = {1 / rate_hz, Provenance::specified};
  CaptureInfo info;
  info.instrument = identity_of(log.monitor);
  if (log.supply_v) info.supply = {log.supply_v, VoltageBasis::assumed};
  info.channels = {energy};
  info.lines = {{k_line, ""}};
  return info;
}

Status send_edges(std::istream& stream, const std::string& name, const EdgeFacts& facts, SampleSink& sink) {
  AnomalyTally unsorted(AnomalyKind::unsorted, Severity::data_loss);
  std::int64_t position = 0;
  TimeNs last_ns = std::numeric_limits<TimeNs>::min();
  EdgeList list([&](double seconds, const std::string&) -> Status {
    const TimeNs time_ns = from_seconds(seconds);
    ++position;
    if (time_ns < last_ns) {
      unsorted.add(time_ns, position - 1, [&] { return fmt::format("{}, entry {}", name, position); });
      return {};
    }
    last_ns = time_ns;
    return sink.accept(Edge{time_ns, facts.resolution_ns, k_line, false});
  });
  Status parsed = visit_json(stream, name, list);
  JM_TRY(list.outcome());
  if (!parsed && facts.trouble.empty()) return parsed;
  JM_TRY(unsorted.report(sink, "edges out of order were left out"));
  if (facts.trouble.empty()) return {};
  return sink.accept(Anomaly{AnomalyKind::truncated, Severity::data_loss, std::nullopt,
                             TimeRange{last_ns, last_ns}, facts.edges, 1,
                             facts.trouble + "; later edges are missing"});
}

Status send_metadata(const EembcLog& log, const std::string& folder, SampleSink& sink) {
  std::string rule = "d0,pair=falling,skip=1";
  if (log.record.inferences) rule += fmt::format(",repeat={}", *log.record.inferences);
  JM_TRY(sink.accept(MetadataItem{"event.inference", rule}));
  JM_TRY(sink.accept(MetadataItem{"source.format", "eembc"}));
  JM_TRY(sink.accept(MetadataItem{"source.path", folder}));
  if (!log.monitor.empty()) JM_TRY(sink.accept(MetadataItem{"source.monitor", log.monitor}));
  return sink.accept(to_metadata(log.record));
}

std::string in_folder(const std::string& folder, std::string_view file) {
  return (std::filesystem::path(folder) / file).string();
}

}  // namespace

Status import_eembc(const EembcStreams& streams, SampleSink& sink) {
  EembcLog log;
  if (streams.log != nullptr) {
    JM_TRY_ASSIGN(log, read_eembc_log(*streams.log, in_folder(streams.folder, k_log_file)));
  }
  const std::string timestamps_name = in_folder(streams.folder, k_timestamps_file);
  EdgeFacts facts;
  if (streams.timestamps != nullptr) {
    JM_TRY_ASSIGN(facts, survey_edges(*streams.timestamps, timestamps_name));
  }
  EnergyFile energy(*streams.energy, in_folder(streams.folder, k_energy_file));
  JM_TRY_ASSIGN(const double rate_hz, energy.read_header());

  JM_TRY(sink.begin(describe(rate_hz, log)));
  const auto send = [&]() -> Status {
    JM_TRY(energy.send_samples(rate_hz, sink));
    if (streams.timestamps != nullptr) {
      JM_TRY(send_edges(*streams.timestamps, timestamps_name, facts, sink));
    } else {
      JM_TRY(sink.accept(Anomaly{AnomalyKind::lost_line, Severity::data_loss, std::nullopt, TimeRange{}, 0, 1,
                                 timestamps_name + " is missing: there are no edges"}));
    }
    return send_metadata(log, streams.folder, sink);
  };
  return finish_import(sink, send());
}

bool matches_eembc(const std::filesystem::path& path) {
  std::error_code ignored;
  return path.filename() == k_energy_file || std::filesystem::exists(path / k_energy_file, ignored);
}

Status import_eembc_run(ImportPaths paths, const OptionValues&, SampleSink& sink) {
  if (paths.size() != 1) return fail(ErrorCode::usage, "eembc imports one run folder at a time");
  std::filesystem::path folder = paths.front();
  if (folder.filename() == k_energy_file) folder = folder.parent_path();
  std::ifstream energy(folder / k_energy_file, std::ios::binary);
  if (!energy) {
    return fail(ErrorCode::unreadable, fmt::format("{}: cannot be opened; is {} an EnergyRunner run folder?",
                                                   (folder / k_energy_file).string(), folder.string()));
  }
  std::ifstream timestamps(folder / k_timestamps_file, std::ios::binary);
  std::ifstream log(folder / k_log_file, std::ios::binary);
  return import_eembc({&energy, timestamps ? &timestamps : nullptr, log ? &log : nullptr, folder.string()},
                      sink);
}

}  // namespace joulemark
