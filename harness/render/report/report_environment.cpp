#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "harness/analyze/compare/environment.hpp"
#include "harness/answer/imported_files.hpp"
#include "harness/base/byte_size.hpp"
#include "harness/record/health.hpp"
#include "harness/render/report/report_data.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/number.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

using Field = std::pair<std::string, std::function<std::string(const Record&)>>;

template <typename Value>
std::string or_empty(const std::optional<Value>& value, std::string_view pattern = "{}") {
  return value ? fmt::format(fmt::runtime(pattern), *value) : std::string();
}
std::string yes_no(const std::optional<bool>& value) {
  return value ? (*value ? "yes" : "no") : "";
}
std::string bytes_or_empty(std::int64_t bytes) {
  return bytes > 0 ? format_bytes(static_cast<double>(bytes)) : std::string();
}

std::string pcie(const DeviceInfo& d) {
  if (!d.pcie_generation && !d.pcie_width) return {};
  return fmt::format("generation {}, {} lanes", or_empty(d.pcie_generation),
                     or_empty(d.pcie_width));
}

const std::vector<Field>& environment_fields() {
  static const std::vector<Field> fields{
      {"device", [](const Record& r) { return r.device.name; }},
      {"memory", [](const Record& r) { return bytes_or_empty(r.device.memory_bytes); }},
      {"last-level cache", [](const Record& r) { return bytes_or_empty(r.device.cache_bytes); }},
      {"compute units",
       [](const Record& r) {
         return r.device.compute_units > 0 ? fmt::format("{}", r.device.compute_units) : "";
       }},
      {"features",
       [](const Record& r) { return fmt::format("{}", fmt::join(r.device.features, " ")); }},
      {"highest clock",
       [](const Record& r) { return or_empty(r.device.max_clock_mhz, "{:.0f} MHz"); }},
      {"driver", [](const Record& r) { return or_empty(r.device.driver_version); }},
      {"runtime", [](const Record& r) { return or_empty(r.device.runtime_version); }},
      {"VBIOS", [](const Record& r) { return or_empty(r.device.vbios_version); }},
      {"power limit", [](const Record& r) { return or_empty(r.device.power_limit_w, "{:.0f} W"); }},
      {"default power limit",
       [](const Record& r) { return or_empty(r.device.default_power_limit_w, "{:.0f} W"); }},
      {"PCIe", [](const Record& r) { return pcie(r.device); }},
      {"ECC", [](const Record& r) { return yes_no(r.device.ecc_enabled); }},
      {"card errors in the run", [](const Record& r) { return describe(card_errors(r)); }},
      {"remapped rows", [](const Record& r) { return describe_rows(last_health(r)); }},
      {"MIG", [](const Record& r) { return yes_no(r.device.mig_enabled); }},
      {"other processes", [](const Record& r) { return or_empty(r.device.other_processes); }},
      {"UUID", [](const Record& r) { return or_empty(r.device.uuid); }},
      {"governor", [](const Record& r) { return or_empty(r.device.governor); }},
      {"hypervisor", [](const Record& r) { return or_empty(r.device.hypervisor); }},
      {"host CPU", [](const Record& r) { return r.provenance.cpu_name; }},
      {"operating system", [](const Record& r) { return r.provenance.os; }},
      {"kernel", [](const Record& r) { return r.provenance.kernel; }},
      {"container", [](const Record& r) { return r.provenance.container; }},
  };
  return fields;
}

/// The start of a hash that people read; programs get all of it.
constexpr std::size_t kShownDigits = 12;

std::string shortened_hashes(std::string text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) != 0) {
      ++digits;
      continue;
    }
    constexpr std::size_t kLeastHash = 32;
    if (digits >= kLeastHash) {
      text.erase(i - digits + kShownDigits, digits - kShownDigits);
      i -= digits - kShownDigits;
    }
    digits = 0;
  }
  return text;
}

std::string libraries(const Record& r) {
  std::vector<std::string> all;
  for (const auto& [name, version] : r.provenance.libraries) all.push_back(name + " " + version);
  return fmt::format("{}", fmt::join(all, ", "));
}

