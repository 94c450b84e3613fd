#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/error.hpp"
#include "harness/config/document_builder.hpp"

namespace gpugauge {
namespace {

/// Deeper than any config, and not so deep that what walks the tree runs out of stack.
constexpr std::size_t kDeepest = 500;

/// Where the tokens stand: the parser does not say. It is asked for them in the order of the text.
class TokenPlaces {
 public:
  explicit TokenPlaces(std::string_view text) : text_(text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) at_ = line_begin_ = kByteOrderMark.size();
  }

  /// Goes to the next token that is no punctuation but an opening bracket.
  Place next() {
    while (at_ < text_.size() && is_between(text_[at_])) {
      if (text_[at_++] != '\n') continue;
      ++line_;
      line_begin_ = at_;
    }
    const Place place{line_, at_ - line_begin_ + 1};
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\' ? 1 : 0;
      ++at_;
    } else if (at_ < text_.size() && (text_[at_] == '{' || text_[at_] == '[')) {
      ++at_;
    } else {
      while (at_ < text_.size() && !is_between(text_[at_])) ++at_;
    }
    token_ = text_.substr(begin, at_ - begin);
    return place;
  }
  std::string token() const { return std::string(token_); }

  /// Of this byte.
  Place place_at(std::size_t byte) const {
    const std::string_view before = text_.substr(0, byte);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    return {static_cast<std::size_t>(lines) + 1, before.size() - (before.rfind('\n') + 1) + 1};
  }

 private:
  static bool is_between(char c) {
    return std::string_view(" \t\r\n,:]}").find(c) != std::string_view::npos;
  }

  std::string_view text_, token_;
  std::size_t at_ = 0, line_ = 1, line_begin_ = 0;
};

class JsonEvents : public nlohmann::json::json_sax_t {
 public:
  JsonEvents(const std::string& file, const std::string& text) : file_(file), places_(text) {}

  const DocumentBuilder::Node& root() const { return builder_.root(); }

  bool null() override {
    builder_.add_value(DocumentNode::Kind::kNull, places_.next());
    return true;
  }
  bool boolean(bool /*value*/) override { return add_token(); }
  bool number_integer(std::int64_t /*value*/) override { return add_token(); }
  bool number_unsigned(std::uint64_t /*value*/) override { return add_token(); }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return add_token(); }
  bool string(std::string& value) override {
    builder_.add_value(DocumentNode::Kind::kScalar, places_.next(), std::move(value));
    return true;
  }
  bool key(std::string& value) override { return string(value); }
  bool binary(binary_t& /*value*/) override { return false; }  // of other formats
  bool start_object(std::size_t /*elements*/) override {
    return open(DocumentNode::Kind::kMapping);
  }
  bool start_array(std::size_t /*elements*/) override { return open(DocumentNode::Kind::kList); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t byte, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    // "[json.exception.…] parse error at line 1, column 2: what is wrong"
    std::string problem = error.what();
    for (const std::string_view before : {"] ", ": "}) {
      if (const auto end = problem.find(before); end != std::string::npos)
        problem.erase(0, end + before.size());
    }
    throw UsageError(at_place(file_, places_.place_at(byte == 0 ? 0 : byte - 1),
                              fmt::format("not valid JSON: {}", said_of(problem))));
  }

 private:
  bool add_token() {
    const Place place = places_.next();
    builder_.add_value(DocumentNode::Kind::kScalar, place, places_.token());
    return true;
  }
  bool open(DocumentNode::Kind kind) {
    const Place place = places_.next();
    if (builder_.depth() == kDeepest)
      throw UsageError(
          at_place(file_, place, fmt::format("deeper than {} lists and mappings", kDeepest)));
    builder_.open(kind, place);
    return true;
  }
  bool close() {
    builder_.close();
    return true;
  }

  const std::string& file_;
  TokenPlaces places_;
  DocumentBuilder builder_;
};

}  // namespace

std::shared_ptr<const DocumentNode> parse_json(const std::string& file, const std::string& text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw UsageError(at_place(file, {}, "the file is UTF-16, expected UTF-8"));
  JsonEvents events(file, text);
  nlohmann::json::sax_parse(text, &events);
  return events.root();
}

}  // namespace gpugauge
