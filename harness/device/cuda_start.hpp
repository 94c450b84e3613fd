#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"

namespace gpugauge {

/// Why CUDA does not start on a machine with a card or a driver.
struct StartTrouble {
  std::string words;    ///< CUDA's own: `system not yet initialized (cudaErrorSystemNotReady, 802)`
  std::string usually;  ///< what that usually means
  std::string advice;   ///< what to do about it
};

/// What is known when CUDA does not start. Versions are CUDA's: 13000 for 13.0.
struct StartFacts {
  int error = 0;  ///< cudaError_t
  std::string_view name, text;
  int driver_cuda = 0;  ///< the newest that the driver runs; 0 where its library cannot be opened
  int program_cuda = 0;
  std::optional<std::string> visible_devices;  ///< $CUDA_VISIBLE_DEVICES; absent where not set
};

/// How a machine gets a driver, and how a container gets the card.
inline constexpr std::string_view kInstallDriver =
    "Ubuntu: ubuntu-drivers install; Debian: apt-get install nvidia-driver (non-free)";
inline constexpr std::string_view kContainerWithCard = "container: start it with --gpus all";

/// Meanings: driver_types.h of CUDA 13.0 and what NVIDIA's guides say of each.
StartTrouble explain_start(const StartFacts& facts);

/// A build without CUDA, beside a card or a driver.
StartTrouble no_cuda_in_this_build();

/// Another error, which says no more than its own words.
StartTrouble unexplained(std::string words);

/// `CUDA does not start: <words>. Usually: … What to do: … --device cpu measures the CPU.`
std::string describe(const StartTrouble& trouble);

/// No CUDA device can be had, for that reason.
class CudaDoesNotStart : public EnvironmentError {
 public:
  explicit CudaDoesNotStart(const StartTrouble& trouble)
      : EnvironmentError(describe(trouble)), trouble_(trouble) {}
  const StartTrouble& trouble() const { return trouble_; }

 private:
  StartTrouble trouble_;
};

/// `13.0` from CUDA's 13000.
std::string format_cuda_version(int version);

}  // namespace gpugauge
