// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/run_record.h>
#include <analysis/model/names.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace joulemark {
namespace {

constexpr NameTable<MlperfTool, 2> k_tools{
    {{MlperfTool::energyrunner, "energyrunner"}, {MlperfTool::python_runner, "python_runner"}}};
constexpr NameTable<LogMarkKind, 3> k_kinds{
    {{LogMarkKind::handshake, "handshake"}, {LogMarkKind::start, "start"}, {LogMarkKind::done, "done"}}};

using Json = nlohmann::json;

// A whole number from a JSON value, or none.
std::optional<std::int64_t> whole(const Json& value) {
  if (!value.is_number_integer()) return std::nullopt;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{1} << 62) return std::nullopt;
  return value.get<std::int64_t>();
}

std::optional<double> finite(const Json& value) {
  if (!value.is_number() || !std::isfinite(value.get<double>())) return std::nullopt;
  return value.get<double>();
}

const Json& member(const Json& object, const char* key) {
  static const Json k_null;
  const auto found = object.find(key);
  return found == object.end() ? k_null : *found;
}

std::optional<LogMark> mark_from(const Json& value) {
  if (!value.is_object() || !member(value, "kind").is_string()) return std::nullopt;
  const auto kind = value_in(k_kinds, member(value, "kind").get_ref<const std::string&>());
  const auto time_s = finite(member(value, "time_s"));
  if (!kind || !time_s) return std::nullopt;
  return LogMark{*kind, *time_s};
}

std::optional<Trial> trial_from(const Json& value) {
  if (!value.is_object()) return std::nullopt;
  const auto first = whole(member(value, "first_index"));
  const auto samples = whole(member(value, "samples"));
  constexpr std::int64_t k_limit = std::int64_t{1} << 61;
  if (!first || !samples || *first < 0 || *samples < 0 || *first > k_limit || *samples > k_limit) {
    return std::nullopt;
  }
  return Trial{*first, *samples};
}

template <typename Part>
bool read_parts(const Json& list, std::optional<Part> (*read)(const Json&), std::vector<Part>& parts) {
  if (list.is_null()) return true;
  if (!list.is_array() || list.size() > k_max_run_parts) return false;
  for (const Json& value : list) {
    const std::optional<Part> part = read(value);
    if (!part) return false;
    parts.push_back(*part);
  }
  return true;
}

std::optional<RunRecord> record_from(const Json& json) {
  if (!json.is_object() || !member(json, "tool").is_string()) return std::nullopt;
  const auto tool = value_in(k_tools, member(json, "tool").get_ref<const std::string&>());
  if (!tool) return std::nullopt;
  RunRecord record;
  record.tool = *tool;
  record.inferences = whole(member(json, "inferences"));
  if (record.inferences.value_or(1) <= 0) return std::nullopt;
  if (const Json& agree = member(json, "inferences_agree"); agree.is_boolean()) {
    record.inferences_agree = agree.get<bool>();
  }
  record.dropped_fraction = finite(member(json, "dropped_fraction"));
  record.began_s = finite(member(json, "began_s"));
  record.traced_s = finite(member(json, "traced_s"));
  if (!read_parts(member(json, "marks"), mark_from, record.marks)) return std::nullopt;
  if (!read_parts(member(json, "trials"), trial_from, record.trials)) return std::nullopt;
  return record;
}

}  // namespace

std::string_view name_of(LogMarkKind kind) {
  return name_in(k_kinds, kind);
}

MetadataItem to_metadata(const RunRecord& record) {
  nlohmann::ordered_json json;
  json["tool"] = name_in(k_tools, record.tool);
  if (record.inferences) json["inferences"] = *record.inferences;
  if (!record.inferences_agree) json["inferences_agree"] = false;
  if (record.dropped_fraction) json["dropped_fraction"] = *record.dropped_fraction;
  if (record.began_s) json["began_s"] = *record.began_s;
  if (record.traced_s) json["traced_s"] = *record.traced_s;
  for (const LogMark& mark : record.marks)
    json["marks"].push_back({{"kind", name_of(mark.kind)}, {"time_s", mark.time_s}});
  for (const Trial& trial : record.trials)
    json["trials"].push_back({{"first_index", trial.first_index}, {"samples", trial.samples}});
  return {std::string(k_run_record_key), json.dump()};
}

Result<std::optional<RunRecord>> run_record(std::span<const MetadataItem> metadata) {
  const auto item = std::ranges::find(metadata, k_run_record_key, &MetadataItem::key);
  if (item == metadata.end()) return std::optional<RunRecord>();
  std::optional<RunRecord> record = record_from(Json::parse(item->value, nullptr, false));
  if (!record) {
    return fail(ErrorCode::unreadable,
                "the capture's metadata 'mlperf.run' is damaged; import the run again");
  }
  return record;
}

}  // namespace joulemark
