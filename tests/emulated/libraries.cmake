# Libraries that the program opens at run time: this folder is on the run path of what uses them.
function(emulated_library name output_name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(emulated_${name} MODULE ${sources})
  target_link_libraries(emulated_${name} PRIVATE gpugauge_flags fmt::fmt)
  set_target_properties(emulated_${name} PROPERTIES PREFIX "" SUFFIX "" OUTPUT_NAME ${output_name})
endfunction()
emulated_library(nvml libnvidia-ml.so.1)
# Not on that path: a test names its folder to the loader.
emulated_library(driver libcuda.so.1)
set_target_properties(emulated_driver PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/driver)

add_executable(unit_emulated_libraries_tests ${CMAKE_SOURCE_DIR}/tests/unit/emulated/libraries/nvml_test.cpp
  ${CMAKE_SOURCE_DIR}/harness/device/cuda/nvml.cpp broken_rule.cpp)
target_link_libraries(unit_emulated_libraries_tests PRIVATE emulated_card spdlog::spdlog GTest::gmock GTest::gtest
  GTest::gtest_main ${CMAKE_DL_LIBS})
set_target_properties(unit_emulated_libraries_tests PROPERTIES ENABLE_EXPORTS ON BUILD_RPATH ${CMAKE_CURRENT_BINARY_DIR})
add_dependencies(unit_emulated_libraries_tests emulated_nvml)
if(GPUGAUGE_NVCC)
  emulated_library(cublaslt libcublasLt.so.${CUDAToolkit_VERSION_MAJOR})
  target_include_directories(emulated_cublaslt SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
  target_link_libraries(emulated_cublaslt PRIVATE OpenMP::OpenMP_CXX)
  # By the product's own hands, without the rest of it.
  set(gemm ${CMAKE_SOURCE_DIR}/kernels/cuda/gemm)
  set(reference ${CMAKE_SOURCE_DIR}/kernels/reference)
  target_sources(unit_emulated_libraries_tests PRIVATE ${CMAKE_SOURCE_DIR}/tests/unit/emulated/libraries/cublaslt_test.cpp
    ${CMAKE_SOURCE_DIR}/tests/unit/emulated/libraries/cublaslt_choice_test.cpp
    ${gemm}/cublaslt.cpp ${gemm}/cublaslt_algorithms.cpp ${gemm}/cublaslt_matmul.cpp ${gemm}/cublaslt_places.cpp
    ${CMAKE_SOURCE_DIR}/harness/device/nvidia_host.cpp
    ${reference}/gemm_reference.cpp ${reference}/comparison.cpp)
  target_include_directories(unit_emulated_libraries_tests SYSTEM PRIVATE ${CUDAToolkit_INCLUDE_DIRS})
  target_link_libraries(unit_emulated_libraries_tests PRIVATE OpenMP::OpenMP_CXX)
  add_dependencies(unit_emulated_libraries_tests emulated_cublaslt)
  # Copies of other versions, to choose from.
  foreach(copy OLD:0001 NEW:9950)
    string(REGEX MATCH "^(.*):(.*)$" _ ${copy})
    set(name emulated_cublaslt_${CMAKE_MATCH_1})
    add_library(${name} MODULE cublaslt_versions/library.cpp)
    target_compile_definitions(${name} PRIVATE STAND_IN_VERSION=${CUDAToolkit_VERSION_MAJOR}${CMAKE_MATCH_2})
    target_compile_definitions(unit_emulated_libraries_tests PRIVATE
      GPUGAUGE_${CMAKE_MATCH_1}_CUBLASLT="$<TARGET_FILE:${name}>")
    add_dependencies(unit_emulated_libraries_tests ${name})
  endforeach()
endif()
gtest_discover_tests(unit_emulated_libraries_tests TEST_PREFIX unit. NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60)
