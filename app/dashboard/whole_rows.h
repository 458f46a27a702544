// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QListView>
#include <algorithm>

namespace joulemark {

// A list that leaves the room of half a row under its last whole one empty.
template <class View>
class WholeRows final : public View {
 public:
  using View::View;

 protected:
  void updateGeometries() override {
    View::updateGeometries();
    this->setViewportMargins(0, 0, 0, spare());
  }

 private:
  // Nothing where all rows fit, or not even the first one does.
  [[nodiscard]] int spare() const {
    const int room = this->contentsRect().height();
    const int rows = this->model() == nullptr ? 0 : this->model()->rowCount();
    int used = 0;
    for (int row = 0; row < rows; ++row) {
      const int next = used + this->sizeHintForRow(row);
      if (next > room) return used == 0 ? 0 : room - used;
      used = next;
    }
    return 0;
  }
};

}  // namespace joulemark
