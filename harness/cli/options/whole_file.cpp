#include "harness/cli/options/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "harness/record/file.hpp"

namespace gpugauge {

void write_whole(const std::filesystem::path& path, std::string_view text) {
  std::filesystem::path partial = path;
  partial += fmt::format(".{}.partial", getpid());
  OutputFile file(partial, O_CREAT | O_TRUNC);
  file.append(text);
  file.rename_to(path);
}

}  // namespace gpugauge
