#include "harness/render/answers/explain_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "harness/base/flag.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {
namespace {

/// One thing that is said.
struct ExplainLine {
  std::string subject;
  std::string aspect;
  std::string text;
};

class ExplainLines {
 public:
  explicit ExplainLines(std::string subject) : subject_(std::move(subject)) {}

  /// Left out where there is nothing to say.
  void add(std::string aspect, std::string text) {
    if (!text.empty()) lines_.push_back({subject_, std::move(aspect), std::move(text)});
  }

  Table table(std::string title) const {
    ColumnList<ExplainLine> c;
    c.data("subject", &ExplainLine::subject);
    c.text("aspect", "", &ExplainLine::aspect);
    c.add(sentence_column("text", ""), &ExplainLine::text);
    return c.table("explain", std::move(title), lines_);
  }

 private:
  std::string subject_;
  std::vector<ExplainLine> lines_;
};

std::string metric_text(const DatasheetMetric& metric) {
  const std::string what =
      metric.dtype ? fmt::format("{} dense", name_of(*metric.dtype)) : "memory bandwidth";
  const std::string_view unit = metric.dtype ? "TFLOPS" : "GB/s";
  std::string text = fmt::format("{}: {} {} ({})", what, format_significant(metric.datasheet.value),
                                 unit, metric.datasheet.source);
  if (metric.published)
    text +=
        fmt::format("; best published measurement {} {} ({})",
                    format_significant(metric.published->value), unit, metric.published->source);
  return text + fmt::format("; our pass mark for a healthy card is {} of it",
                            format_percent(metric.pass_mark));
}

template <typename Wanted>
void add_datasheets(ExplainLines& lines, std::span<const ExplainedCard> cards,
                    const Wanted& wanted) {
  for (const ExplainedCard& card : cards) {
    if (!card.datasheet) continue;
    for (const DatasheetMetric& metric : card.datasheet->metrics) {
      if (wanted(metric))
        lines.add("datasheet", fmt::format("{}, {}", card.title, metric_text(metric)));
    }
  }
}

void add_usual(ExplainLines& lines, const Explanation& word) {
  lines.add("usual", word.usual);
  lines.add("source", word.source);
}

void add_advice(ExplainLines& lines, const Explanation& word) {
  lines.add("a bad value", word.low);
  lines.add("try", word.remedy);
  lines.add("see", word.see);
}

RoofRates rates_of(const DatasheetMetric& metric) {
  RoofRates rates;
  if (metric.dtype) {
    rates.tflops.emplace_back(*metric.dtype, metric.datasheet.value);
  } else {
    rates.memory_gbps = metric.datasheet.value;
  }
  return rates;
}

std::string bytes_text(double bytes) { return format_significant(bytes / 1e6) + " MB"; }
std::string flops_text(double flops) { return format_significant(flops / 1e9) + " GFLOP"; }

/// `12.3 µs: memory 12.3 µs (41.1 MB at 3352 GB/s), bf16 1.2 µs (1.2 GFLOP at 989 TFLOPS)`.
std::string roof_text(const Op& op, const ExplainedCard& card) {
  const Work work = work_of(op);
  std::vector<std::string> parts;
  const RoofRates memory{.memory_gbps = card.rates.memory_gbps, .tflops = {}};
  if (const auto seconds = roof_seconds(op, memory))
    parts.push_back(fmt::format("memory {} ({} at {} GB/s)", format_duration_ns(*seconds * 1e9),
                                bytes_text(work.bytes),
                                format_significant(*card.rates.memory_gbps)));
  for (const auto& [dtype, tflops] : card.rates.tflops) {
    const RoofRates arithmetic{.memory_gbps = {}, .tflops = {{dtype, tflops}}};
    if (const auto seconds = roof_seconds(op, arithmetic))
      parts.push_back(fmt::format("{} {} ({} at {} TFLOPS)", name_of(dtype),
                                  format_duration_ns(*seconds * 1e9), flops_text(work.flops),
                                  format_significant(tflops)));
  }
  const auto roof = roof_seconds(op, card.rates);
  if (!roof) return fmt::format("{}: no known rate bounds it", card.title);
  return fmt::format("{}{}: {}: {}", card.title, card.datasheet ? "" : " by its own measured peaks",
                     format_duration_ns(*roof * 1e9), fmt::join(parts, ", "));
}

std::string work_text(const Op& op) {
  const Work work = work_of(op);
  if (work.flops <= 0 && work.bytes <= 0) return {};
  std::string text = fmt::format("{}, {}", flops_text(work.flops), bytes_text(work.bytes));
  if (work.flops > 0 && work.bytes > 0)
    text += fmt::format(", {} operations per byte", format_significant(work.flops / work.bytes));
  return text;
}

/// The types in what stands before the model in a case's name: `bf16`, or both of
/// `bf16_x_fp8_e4m3`.
std::vector<const Explanation*> types_in(const std::string& kind, const Explanations& words) {
  constexpr std::string_view kBetween = "_x_";
  std::vector<const Explanation*> found;
  for (std::size_t begin = 0; begin < kind.size();) {
    const std::size_t slash = std::min(kind.find('/', begin), kind.size());
    const std::size_t between = kind.find(kBetween, begin);
    const std::size_t end = std::min(slash, between);
    if (const auto* type = words.find(WordKind::kType, kind.substr(begin, end - begin)))
      found.push_back(type);
    begin = end + (end == between ? kBetween.size() : 1);
  }
  return found;
}

/// The entry of the op within its family, e.g. `memory read`, or null: the name of the kind that
/// begins what stands before the model.
const Explanation* op_kind_of(const Op& op, const Explanations& words) {
  const std::string path = looked_up(kind_path(op)) + ' ';
  const Explanation* longest = nullptr;
  for (const Explanation& word : words.all()) {
    if (word.kind == WordKind::kOpKind && path.starts_with(looked_up(word.name) + ' ') &&
        (longest == nullptr || word.name.size() > longest->name.size()))
      longest = &word;
  }
  return longest;
}

void add_word(ExplainLines& lines, const Explanations& words, WordKind kind,
              std::string_view name) {
  if (const Explanation* word = words.find(kind, name))
    lines.add(std::string(name_of(kind)), fmt::format("{}: {}", word->name, word->is));
}

}  // namespace

