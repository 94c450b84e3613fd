#include "harness/render/table/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/render/table/layout.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {

struct ToneRow {
  Tone value;
  std::string_view color;
};
template <>
struct EnumTable<Tone> {
  static constexpr std::array rows{ToneRow{Tone::kPlain, ""}, ToneRow{Tone::kGood, "\x1b[32m"},
                                   ToneRow{Tone::kWarning, "\x1b[33m"},
                                   ToneRow{Tone::kBad, "\x1b[31m"}};
};

namespace {

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

std::string_view color_of(Tone tone) { return row_of(tone).color; }
constexpr std::string_view kBold = "\x1b[1m", kDim = "\x1b[2m", kReset = "\x1b[0m";

std::string colored(std::string text, std::string_view color, Style style) {
  return style.color && !color.empty() ? fmt::format("{}{}{}", color, text, kReset) : text;
}

/// Under the first line of what is broken into several.
constexpr std::size_t kHang = 2;

/// Text of its own, not of a table's cells: broken at the width, what follows the first line
/// further in.
void write_text(std::ostream& out, std::string_view raw, std::size_t indent, std::string_view color,
                Style style, std::size_t hang = kHang) {
  const std::string text = printable(raw);
  const std::size_t room = style.width - std::min(style.width, indent + hang);
  const bool fits = indent + display_width(text) <= style.width;
  std::size_t before = indent;
  for (const std::string& line : lines_of(text, fits ? kUnlimitedWidth : room)) {
    out << std::string(before, ' ') << colored(line, color, style) << '\n';
    before = indent + hang;
  }
}

/// A line of a table as it is written.
class TextLine {
 public:
  explicit TextLine(Style style) : style_(style) {}

  void add(const std::string& text, const ShownColumn& column, Align align,
           std::string_view color) {
    const std::size_t padding = column.width - display_width(text);
    blanks_ += kColumnGap + (align == Align::kRight ? padding : 0);
    if (!text.empty()) {
      line_.append(blanks_, ' ').append(colored(text, color, style_));
      blanks_ = 0;
    }
    blanks_ += align == Align::kLeft ? padding : 0;
  }
  const std::string& text() const { return line_; }

 private:
  Style style_;
  std::string line_;
  std::size_t blanks_ = 0;  ///< to be written if more follows
};

/// Headers stand on the first row.
void write_headers(std::ostream& out, const Table& table, const Layout& layout, Style style) {
  std::size_t height = 0;
  for (const ShownColumn& column : layout.columns) height = std::max(height, column.header.size());
  for (std::size_t i = 0; i < height; ++i) {
    TextLine line(style);
    for (const ShownColumn& column : layout.columns) {
      const std::size_t above = height - column.header.size();
      line.add(i < above ? std::string() : column.header[i - above], column,
               table.columns[column.place].align, kDim);
    }
    if (!line.text().empty()) out << line.text() << '\n';
  }
}

void write_row(std::ostream& out, const Table& table, const Layout& layout, std::size_t row,
               Style style) {
  std::size_t height = 0;
  for (const ShownColumn& column : layout.columns)
    height = std::max(height, column.cells[row].size());
  for (std::size_t i = 0; i < height; ++i) {
    TextLine line(style);
    for (const ShownColumn& column : layout.columns) {
      const Lines& lines = column.cells[row];
      line.add(i < lines.size() ? lines[i] : std::string(), column,
               table.columns[column.place].align, color_of(table.rows[row][column.place].tone));
    }
    out << line.text() << '\n';
  }
}

/// How to see what a narrow terminal does not show; nothing if it shows all.
std::string note_on(const Layout& layout) {
  std::string note;
  const auto add = [&](std::string_view what, const std::vector<std::string>& columns) {
    if (!columns.empty())
      note += fmt::format("{}{}: {}", note.empty() ? "" : "; ", what, fmt::join(columns, " · "));
  };
  add("not shown", layout.left_out);
  add("shortened", layout.shortened);
  return note.empty() ? note : note + "; shown in a wider terminal and with --format csv or json";
}

/// `cases (not in the names: cold, k, n)`.
std::string title_of(const Table& table, const Layout& layout) {
  return layout.parts_left_out.empty() ? table.title
                                       : fmt::format("{} (not in the names: {})", table.title,
                                                     fmt::join(layout.parts_left_out, ", "));
}

void write_grid(std::ostream& out, const Table& table, const Layout& layout, Style style) {
  write_headers(out, table, layout, style);
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    write_row(out, table, layout, row, style);
}

/// `header: text`, a line a cell, for a terminal that no layout fits.
void write_record(std::ostream& out, const Table& table, const Layout& layout, std::size_t row,
                  Style style) {
  for (const ShownColumn& column : layout.columns) {
    const Cell& cell = table.rows[row][column.place];
    const std::string& header = table.columns[column.place].header;
    if (!cell.text.empty())
      write_text(out, header.empty() ? cell.text : fmt::format("{}: {}", header, cell.text),
                 kColumnGap, color_of(cell.tone), style);
  }
}

void write_records(std::ostream& out, const Table& table, const Layout& layout, Style style) {
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (row > 0) out << '\n';
    write_record(out, table, layout, row, style);
  }
}

void write_table(std::ostream& out, const Table& table, const Layout& layout, Style style) {
  if (!table.title.empty() || !layout.parts_left_out.empty())
    write_text(out, title_of(table, layout), 0, kBold, style);
  if (table.rows.empty()) out << "  (none)\n";
  (width_of(layout) > style.width ? write_records : write_grid)(out, table, layout, style);
  for (const std::string& note : table.notes) write_text(out, note, kColumnGap, {}, style);
}

void write_tables(std::ostream& out, const std::vector<Table>& tables, Style style) {
  std::vector<Layout> layouts;
  for (const Table& table : tables) layouts.push_back(lay_out(table, style.width));
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (t > 0) out << '\n';
    write_table(out, tables[t], layouts[t], style);
    // Tables of one kind need it once.
    const std::string note = note_on(layouts[t]);
    const bool follows = t + 1 < tables.size() && note_on(layouts[t + 1]) == note;
    if (!note.empty() && !follows) write_text(out, note, kColumnGap, kDim, style);
  }
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

void write_csv(std::ostream& out, const std::vector<Table>& tables) {
  if (tables.empty()) return;
  const Table& main = main_table(tables);
  write_csv_header(out, main);
  for (const Table& table : tables) {
    if (table.name == main.name) write_csv_rows(out, table);
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

const Table& main_table(const std::vector<Table>& tables) {
  const auto main = std::find_if(tables.begin(), tables.end(),
                                 [](const Table& table) { return !table.is_aside; });
  return main == tables.end() ? tables.front() : *main;
}

void render_text(std::ostream& out, std::string_view text, std::size_t hang, Style style) {
  write_text(out, text, 0, {}, style, hang);
}

void render(std::ostream& out, const std::vector<Table>& tables, Format format, Style style) {
  if (format == Format::kJson) return write_json(out, tables);
  if (format == Format::kCsv) return write_csv(out, tables);
  if (format == Format::kTable) return write_tables(out, tables, style);
  for (std::size_t t = 0; t < tables.size(); ++t) {
    if (t > 0) out << '\n';
    write_markdown(out, tables[t]);
  }
}

}  // namespace gpugauge
