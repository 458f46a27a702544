// SPDX-License-Identifier: GPL-3.0-or-later
// Rules and named stretches: edited, measured anew, and reported alike by the command line.
#include <analysis/capture/database.h>

#include <app/dashboard/banner.h>
#include <app/dashboard/theme.h>
#include <app/models/capture_document.h>
#include <app/recording/instruments.h>

#include <tests/gui/window_fixture.h>

#include <QApplication>
#include <QDialog>
#include <QJsonArray>
#include <QJsonObject>
#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <algorithm>
#include <map>
#include <set>

using namespace joulemark;

class RulesTest : public WindowFixture {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { record_sample(); }
  void init() { show_window(); }
  void cleanup() { window_.reset(); }

  void aStretchIsNamedByItsKeyAndReported();
  void anEditedRuleIsShownAndReported();
  void addingARuleRecoloursNothing();
  void everyCountOfInferencesCanBeRead();
  void measuringThatWasCancelledIsDoneAgain();
  void whatAnotherWindowChangesIsShownOnReturn();
  void anEditThatIsNotSavedIsNotLostToAnotherWindow();
  void theTableSaysHowEachFigureWasMeasured();

 private:
  // The third rule, by a window beside this one, to which the person then returns.
  void rename_elsewhere();
  [[nodiscard]] bool shows(const QString& name) const {
    for (int row = 0; row < window_->rules().rowCount(); ++row) {
      if (window_->rules().index(row, RuleTable::name).data() == name) return true;
    }
    return false;
  }
};

void RulesTest::aStretchIsNamedByItsKeyAndReported() {
  open(sample_);
  window_->time_window().set_cursors(0, TimeRange{5'000'000'000, 9'500'000'000});
  const auto before = window_->document()->analysis();
  when_asked([](QDialog& dialog) {
    dialog.findChild<QLineEdit*>()->setText(QStringLiteral("warm-up"));
    dialog.accept();
  });
  QTest::keyClick(window_.get(), Qt::Key_W);
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before && window_->document()->idle(),
                           k_patience_ms);
  const EventReport& shown = window_->document()->analysis()->report.events.back();
  const QJsonObject named = reported({window_->document()->path()})["events"].toArray().last().toObject();
  QCOMPARE(named["name"].toString(), QStringLiteral("warm-up"));
  QVERIFY(*shown.energy_j.mean == named["energy_j"]["mean"].toDouble());
  QCOMPARE(*shown.latency_s.mean, 4.5);
}

void RulesTest::anEditedRuleIsShownAndReported() {
  open(sample_);
  RuleTable& rules = window_->rules();
  const auto before = window_->document()->analysis();
  QVERIFY(rules.setData(rules.index(2, RuleTable::name), "net"));
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before && window_->document()->idle(),
                           k_patience_ms);
  const auto named = [&] {
    QStringList names;
    for (const EventReport& event : window_->document()->analysis()->report.events)
      names << QString::fromStdString(event.name);
    return names;
  };
  QVERIFY(named().contains(QStringLiteral("net")));
  QStringList reported_names;
  for (const auto& event : reported({window_->document()->path()})["events"].toArray())
    reported_names << event.toObject()["name"].toString();
  QCOMPARE(named(), reported_names);
  const auto edited = window_->document()->analysis();
  QTest::keyClick(window_.get(), Qt::Key_Z, Qt::ControlModifier);
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != edited && window_->document()->idle(),
                           k_patience_ms);
  QVERIFY(!named().contains(QStringLiteral("net")));
}

void RulesTest::addingARuleRecoloursNothing() {
  open(sample_);
  const auto colours = [this] {
    std::map<std::string, QRgb> of_names;
    const auto& events = window_->document()->analysis()->report.events;
    for (std::size_t i = 0; i < events.size(); ++i)
      of_names[events[i].name] = theme().event(i).rgb();
    return of_names;
  };
  std::map<std::string, QRgb> before = colours();
  std::set<QRgb> distinct;
  for (const auto& [name, colour] : before)
    distinct.insert(colour);
  QCOMPARE(distinct.size(), before.size());
  const auto measured = window_->document()->analysis();
  window_->rules().add_rule();  // "event-d0", which is listed among the others
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != measured && window_->document()->idle(),
                           k_patience_ms);
  std::map<std::string, QRgb> after = colours();
  QCOMPARE(after.size(), before.size() + 1);
  for (const auto& [name, colour] : before)
    QVERIFY2(after.at(name) == colour, name.c_str());
}

