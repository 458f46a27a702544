// SPDX-License-Identifier: Apache-2.0
// joulemark import FILE... -o FILE.jmk: a recording made elsewhere becomes a capture file.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/formats/importer.h>
#include <analysis/model/block_watch.h>
#include <analysis/model/lost_samples.h>
#include <analysis/model/tee.h>
#include <analysis/model/told_once.h>
#include <analysis/model/units.h>
#include <analysis/timing/event_rule.h>

#include <app/cli/commands.h>
#include <app/cli/json_text.h>
#include <app/cli/option_table.h>
#include <app/cli/output.h>
#include <app/cli/progress_line.h>
#include <app/cli/stop_on_signal.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace joulemark::cli {
namespace {

struct ImportArguments {
  std::vector<std::string> inputs;
  std::string file;
  std::string format;
  std::vector<std::string> options;
  bool overwrite = false;
};

std::string channel_line(const Channel& channel, const Extent& extent, std::int64_t lost) {
  std::string text = fmt::format("Channel   {}: {}", channel.name, format_count(extent.samples, "sample"));
  if (channel.timed) {
    text += " at uneven times";
  } else {
    text += fmt::format(" at {}", format_si(channel.rate_hz, "Hz"));
  }
  if (lost > 0) text += fmt::format(", {} missing", lost);
  return text + "\n";
}

// Which column became what, and what was passed over.
Status tell_origins(CaptureReader& reader) {
  constexpr std::array<std::string_view, 8> k_keys{"source.time",    "source.current", "source.voltage",
                                                   "source.power",   "source.energy",  "source.lines",
                                                   "source.decimal", "source.ignored"};
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, reader.metadata());
  for (const std::string_view key : k_keys) {
    const auto item = std::ranges::find(metadata, key, &MetadataItem::key);
    if (item == metadata.end()) continue;
    talk(fmt::format("{}: {}", key.substr(key.find('.') + 1), printable(item->value)));
  }
  return {};
}

// What the file holds now; what is wrong with it goes to stderr too, since a usable rest is a success.
Status tell(const std::string& file, const std::string& format, bool quiet) {
  JM_TRY_ASSIGN(const auto reader, CaptureReader::open(file));
  std::string text = fmt::format("File      {} (from {})\n", file, format);
  const CaptureInfo& info = reader->info();
  JM_TRY_ASSIGN(const std::vector<Anomaly> anomalies, reader->anomalies());
  for (std::uint32_t i = 0; i < info.channels.size(); ++i) {
    JM_TRY_ASSIGN(const Extent extent, reader->extent(ChannelId{i}));
    text += channel_line(info.channels[i], extent, lost_samples(extent, anomalies, ChannelId{i}));
  }
  std::size_t edges = 0;
  JM_TRY(reader->edges(k_all_time, [&](std::span<const Edge> some) -> Status {
    edges += some.size();
    return {};
  }));
  text += fmt::format("Edges     {}\n", edges);
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, reader->metadata());
  JM_TRY_ASSIGN(const std::vector<EventRule> rules, recommended_rules(metadata, info.lines));
  for (const EventRule& rule : rules)
    text += fmt::format("Events    {} (what report takes without --event)\n", format_event_rule(rule));
  const std::vector<Anomaly> told = told_once(anomalies, channel_names(info));
  text += fmt::format("Anomalies {}\n", told.size());
  print(text);
  if (!quiet) JM_TRY(tell_origins(*reader));
  constexpr std::size_t k_told = 20;
  for (std::size_t i = 0; i < std::min(told.size(), k_told) && !quiet; ++i)
    talk(fmt::format("{}: {}: {}", name_of(told[i].severity), name_of(told[i].kind),
                     printable(told[i].message)));
  if (told.size() > k_told && !quiet) talk(fmt::format("... and {} more", told.size() - k_told));
  return {};
}

// The inputs, and files that options name.
std::vector<std::string> inputs_of(const ImportArguments& arguments, ImportPaths paths) {
  std::vector<std::string> files = files_read(arguments.format, paths);
  for (const std::string& option : arguments.options)
    files.push_back(option.substr(option.find('=') + 1));
  return files;
}

Result<int> run_import(const ImportArguments& arguments, bool quiet) {
  const std::vector<std::filesystem::path> paths(arguments.inputs.begin(), arguments.inputs.end());
  JM_TRY(check_outputs(inputs_of(arguments, paths), std::array{arguments.file}));
  JM_TRY_ASSIGN(const Importer* const importer, choose_importer(arguments.format, paths));
  JM_TRY_ASSIGN(const OptionValues options, OptionValues::parse(arguments.options, importer->options));
  CaptureWriter writer(
      {arguments.file, CaptureMode::bulk, Overflow::block, arguments.overwrite, Compression::fast});
  {
    const StopOnSignal stop;
    ProgressLine line(quiet);
    BlockWatch watch([&](std::int64_t samples) -> Status {
      if (line.due()) line.show(format_count(samples, "sample"));
      if (stop.token().stop_requested()) return fail(ErrorCode::io, "interrupted; no file was made");
      return {};
    });
    Tee both({&writer, &watch});
    JM_TRY(importer->import(paths, options, both));
  }
  JM_TRY(tell(arguments.file, importer->name, quiet));
  return k_ok;
}

std::string format_tables() {
  std::string text = "\nFormats (found by the look of the input, or named by --format):\n";
  for (const Importer& importer : importers()) {
    text += fmt::format("{} - {}\n{}", importer.name, importer.description, option_table(importer.options));
  }
  return text;
}

}  // namespace

void add_import(CLI::App& app, Context& context) {
  CLI::App* command =
      add_command(app, context, "import", "Make a capture file from a recording of another tool",
                  "joulemark import ppk2.csv -o run.jmk --option voltage=3.3V\n" + format_tables());
  const auto arguments = std::make_shared<ImportArguments>();
  command->add_option("input", arguments->inputs, "What to import")->required()->type_name("FILE|DIR");
  command->add_option("-o,--output", arguments->file, "The capture file to make")
      ->required()
      ->check(file_to_write())
      ->type_name("FILE.jmk");
  command->add_option("--format", arguments->format, "The format, when its looks do not tell")
      ->type_name("NAME");
  command->add_option("--option", arguments->options, "An option of the format; may be repeated")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file if it exists");
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return run_import(*arguments, context.quiet); };
  });
}

}  // namespace joulemark::cli
