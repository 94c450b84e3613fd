#include "harness/render/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/render/text.hpp"

namespace gpugauge {
namespace {

constexpr std::array<std::string_view, 4> kFormatNames{"table", "json", "csv", "markdown"};

// ---- for people ----

/// The columns that are for people and not empty all the way down, by their place in the table.
std::vector<std::size_t> shown_columns(const Table& table) {
  std::vector<std::size_t> shown;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const bool any = std::any_of(table.rows.begin(), table.rows.end(),
                                 [c](const auto& row) { return !row.at(c).text.empty(); });
    if (!table.columns[c].data_only && any) shown.push_back(c);
  }
  return shown;
}

std::string_view color_of(Tone tone) {
  constexpr std::array<std::string_view, 4> kColors{"", "\x1b[32m", "\x1b[33m", "\x1b[31m"};
  return kColors.at(static_cast<std::size_t>(tone));
}
constexpr std::string_view kBold = "\x1b[1m", kDim = "\x1b[2m", kReset = "\x1b[0m";

std::string colored(std::string text, std::string_view color, Style style) {
  return style.color && !color.empty() ? fmt::format("{}{}{}", color, text, kReset) : text;
}

/// A cell that is ready to be laid out: what to write and how wide it is without its colour.
struct Laid {
  std::string text;
  std::size_t width = 0;
};

Laid lay(std::string_view raw, std::string_view color, Style style) {
  const std::string text = printable(raw);
  return {colored(text, color, style), display_width(text)};
}

/// Broken at spaces into lines of at most `width`, but for words that are longer; 0: one line.
std::vector<std::string> lines_of(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  if (width == 0) return {text};
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (!lines.back().empty() && display_width(lines.back()) + 1 + display_width(word) > width)
      lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    begin = end + 1;
  }
  return lines;
}

std::string line_of(const std::vector<Laid>& cells, const std::vector<std::size_t>& widths,
                    const std::vector<Align>& aligns) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string padding(widths[c] - cells[c].width, ' ');
    line += "  ";
    line += aligns[c] == Align::kRight ? padding + cells[c].text : cells[c].text + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

void write_table(std::ostream& out, const Table& table, Style style) {
  const std::vector<std::size_t> shown = shown_columns(table);
  std::vector<std::vector<Laid>> lines(1);
  std::vector<Align> aligns;
  for (const std::size_t c : shown) {
    lines.front().push_back(lay(table.columns[c].header, kDim, style));
    aligns.push_back(table.columns[c].align);
  }
  for (const auto& row : table.rows) {
    const std::size_t first = lines.size();
    for (std::size_t place = 0; place < shown.size(); ++place) {
      const Cell& cell = row.at(shown[place]);
      const auto pieces = lines_of(cell.text, table.columns[shown[place]].wrap);
      while (lines.size() < first + pieces.size()) lines.emplace_back(shown.size());
      for (std::size_t i = 0; i < pieces.size(); ++i)
        lines[first + i][place] = lay(pieces[i], color_of(cell.tone), style);
    }
  }
  std::vector<std::size_t> widths(shown.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].width);
  }

  if (!table.title.empty()) out << colored(printable(table.title), kBold, style) << '\n';
  if (table.rows.empty()) out << "  (none)\n";
  for (const auto& line : lines) {
    if (!line.empty()) out << line_of(line, widths, aligns) << '\n';
  }
  for (const std::string& note : table.notes) out << "  " << printable(note) << '\n';
}

/// Escapes what GitHub's Markdown would take for markup, and keeps spaces at the ends.
std::string markdown_text(std::string_view raw) {
  constexpr std::string_view kMarkup = "\\|`*[]~<>&";
  std::string text = printable(raw), escaped;
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' && (i < first || i > last)) {
      escaped += "&nbsp;";
      continue;
    }
    if (kMarkup.find(text[i]) != std::string_view::npos) escaped += '\\';
    escaped += text[i];
  }
  return escaped;
}

