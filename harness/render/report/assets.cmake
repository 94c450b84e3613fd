# The report's template, style, script and Chart.js as constants of the program.
#
# Included, it adds the step that runs it as a script whenever one of these files changes.

# One script of its own scope, in the order in which its parts need each other.
set(report_scripts "")
foreach(part elements cases tables pickers charts marks overview strip datasheet roofline sweeps decode speed steps samples history reproduce page)
  list(APPEND report_scripts ${CMAKE_CURRENT_LIST_DIR}/${part}.js)
endforeach()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  find_file(GPUGAUGE_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js
            DOC "Chart.js 3 or later, minified: of the package libjs-chart.js")
  if(NOT GPUGAUGE_CHART_JS)
    message(FATAL_ERROR "no chart.min.js: install libjs-chart.js (./scripts/setup.sh does), or name the file with "
                        "-DGPUGAUGE_CHART_JS=…")
  endif()
  set(report_assets_source ${CMAKE_BINARY_DIR}/generated/report_assets.cpp)
  set(report_folder ${CMAKE_CURRENT_LIST_DIR})
  add_custom_command(
    OUTPUT ${report_assets_source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${report_folder} -DCHART_JS=${GPUGAUGE_CHART_JS} -DSOURCE=${report_assets_source}
            -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${CMAKE_CURRENT_LIST_FILE} ${GPUGAUGE_CHART_JS} ${report_folder}/assets.cpp.in ${report_folder}/page.html
            ${report_folder}/page.css ${report_scripts}
    COMMENT "Report page" VERBATIM)
  target_sources(gpugauge_render PRIVATE ${report_assets_source})
  return()
endif()

file(READ ${FOLDER}/page.html PAGE_HTML)
file(READ ${FOLDER}/page.css PAGE_CSS)
file(READ ${CHART_JS} CHART_SCRIPT)
set(PAGE_SCRIPT "")
foreach(part ${report_scripts})
  file(READ ${part} text)
  string(APPEND PAGE_SCRIPT "${text}")
endforeach()
configure_file(${FOLDER}/assets.cpp.in ${SOURCE} @ONLY)
