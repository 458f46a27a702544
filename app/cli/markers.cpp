// SPDX-License-Identifier: Apache-2.0
#include <analysis/elf/read_markers.h>
#include <analysis/model/units.h>
#include <analysis/timing/event_rule.h>
#include <analysis/timing/marker_code.h>

#include <app/cli/markers.h>

#include <fmt/format.h>

namespace joulemark::cli {
namespace {

Status check_lines(const MarkerTable& table, std::span<const Line> lines) {
  if (table.coded) {
    JM_TRY(parse_marker_code(table.code_text(), lines));
    return {};
  }
  for (const std::string& rule : table.event_rules())
    JM_TRY(parse_event_rule(rule, lines));
  return {};
}

constexpr std::string_view k_a_line_each = "a line for each event";

std::string codes_in_words(std::size_t lines, bool strobe) {
  return fmt::format("codes of {}{}", format_count(static_cast<std::int64_t>(lines), "line"),
                     strobe ? " and a strobe" : "");
}

std::string mode_of(const MarkerTable& firmware) {
  return firmware.coded ? codes_in_words(firmware.lines, firmware.strobe) : std::string(k_a_line_each);
}

// Empty where the capture recommends nothing.
Result<std::string> mode_of(SampleSource& source) {
  const auto& lines = source.info().lines;
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, source.metadata());
  JM_TRY_ASSIGN(const std::optional<MarkerCode> code, recommended_code(metadata, lines));
  if (code) return codes_in_words(code->lines.size(), code->strobe.has_value());
  JM_TRY_ASSIGN(const std::vector<EventRule> rules, recommended_rules(metadata, lines));
  return std::string(rules.empty() ? "" : k_a_line_each);
}

}  // namespace

void add_marker_options(CLI::App& command, MarkerOptions& options) {
  command
      .add_option("--markers", options.code,
                  "Coded lines of jm_marker.h, the least significant bit first: "
                  "code:d0-d3[,strobe=d4][,settle=20us]")
      ->type_name("CODE");
  command
      .add_option("--elf", options.elf,
                  "The target's firmware, as linked: jm_marker.h left the names of its events in it")
      ->type_name("FILE");
}

Result<std::optional<MarkerTable>> firmware_markers(const MarkerOptions& options) {
  if (options.elf.empty()) return std::nullopt;
  JM_TRY_ASSIGN(MarkerTable table, read_markers(options.elf));
  if (options.code.empty() || table.coded) return std::optional(std::move(table));
  return fail(
      ErrorCode::usage,
      fmt::format("{}: this firmware has a line for each event, no codes: leave --markers out", options.elf));
}

Result<std::vector<MetadataItem>> marker_metadata(const MarkerOptions& options,
                                                  const std::optional<MarkerTable>& firmware,
                                                  std::span<const Line> lines) {
  std::vector<MetadataItem> items;
  if (firmware) items = firmware->metadata();
  if (!options.code.empty()) {
    JM_TRY_ASSIGN(const MarkerCode code, parse_marker_code(options.code, lines));
    items.push_back({"markers", format_marker_code(code)});  // the last one counts
  } else if (firmware) {
    if (const Status there = check_lines(*firmware, lines); !there)
      return fail(ErrorCode::usage, fmt::format("{}: its markers need lines that are not recorded: {}",
                                                options.elf, there.error().message));
  }
  return items;
}

void apply_markers(const MarkerOptions& options, const std::optional<MarkerTable>& firmware,
                   ReportOptions& report) {
  if (!options.code.empty()) report.markers = options.code;
  if (!firmware) return;
  report.names = firmware->names;
  if (firmware->coded) report.usual_markers = firmware->code_text();
  if (!firmware->coded && report.events.empty()) report.events = firmware->event_rules();
}

Status check_mode(const MarkerOptions& options, const MarkerTable& firmware, SampleSource& source) {
  if (!options.code.empty()) return {};
  JM_TRY_ASSIGN(const std::string recorded, mode_of(source));
  if (recorded.empty() || recorded == mode_of(firmware)) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("{}: this firmware marks by {}, the capture was recorded with {}: give the firmware "
                  "that ran, leave --elf out, or say by --event or --markers what the lines hold",
                  options.elf, mode_of(firmware), recorded));
}

}  // namespace joulemark::cli
