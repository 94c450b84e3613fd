#include "harness/device/cuda_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gpugauge {
namespace {

struct Meaning {
  int error;
  std::string_view usually, advice;
};

constexpr std::string_view kDeviceFiles =
    "the driver's device files are missing or closed to this user";
constexpr std::string_view kDeviceFilesAdvice =
    "look at ls -l /dev/nvidia*; as root, nvidia-modprobe -u -c 0 makes them; in a container, "
    "start it with --gpus all";

constexpr std::array kMeanings{
    Meaning{2, "other processes fill the card's memory", "nvidia-smi lists them; stop them"},
    Meaning{3, kDeviceFiles, kDeviceFilesAdvice},
    Meaning{34, "the loader finds a toolkit's stub of libcuda before the driver's library",
            "take the folder lib64/stubs off LD_LIBRARY_PATH"},
    Meaning{
        46, "another process holds the card in exclusive mode, or MIG is on without an instance",
        "nvidia-smi lists processes, nvidia-smi -q -d COMPUTE the mode, nvidia-smi mig -lgi the "
        "instances"},
    Meaning{100, "the driver shows this process no card",
            "nvidia-smi must list the card; in a container, start it with --gpus all; sudo dmesg | "
            "grep -i -e nvrm -e xid says whether it was lost"},
    Meaning{101, "CUDA_VISIBLE_DEVICES names a card that is not there",
            "unset CUDA_VISIBLE_DEVICES; nvidia-smi -L lists the cards"},
    Meaning{209, "this program holds no code for this card",
            "build it for this card: ./scripts/run.sh there, with a toolkit that knows the card"},
    Meaning{214, "the card has an uncorrected memory error",
            "gpugauge doctor counts them; as root, nvidia-smi -r resets the card"},
    Meaning{222, "the driver is too old to compile this program's PTX for this card",
            "update the driver, or build for this card: ./scripts/run.sh there"},
    Meaning{304, kDeviceFiles, kDeviceFilesAdvice},
    Meaning{802,
            "the fabric manager of an HGX board does not run, or is of another version than "
            "the driver",
            "on the host: sudo systemctl start nvidia-fabricmanager; nvidia-smi -q -d FABRIC tells "
            "its state; of a rented machine, ask the provider or take another"},
    Meaning{803,
            "the driver's library is of another version than its kernel module: one was "
            "updated without a restart, or the container carries its own libcuda",
            "restart the machine; in a container, remove its libcuda (ldconfig -p | grep libcuda)"},
    Meaning{804,
            "a forward-compatibility library (cuda-compat) is loaded on a card that does not "
            "support it: only data-centre cards do",
            "take the folder cuda/compat off LD_LIBRARY_PATH, or remove the package cuda-compat"},
    Meaning{805, "the MPS daemon that CUDA_MPS_PIPE_DIRECTORY names does not answer",
            "unset CUDA_MPS_PIPE_DIRECTORY, or start it: nvidia-cuda-mps-control -d"},
    Meaning{999, "the kernel module nvidia_uvm is missing or stale, after an update or a suspend",
            "as root: modprobe -r nvidia_uvm; modprobe nvidia_uvm; or restart the machine; in a "
            "container, start it with --gpus all"},
};

constexpr Meaning kUnknown{0, "the driver does not work",
                           "nvidia-smi must list the card; sudo dmesg | grep -i nvrm says more"};

constexpr int kInsufficientDriver = 35;
constexpr int kNoDevice = 100;

StartTrouble without_driver() {
  return {.words = "no NVIDIA driver: libcuda.so.1 cannot be loaded",
          .usually = "the container was started without the card, or no driver is installed",
          .advice = fmt::format("{}; {}", kContainerWithCard, kInstallDriver)};
}

StartTrouble with_old_driver(std::string words, const StartFacts& facts) {
  return {.words = std::move(words),
          .usually = fmt::format(
              "the driver runs programs of CUDA {} and older, this one is of CUDA {}",
              format_cuda_version(facts.driver_cuda), format_cuda_version(facts.program_cuda)),
          .advice =
              "take the portable program (CUDA 12, drivers from 525 on: scripts/README.md), build "
              "with a toolkit that the driver runs (./scripts/run.sh chooses it), or update the "
              "driver"};
}

}  // namespace

std::string format_cuda_version(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

StartTrouble explain_start(const StartFacts& facts) {
  if (facts.error == kInsufficientDriver && facts.driver_cuda == 0) return without_driver();
  std::string words = fmt::format("{} ({}, {})", facts.text, facts.name, facts.error);
  if (facts.error == kInsufficientDriver) return with_old_driver(std::move(words), facts);
  if (facts.error == kNoDevice && facts.visible_devices) {
    return {.words = std::move(words),
            .usually =
                fmt::format("CUDA_VISIBLE_DEVICES='{}' hides every card", *facts.visible_devices),
            .advice = "unset CUDA_VISIBLE_DEVICES; nvidia-smi -L lists the cards"};
  }
  const auto* found = std::ranges::find(kMeanings, facts.error, &Meaning::error);
  const Meaning& meaning = found != kMeanings.end() ? *found : kUnknown;
  return {.words = std::move(words),
          .usually = std::string(meaning.usually),
          .advice = std::string(meaning.advice)};
}

StartTrouble no_cuda_in_this_build() {
  return {.words = "this build has no CUDA, and an NVIDIA card or driver is here",
          .usually = "it was built with GPUGAUGE_CUDA=OFF, or before there was a toolkit",
          .advice = "GPUGAUGE_CUDA=ON ./scripts/run.sh"};
}

StartTrouble unexplained(std::string words) {
  return {.words = std::move(words),
          .usually = std::string(kUnknown.usually),
          .advice = std::string(kUnknown.advice)};
}

std::string describe(const StartTrouble& trouble) {
  return fmt::format(
      "CUDA does not start: {}. Usually: {}. What to do: {}. --device cpu measures the CPU",
      trouble.words, trouble.usually, trouble.advice);
}

}  // namespace gpugauge
