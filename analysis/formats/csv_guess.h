// SPDX-License-Identifier: Apache-2.0
// Columns found by name or by what their titles say.
#pragma once

#include <analysis/formats/csv_columns.h>

#include <string>
#include <string_view>

namespace joulemark {

// For messages: the titles with their numbers, or that there are none.
[[nodiscard]] std::string known_columns(const CsvLayout& layout);

// The unit that a column's title states. The last letter of "Current_A" beside "Current_B" tells phases or
// channels apart and is none; nor is the V of "Voltage_V" beside "Voltage_U" or "Voltage_W".
[[nodiscard]] std::optional<std::string> unit_of_column(const CsvLayout& layout, std::size_t column);

// For messages: which title's letter was not taken for a unit, and why; empty when there is none.
[[nodiscard]] std::string words_for_phases(const CsvLayout& layout);

// By title, title without its unit, or number from 1. Errors: usage.
[[nodiscard]] Result<std::size_t> find_column(const CsvLayout& layout, std::string_view option,
                                              std::string_view text);

// The one column whose title states a unit of the quantity; none when there is none. Maxima, minima and shunt
// voltages are passed over where there is another, volts whose title names no voltage or supply ("Marker
// (V)", "Channel B (V)") always, and of several rails the one named is taken. Errors: usage, when several are
// left.
[[nodiscard]] Result<std::optional<CsvValueColumn>> guess_value(const CsvLayout& layout, Quantity quantity,
                                                                std::string_view rail = "main");

// The rail that a title names: "main", "usb", "aux"; empty when none.
[[nodiscard]] std::string_view rail_in_title(std::string_view title);

// Whether a title states a unit of the quantity.
[[nodiscard]] bool has_column_of(const CsvLayout& layout, Quantity quantity);

// The one column whose title states a unit of time. Errors: usage, when there is none or several.
[[nodiscard]] Result<CsvTimeColumn> guess_time(const CsvLayout& layout);

}  // namespace joulemark
