#include "harness/render/screen/closing.hpp"

#include <fmt/format.h>

#include <string_view>

#include "harness/answer/imported_files.hpp"
#include "harness/base/shell_word.hpp"
#include "harness/record/emulated.hpp"
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
  explicit ClosingLines(std::vector<std::string> before = {}) : lines_(std::move(before)) {}

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
  return count > 1 ? fmt::format("; {} {} in total, see above", count, what) : std::string();
}

/// `computed wrong: gemm/…: row 3 …`.
std::string words_of(const RunFailure& failure) {
  const NotMeasuredStatus status = failure.first.status;
  const std::string_view words =
      status == NotMeasuredStatus::kVerificationFailed ? "computed wrong" : name_of(status);
  return fmt::format("{}: {}: {}{}", words, failure.first.name, failure.first.reason,
                     and_more(failure.count, "such cases"));
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
  if (rate.min_gpus > 1) text += fmt::format(", at least {} GPUs", rate.min_gpus);
  if (rate.is_form_factor_guessed) text += " (SXM or PCIe is not stated)";
  return text;
}

/// `; 3 of 9 points do not fit the card`.
std::string too_large(const RunAnswer& answer) {
  const std::size_t count = answer.num_too_large();
  return count > 0 ? fmt::format("; {} of {} points do not fit the card", count,
                                 answer.of_first_model().size())
                   : std::string();
}

std::string why_no_tokens(const Record& record, const RunAnswer& answer) {
  if (answer.decode.points.empty())
    return imported_files({&record, 1}).empty()
               ? "no linear of a model was measured: no tokens, no price"
               : fmt::format("of no model by itself: gpugauge tokens {} --model llama-3.1-8b",
                             shell_word(record.path.string()));
  for (const PricedDecode* p : answer.of_first_model()) {
    if (!p->decode.fits())
      return fmt::format("{} {}", subject_of({p}), does_not_fit(*p->decode.fit));
  }
  return answer.decode.points.front().decode.reason;
}

/// `gemm/bf16 at 0.97x of the imported h100-sxm5 (…), median of 34 shapes, slowest 0.81x: gemm/…`.
std::string beside_imported(const ImportedPeer& peer) {
  std::string text;
  for (const PeerFamily& family : peer.families)
    text += fmt::format(
        "{}{}{} at {:.2f}x{}, {}, slowest {:.2f}x: {}", text.empty() ? "" : "; ", family.kind,
        family.they_quantize ? " (theirs with the quantisation of the input)" : "",
        family.median_speed,
        text.empty() ? fmt::format(" the speed of the imported {} ({})", peer.card, peer.source)
                     : "",
        family.shapes > 1 ? fmt::format("median of {} shapes", family.shapes)
                          : std::string("1 shape"),
        family.slowest_speed, family.slowest_case);
  return text;
}

std::string gravest_note(const Record& record) {
  const std::vector<std::string> notes = warnings_of(record);
  return notes.empty() ? std::string() : notes.front() + and_more(notes.size(), "notes");
}

/// Where a page of the file would lie: beside it.
std::string page_of(const Record& record) {
  std::filesystem::path file = record.path;
  if (file.extension() == ".gz") file.replace_extension();
  return file.replace_extension(".html").string();
}

/// One command, with its file.
std::string next_step(const Record& record, const DatasheetReport& report, bool has_price) {
  const std::string file = shell_word(record.path.string());
  if (is_emulated(record.device))
    return "nothing: the card is emulated, and no command reads this file";
  if (!record.complete()) return "gpugauge run --resume " + file;
  const std::string of_verdict = verdict_words(record, report).next;
  if (!of_verdict.empty()) return of_verdict;
  return (has_price ? "gpugauge cost " : "gpugauge datasheet ") + file;
}

}  // namespace

std::vector<std::string> verdict_lines(const Record& record, const DatasheetReport& report) {
  const VerdictWords verdict = verdict_words(record, report);
  const bool is_of_tables = !verdict.is_verdict && !imported_files({&record, 1}).empty();
  ClosingLines lines;
  lines.add(is_of_tables ? "numbers" : "verdict", verdict.sentence);
  if (!verdict.shortfalls.empty())
    lines.add("why",
              verdict.shortfalls.front() + and_more(verdict.shortfalls.size(), "such peaks"));
  return lines.take();
}

std::vector<std::string> closing_lines(const Record& record, const RunAnswer& answer) {
  ClosingLines lines(verdict_lines(record, answer.datasheet));
  lines.add("cases", summary_line(record));
  if (answer.failure) lines.add("failed", words_of(*answer.failure));
  if (const PricedDecode* point = answer.cheapest()) {
    lines.add("decode", tokens_of(*point) + too_large(answer));
    lines.add("price", price_of(*point));
  } else {
    lines.add("decode", why_no_tokens(record, answer));
  }
  if (answer.peer) lines.add("imported", beside_imported(*answer.peer));
  lines.add("note", gravest_note(record));
  lines.add("file", record.path.string());
  if (!is_emulated(record.device))
    lines.add("page", fmt::format("gpugauge report {} -o {}", shell_word(record.path.string()),
                                  shell_word(page_of(record))));
  lines.add("next", next_step(record, answer.datasheet, answer.cheapest() != nullptr));
  return lines.take();
}

std::vector<std::string> datasheet_closing(const Record& record, const DatasheetReport& report) {
  ClosingLines lines(verdict_lines(record, report));
  const std::string next = verdict_words(record, report).next;
  if (!is_emulated(record.device)) lines.add("next", next);
  return lines.take();
}

}  // namespace gpugauge
