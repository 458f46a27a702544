// SPDX-License-Identifier: Apache-2.0
// joulemark info FILE.jmk: what a capture holds.
#include <analysis/capture/capture_reader.h>
#include <analysis/model/lost_samples.h>
#include <analysis/model/rail.h>
#include <analysis/model/told_once.h>
#include <analysis/model/units.h>

#include <app/cli/commands.h>
#include <app/cli/json_text.h>
#include <app/cli/output.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>

namespace joulemark::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Contents {
  std::string file;
  std::uintmax_t bytes = 0;
  bool closed = false;
  EndReason end_reason = EndReason::killed;
  CaptureInfo info;
  std::vector<Extent> extents;
  TimeRange time;
  std::int64_t edges = 0;
  std::size_t markers = 0;
  std::vector<Anomaly> anomalies;
  std::vector<MetadataItem> metadata;
};

Result<Contents> look_into(const std::string& file) {
  JM_TRY_ASSIGN(const auto reader, CaptureReader::open(file));
  Contents contents;
  contents.file = file;
  std::error_code unknown;
  contents.bytes = std::filesystem::file_size(file, unknown);
  contents.closed = reader->closed();
  contents.end_reason = reader->end_reason();
  contents.info = reader->info();
  for (std::uint32_t i = 0; i < contents.info.channels.size(); ++i) {
    JM_TRY_ASSIGN(const Extent extent, reader->extent(ChannelId{i}));
    if (extent.samples > 0) {
      const bool first = contents.time.empty();
      contents.time = {first ? extent.time.begin_ns : std::min(contents.time.begin_ns, extent.time.begin_ns),
                       first ? extent.time.end_ns : std::max(contents.time.end_ns, extent.time.end_ns)};
    }
    contents.extents.push_back(extent);
  }
  JM_TRY_ASSIGN(contents.edges, reader->edge_count());
  JM_TRY_ASSIGN(const auto markers, reader->markers());
  contents.markers = markers.size();
  JM_TRY_ASSIGN(contents.anomalies, reader->anomalies());
  for (std::uint32_t i = 0; i < contents.extents.size(); ++i) {
    Extent& extent = contents.extents[i];
    extent.lost_samples = lost_samples(extent, contents.anomalies, ChannelId{i});
  }
  JM_TRY_ASSIGN(contents.metadata, reader->metadata());
  return contents;
}

