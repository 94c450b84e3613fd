#include "harness/cli/commands/doctor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace gpugauge {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kGib = 1LL << 30;

DeviceInfo a_cpu() {
  DeviceInfo info;
  info.id = "cpu";
  info.name = "A Processor";
  info.memory_bytes = 16 * kGib;
  info.cache_bytes = 32LL << 20;
  info.compute_units = 8;
  return info;
}

DeviceInfo a_card() {
  DeviceInfo info;
  info.id = "cuda:0";
  info.backend = Backend::kCuda;
  info.name = "A Card";
  info.memory_bytes = 80 * kGib;
  info.compute_units = 132;
  info.compute_capability = 90;
  info.pci_bus_id = "0000:0A:00.0";
  info.max_clock_mhz = 1980;
  info.max_memory_clock_mhz = 2619;
  info.ecc_enabled = true;
  info.mig_enabled = false;
  info.power_limit_w = 700;
  info.default_power_limit_w = 700;
  info.other_processes = 0;
  return info;
}

/// Nothing is wrong with it.
Machine a_machine() {
  Machine machine;
  machine.devices = {a_card(), a_cpu()};
  machine.nvidia.cards = 1;
  machine.nvidia.driver_version = "580.65.06";
  machine.nvidia.has_version_file = true;
  machine.driver_cuda = 13000;
  machine.nvml_version = "13.580.65.06";
  machine.cublaslt = "13.0.2, /usr/local/cuda/lib64/libcublasLt.so.13";
  machine.onednn_version = "2.6.0";
  machine.build_cuda = "13.0.88";
  machine.code = parse_program_code("80 89+PTX 90a");
  machine.nvccs = {"/usr/local/cuda/bin/nvcc"};
  machine.steal_share = 0.0;
  machine.huge_pages = "madvise";
  machine.available_memory_bytes = 12 * kGib;
  machine.folder = "/somewhere";
  machine.free_disk_bytes = 10 * kGib;
  machine.folder_writable = true;
  machine.configs = "/gpugauge/configs";
  Datasheet sheet;
  sheet.name = "a-card";
  sheet.match_names = {"A Card"};
  sheet.memory_gib_min = 70;
  sheet.memory_gib_max = 90;
  machine.datasheets = {sheet};
  return machine;
}

DoctorCheck check_of(const Machine& machine, const std::string& topic) {
  for (const DoctorCheck& check : run_doctor(machine)) {
    if (check.topic == topic) return check;
  }
  ADD_FAILURE() << "no check of " << topic;
  return {};
}

TEST(Doctor, FindsNothingWrongWithAMachineInOrder) {
  for (const DoctorCheck& check : run_doctor(a_machine())) {
    EXPECT_EQ(check.status, CheckStatus::kOk) << check.topic << ": " << check.found;
    EXPECT_EQ(check.advice, "") << check.topic;
    EXPECT_NE(check.found, "") << check.topic;
  }
}

TEST(Doctor, WhateverIsNotOkHasAdvice) {
  Machine machine;
  machine.devices = {a_cpu()};
  for (const DoctorCheck& check : run_doctor(machine)) {
    EXPECT_EQ(check.advice.empty(), check.status == CheckStatus::kOk) << check.topic;
  }
}

TEST(Doctor, WithoutOnednnItsPlaceIsNamed) {
  Machine machine = a_machine();
  machine.onednn_version.clear();
  const DoctorCheck check = check_of(machine, "oneDNN");
  EXPECT_EQ(check.status, CheckStatus::kMissing);
  EXPECT_THAT(check.advice, HasSubstr("lib/"));
}

TEST(Doctor, WithoutACardNoToolkitIsAskedFor) {
  Machine machine = a_machine();
  machine.devices = {a_cpu()};
  machine.nvidia.cards = 0;
  machine.nvidia = {};
  machine.driver_cuda.reset();
  machine.nvccs.clear();
  EXPECT_EQ(check_of(machine, "NVIDIA card").status, CheckStatus::kMissing);
  EXPECT_THAT(check_of(machine, "NVIDIA card").advice, HasSubstr("the CPU is measured"));
  EXPECT_EQ(check_of(machine, "NVIDIA driver").advice, "only needed for a GPU");
  EXPECT_EQ(check_of(machine, "CUDA toolkit").advice, "only needed for a GPU");
}

