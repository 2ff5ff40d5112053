# The C tests as Windows programs, run under Wine twice: `ours.NAME` with our DLL beside the program, `own.NAME` with Wine's
# built-in one. ctests/run-wine.sh sets this up:
#   -DWINHTTP_LIBRARY=FILE   our winhttp.dll
#   -DWINE=COMMAND           what starts a program
set(WINHTTP_LIBRARY "" CACHE FILEPATH "The DLL under test")
set(WINE "wine" CACHE STRING "The command that runs a Windows program")
set(EXPECTED "${CMAKE_CURRENT_SOURCE_DIR}/expected")
set(SECONDS 420)
set(OWN_PREFIX "${ROOT}/build/wineprefix-own") # the two runs may be at the same time
list(REMOVE_ITEM PROGRAMS leak) # counts Linux's descriptors
list(APPEND PROGRAMS module guest trust servers) # three about Windows, and one against servers that others wrote
set(KNOWN --known ${EXPECTED}/wine-ours.txt)
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  list(APPEND KNOWN --known ${EXPECTED}/wine-ours-i686.txt)
endif()
# Long, or without a behaviour to compare; Wine's own DLL crashes on settings that proxy_settings damages, and so leaves them.
set(ONLY_OURS load gigabytes servers proxy_settings)
list(APPEND ALONE proxy_settings autoproxy guest) # they change settings of the whole prefix
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/ours ${CMAKE_BINARY_DIR}/own)
get_filename_component(LIBRARY_DIR "${WINHTTP_LIBRARY}" DIRECTORY)
foreach(dll winhttp bcryptprimitives) # what scripts/dll.sh builds
  configure_file(${LIBRARY_DIR}/${dll}.dll ${CMAKE_BINARY_DIR}/ours/${dll}.dll COPYONLY)
endforeach()

# The DHCP client that `wpad` brings.
add_library(dhcpcsvc SHARED shim/dhcpcsvc.c shim/dhcpcsvc.def)
set_target_properties(dhcpcsvc PROPERTIES PREFIX "" RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/dhcp)
target_link_options(dhcpcsvc PRIVATE -static -Wl,--kill-at -Wl,--enable-stdcall-fixup)

# The DLL that `guest` loads.
add_library(goodbye SHARED shim/goodbye.c)
set_target_properties(goodbye PROPERTIES PREFIX "" RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/ours)
target_link_options(goodbye PRIVATE -static)
add_custom_command(TARGET goodbye POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:goodbye> ${CMAKE_BINARY_DIR}/own/)

foreach(name IN LISTS PROGRAMS)
  add_executable(${name} ${name}.c)
  target_compile_definitions(${name} PRIVATE _WIN32_WINNT=0x0a00)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-unused-function -Wno-cast-function-type)
  target_link_options(${name} PRIVATE -static)
  target_link_libraries(${name} PRIVATE version crypt32)
  if(NOT name STREQUAL unload) # it loads the library itself
    target_link_libraries(${name} PRIVATE winhttp)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/ours)
  add_custom_command(TARGET ${name} POST_BUILD COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:${name}> ${CMAKE_BINARY_DIR}/own/)

  if(name STREQUAL guest) # its callbacks look for it
    target_link_options(${name} PRIVATE -Wl,--stack,8388608)
  endif()

  # Those with the most rows wait the most, so they start first.
  file(STRINGS ${EXPECTED}/wine.txt rows REGEX "^${name}/")
  list(LENGTH rows rows)

  set(runner ${CMAKE_CURRENT_SOURCE_DIR}/run.py ${KNOWN})
  if(name STREQUAL servers)
    set(runner ${ROOT}/tests/peers/real.py)
  endif()
  add_test(NAME ours.${name} COMMAND ${PYTHON} ${runner} ${CMAKE_BINARY_DIR}/ours/${name}.exe)
  set_tests_properties(ours.${name} PROPERTIES LABELS ours TIMEOUT ${SECONDS}
    ENVIRONMENT "CTEST_WRAP=${WINE};WINEDLLOVERRIDES=winhttp=n;WINHTTP_WANTED=ours")
  if(name IN_LIST ONLY_OURS)
    continue()
  endif()
  add_test(NAME own.${name} COMMAND ${PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/run.py
    --tries 3 --known ${EXPECTED}/wine.txt ${CMAKE_BINARY_DIR}/own/${name}.exe)
  set_tests_properties(own.${name} PROPERTIES LABELS own TIMEOUT ${SECONDS} COST ${rows}
    ENVIRONMENT "CTEST_WRAP=${WINE};WINEPREFIX=${OWN_PREFIX};WINEDLLOVERRIDES=;WINHTTP_WANTED=system")
endforeach()
foreach(name IN LISTS ALONE)
  foreach(test ours.${name} own.${name})
    if(TEST ${test})
      set_tests_properties(${test} PROPERTIES RUN_SERIAL TRUE)
    endif()
  endforeach()
endforeach()