std::string sessions(const Record& r) {
  std::vector<std::string> all;
  for (const Session& s : r.provenance.sessions)
    all.push_back(s.started_utc == s.ended_utc
                      ? s.started_utc
                      : fmt::format("{} to {}", s.started_utc, s.ended_utc));
  return fmt::format("{}", fmt::join(all, ", "));
}

const std::vector<Field>& provenance_fields() {
  static const std::vector<Field> fields{
      {"file", [](const Record& r) { return r.path.string(); }},
      {"run", [](const Record& r) { return r.provenance.run_id; }},
      {"measured", [](const Record& r) { return is_imported(r) ? std::string() : sessions(r); }},
      {"imported", [](const Record& r) { return is_imported(r) ? sessions(r) : std::string(); }},
      {"took",
       [](const Record& r) {
         return r.provenance.wall_seconds > 0 ? format_duration_ns(1e9 * r.provenance.wall_seconds)
                                              : std::string();
       }},
      {"suite", [](const Record& r) { return r.provenance.suite; }},
      {"suite's SHA-256", [](const Record& r) { return r.provenance.suite_sha256; }},
      {"gpugauge", [](const Record& r) { return r.provenance.gpugauge_version; }},
      {"commit",
       [](const Record& r) {
         return r.provenance.git_sha + (r.provenance.git_dirty ? ", with uncommitted changes" : "");
       }},
      {"program's SHA-256", [](const Record& r) { return r.provenance.executable_sha256; }},
      {"compiler",
       [](const Record& r) {
         return fmt::format("{} {}", r.provenance.compiler, r.provenance.compiler_flags);
       }},
      {"libraries", libraries},
  };
  return fields;
}

/// A row a field that some file knows, a column a file.
Table field_table(std::string name, const std::vector<Field>& fields,
                  std::span<const RecordToShow> records) {
  Table table;
  table.name = std::move(name);
  table.columns.push_back(text_column("field", ""));
  const std::vector<std::string> labels = labels_of(records);
  for (std::size_t i = 0; i < records.size(); ++i)
    table.columns.push_back(text_column(fmt::format("file_{}", i), printable(labels[i])));
  for (const auto& [field, value_of] : fields) {
    std::vector<Cell> row{field};
    bool any = false;
    for (const RecordToShow& shown : records) {
      const std::string value = value_of(*shown.record);
      row.push_back(value.empty() ? Cell() : Cell(shortened_hashes(value), value));
      any = any || !row.back().text.empty();
    }
    if (any) table.rows.push_back(std::move(row));
  }
  return table;
}

struct DifferenceRow {
  const Record *base, *other;
  EnvironmentDifference difference;
};

Side side_of(const RecordToShow& shown) {
  return {.label = shown.record->path.string(),
          .records = {shown.record},
          .datasheet = shown.datasheet,
          .dollars_per_gpu_hour = {}};
}

}  // namespace

Table environment_table(std::span<const RecordToShow> records) {
  return field_table("environment", environment_fields(), records);
}

Table provenance_table(std::span<const RecordToShow> records) {
  return field_table("provenance", provenance_fields(), records);
}

Table differences_table(std::span<const RecordToShow> records) {
  std::vector<DifferenceRow> rows;
  for (std::size_t i = 1; i < records.size(); ++i) {
    const Side other = side_of(records[i]);
    const auto base =
        std::find_if(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const RecordToShow& r) {
                       return relation_of(side_of(r), other) != CardRelation::kDifferent;
                     });
    if (base == records.begin() + static_cast<std::ptrdiff_t>(i)) continue;
    for (EnvironmentDifference& d : environment_differences(side_of(*base), other))
      rows.push_back({base->record, records[i].record, std::move(d)});
  }
  ColumnList<DifferenceRow> c;
  c.text("circumstance", "", [](auto& r) { return r.difference.subject(); });
  c.text("base_file", "file", [](auto& r) { return r.base->path.string(); });
  c.text("base", "has", [](auto& r) { return text_cell(r.difference.base); });
  c.text("other_file", "and file", [](auto& r) { return r.other->path.string(); });
  c.text("other", "has", [](auto& r) { return text_cell(r.difference.other); });
  c.text("advice", "which means", [](auto& r) { return advice_on(r.difference.circumstance); });
  return c.table("differences", "what differs between files of one model of card", rows);
}

}  // namespace gpugauge
