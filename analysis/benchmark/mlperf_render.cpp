// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/mlperf_render.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace joulemark {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json figures_json(const MlperfFigures& figures) {
  Json json;
  json["windows"] = Json::array();
  for (const MlperfWindow& window : figures.windows) {
    json["windows"].push_back({{"index", window.index},
                               {"start_s", window.start_s},
                               {"stop_s", window.stop_s},
                               {"runtime_s", window.runtime_s},
                               {"energy_j", or_null(window.energy_j)},
                               {"power_w", or_null(window.power_w)},
                               {"inferences", or_null(window.inferences)},
                               {"energy_per_inference_j", or_null(window.energy_per_inference_j)},
                               {"throughput_ips", or_null(window.throughput_ips)},
                               {"missing_samples", window.missing_samples}});
  }
  json["median_energy_per_inference_j"] = or_null(figures.median_energy_per_inference_j);
  json["median_throughput_ips"] = or_null(figures.median_throughput_ips);
  return json;
}

Json fit_json(const std::optional<LogFit>& fit) {
  if (!fit) return nullptr;
  return {{"marks", fit->marks},
          {"matched", fit->matched},
          {"offset_s", fit->offset_s},
          {"max_residual_s", fit->max_residual_s}};
}

// Words into lines of at most 80 columns; later lines are indented.
std::string wrap(std::string_view text, std::string_view indent) {
  constexpr std::size_t k_columns = 80;
  std::string out;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (column > 0 && column + 1 + word.size() > k_columns) {
      out += fmt::format("\n{}", indent);
      column = indent.size();
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out + "\n";
}

// Fixed decimals, as the official tool prints; what does not fit is no figure of a real run.
std::string number(const std::optional<double>& value, double factor, int width, int decimals) {
  if (!value) return fmt::format("{:>{}}", "-", width);
  std::string text = fmt::format("{:>{}.{}f}", *value * factor, width, decimals);
  return static_cast<int>(text.size()) <= width ? text : fmt::format("{:>{}.3e}", *value * factor, width);
}

std::string figures_text(const MlperfFigures& figures, MlperfTool tool) {
  const int decimals = tool == MlperfTool::python_runner ? 4 : 3;  // of the official medians
  if (figures.windows.empty()) return "There are no windows.\n";
  std::string text = fmt::format("Window {:>7} {:>9} {:>7} {:>12} {:>12} {:>10} {:>10}\n", "Start s",
                                 "Runtime s", "Infer.", "Energy uJ", "Power uW", "uJ/inf.", "inf./s");
  for (const MlperfWindow& window : figures.windows) {
    text += fmt::format(
        "{:>6} {} {} {:>7} {} {} {} {}\n", window.index, number(window.start_s, 1, 7, 3),
        number(window.runtime_s, 1, 9, 3), window.inferences ? std::to_string(*window.inferences) : "-",
        number(window.energy_j, 1e6, 12, 3), number(window.power_w, 1e6, 12, 3),
        number(window.energy_per_inference_j, 1e6, 10, 3), number(window.throughput_ips, 1, 10, 3));
  }
  if (figures.median_energy_per_inference_j) {
    text += fmt::format("Median energy cost is {:.{}f} uJ/inf.\n",
                        *figures.median_energy_per_inference_j * 1e6, decimals);
  } else {
    text += "Median energy cost is not known.\n";
  }
  if (figures.median_throughput_ips) {
    text += fmt::format("Median throughput is {:.3f} inf./sec.\n", *figures.median_throughput_ips);
  }
  return text;
}

std::string verdict_text(const MlperfResult& result) {
  std::string text(name_of(result.verdict));
  if (result.verdict == MlperfVerdict::invalid) text += " (a rule fails)";
  if (result.verdict == MlperfVerdict::suspect)
    text += " (do not use the official figures before reading the findings)";
  return text;
}

std::string rule_text(const MlperfRule& rule) {
  return fmt::format("  {:<22} limit {:<8} observed {:<12} {}\n", rule.name, fmt::format("{:g}", rule.limit),
                     rule.observed ? fmt::format("{:g}", *rule.observed) : "-",
                     rule.observed ? name_of(rule.status) : "unknown (not said)");
}

}  // namespace

std::string mlperf_json(const MlperfResult& result, std::string_view tool_version) {
  Json json;
  json["schema_version"] = "1";
  json["tool"] = {{"name", "joulemark"}, {"version", tool_version}};
  json["benchmark"] = "mlperf_tiny_energy";
  json["source_tool"] = name_of(result.tool);
  json["verdict"] = name_of(result.verdict);
  json.update(figures_json(result.figures));
  json["rules"] = Json::array();
  for (const MlperfRule& rule : result.rules) {
    json["rules"].push_back({{"name", rule.name},
                             {"limit", rule.limit},
                             {"observed", or_null(rule.observed)},
                             {"status", name_of(rule.status)}});
  }
  json["findings"] = Json::array();
  for (const MlperfFinding& finding : result.findings)
    json["findings"].push_back({{"code", finding.code}, {"message", finding.message}});
  json["log_fit"] = fit_json(result.log_fit);
  json["repaired"] = result.repaired ? figures_json(*result.repaired) : Json(nullptr);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string mlperf_text(const MlperfResult& result) {
  std::string text = fmt::format("MLPerf Tiny energy, by the rule of the {}\nVerdict: {}\n\n",
                                 name_of(result.tool), verdict_text(result));
  text += "Official figures\n" + figures_text(result.figures, result.tool);
  text += "\nRules\n";
  for (const MlperfRule& rule : result.rules)
    text += rule_text(rule);
  if (!result.findings.empty()) text += "\nFindings\n";
  for (const MlperfFinding& finding : result.findings)
    text += wrap(fmt::format("- {}", finding.message), "  ");
  if (result.repaired) {
    text += "\nRepaired figures, windows paired by the log\n";
    text += figures_text(*result.repaired, result.tool);
  }
  return text;
}

}  // namespace joulemark