TEST(Doctor, ADriverThatNamesNoVersionIsNotTakenForNone) {
  Machine machine;
  machine.devices = {a_cpu()};
  machine.nvidia.has_version_file = true;
  const DoctorCheck check = check_of(machine, "NVIDIA driver");
  EXPECT_EQ(check.status, CheckStatus::kMissing);
  EXPECT_THAT(check.found, HasSubstr("/proc/driver/nvidia/version names no version"));
  EXPECT_THAT(check.advice, HasSubstr("--gpus all"));
}

TEST(Doctor, SeveralToolkitsAreListedAndNoneIsChosen) {
  Machine machine = a_machine();
  machine.nvccs.push_back("/usr/local/cuda-12.4/bin/nvcc");
  EXPECT_EQ(check_of(machine, "CUDA toolkit").found,
            "/usr/local/cuda/bin/nvcc, /usr/local/cuda-12.4/bin/nvcc; setup.sh takes the newest "
            "that the driver runs");
}

TEST(Doctor, ACardWithoutADriverIsToldHowToGetOne) {
  Machine machine = a_machine();
  machine.nvidia = {};
  machine.nvidia.cards = 1;
  machine.driver_cuda.reset();
  const DoctorCheck check = check_of(machine, "NVIDIA driver");
  EXPECT_EQ(check.status, CheckStatus::kMissing);
  EXPECT_THAT(check.advice, HasSubstr("apt-get install nvidia-driver"));
}

TEST(Doctor, ACardIsKnownFromItsDriverWhereTheBusIsHidden) {
  Machine machine = a_machine();
  machine.nvidia.cards = 0;
  EXPECT_EQ(check_of(machine, "NVIDIA card").status, CheckStatus::kOk);
}

TEST(Doctor, ACpuBuildBesideACardIsAWarning) {
  Machine machine = a_machine();
  machine.build_cuda.clear();
  const DoctorCheck check = check_of(machine, "this program");
  EXPECT_EQ(check.status, CheckStatus::kWarning);
  EXPECT_EQ(check.advice, "GPUGAUGE_CUDA=ON ./scripts/run.sh");
}

TEST(Doctor, SaysWhatADriverRuns) {
  Machine machine = a_machine();
  machine.driver_cuda = 12020;
  EXPECT_EQ(check_of(machine, "NVIDIA driver").found,
            "580.65.06, runs CUDA 12.x from machine code, PTX up to 12.2");
  machine.nvidia.driver_version.reset();
  EXPECT_EQ(check_of(machine, "NVIDIA driver").found,
            "version not shown, runs CUDA 12.x from machine code, PTX up to 12.2");
}

TEST(Doctor, ADriverWhoseLibraryIsNotHereIsToldHowToGetIt) {
  Machine machine = a_machine();
  machine.driver_cuda.reset();
  const DoctorCheck check = check_of(machine, "NVIDIA driver");
  EXPECT_EQ(check.status, CheckStatus::kMissing);
  EXPECT_THAT(check.found, HasSubstr("libcuda.so.1 is not here"));
}

TEST(Doctor, ADriverOfAnOlderMajorVersionThanTheProgramIsAWarning) {
  Machine machine = a_machine();
  machine.driver_cuda = 12040;
  const DoctorCheck check = check_of(machine, "this program");
  EXPECT_EQ(check.status, CheckStatus::kWarning);
  EXPECT_EQ(check.found,
            "built with CUDA 13.0.88 for compute capability 8.0, 8.9, 9.0a; PTX of 8.9");
  EXPECT_THAT(check.advice, HasSubstr("the driver is too old for it"));
}

TEST(Doctor, ADriverOfAnOlderMinorVersionIsNot) {
  Machine machine = a_machine();
  machine.build_cuda = "12.9.1";
  machine.driver_cuda = 12040;
  EXPECT_EQ(check_of(machine, "this program").status, CheckStatus::kOk);
}

