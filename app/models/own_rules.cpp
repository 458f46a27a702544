// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/event_setup.h>
#include <app/models/own_rules.h>

namespace joulemark {

Status OwnRules::begin(const CaptureInfo& info) {
  JM_TRY(to_.begin(info));
  if (rules_.empty()) return {};
  if (const auto setup = recommended_setup(rules_, info.lines); !setup) {
    rules_.clear();
    refused_(setup.error());
  }
  for (const MetadataItem& item : rules_)
    JM_TRY(to_.accept(item));
  return {};
}

Status OwnRules::accept(const MetadataItem& item) {
  return !rules_.empty() && is_setup_key(item.key) ? Status() : to_.accept(item);
}

}  // namespace joulemark
