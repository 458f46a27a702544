// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/units.h>

#include <app/models/text.h>

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStringList>
#include <algorithm>
#include <array>
#include <cmath>

namespace joulemark {
namespace {

constexpr char16_t k_minus = u'\u2212';
constexpr char16_t k_micro = u'\u00b5';
constexpr char16_t k_dash = u'\u2014';

// Joiners are part of writing.
bool is_harmful(QChar c) {
  constexpr char16_t k_non_joiner = u'\u200c';
  constexpr char16_t k_joiner = u'\u200d';
  switch (c.category()) {
    case QChar::Other_Control:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
      return true;
    case QChar::Other_Format:
      return c != QChar(k_non_joiner) && c != QChar(k_joiner);
    default:
      return false;
  }
}

}  // namespace

QString harmless(const QString& text) {
  if (std::ranges::none_of(text, is_harmful)) return text;
  QString shown;
  for (const QChar c : text)
    shown +=
        is_harmful(c)
            ? QStringLiteral("\u2039U+%1\u203a").arg(uint{c.unicode()}, 4, 16, QLatin1Char('0')).toUpper()
            : QString(c);
  return shown;
}

QStringList names_told_apart(const QStringList& files) {
  const auto in_folder = [](const QFileInfo& file) {
    return QStringLiteral("%1 (%2)").arg(file.fileName(), file.dir().dirName());
  };
  QStringList names;
  QStringList longer;
  for (const QString& path : files) {
    const QFileInfo file(path);
    names << file.fileName();
    longer << in_folder(file);
  }
  QStringList told;
  for (qsizetype i = 0; i < files.size(); ++i) {
    const QString& name = names.count(names[i]) == 1     ? names[i]
                          : longer.count(longer[i]) == 1 ? longer[i]
                                                         : files[i];
    told << harmless(name);
  }
  return told;
}

QString to_qt(std::string_view text) {
  return harmless(verbatim(text));
}

QString verbatim(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

Figure si_figure(std::optional<double> value, std::string_view unit, int digits) {
  if (!value) return {QString(QChar(k_dash)), {}};
  QString text = to_qt(format_si(*value, unit, digits));
  text.replace(QLatin1Char('-'), QChar(k_minus));
  const qsizetype blank = text.indexOf(QLatin1Char(' '));
  if (blank < 0) return {text, {}};
  Figure figure{text.left(blank), text.mid(blank + 1)};
  if (figure.unit.size() > static_cast<qsizetype>(unit.size()) && figure.unit.startsWith(QLatin1Char('u'))) {
    figure.unit[0] = QChar(k_micro);
  }
  return figure;
}

QString si_text(std::optional<double> value, std::string_view unit, int digits) {
  const Figure figure = si_figure(value, unit, digits);
  return figure.unit.isEmpty() ? figure.number : figure.number + QChar(0x00a0) + figure.unit;
}

int digits_that_differ(std::span<const double> values, std::string_view unit, int digits) {
  constexpr int k_most = 6;  // a float has no more
  const auto told_apart = [&](int with) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      for (std::size_t j = i + 1; j < values.size(); ++j) {
        if (values[i] != values[j] && si_text(values[i], unit, with) == si_text(values[j], unit, with))
          return false;
      }
    }
    return true;
  };
  for (int more = digits; more <= k_most; ++more) {
    if (told_apart(more)) return more;
  }
  return digits;
}

QString percent_text(double fraction) {
  const double percent = 100 * fraction;
  if (percent != 0 && std::abs(percent) < 0.005)
    return QStringLiteral("< 0.01").replace(QLatin1Char(' '), QChar(0x00a0)) + QChar(0x00a0) +
           QLatin1Char('%');
  const int decimals = std::abs(percent) >= 10 ? 0 : std::abs(percent) >= 1 ? 1 : 2;
  return QString::number(percent, 'f', decimals) + QChar(0x00a0) + QLatin1Char('%');
}

QString typeset(QString text) {
  static const QRegularExpression k_u(QStringLiteral("(?<=\\d )u(?=(?:Hz|[AVWJCs])(?![A-Za-z]))"));
  text.replace(k_u, QString(QChar(k_micro)));
  static const QRegularExpression k_blank(
      QStringLiteral("(?<=\\d) (?=(?:%|[\\x{3bc}\\x{b5}numkMG]?(?:Hz|S/s|B|[AVWJCs]))(?![A-Za-z]))"));
  return text.replace(k_blank, QString(QChar(0x00a0)));
}

TimeNs time_step(TimeNs length_ns) {
  TimeNs step_ns = 1'000'000;
  while (step_ns > 1 && step_ns > length_ns / 10)
    step_ns /= 10;
  return step_ns;
}

QString time_text(TimeNs time_ns, TimeNs step_ns) {
  struct Unit {
    double ns;
    const char* text;
  };
  constexpr std::array<Unit, 4> k_units{{{1e9, "s"}, {1e6, "ms"}, {1e3, "\u00b5s"}, {1, "ns"}}};
  const double furthest = std::max(std::abs(static_cast<double>(time_ns)), static_cast<double>(step_ns));
  std::size_t at = 0;
  while (at + 1 < k_units.size() && furthest < k_units[at].ns)
    ++at;
  const double step = static_cast<double>(std::max<TimeNs>(step_ns, 1)) / k_units[at].ns;
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
  QString number = QString::number(static_cast<double>(time_ns) / k_units[at].ns, 'f', decimals);
  number.replace(QLatin1Char('-'), QChar(k_minus));
  return number + QChar(0x00a0) + QString::fromUtf8(k_units[at].text);
}

QString instrument_text(const InstrumentIdentity& instrument) {
  if (instrument.model.empty()) return to_qt(instrument.uri);
  QStringList parts{to_qt(instrument.vendor), to_qt(instrument.model), to_qt(instrument.serial)};
  parts.removeAll(QString());
  return parts.join(QLatin1Char(' '));
}

QString clock_text(double seconds) {
  const auto whole = static_cast<qint64>(std::max(0.0, seconds));
  return QStringLiteral("%1:%2:%3")
      .arg(whole / 3600, 2, 10, QLatin1Char('0'))
      .arg(whole / 60 % 60, 2, 10, QLatin1Char('0'))
      .arg(whole % 60, 2, 10, QLatin1Char('0'));
}

}  // namespace joulemark
