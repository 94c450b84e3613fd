#include "harness/render/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace gpugauge {
namespace {

struct Decoded {
  char32_t code_point;
  std::size_t bytes;  ///< 0 if the text does not begin with a valid sequence
};

/// Of a UTF-8 character that began before.
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The first code point of UTF-8 text, which is not empty. RFC 3629: no overlong forms, no
/// surrogates.
Decoded decode_first(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
  if (bytes == 0 || lead > 0xF4 || text.size() < bytes) return {0, 0};
  char32_t code_point = lead & (0x7Fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {0, 0};
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < kSmallest[bytes] || code_point > 0x10FFFF || surrogate) return {0, 0};
  return {code_point, bytes};
}

bool is_control(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return c < 0x20 || within(0x7F, 0x9F) ||       // C0, DEL, C1
         within(0x200E, 0x200F) ||               // directional marks
         within(0x2028, 0x202E) ||               // line separators, bidirectional overrides
         within(0x2066, 0x2069) || c == 0xFEFF;  // isolates, byte order mark
}

std::string escape(char32_t c) {
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return c < 0x100 ? fmt::format("\\x{:02x}", static_cast<std::uint32_t>(c))
                       : fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const Decoded first = decode_first(text);
    if (first.bytes == 0) {
      shown += escape(static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    if (is_control(first.code_point)) {
      shown += escape(first.code_point);
    } else {
      shown += text.substr(0, first.bytes);
    }
    text.remove_prefix(first.bytes);
  }
  return shown;
}

std::size_t display_width(std::string_view text) {
  // fmt knows how wide each code point is, and tells by how much it pads. No text is wider than it
  // has bytes, so padding it to that many columns always shows.
  const std::size_t padded = fmt::formatted_size("{:<{}}", text, text.size());
  return text.size() - (padded - text.size());
}

std::string_view beginning_of(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size();) {
    const std::size_t bytes = decode_first(text.substr(end)).bytes;
    used += display_width(text.substr(end, bytes));
    if (used > width) break;
    end += bytes;
  }
  return text.substr(0, end);
}

std::string_view end_of(std::string_view text, std::size_t width) {
  std::size_t begin = text.size();
  for (std::size_t used = 0; begin > 0;) {
    std::size_t first = begin - 1;
    while (is_continuation(text[first])) --first;
    used += display_width(text.substr(first, begin - first));
    if (used > width) break;
    begin = first;
  }
  return text.substr(begin);
}

std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return {std::string(text)};
  std::vector<std::string> lines(1);
  std::size_t used = 0;  // of the last line
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    while (true) {
      const std::size_t gap = used == 0 ? 0 : 1, wide = display_width(word);
      if (used + gap + wide <= width) {
        lines.back().append(gap, ' ').append(word);
        used += gap + wide;
        break;
      }
      if (used > 0) {
        lines.emplace_back();
        used = 0;
        continue;
      }
      const std::string_view part = beginning_of(word, width);
      // Of a terminal that is narrower than one character.
      const std::size_t bytes = part.empty() ? decode_first(word).bytes : part.size();
      lines.back() = word.substr(0, bytes);
      word.remove_prefix(bytes);
      if (word.empty()) break;
      lines.emplace_back();
    }
  }
  if (lines.size() > 1 && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace gpugauge
