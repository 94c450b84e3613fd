#include "harness/render/screen/closing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/render/answers/decode_columns.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/answers/summary.hpp"
#include "harness/render/answers/verdict_words.hpp"
#include "harness/render/table/number.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

class ClosingLines {
 public:
  /// Nothing where there is nothing to say.
  void add(std::string_view label, std::string_view text) {
    if (!text.empty())
      lines_.push_back(fmt::format("{:<{}}{}", label, kClosingLabelWidth, printable(text)));
  }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  std::vector<std::string> lines_;
};

std::string and_more(std::size_t count, std::string_view what) {
  return count > 1 ? fmt::format("; {} {} in all, above", count, what) : std::string();
}

/// The gravest kind of failure with its first case: `computed wrong: gemm/…: row 3 …`.
std::string failure_of(const Record& record) {
  struct Kind {
    NotMeasuredStatus status;
    std::string_view words;
  };
  constexpr std::array kGravestFirst{Kind{NotMeasuredStatus::kVerificationFailed, "computed wrong"},
                                     Kind{NotMeasuredStatus::kFailed, "failed"},
                                     Kind{NotMeasuredStatus::kRefused, "refused"}};
  std::vector<NotMeasured> all = record.not_measured;
  for (const Measurement& m : record.measurements) {
    if (!m.verification.passed && m.origin == Origin::kMeasured)
      all.push_back({m.name, NotMeasuredStatus::kVerificationFailed, m.verification.reason});
  }
  for (const Kind& kind : kGravestFirst) {
    const auto is_kind = [&](const NotMeasured& none) { return none.status == kind.status; };
    const auto first = std::find_if(all.begin(), all.end(), is_kind);
    if (first == all.end()) continue;
    const auto count = static_cast<std::size_t>(std::count_if(first, all.end(), is_kind));
    return fmt::format("{}: {}: {}{}", kind.words, first->name, first->reason,
                       and_more(count, "such cases"));
  }
  return {};
}

/// Of the first model the point whose tokens cost least; null if none has a number.
const PricedDecode* cheapest(std::span<const PricedDecode> priced) {
  const PricedDecode* best = nullptr;
  for (const PricedDecode& point : priced) {
    if (point.decode.model != priced.front().decode.model || !point.dollars()) continue;
    if (best == nullptr || point.dollars()->value < best->dollars()->value) best = &point;
  }
  return best;
}

/// As the columns of the tokens table call it.
std::string engine_of(const DecodeFinding& decode) {
  const bool is_library = decode.step(Engine::kLibrary) != nullptr;
  const bool is_graph = (is_library ? decode.library_graph : decode.best_graph).has_value();
  return fmt::format("{} ({})", is_graph ? "step graph" : "sum of ops",
                     is_library ? "library" : "best");
}

std::string tokens_of(const PricedDecode& point) {
  const EngineStep& step = *point.decode.preferred();
  const Estimate& rate = step.tokens_per_second;
  return fmt::format("{} tok/s {} at batch {}, {}; {}, {}", format_significant(rate.value),
                     format_plus_minus(rate), point.decode.point.batch, subject_of({&point}),
                     engine_of(point.decode), origins_cell(step.origins()).text);
}

std::string price_of(const PricedDecode& point) {
  const Rate& rate = point.costs.front().rate;
  const std::string dollars = dollars_cell(point.dollars()).text + " per million output tokens at ";
  if (rate.kind == RateKind::kUnit)
    return dollars + "$1.00/h; no price is known for this card, pass --hourly";
  std::string text = dollars + words_of(rate);
  if (!rate.provider.empty()) text += ", " + rate.provider;
  if (rate.min_gpus > 1) text += fmt::format(", {} GPUs at least", rate.min_gpus);
  if (rate.is_form_factor_guessed) text += ", which does not say SXM or PCIe";
  return text;
}

std::string gravest_note(const Record& record) {
  const std::vector<std::string> notes = warnings_of(record);
  return notes.empty() ? std::string() : notes.front() + and_more(notes.size(), "notes");
}

/// Where a page of the file would lie: beside it.
std::string page_of(const Record& record) {
  return std::filesystem::path(record.path).replace_extension(".html").string();
}

}  // namespace

std::vector<std::string> closing_lines(const Record& record, const DatasheetReport& report,
                                       std::span<const PricedDecode> priced) {
  const VerdictWords verdict = verdict_words(record, report);
  const std::string file = shell_word(record.path.string());
  ClosingLines lines;
  lines.add("verdict", record.device.name + " " + verdict.words);
  if (!verdict.shortfalls.empty())
    lines.add("why",
              verdict.shortfalls.front() + and_more(verdict.shortfalls.size(), "such peaks"));
  lines.add("cases", summary_line(record));
  lines.add("amiss", failure_of(record));
  if (const PricedDecode* point = cheapest(priced)) {
    lines.add("decode", tokens_of(*point));
    lines.add("price", price_of(*point));
  } else {
    lines.add("decode", priced.empty() ? "no linear of a model was measured: no tokens, no price"
                                       : priced.front().decode.reason);
  }
  lines.add("beware", gravest_note(record));
  lines.add("file", record.path.string());
  lines.add("page", fmt::format("gpugauge report {} -o {}", file, shell_word(page_of(record))));
  lines.add("next", record.complete()
                        ? fmt::format("gpugauge show, datasheet, tokens, cost or serve {}", file)
                        : fmt::format("gpugauge run --resume {}", file));
  return lines.take();
}

}  // namespace gpugauge
