// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/text.h>
#include <app/models/words.h>

#include <QCoreApplication>
#include <array>

namespace joulemark {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(Words)
};

// What a translator is given; a word that is missing here stays English.
[[maybe_unused]] constexpr std::array k_words{
    // AnomalyKind
    QT_TRANSLATE_NOOP("Words", "gap"), QT_TRANSLATE_NOOP("Words", "dead time"),
    QT_TRANSLATE_NOOP("Words", "over range"), QT_TRANSLATE_NOOP("Words", "clipped"),
    QT_TRANSLATE_NOOP("Words", "crc error"), QT_TRANSLATE_NOOP("Words", "protocol"),
    QT_TRANSLATE_NOOP("Words", "clock jump"), QT_TRANSLATE_NOOP("Words", "clock drift"),
    QT_TRANSLATE_NOOP("Words", "duplicate time"), QT_TRANSLATE_NOOP("Words", "unsorted"),
    QT_TRANSLATE_NOOP("Words", "invalid value"), QT_TRANSLATE_NOOP("Words", "truncated"),
    QT_TRANSLATE_NOOP("Words", "overflow"), QT_TRANSLATE_NOOP("Words", "instrument fault"),
    QT_TRANSLATE_NOOP("Words", "unpaired marker"), QT_TRANSLATE_NOOP("Words", "doubled marker"),
    QT_TRANSLATE_NOOP("Words", "zero length"), QT_TRANSLATE_NOOP("Words", "never ending"),
    QT_TRANSLATE_NOOP("Words", "glitch"), QT_TRANSLATE_NOOP("Words", "lost line"),
    QT_TRANSLATE_NOOP("Words", "lost edges"), QT_TRANSLATE_NOOP("Words", "damaged"),
    // EndReason
    QT_TRANSLATE_NOOP("Words", "completed"), QT_TRANSLATE_NOOP("Words", "interrupted"),
    QT_TRANSLATE_NOOP("Words", "unplugged"), QT_TRANSLATE_NOOP("Words", "stalled"),
    QT_TRANSLATE_NOOP("Words", "failed"), QT_TRANSLATE_NOOP("Words", "disk full"),
    QT_TRANSLATE_NOOP("Words", "killed"),
    // Grade and QualityGrade
    QT_TRANSLATE_NOOP("Words", "good"), QT_TRANSLATE_NOOP("Words", "fair"),
    QT_TRANSLATE_NOOP("Words", "poor"), QT_TRANSLATE_NOOP("Words", "degraded"),
    QT_TRANSLATE_NOOP("Words", "bad"),
    // Method
    QT_TRANSLATE_NOOP("Words", "integral"), QT_TRANSLATE_NOOP("Words", "excess"),
    QT_TRANSLATE_NOOP("Words", "overlap regression"),
    // Quantity
    QT_TRANSLATE_NOOP("Words", "current"), QT_TRANSLATE_NOOP("Words", "voltage"),
    QT_TRANSLATE_NOOP("Words", "power"), QT_TRANSLATE_NOOP("Words", "energy"),
    QT_TRANSLATE_NOOP("Words", "temperature"),
    // EventFlag
    QT_TRANSLATE_NOOP("Words", "lost samples"), QT_TRANSLATE_NOOP("Words", "outside capture"),
    QT_TRANSLATE_NOOP("Words", "not isolated"),
    // shares of the energy
    QT_TRANSLATE_NOOP("Words", "idle"), QT_TRANSLATE_NOOP("Words", "unattributed")};

QString word(std::string_view name) {
  QByteArray source(name.data(), static_cast<qsizetype>(name.size()));
  source.replace('_', ' ');
  return QCoreApplication::translate("Words", source.constData());
}

}  // namespace

QString word_of(AnomalyKind kind) {
  return word(name_of(kind));
}
QString word_of(EndReason reason) {
  return word(name_of(reason));
}
QString word_of(Grade grade) {
  return word(name_of(grade));
}
QString word_of(Method method) {
  return word(name_of(method));
}
QString word_of(QualityGrade grade) {
  return word(name_of(grade));
}
QString word_of(Quantity quantity) {
  return word(name_of(quantity));
}

QString words_of_flags(std::uint8_t flags) {
  QStringList words;
  for (const std::string& flag : names_of_flags(flags))
    words << word(flag);
  return words.join(QStringLiteral(", "));
}

QString method_text(Method method, double guard_s) {
  if (method != Method::excess) return word_of(method);
  return Words::tr("%1, guard %2").arg(word_of(method), si_text(guard_s, "s", 3));
}

QString share_text(const std::string& name) {
  constexpr std::string_view k_outside = " outside_marker";
  if (name == "idle" || name == "unattributed") return word(name);
  if (!name.ends_with(k_outside)) return to_qt(name);
  return Words::tr("%1 outside_marker").arg(to_qt(name).chopped(static_cast<qsizetype>(k_outside.size())));
}

}  // namespace joulemark
