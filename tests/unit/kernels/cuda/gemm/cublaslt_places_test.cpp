#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/gemm/cublaslt_places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/unit/device/fake_root.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// A machine with libraries where the test plants them.
class CublasLtPlaces : public testing::Test {
 protected:
  void plant(const std::string& file) { root_.with(file, ""); }
  void set(const std::string& variable, const std::string& below) {
    environment_[variable] = (root_.path() / below).string();
  }

  /// The folders that hold one, below the root.
  std::vector<std::string> found() {
    std::vector<std::string> folders;
    for (const fs::path& folder : cublaslt_folders(places())) {
      if (!cublaslt_files(folder).empty()) {
        folders.push_back(folder.lexically_relative(fs::canonical(root_.path())).string());
      }
    }
    return folders;
  }

  LibraryPlaces places() const {
    return {.root = root_.path(),
            .program = root_.path() / "checkout/build/gpugauge",
            .environment = [this](const char* name) {
              const auto set = environment_.find(name);
              return set == environment_.end() ? std::string() : set->second;
            }};
  }

  FakeRoot root_;
  std::map<std::string, std::string> environment_;
};

TEST_F(CublasLtPlaces, ABareMachineHasNone) { EXPECT_THAT(found(), IsEmpty()); }

TEST_F(CublasLtPlaces, ToolkitsSideBySide) {
  plant("usr/local/cuda-12.4/lib64/libcublasLt.so.12");
  plant("usr/local/cuda-13.0/lib64/libcublasLt.so.13");
  plant("opt/cuda/lib64/libcublasLt.so.12");
  plant("own/lib64/libcublasLt.so.12");
  set("CUDA_HOME", "own");
  EXPECT_THAT(found(), ElementsAre("own/lib64", "usr/local/cuda-12.4/lib64",
                                   "usr/local/cuda-13.0/lib64", "opt/cuda/lib64"));
}

TEST_F(CublasLtPlaces, WheelsOfTheCheckout) {
  plant("checkout/.cuda/nvidia/cu13/lib/libcublasLt.so.13");
  EXPECT_THAT(found(), ElementsAre("checkout/.cuda/nvidia/cu13/lib"));
}

TEST_F(CublasLtPlaces, WheelsOfAVirtualEnvironment) {
  plant("venv/lib/python3.11/site-packages/nvidia/cublas/lib/libcublasLt.so.12");
  plant("venv/lib/python3.11/site-packages/nvidia/cu13/lib/libcublasLt.so.13");
  EXPECT_THAT(found(), IsEmpty());
  set("VIRTUAL_ENV", "venv");
  EXPECT_THAT(found(), ElementsAre("venv/lib/python3.11/site-packages/nvidia/cu13/lib",
                                   "venv/lib/python3.11/site-packages/nvidia/cublas/lib"));
}

TEST_F(CublasLtPlaces, PyTorchsOwnCopyOfAPythonOnThePath) {
  plant("python/bin/python3");
  plant("python/lib/python3.9/site-packages/torch/lib/libcublasLt.so.12");
  environment_["PATH"] = "/nowhere::" + (root_.path() / "python/bin").string();
  EXPECT_THAT(found(), ElementsAre("python/lib/python3.9/site-packages/torch/lib"));
}

TEST_F(CublasLtPlaces, DebiansPackagesAndThoseOfTheUser) {
  plant("usr/bin/python3");
  plant("usr/local/lib/python3.11/dist-packages/nvidia/cublas/lib/libcublasLt.so.12");
  plant("home/.local/lib/python3.11/site-packages/nvidia/cublas/lib/libcublasLt.so.12");
  environment_["PATH"] = (root_.path() / "usr/bin").string();
  set("HOME", "home");
  EXPECT_THAT(found(), ElementsAre("usr/local/lib/python3.11/dist-packages/nvidia/cublas/lib",
                                   "home/.local/lib/python3.11/site-packages/nvidia/cublas/lib"));
}

TEST_F(CublasLtPlaces, CondasOwnFolder) {
  plant("conda/conda-meta/history");
  plant("conda/lib/libcublasLt.so.12");
  set("CONDA_PREFIX", "conda");
  EXPECT_THAT(found(), ElementsAre("conda/lib"));
}

TEST_F(CublasLtPlaces, TheEnvironmentThatTheProgramIsInstalledInto) {
  plant("tool/lib/python3.13/site-packages/nvidia/cublas/lib/libcublasLt.so.12");
  LibraryPlaces installed = places();
  installed.program = root_.path() / "tool/bin/gpugauge";
  EXPECT_THAT(cublaslt_folders(installed),
              Contains(fs::canonical(root_.path()) /
                       "tool/lib/python3.13/site-packages/nvidia/cublas/lib"));
}

TEST_F(CublasLtPlaces, AFileIsKnownByItsMajorVersion) {
  plant("lib/libcublasLt.so.12");
  plant("lib/libcublasLt.so.12.9.1.4");
  plant("lib/libcublasLt.so");
  plant("lib/libcublas.so.12");
  const auto files = cublaslt_files(root_.path() / "lib");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files.front().major, 12);
}

TEST(CublasLtCommand, NamesThePackageOfTheMajorVersion) {
  EXPECT_EQ(cublaslt_command(12), "pip install nvidia-cublas-cu12");
  EXPECT_EQ(cublaslt_command(13), "pip install nvidia-cublas");
}

}  // namespace
}  // namespace gpugauge

#endif
