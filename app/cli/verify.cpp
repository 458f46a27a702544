// SPDX-License-Identifier: Apache-2.0
// joulemark verify FILE.jmk: is the file what was recorded, and what is still good?
#include <analysis/capture/verify.h>
#include <analysis/model/units.h>

#include <app/cli/commands.h>
#include <app/cli/json_text.h>
#include <app/cli/output.h>
#include <app/cli/progress_line.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>

namespace joulemark::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string file;
  bool repair = false;
  bool json = false;
};

Json json_of(const Damage& damage, const CaptureInfo& info) {
  Json json{{"what", damage.what}, {"channel", nullptr}, {"first_index", nullptr}, {"count", nullptr}};
  if (!damage.channel) return json;
  json["channel"] = info.channels[damage.channel->value].name;
  json["first_index"] = damage.indices.begin;
  json["count"] = damage.indices.count();
  json["begin_s"] = to_seconds(damage.time.begin_ns);
  json["end_s"] = to_seconds(damage.time.end_ns);
  return json;
}

Json json_of(const std::string& file, const RepairReport& repair) {
  const VerifyReport& found = repair.found;
  Json json{{"file", file},
            {"intact", found.intact()},
            {"closed", found.closed},
            {"end_reason", name_of(found.end_reason)},
            {"channels", Json::array()},
            {"lost_samples", found.lost_samples()},
            {"edges", found.good_edges},
            {"lost_edges", found.lost_edges},
            {"lost_items", found.lost_items},
            {"log_missing", found.log_missing},
            {"damage_count", found.damage_count},
            {"damage", Json::array()},
            {"repaired", repair.actions},
            {"original", repair.original.empty() ? Json(nullptr) : Json(repair.original)}};
  for (std::size_t i = 0; i < found.channels.size(); ++i) {
    json["channels"].push_back({{"id", found.info.channels[i].name},
                                {"good_samples", found.channels[i].good_samples},
                                {"lost_samples", found.channels[i].lost_samples}});
  }
  for (const Damage& damage : found.damage)
    json["damage"].push_back(json_of(damage, found.info));
  return json;
}

std::string verdict_of(const VerifyReport& found) {
  if (!found.intact()) return "damaged in " + format_count(found.damage_count, "place");
  if (found.closed) return "intact";
  if (found.log_missing) return "whole as far as it goes, but its -wal file is not there";
  return "intact, but not closed: the recorder was killed or still runs";
}

// Some of each part of the file: what is said before the colon.
std::string damage_text(const VerifyReport& found) {
  constexpr int k_shown = 4;
  std::map<std::string, int> seen;
  std::string text;
  std::int64_t shown = 0;
  for (const Damage& damage : found.damage) {
    if (++seen[damage.what.substr(0, damage.what.find(':'))] > k_shown) continue;
    ++shown;
    text += wrapped("- " + printable(damage.what));
  }
  if (shown == found.damage_count) return text;
  return text + fmt::format("  ... and {} more; --json lists the first 1000\n", found.damage_count - shown);
}

std::string text_of(const std::string& file, const RepairReport& repair) {
  const VerifyReport& found = repair.found;
  std::string text = wrapped(fmt::format("{}: {}", printable(file), verdict_of(found))).substr(2);
  for (std::size_t i = 0; i < found.channels.size(); ++i) {
    text +=
        fmt::format("  {:<28} {} good, {} lost to damage\n", printable(found.info.channels[i].name),
                    format_count(found.channels[i].good_samples, "sample"), found.channels[i].lost_samples);
  }
  text += fmt::format("  {:<28} {} good, {} lost to damage\n", "edges", found.good_edges, found.lost_edges);
  if (found.lost_items > 0) {
    text += fmt::format("  {:<28} {} lost\n", "markers, metadata and such",
                        format_count(found.lost_items, "row"));
  }
  text += damage_text(found);
  for (const std::string& action : repair.actions)
    text += wrapped("Repaired: " + action);
  if (!repair.original.empty()) text += wrapped("The damaged file is now " + printable(repair.original));
  if (!repair.actions.empty()) return text;
  if (found.log_missing) {
    text += wrapped(
        fmt::format("A recording that was never closed keeps its latest data, up to minutes, in {}-wal. "
                    "Put that file back beside it before anything else; it is not needed only if another "
                    "program has folded it in.",
                    printable(file)));
  }
  if (!found.intact() || !found.closed) {
    text += wrapped("joulemark verify --repair keeps what is good and closes the file.");
  }
  return text;
}

Result<RepairReport> inspect(const Arguments& arguments, bool quiet) {
  ProgressLine line(quiet);
  const Progress progress = percentage(line, "Checking");
  if (arguments.repair) return repair_capture(arguments.file, progress);
  RepairReport result;
  JM_TRY_ASSIGN(result.found, verify_capture(arguments.file, progress));
  return result;
}

Result<int> run(const Arguments& arguments, bool quiet) {
  JM_TRY_ASSIGN(const RepairReport result, inspect(arguments, quiet));
  print(arguments.json ? json_text(json_of(arguments.file, result)) : text_of(arguments.file, result));
  const bool good = result.actions.empty() ? result.found.intact() : result.found.lossless();
  return good && !result.found.log_missing ? k_ok : k_cannot_judge;
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      add_command(app, context, "verify", "Check every byte of a capture file, and repair it",
                  "joulemark verify kws.jmk\n\n"
                  "Exit code: 0 intact (also one whose recorder was killed), or repaired without\n"
                  "loss; 6 damaged, without its -wal file, or repaired with losses that are\n"
                  "recorded in it; 2 not readable as a capture at all; 4 in use by a recorder.");
  command->add_option("file", arguments->file, "The capture file")->required()->type_name("FILE.jmk");
  command->add_flag("--repair", arguments->repair,
                    "Fold in and close what a killed recorder left; keep what is good of a damaged file");
  command->add_flag("--json", arguments->json, "As JSON");
  command->callback([&context, arguments] {
    context.action = [&context, arguments] { return run(*arguments, context.quiet); };
  });
}

}  // namespace joulemark::cli