TEST(Doctor, SaysWhichCublasLtIsUsedAndWhyNotAnother) {
  Machine machine = a_machine();
  machine.other_cublaslts = {"/opt/libcublasLt.so.12 (of CUDA 12, this program is of 13)"};
  EXPECT_EQ(check_of(machine, "cuBLASLt").found,
            "13.0.2, /usr/local/cuda/lib64/libcublasLt.so.13; not used: /opt/libcublasLt.so.12 (of "
            "CUDA 12, this program is of 13)");
  machine.cublaslt.reset();
  machine.cublaslt_command = "pip install nvidia-cublas";
  EXPECT_EQ(check_of(machine, "cuBLASLt").status, CheckStatus::kMissing);
  EXPECT_EQ(check_of(machine, "cuBLASLt").advice, "pip install nvidia-cublas");
}

TEST(Doctor, CudaThatDoesNotStartIsSaidInItsOwnWords) {
  Machine machine = a_machine();
  machine.devices = {a_cpu()};
  machine.trouble = StartTrouble{.words = "words", .usually = "cause", .advice = "command"};
  const DoctorCheck check = check_of(machine, "CUDA");
  EXPECT_EQ(check.status, CheckStatus::kMissing);
  EXPECT_EQ(check.found, "words");
  EXPECT_EQ(check.advice, "cause: command");
}

TEST(Doctor, SaysWhichCodeRunsOnACard) {
  Machine machine = a_machine();
  EXPECT_EQ(check_of(machine, "cuda:0 code").found, "machine code of 9.0a");
  machine.devices.front().compute_capability = 120;
  EXPECT_EQ(check_of(machine, "cuda:0 code").status, CheckStatus::kOk);
  EXPECT_THAT(check_of(machine, "cuda:0 code").found, HasSubstr("PTX of 8.9"));
  machine.driver_cuda = 12080;  // compiles no PTX of 13.0
  EXPECT_EQ(check_of(machine, "cuda:0 code").status, CheckStatus::kWarning);
  EXPECT_THAT(check_of(machine, "cuda:0 code").advice, HasSubstr("PTX up to CUDA 12.8"));
}

TEST(Doctor, ACardThatIsTooOldIsNotOk) {
  Machine machine = a_machine();
  machine.devices.front().compute_capability = 75;
  EXPECT_NE(check_of(machine, "cuda:0").status, CheckStatus::kOk);
  EXPECT_EQ(check_of(machine, "cuda:0 code").status, CheckStatus::kMissing);
  EXPECT_THAT(check_of(machine, "cuda:0 code").advice, HasSubstr("--device cpu"));
}

TEST(Doctor, WarnsOfEachStateOfTheCardThatChangesItsNumbers) {
  Machine machine = a_machine();
  DeviceInfo& card = machine.devices.front();
  card.ecc_enabled = false;
  card.mig_enabled = true;
  card.power_limit_w = 350;
  card.application_clock_mhz = 1410;
  card.default_application_clock_mhz = 1980;
  card.other_processes = 2;
  EXPECT_EQ(check_of(machine, "cuda:0 ECC").status, CheckStatus::kWarning);
  EXPECT_THAT(check_of(machine, "cuda:0 MIG").advice,
              HasSubstr("nvidia-smi -i 0000:0A:00.0 -mig 0"));
  EXPECT_EQ(check_of(machine, "cuda:0 power limit").found, "350 W, by default 700 W");
  EXPECT_EQ(check_of(machine, "cuda:0 power limit").advice, "nvidia-smi -i 0000:0A:00.0 -pl 700");
  EXPECT_EQ(check_of(machine, "cuda:0 application clock").found, "1410 MHz, by default 1980 MHz");
  EXPECT_EQ(check_of(machine, "cuda:0 application clock").status, CheckStatus::kWarning);
  EXPECT_EQ(check_of(machine, "cuda:0 other processes").found, "2");
}

TEST(Doctor, SaysNothingOfWhatTheDriverDoesNotTell) {
  Machine machine = a_machine();
  DeviceInfo& card = machine.devices.front();
  card.ecc_enabled.reset();
  card.power_limit_w.reset();
  for (const DoctorCheck& check : run_doctor(machine)) {
    EXPECT_NE(check.topic, "cuda:0 ECC");
    EXPECT_NE(check.topic, "cuda:0 power limit");
  }
}

