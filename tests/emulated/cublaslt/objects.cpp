#include "tests/emulated/cublaslt/objects.hpp"

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace gpugauge::emulated::cublaslt {
namespace {

/// Objects of one kind that live, by what their owner was given.
template <typename Object>
std::map<const void*, std::unique_ptr<Object>>& living() {
  static auto* all = new std::map<const void*, std::unique_ptr<Object>>;  // outlives the exit
  return *all;
}

std::mutex mutex;

void require_none_left() {
  std::string left;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) left += (left.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(living<Handle>().size(), "handles");
  add(living<Description>().size(), "descriptions");
  add(living<Layout>().size(), "layouts");
  add(living<Preference>().size(), "preferences");
  if (!left.empty()) broken("the end of the process", "not destroyed: " + left);
}

/// A handle has device memory of its own, which is allocated and freed with it.
void forbid_in_capture(const char* call) {
  if (emulated_is_capturing()) broken(call, "while a stream captures");
}

}  // namespace

template <typename Object, typename Opaque>
cublasStatus_t give(const char* call, Object object, Opaque** out) {
  if (out == nullptr) return broken(call, "no place for the object");
  static const bool watched = std::atexit(require_none_left) == 0;
  (void)watched;
  const std::scoped_lock lock(mutex);
  auto owned = std::make_unique<Object>(object);
  *out = reinterpret_cast<Opaque*>(owned.get());
  living<Object>().emplace(*out, std::move(owned));
  return CUBLAS_STATUS_SUCCESS;
}

template <typename Object>
Object& taken(const char* call, const void* opaque) {
  const std::scoped_lock lock(mutex);
  const auto found = living<Object>().find(opaque);
  if (found != living<Object>().end()) return *found->second;
  broken(call, "an argument is none that the library made, or was destroyed");
  throw std::logic_error("not reached");
}

template <typename Object>
cublasStatus_t release(const char* call, const void* opaque) {
  (void)taken<Object>(call, opaque);
  const std::scoped_lock lock(mutex);
  living<Object>().erase(opaque);
  return CUBLAS_STATUS_SUCCESS;
}

template Handle& taken<Handle>(const char*, const void*);
template Preference& taken<Preference>(const char*, const void*);

std::size_t Layout::bytes() const {
  return ((columns - 1) * static_cast<std::uint64_t>(leading) + rows) *
         static_cast<std::size_t>(size_bytes(type));
}

Problem problem_of(const char* call, cublasLtMatmulDesc_t what, cublasLtMatrixLayout_t a,
                   cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d) {
  const auto layout = [&](const void* opaque) -> const Layout& {
    return taken<Layout>(call, opaque);
  };
  return {taken<Description>(call, what), layout(a), layout(b), layout(c), layout(d)};
}

namespace {

/// Copies an attribute's value if it has the size that the documentation says.
template <typename Value>
cublasStatus_t set(const char* call, Value& member, const void* value, std::size_t size) {
  if (value == nullptr || size != sizeof(Value))
    return broken(call, "the attribute is of " + std::to_string(sizeof(Value)) + " bytes, not " +
                            std::to_string(size));
  std::memcpy(&member, value, size);
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace
}  // namespace gpugauge::emulated::cublaslt

using namespace gpugauge::emulated::cublaslt;  // NOLINT: C functions that belong to it

API cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) {
  forbid_in_capture(__func__);
  return give(__func__, Handle{}, handle);
}
API cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
  forbid_in_capture(__func__);
  return release<Handle>(__func__, handle);
}
/// Newer than any other of its major version, so that the program takes this one.
API std::size_t cublasLtGetVersion() { return CUBLAS_VER_MAJOR * 10000 + 9900; }

API const char* cublasLtGetStatusString(cublasStatus_t status) {
  switch (status) {
    case CUBLAS_STATUS_SUCCESS:
      return "CUBLAS_STATUS_SUCCESS";
    case CUBLAS_STATUS_INVALID_VALUE:
      return "CUBLAS_STATUS_INVALID_VALUE";
    case CUBLAS_STATUS_NOT_SUPPORTED:
      return "CUBLAS_STATUS_NOT_SUPPORTED";
    case CUBLAS_STATUS_EXECUTION_FAILED:
      return "CUBLAS_STATUS_EXECUTION_FAILED";
    default:
      return "another status of cuBLAS";
  }
}

API cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* description,
                                            cublasComputeType_t compute, cudaDataType_t scale) {
  return give(__func__, Description{.compute = compute, .scale = scale}, description);
}
API cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t description) {
  return release<Description>(__func__, description);
}
API cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t description,
                                                  cublasLtMatmulDescAttributes_t attribute,
                                                  const void* value, std::size_t size) {
  auto& to = taken<Description>(__func__, description);
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return set(__func__, to.transposed_a, value, size);
    case CUBLASLT_MATMUL_DESC_TRANSB:
      return set(__func__, to.transposed_b, value, size);
    case CUBLASLT_MATMUL_DESC_A_SCALE_POINTER:
      return set(__func__, to.a_scale, value, size);
    case CUBLASLT_MATMUL_DESC_B_SCALE_POINTER:
      return set(__func__, to.b_scale, value, size);
    case CUBLASLT_MATMUL_DESC_FAST_ACCUM:
      return set(__func__, to.fast_accumulation, value, size);
    default:
      return broken(__func__, "attribute " + std::to_string(attribute) + " is not emulated");
  }
}

API cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType_t type,
                                              std::uint64_t rows, std::uint64_t columns,
                                              std::int64_t leading) {
  if (rows == 0 || columns == 0 || leading < static_cast<std::int64_t>(rows))
    return broken(__func__, "the leading dimension is less than the rows, or there are none");
  return give(__func__, Layout{type, rows, columns, leading}, layout);
}
API cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  return release<Layout>(__func__, layout);
}

API cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  return give(__func__, Preference{}, preference);
}
API cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  return release<Preference>(__func__, preference);
}
API cublasStatus_t cublasLtMatmulPreferenceSetAttribute(
    cublasLtMatmulPreference_t preference, cublasLtMatmulPreferenceAttributes_t attribute,
    const void* value, std::size_t size) {
  auto& to = taken<Preference>(__func__, preference);
  switch (attribute) {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES:
      return set(__func__, to.workspace_bytes, value, size);
    case CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK:
      return set(__func__, to.reductions, value, size);
    default:
      return broken(__func__, "attribute " + std::to_string(attribute) + " is not emulated");
  }
}