Json or_null(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json known_or_null(const Characteristic& c) {
  return c.known() ? Json(c.value) : Json(nullptr);
}

Json json_of(const Channel& channel, const Extent& extent) {
  return {{"id", channel.name},
          {"quantity", name_of(channel.quantity)},
          {"unit", unit_of(channel.quantity)},
          {"timed", channel.timed},
          {"rate_hz", channel.rate_hz > 0 ? Json(channel.rate_hz) : Json(nullptr)},
          {"samples", extent.samples},
          {"lost_samples", extent.lost_samples},
          {"begin_s", to_seconds(extent.time.begin_ns)},
          {"end_s", to_seconds(extent.time.end_ns)},
          {"scale", channel.scale},
          {"aperture_s", known_or_null(channel.aperture_s)},
          {"dead_time_s", known_or_null(channel.dead_time_s)},
          {"stamp_position", name_of(channel.stamp_position)}};
}

Json json_of(const Anomaly& anomaly, const CaptureInfo& info) {
  Json channel;
  if (anomaly.channel && anomaly.channel->value < info.channels.size()) {
    channel = info.channels[anomaly.channel->value].name;
  }
  return {{"kind", name_of(anomaly.kind)},
          {"severity", name_of(anomaly.severity)},
          {"channel", channel},
          {"begin_s", to_seconds(anomaly.time.begin_ns)},
          {"end_s", to_seconds(anomaly.time.end_ns)},
          {"first_index", anomaly.first_index},
          {"count", anomaly.count},
          {"message", anomaly.message}};
}

Json json_of(const Contents& c) {
  const InstrumentIdentity& i = c.info.instrument;
  Json json{
      {"file", c.file},
      {"id", c.info.id},
      {"bytes", c.bytes},
      {"closed", c.closed},
      {"end_reason", name_of(c.end_reason)},
      {"started_at", c.info.started_at_utc_ns ? Json(utc_text(*c.info.started_at_utc_ns)) : Json(nullptr)},
      {"duration_s", c.time.seconds()},
      {"instrument",
       {{"uri", i.uri},
        {"vendor", i.vendor},
        {"model", i.model},
        {"serial", i.serial},
        {"firmware", i.firmware},
        {"calibration", i.calibration}}},
      {"supply",
       {{"voltage_v", or_null(c.info.supply.voltage_v)}, {"basis", name_of(voltage_basis(c.info))}}},
      {"channels", Json::array()},
      {"lines", Json::array()},
      {"edges", c.edges},
      {"markers", c.markers},
      {"anomalies", Json::array()},
      {"metadata", Json::array()}};
  for (std::size_t k = 0; k < c.extents.size(); ++k)
    json["channels"].push_back(json_of(c.info.channels[k], c.extents[k]));
  for (const Line& line : c.info.lines)
    json["lines"].push_back({{"id", fmt::format("d{}", line.id.value)}, {"name", line.name}});
  for (const Anomaly& anomaly : c.anomalies)
    json["anomalies"].push_back(json_of(anomaly, c.info));
  for (const MetadataItem& item : c.metadata)
    json["metadata"].push_back({{"key", item.key}, {"value", item.value}});
  return json;
}

std::string head_text(const Contents& c) {
  std::string text =
      fmt::format("File        {}, {}\n", printable(c.file), format_si(static_cast<double>(c.bytes), "B"));
  if (c.info.started_at_utc_ns) text += fmt::format("Started     {}\n", utc_text(*c.info.started_at_utc_ns));
  text += fmt::format("Duration    {:.9g} s ({})\n", c.time.seconds(),
                      c.closed ? name_of(c.end_reason) : "not closed");
  if (!c.closed) {
    text += wrapped("Not closed: " + c.anomalies.back().message + "; joulemark verify --repair closes it.");
  }
  const InstrumentIdentity& i = c.info.instrument;
  text += fmt::format("Instrument  {}\n",
                      printable(fmt::format("{} {} {} {}", i.vendor, i.model, i.serial, i.uri)));
  const VoltageBasis basis = voltage_basis(c.info);
  if (basis == VoltageBasis::measured) return text + "Supply      measured\n";
  if (!c.info.supply.voltage_v)
    return text + "Supply      unknown: only one of energy and charge can be told\n";
  return text +
         fmt::format("Supply      {} ({})\n", format_si(*c.info.supply.voltage_v, "V"), name_of(basis));
}

std::string channels_text(const Contents& c) {
  std::string text;
  for (std::size_t k = 0; k < c.extents.size(); ++k) {
    const Channel& channel = c.info.channels[k];
    const std::string rate = channel.timed         ? std::string("timed")
                             : channel.rate_hz > 0 ? format_si(channel.rate_hz, "Hz")
                                                   : std::string();
    text += fmt::format("Channel     {:<24} {:>10}  {}, {} lost\n", printable(channel.name), rate,
                        format_count(c.extents[k].samples, "sample"), c.extents[k].lost_samples);
  }
  for (const Line& line : c.info.lines)
    text += fmt::format("Line        d{}{}{}\n", line.id.value, line.name.empty() ? "" : " ",
                        printable(line.name));
  return text + fmt::format("Edges       {}\nMarkers     {}\n", c.edges, c.markers);
}

std::string anomalies_text(const Contents& c) {
  constexpr std::size_t k_shown = 20;
  const std::vector<Anomaly> anomalies = told_once(c.anomalies, channel_names(c.info));
  std::string text = fmt::format("Anomalies   {}\n", anomalies.size());
  for (std::size_t k = 0; k < std::min(k_shown, anomalies.size()); ++k) {
    const Anomaly& a = anomalies[k];
    text += wrapped(fmt::format("{} at {:.6g} s ({}): {}", name_of(a.kind), to_seconds(a.time.begin_ns),
                                name_of(a.severity), printable(a.message)));
  }
  if (anomalies.size() > k_shown) text += "  ... --json lists all\n";
  constexpr std::size_t k_value = 200;
  for (const MetadataItem& item : c.metadata) {
    const std::string more = item.value.size() > k_value ? " ... (--json has all)" : "";
    text += wrapped(
        fmt::format("{} = {}{}", printable(item.key), printable(beginning(item.value, k_value)), more));
  }
  return text;
}

}  // namespace

void add_info(CLI::App& app, Context& context) {
  struct Arguments {
    std::string file;
    bool json = false;
  };
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, context, "info", "What a capture file holds", "joulemark info kws.jmk");
  command->add_option("file", arguments->file, "The capture file")->required()->type_name("FILE.jmk");
  command->add_flag("--json", arguments->json, "As JSON");
  command->callback([&context, arguments] {
    context.action = [arguments]() -> Result<int> {
      JM_TRY_ASSIGN(const Contents contents, look_into(arguments->file));
      print(arguments->json ? json_text(json_of(contents))
                            : head_text(contents) + channels_text(contents) + anomalies_text(contents));
      return k_ok;
    };
  });
}

}  // namespace joulemark::cli
