// Which of several copies of cuBLASLt is opened: beside the emulated one, which is found by its
// name, are copies that only say their version.

#include <gmock/gmock.h>

#include <map>

#include "kernels/cuda/gemm/cublaslt.hpp"
#include "tests/unit/device/fake_root.hpp"

namespace gpugauge::emulated {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

class CublasLtChoice : public testing::Test {
 protected:
  static std::string name(int major) { return "libcublasLt.so." + std::to_string(major); }

  void plant(const fs::path& copy, const std::string& folder, int major = CUBLAS_VER_MAJOR) {
    fs::create_directories(root_.path() / folder);
    fs::copy_file(copy, root_.path() / folder / name(major));
  }

  CublasLtLibrary open(int major = CUBLAS_VER_MAJOR) {
    return open_cublaslt({.root = root_.path(),
                          .program = root_.path() / "bin/gpugauge",
                          .environment = [this](const char* variable) { return set_[variable]; }},
                         major);
  }

  FakeRoot root_;
  std::map<std::string, std::string> set_;
};

TEST_F(CublasLtChoice, TheNewestIsTaken) {
  plant(GPUGAUGE_OLD_CUBLASLT, "usr/local/cuda-a/lib64");
  plant(GPUGAUGE_NEW_CUBLASLT, "usr/local/cuda-b/lib64");
  plant(GPUGAUGE_OLD_CUBLASLT, "usr/local/cuda-c/lib64");
  const CublasLtLibrary library = open();
  ASSERT_TRUE(library.api.has_value()) << library.absence;
  EXPECT_EQ(library.version, std::to_string(CUBLAS_VER_MAJOR) + ".99.50");
  EXPECT_THAT(library.file.string(), EndsWith("cuda-b/lib64/" + name(CUBLAS_VER_MAJOR)));
  ASSERT_EQ(library.others.size(), 3U);
  for (const CublasLtLibrary::Other& other : library.others) {
    EXPECT_THAT(other.why_not, testing::StartsWith(std::to_string(CUBLAS_VER_MAJOR) + "."));
  }
}

TEST_F(CublasLtChoice, AnotherMajorVersionIsPassedOver) {
  plant(GPUGAUGE_NEW_CUBLASLT, "usr/local/cuda-99/lib64", 99);
  const CublasLtLibrary library = open();
  ASSERT_EQ(library.others.size(), 1U);
  EXPECT_THAT(library.others.front().why_not, HasSubstr("of CUDA 99, this program is of"));
}

TEST_F(CublasLtChoice, WhatIsNoLibraryOrLacksFunctionsIsSaid) {
  plant("/bin/true", "usr/local/cuda-a/lib64");
  root_.with("usr/local/cuda-b/lib64/" + name(CUBLAS_VER_MAJOR), "no library");
  const CublasLtLibrary library = open();
  ASSERT_EQ(library.others.size(), 2U);
  EXPECT_THAT(library.others.back().why_not, "cannot be opened");
}

TEST_F(CublasLtChoice, AFileMayBeNamed) {
  plant(GPUGAUGE_OLD_CUBLASLT, "own");
  set_["GPUGAUGE_CUBLASLT"] = (root_.path() / "own" / name(CUBLAS_VER_MAJOR)).string();
  EXPECT_EQ(open().version, std::to_string(CUBLAS_VER_MAJOR) + ".0.1");
  set_["GPUGAUGE_CUBLASLT"] = "/nowhere/libcublasLt.so";
  EXPECT_EQ(open().absence, "GPUGAUGE_CUBLASLT=/nowhere/libcublasLt.so: cannot be opened");
}

TEST_F(CublasLtChoice, WithoutAnyTheCommandThatHelpsIsSaid) {
  const CublasLtLibrary library = open(98);
  EXPECT_FALSE(library.api.has_value());
  EXPECT_EQ(library.absence, "cuBLASLt 98 is not here: pip install nvidia-cublas");
}

}  // namespace
}  // namespace gpugauge::emulated
