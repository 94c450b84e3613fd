# Facts about the build, for result files: build_info.hpp from build_info.hpp.in.
#
# Included, it adds the target that runs it as a script at every build, because a commit or an edit changes git's
# answers without a new configuration. configure_file leaves the header alone where nothing changed.

if(NOT CMAKE_SCRIPT_MODE_FILE)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type_upper)
  set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}}")
  if(GPUGAUGE_SANITIZE)
    string(APPEND flags " -fsanitize=${GPUGAUGE_SANITIZE}")
  endif()
  string(STRIP "${flags}" flags)
  # "80 86 89+PTX 90a": machine code, and PTX for what is newer.
  set(architectures ${CMAKE_CUDA_ARCHITECTURES})
  list(TRANSFORM architectures APPEND "+PTX" REGEX "^[0-9]+[af]?$")
  list(TRANSFORM architectures REPLACE "-real$" "")
  list(JOIN architectures " " architectures)
  set(build_info_header ${CMAKE_BINARY_DIR}/generated/build_info.hpp)
  add_custom_target(gpugauge_build_info
    COMMAND ${CMAKE_COMMAND}
            -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DHEADER=${build_info_header} -DVERSION=${PROJECT_VERSION}
            -DCOMPILER=${CMAKE_CXX_COMPILER_ID}\ ${CMAKE_CXX_COMPILER_VERSION} -DCOMPILER_FLAGS=${flags}
            -DBUILD_TYPE=${CMAKE_BUILD_TYPE} -DBENCHMARK_VERSION=${benchmark_VERSION}
            -DONEDNN_VERSION=${dnnl_VERSION} -DCUDA_TOOLKIT_VERSION=${CUDAToolkit_VERSION}
            -DCUDA_ARCHITECTURES=${architectures}
            -P ${CMAKE_CURRENT_LIST_FILE}
    BYPRODUCTS ${build_info_header}
    COMMENT "Build facts" VERBATIM)
  add_dependencies(gpugauge_record gpugauge_build_info)
  return()
endif()

function(git output)
  execute_process(COMMAND git -C ${SOURCE_DIR} ${ARGN} OUTPUT_VARIABLE answer RESULT_VARIABLE status
                  ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT status EQUAL 0)
    set(answer "unknown")  # no git, or a source package without history
  endif()
  set(${output} "${answer}" PARENT_SCOPE)
endfunction()

git(GIT_SHA rev-parse HEAD)
git(GIT_DATE log -1 --format=%cs)
git(changes status --porcelain --untracked-files=no)
if(changes STREQUAL "" OR changes STREQUAL "unknown")
  set(GIT_DIRTY false)
else()
  set(GIT_DIRTY true)
endif()
string(REPLACE "\"" "\\\"" COMPILER_FLAGS "${COMPILER_FLAGS}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_info.hpp.in ${HEADER} @ONLY)
