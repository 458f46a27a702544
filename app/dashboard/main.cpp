// SPDX-License-Identifier: GPL-3.0-or-later
// joulemark-gui: the dashboard.
#include <app/dashboard/gui_version.h>
#include <app/dashboard/main_window.h>
#include <app/dashboard/quit_on_signal.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/tour.h>
#include <app/recording/instruments.h>
#include <app/recording/standard_streams.h>

#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QIcon>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTranslator>
#include <algorithm>
#include <string_view>

namespace {

// joulemark-gui_<language>.qm in share/joulemark/translations, with Qt's own of that language.
void install_language(QApplication& app) {
  const QStringList folders =
      QStandardPaths::locateAll(QStandardPaths::GenericDataLocation, QStringLiteral("joulemark/translations"),
                                QStandardPaths::LocateDirectory);
  auto* ours = new QTranslator(&app);
  const bool found = std::ranges::any_of(folders, [&](const QString& folder) {
    return ours->load(QLocale(), QStringLiteral("joulemark-gui"), QStringLiteral("_"), folder);
  });
  if (!found) return;
  QApplication::installTranslator(ours);
  auto* qt = new QTranslator(&app);
  if (qt->load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
               QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    QApplication::installTranslator(qt);
}

// What is given without an option: a file, or what is written as an instrument and is no file.
bool is_instrument(const QString& given) {
  const auto uri = joulemark::InstrumentUri::parse(given.toStdString());
  return uri && uri->scheme.size() > 1 && !QFileInfo::exists(given);  // not C:
}

}  // namespace

int main(int argc, char** argv) {
  using namespace joulemark;
  reserve_standard_streams();
  bool unseen = false;  // nothing comes to a display
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    unseen = unseen || argument.starts_with("--screenshot-tour") || argument == "-h" ||
             argument == "--help" || argument == "-v" || argument == "--version";
  }
  if (unseen && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  QApplication::setApplicationName(QStringLiteral("joulemark-gui"));
  QApplication::setApplicationDisplayName(QStringLiteral("Joulemark"));
  QApplication::setApplicationVersion(QStringLiteral(JOULEMARK_GUI_VERSION));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/joulemark.svg")));
  install_language(app);
  QCommandLineParser parser;
  parser.setApplicationDescription(
      QStringLiteral("Records, shows and measures the energy of embedded targets."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(
      QStringLiteral("FILE"),
      QStringLiteral("A capture (.jmk), a recording to import, or an instrument like sim:kws."));
  const QCommandLineOption instrument(QStringLiteral("instrument"),
                                      QStringLiteral("Choose this instrument, like sim:kws or monsoon:."),
                                      QStringLiteral("URI"));
  const QCommandLineOption pictures(QStringLiteral("screenshot-tour"),
                                    QStringLiteral("Render every view into this folder and end."),
                                    QStringLiteral("DIR"));
  parser.addOption(instrument);
  parser.addOption(pictures);
  parser.process(app);
  QStringList files = parser.positionalArguments();
  QString uri = parser.value(instrument);
  if (!files.isEmpty() && is_instrument(files.front())) uri = files.takeFirst();
  QTemporaryDir settings;  // of a tour, which must not depend on or change a person's own
  if (parser.isSet(pictures)) {
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    return run_tour(app, make_registry(), parser.value(pictures), files.value(0), uri);
  }
  use_theme(app, QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("joulemark"),
                           QStringLiteral("joulemark-gui"))
                     .value(QStringLiteral("dark"), true)
                     .toBool());
  MainWindow window(make_registry());
  const QuitOnSignal signal;
  QObject::connect(&signal, &QuitOnSignal::asked, &window, [&window] {
    window.close_unasked();
    QApplication::exit();
  });
  window.show();
  if (!uri.isEmpty()) window.set_instrument(uri);
  if (!files.isEmpty()) window.open_file(files.front());
  window.offer_unfinished();
  return QApplication::exec();
}
