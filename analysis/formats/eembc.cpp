// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/trace_length.h>
#include <analysis/formats/eembc.h>
#include <analysis/formats/eembc_edges.h>
#include <analysis/formats/eembc_log.h>
#include <analysis/formats/energy_feed.h>
#include <analysis/formats/input_file.h>
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <optional>

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

  Status send_samples(const Channel& channel, SampleSink& sink) {
    EnergyFeed samples(sink, k_energy_channel, channel);
    std::array<unsigned char, 65536> chunk{};
    std::size_t partial = 0;
    for (std::size_t got = 0; partial == 0 && (got = read(chunk.data(), chunk.size())) > 0;) {
      partial = got % 4;
      for (std::size_t at = 0; at + 4 <= got; at += 4, ++samples_) {
        const auto value = static_cast<double>(little_endian_float(chunk.data() + at));
        JM_TRY(samples.add(samples_, value, [&] { return fmt::format("byte {}", byte_of(samples_)); }));
      }
    }
    if (stream_.bad()) return fail(ErrorCode::io, name_ + ": cannot read");
    JM_TRY(samples.finish());
    if (!samples.any()) return refuse(k_header_bytes, "not one sample is a finite number within reason");
    if (partial == 0) return {};
    const TimeNs end_ns = recorded(channel.rate_hz).end_ns;
    return sink.accept(Anomaly{
        AnomalyKind::truncated, Severity::data_loss, k_energy_channel, TimeRange{end_ns, end_ns}, samples_, 1,
        fmt::format("{}: byte {}: the file ends {} into a sample", name_, byte_of(samples_),
                    format_count(static_cast<std::int64_t>(partial), "byte"))});
  }

  // What the samples sent cover.
  [[nodiscard]] TimeRange recorded(double rate_hz) const {
    return {0, from_seconds(std::min(static_cast<double>(samples_) / rate_hz, 9e9))};
  }

 private:
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
  std::int64_t samples_ = 0;  // read so far
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

Status send_metadata(const EembcLog& log, const std::string& folder, SampleSink& sink) {
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
  std::optional<EembcEdges> edges;
  const std::string timestamps_name = in_folder(streams.folder, k_timestamps_file);
  if (streams.timestamps != nullptr) {
    edges.emplace(*streams.timestamps, timestamps_name);
    JM_TRY(edges->survey());
  }
  EnergyFile energy(*streams.energy, in_folder(streams.folder, k_energy_file));
  JM_TRY_ASSIGN(const double rate_hz, energy.read_header());
  const CaptureInfo info = describe(rate_hz, log);

  JM_TRY(sink.begin(info));
  const auto send = [&]() -> Status {
    JM_TRY(energy.send_samples(info.channels.front(), sink));
    const TimeRange recorded = energy.recorded(rate_hz);
    const auto length = trouble_with_length(log.record, recorded.seconds(), info.instrument.model);
    if (length) {
      JM_TRY(
          sink.accept(Anomaly{AnomalyKind::gap, Severity::data_loss, std::nullopt, recorded, 0, 1, *length}));
    }
    if (edges) {
      JM_TRY(edges->send(sink));
      JM_TRY(recommend_eembc_rule(edges->times_ns(), log.record, recorded, length.value_or(""), sink));
    } else {
      JM_TRY(sink.accept(Anomaly{AnomalyKind::lost_line, Severity::data_loss, std::nullopt, TimeRange{}, 0, 1,
                                 timestamps_name + " is missing: there are no edges"}));
      JM_TRY(sink.accept(MetadataItem{"withheld.inference", timestamps_name + " is missing."}));
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
  JM_TRY_ASSIGN(std::ifstream energy, open_input(folder / k_energy_file));
  JM_TRY_ASSIGN(std::optional<std::ifstream> timestamps, open_input_if_there(folder / k_timestamps_file));
  JM_TRY_ASSIGN(std::optional<std::ifstream> log, open_input_if_there(folder / k_log_file));
  return import_eembc({&energy, timestamps ? &*timestamps : nullptr, log ? &*log : nullptr, folder.string()},
                      sink);
}

}  // namespace joulemark
