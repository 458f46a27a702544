// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/channels.h>

#include <algorithm>
#include <array>

namespace joulemark::monsoon {
namespace {

struct Row {
  Column column;
  const char* name;
  Quantity quantity;
};
constexpr std::array<Row, 5> k_table{{
    {Column::main_current, "monsoon.current", Quantity::current},
    {Column::main_voltage, "monsoon.voltage", Quantity::voltage},
    {Column::usb_current, "monsoon.usb_current", Quantity::current},
    {Column::usb_voltage, "monsoon.usb_voltage", Quantity::voltage},
    {Column::aux_current, "monsoon.aux_current", Quantity::current},
}};

constexpr double k_a_per_ma = 1e-3;

}  // namespace

std::vector<Column> columns_for(const Settings& settings) {
  std::vector<Column> columns;
  for (const Rail rail : settings.rails) {
    if (rail == Rail::main) {
      columns.push_back(Column::main_current);
      if (!settings.aux_voltage()) columns.push_back(Column::main_voltage);
    } else if (rail == Rail::usb) {
      columns.push_back(Column::usb_current);
      if (columns.front() != Column::main_current || !settings.aux_voltage()) {
        columns.push_back(Column::usb_voltage);
      }
    } else {
      columns.push_back(Column::aux_current);
    }
  }
  return columns;
}

Channel channel_for(Column column, const UnitScale& scale) {
  const Row& row = *std::ranges::find(k_table, column, &Row::column);
  Channel channel;
  channel.name = row.name;
  channel.quantity = row.quantity;
  channel.rate_hz = k_rate_hz;
  channel.scale = k_a_per_ma;
  if (row.quantity == Quantity::voltage) {
    channel.scale = column == Column::main_voltage ? scale.main_voltage_step_v : scale.usb_voltage_step_v;
    channel.ranges = {{0, 65535 * channel.scale, channel.scale}};
  }
  return channel;
}

Supply supply_for(std::span<const Column> columns, double vout_v) {
  if (std::ranges::find(columns, Column::main_voltage) != columns.end()) {
    return {std::nullopt, VoltageBasis::measured};
  }
  if (columns.front() == Column::usb_current) return {std::nullopt, VoltageBasis::measured};
  if (columns.front() == Column::main_current && vout_v > 0) return {vout_v, VoltageBasis::setpoint};
  return {};
}

std::vector<Anomaly> doubts_about(std::span<const Column> columns, Model model) {
  const auto aux = std::ranges::find(columns, Column::aux_current);
  if (aux == columns.end() || model == Model::hvpm) return {};
  return {
      Anomaly{AnomalyKind::protocol,
              Severity::doubtful,
              ChannelId{static_cast<std::uint32_t>(aux - columns.begin())},
              {},
              0,
              1,
              "the scale of an LVPM's aux current is not established in public: check it with a known load"}};
}

}  // namespace joulemark::monsoon