void RulesTest::everyCountOfInferencesCanBeRead() {
  open(sample_);
  RuleTable& rules = window_->rules();
  for (const int count : {150, 100'000}) {
    QVERIFY(rules.setData(rules.index(0, RuleTable::repeat), count));
    QTRY_VERIFY_WITH_TIMEOUT(window_->document()->idle(), k_patience_ms);
    QApplication::processEvents();
    const auto* table = window_->findChild<QTableView*>(QStringLiteral("rules.table"));
    QCOMPARE(rules.index(0, RuleTable::repeat).data().toInt(), count);
    QVERIFY(table->columnWidth(RuleTable::repeat) >=
            table->sizeHintForIndex(rules.index(0, RuleTable::repeat)).width());
  }
}

void RulesTest::measuringThatWasCancelledIsDoneAgain() {
  open(sample_);
  const auto before = window_->document()->analysis();
  EventSetup setup = window_->document()->setup();
  setup.windows.push_back({"late", {5'000'000'000, 6'000'000'000}});
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("name")).has_value());
  click(QStringLiteral("Cancel"));
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->idle(), k_patience_ms);
  QApplication::processEvents();
  QVERIFY(window_->document()->analysis() == before);
  click(QStringLiteral("Measure again"));
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before, k_patience_ms);
  QCOMPARE(window_->document()->analysis()->report.events.back().name, std::string("late"));
}

void RulesTest::rename_elsewhere() {
  MainWindow other(make_registry());
  other.show();
  other.open_file(window_->document()->path());
  QTRY_VERIFY_WITH_TIMEOUT(other.document() != nullptr && other.document()->analysis() != nullptr,
                           k_patience_ms);
  other.activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(&other));
  QVERIFY(other.rules().setData(other.rules().index(2, RuleTable::name), "net"));
  other.document()->finish_saving();
  QCOMPARE(other.document()->unsaved(), QString());
  window_->activateWindow();
  QVERIFY(QTest::qWaitForWindowActive(window_.get()));
}

void RulesTest::whatAnotherWindowChangesIsShownOnReturn() {
  open(sample_);
  rename_elsewhere();
  QTRY_VERIFY_WITH_TIMEOUT(shows(QStringLiteral("net")), k_patience_ms);
  QVERIFY2(window_->banner().text().contains(QStringLiteral("changed elsewhere")),
           qPrintable(window_->banner().text()));
  QTRY_VERIFY_WITH_TIMEOUT(
      std::ranges::count(window_->document()->analysis()->report.events, "net", &EventReport::name) == 1,
      k_patience_ms);
}

void RulesTest::anEditThatIsNotSavedIsNotLostToAnotherWindow() {
  open(sample_);
  const std::string file = window_->document()->path().toStdString();
  auto writer = capture::Database::open(file, capture::Database::Access::write);
  QVERIFY(writer->execute("BEGIN IMMEDIATE").has_value());
  QVERIFY(window_->rules().setData(window_->rules().index(2, RuleTable::name), "mine"));
  QTRY_VERIFY_WITH_TIMEOUT(!window_->document()->unsaved().isEmpty(), k_patience_ms);
  QVERIFY(writer->execute("ROLLBACK").has_value());
  rename_elsewhere();
  QTRY_VERIFY_WITH_TIMEOUT(window_->banner().text().contains(QStringLiteral("not saved")) &&
                               window_->banner().text().contains(QStringLiteral("changed elsewhere")),
                           k_patience_ms);
  QVERIFY(shows(QStringLiteral("mine")));
  click(QStringLiteral("Show theirs, lose mine"));
  QTRY_VERIFY_WITH_TIMEOUT(shows(QStringLiteral("net")), k_patience_ms);
}

void RulesTest::theTableSaysHowEachFigureWasMeasured() {
  open(sample_);
  const auto methods_agree = [this] {
    const QJsonObject report = reported({window_->document()->path()});
    QStringList methods;
    for (const auto& each : report["events"].toArray()) {
      const QJsonObject event = each.toObject();
      const QString method = event["method"].toString();
      if (!methods.contains(method)) methods << method;
      for (int row = 0; row < window_->events().rowCount(); ++row) {
        if (window_->events().index(row, EventTable::name).data() != event["name"].toString()) continue;
        const QString told = window_->events().index(row, EventTable::method).data().toString();
        if (!told.startsWith(method)) return QStringList{told};
      }
    }
    return methods;
  };
  QCOMPARE(methods_agree(), QStringList{"integral"});
  const auto before = window_->document()->analysis();
  EventSetup setup = window_->document()->setup();
  std::erase_if(setup.rules, [](const EventRule& rule) { return rule.name != "frontend"; });
  setup.useful.reset();
  QVERIFY(window_->document()->change_setup(setup, QStringLiteral("one")).has_value());
  QTRY_VERIFY_WITH_TIMEOUT(window_->document()->analysis() != before && window_->document()->idle(),
                           k_patience_ms);
  QCOMPARE(methods_agree(), QStringList{"excess"});
  const QString guard = window_->events().index(0, EventTable::method).data().toString();
  QVERIFY2(guard.contains(QStringLiteral("\u00b5s")),
           qPrintable(guard));  // 400 us: two intervals and apertures
}

QTEST_MAIN(RulesTest)
#include "rules_test.moc"