void write_markdown(std::ostream& out, const Table& table) {
  const std::vector<std::size_t> shown = shown_columns(table);
  if (!table.title.empty()) out << "### " << markdown_text(table.title) << "\n\n";
  if (table.rows.empty()) out << "(none)\n";
  if (!shown.empty()) {
    std::string header = "|", rule = "|";
    for (const std::size_t c : shown) {
      header += fmt::format(" {} |", markdown_text(table.columns[c].header));
      rule += table.columns[c].align == Align::kRight ? " ---: |" : " --- |";
    }
    out << header << '\n' << rule << '\n';
    for (const auto& row : table.rows) {
      out << '|';
      for (const std::size_t c : shown) out << ' ' << markdown_text(row.at(c).text) << " |";
      out << '\n';
    }
  }
  if (!table.notes.empty()) out << '\n';
  for (const std::string& note : table.notes) out << "- " << markdown_text(note) << '\n';
}

// ---- for programs ----

std::string csv_field(std::string_view raw) {
  const std::string text = printable(raw);
  if (text.find_first_of(",\"") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

struct CsvValue {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(const std::string& s) const { return csv_field(s); }
  std::string operator()(double d) const { return std::isfinite(d) ? fmt::format("{}", d) : ""; }
  std::string operator()(std::int64_t i) const { return fmt::format("{}", i); }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
};

constexpr char kCsvEnd = '\n';

void write_csv_header(std::ostream& out, const Table& table) {
  for (std::size_t c = 0; c < table.columns.size(); ++c)
    out << (c == 0 ? "" : ",") << csv_field(table.columns[c].key);
  out << kCsvEnd;
}

void write_csv_rows(std::ostream& out, const Table& table) {
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      out << (c == 0 ? "" : ",") << std::visit(CsvValue{}, row.at(c).value);
    out << kCsvEnd;
  }
}

bool continues(const Table& previous, const Table& next) {
  return previous.name == next.name &&
         std::equal(previous.columns.begin(), previous.columns.end(), next.columns.begin(),
                    next.columns.end(),
                    [](const Column& a, const Column& b) { return a.key == b.key; });
}

void write_csv(std::ostream& out, const std::vector<Table>& tables) {
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (t == 0 || !continues(tables[t - 1], tables[t])) {
      if (t > 0) out << kCsvEnd;
      write_csv_header(out, tables[t]);
    }
    write_csv_rows(out, tables[t]);
  }
}

struct JsonValue {
  nlohmann::ordered_json operator()(std::monostate) const { return nullptr; }
  /// The library writes null for what is not finite.
  template <typename T>
  nlohmann::ordered_json operator()(const T& value) const {
    return value;
  }
};

void write_json(std::ostream& out, const std::vector<Table>& tables) {
  using Json = nlohmann::ordered_json;
  Json document = Json::object();
  for (const Table& table : tables) {
    Json& list = document[table.name];
    if (list.is_null()) list = Json::array();
    for (const auto& row : table.rows) {
      Json object = Json::object();
      for (std::size_t c = 0; c < table.columns.size(); ++c)
        object[table.columns[c].key] = std::visit(JsonValue{}, row.at(c).value);
      list.push_back(std::move(object));
    }
  }
  // As ASCII, so that no character of the data reaches a terminal raw.
  out << document.dump(2, ' ', true, Json::error_handler_t::replace) << '\n';
}

}  // namespace

std::string_view name_of(Format format) {
  return kFormatNames.at(static_cast<std::size_t>(format));
}

std::optional<Format> format_from_name(std::string_view name) {
  const auto found = std::find(kFormatNames.begin(), kFormatNames.end(), name);
  if (found == kFormatNames.end()) return std::nullopt;
  return static_cast<Format>(found - kFormatNames.begin());
}

void render(std::ostream& out, const std::vector<Table>& tables, Format format, Style style) {
  if (format == Format::kJson) return write_json(out, tables);
  if (format == Format::kCsv) return write_csv(out, tables);
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (t > 0) out << '\n';
    if (format == Format::kTable) {
      write_table(out, tables[t], style);
    } else {
      write_markdown(out, tables[t]);
    }
  }
}

}  // namespace gpugauge