TEST(Doctor, ACardWithoutADatasheetIsAWarning) {
  Machine machine = a_machine();
  machine.datasheets.clear();
  EXPECT_EQ(check_of(machine, "cuda:0 datasheet").status, CheckStatus::kWarning);
}

TEST(Doctor, WarnsOfAHostThatDisturbsTheNumbers) {
  Machine machine = a_machine();
  machine.devices.back().governor = "powersave";
  machine.steal_share = 0.05;
  machine.huge_pages = "never";
  machine.available_memory_bytes = 400LL << 20;  // 3 arrays × 5 × 32 MiB are 480
  EXPECT_EQ(check_of(machine, "cpu governor").status, CheckStatus::kWarning);
  EXPECT_EQ(check_of(machine, "CPU steal time").found, "5.0% since boot");
  EXPECT_EQ(check_of(machine, "huge pages").status, CheckStatus::kWarning);
  EXPECT_THAT(check_of(machine, "free memory").advice, HasSubstr("480 MiB"));
}

TEST(Doctor, SaysWhetherTheCardIsSick) {
  Machine machine = a_machine();
  const auto topics = [&] {
    std::vector<std::string> all;
    for (const DoctorCheck& check : run_doctor(machine)) all.push_back(check.topic);
    return all;
  };
  EXPECT_THAT(topics(), testing::Not(testing::Contains("cuda:0 ECC errors")));  // nothing is known
  CardHealth& card = machine.health["cuda:0"];
  card.uncorrected_errors = 0;
  card.corrected_errors = 5;
  card.lifetime_uncorrected_errors = 2;
  card.rows_remapped_uncorrected = 2;
  card.rows_remapped_corrected = 0;
  card.remap_pending = card.remap_failed = false;
  EXPECT_EQ(check_of(machine, "cuda:0 ECC errors").status, CheckStatus::kOk);
  EXPECT_THAT(check_of(machine, "cuda:0 ECC errors").found,
              HasSubstr("0 uncorrected, 5 corrected since the driver was loaded"));
  EXPECT_EQ(check_of(machine, "cuda:0 remapped rows").status, CheckStatus::kOk);
  EXPECT_EQ(check_of(machine, "cuda:0 remapped rows").advice, "");
  card.uncorrected_errors = 1;
  EXPECT_EQ(check_of(machine, "cuda:0 ECC errors").status, CheckStatus::kWarning);
  EXPECT_THAT(check_of(machine, "cuda:0 ECC errors").advice, HasSubstr("nvidia-smi -r"));
  card.remap_pending = true;
  EXPECT_THAT(check_of(machine, "cuda:0 remapped rows").advice, HasSubstr("before using it"));
  card.remap_failed = true;
  EXPECT_EQ(check_of(machine, "cuda:0 remapped rows").status, CheckStatus::kWarning);
  EXPECT_EQ(check_of(machine, "cuda:0 remapped rows").advice, "return the card");
}

TEST(Doctor, WarnsOfAFolderThatCannotTakeTheResults) {
  Machine machine = a_machine();
  machine.free_disk_bytes = 1 << 20;
  EXPECT_THAT(check_of(machine, "disk").found, HasSubstr("1 MiB in /somewhere"));
  EXPECT_EQ(check_of(machine, "disk").status, CheckStatus::kWarning);
  machine.folder_writable = false;
  EXPECT_THAT(check_of(machine, "disk").found, HasSubstr("cannot be written"));
}

TEST(Doctor, MissingConfigsAreSaidWithTheReason) {
  Machine machine = a_machine();
  machine.configs.reset();
  machine.configs_error = "no configs folder in /a, /b";
  EXPECT_EQ(check_of(machine, "configs").status, CheckStatus::kMissing);
  EXPECT_EQ(check_of(machine, "configs").found, "no configs folder in /a, /b");
}

TEST(Doctor, IsATableWithARowForEachCheck) {
  const std::vector<DoctorCheck> checks{{"a topic", CheckStatus::kWarning, "a fact", "a command"}};
  std::ostringstream out;
  render(out, {doctor_table(checks)}, Format::kCsv);
  EXPECT_EQ(out.str(), "topic,status,found,advice\na topic,warning,a fact,a command\n");
}

}  // namespace
}  // namespace gpugauge