Table explanation_table(const Explanation& word, std::optional<DType> dtype,
                        std::span<const ExplainedCard> cards) {
  ExplainLines lines(word.name);
  lines.add("is", word.is);
  lines.add("how", word.how);
  lines.add("bound", word.bound);
  add_datasheets(lines, cards, [&](const DatasheetMetric& metric) {
    if (!metric.dtype) return word.is_of_memory;
    return word.is_of_arithmetic && (!dtype || dtype == metric.dtype);
  });
  add_usual(lines, word);
  add_advice(lines, word);
  if (const auto flag = from_name<Flag>(word.name); flag && word.kind == WordKind::kFlag)
    lines.add("advice", std::string(advice_on(*flag)));
  const std::string prefix = dtype ? fmt::format("{} ", name_of(*dtype)) : "";
  return lines.table(fmt::format("{}{} · {}", prefix, word.name, name_of(word.kind)));
}

Table case_table(const Case& c, const Explanations& words, std::span<const ExplainedCard> cards) {
  ExplainLines lines(case_name(c));
  const Explanation* family = words.find(WordKind::kFamily, family_of(c.op));
  const Explanation* kind = op_kind_of(c.op, words);
  add_word(lines, words, WordKind::kFamily, family_of(c.op));
  if (kind != nullptr) add_word(lines, words, WordKind::kOpKind, kind->name);
  if (family != nullptr) lines.add("how", family->how);
  if (!c.model.empty())
    lines.add("model",
              fmt::format("{}{}{}", c.model, c.role.empty() ? "" : ", its linear ", c.role));
  for (const Explanation* type : types_in(kind_path(c.op), words))
    add_word(lines, words, WordKind::kType, type->name);
  lines.add("work", work_text(c.op));
  add_word(lines, words, WordKind::kImplementation, c.implementation);
  add_word(lines, words, WordKind::kState, name_of(c.options.cache));
  add_word(lines, words, WordKind::kState, name_of(c.options.data));
  if (c.options.pace) add_word(lines, words, WordKind::kState, name_of(*c.options.pace));
  if (family != nullptr) lines.add("bound", family->bound);
  for (const ExplainedCard& card : cards) lines.add("roof there", roof_text(c.op, card));
  add_datasheets(lines, cards, [&](const DatasheetMetric& metric) {
    return roof_seconds(c.op, rates_of(metric)).has_value();
  });
  for (const Explanation* word : {kind, family}) {
    if (word != nullptr && !word->usual.empty()) {
      add_usual(lines, *word);
      break;
    }
  }
  if (kind != nullptr) lines.add("a bad value", kind->low);
  if (family != nullptr) add_advice(lines, *family);
  return lines.table(case_name(c));
}

}  // namespace gpugauge
